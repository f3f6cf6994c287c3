"""How the frames of a report are laid out: what a document shows of them, and what every column means."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.tables.schema import TABLES_BY_NAME

__all__ = ["LAYOUTS", "Layout", "Shown", "meaning"]


@dataclass(frozen=True)
class Shown:
    """One column as a document shows it.

    Attributes:
        column: of the frame.
        label: its heading.
        kind: how a value is written: `text`, `headline` (linked where the frame has `url`), `count`, `number`, `share`,
            `ratio`, `score`, `hours`, `time`, `day`.
        to: (low, high): columns with the interval, written after the value.
    """

    column: str
    label: str
    kind: str = "text"
    to: tuple[str, str] | None = None


@dataclass(frozen=True)
class Layout:
    """How one frame is laid out.

    Attributes:
        title: what it is a table of.
        shown: columns in a document; none where only spreadsheets and data have the table.
        best: column by which the rows shown are picked, most first; the frame's own order unless given.
        note: said under the table.
    """

    title: str
    shown: tuple[Shown, ...] = ()
    best: str = ""
    note: str = ""


LAYOUTS = {
    "key_figures": Layout("Key figures"),
    "change": Layout(
        "What the difference is made of",
        (
            Shown("part", "Part"),
            Shown("before", "Before", "count"),
            Shown("after", "Latest", "count"),
            Shown("change", "Articles more or less", "signed"),
            Shown("n_providers", "Outlets", "count"),
        ),
        note="The parts add up to the total; they are not whole numbers where the corpus itself grew or shrank.",
    ),
    "volume": Layout("Coverage per period"),
    "bursts": Layout(
        "Bursts",
        (
            Shown("start", "From", "day"),
            Shown("end", "Until", "last"),
            Shown("level", "Level", "count"),
            Shown("count", "Counted", "count"),
            Shown("usual", "Usual", "number"),
            Shown("n_providers", "Outlets", "count"),
            Shown("headlines", "Largest events", "list"),
        ),
        note="Usual: what these periods would have at the rate of the whole time shown.",
    ),
    "events": Layout(
        "Events, by their first article",
        (
            Shown("first", "First", "time"),
            Shown("headline", "Event", "headline"),
            Shown("n_articles", "Articles", "count"),
            Shown("n_providers", "Outlets", "count"),
            Shown("first_in_corpus", "First in this corpus"),
            Shown("next_lag_hours", "Next after", "hours"),
        ),
        best="n_providers",
        note="Next after: until the next outlet with a text of its own; copies, and times of which only the day is "
        "known, are left out.",
    ),
    "first_movers": Layout(
        "How often outlets were first in this corpus",
        (
            Shown("name", "Outlet"),
            Shown("n_events", "Events shared", "count"),
            Shown("n_first", "First", "count"),
            Shown("first_rate", "Share first", "share", ("first_low", "first_high")),
            Shown("expected_rate", "By chance", "share"),
            Shown("p_adjusted", "p, corrected", "p"),
        ),
    ),
    "lags": Layout("Who had each event how long after the first"),
    "providers": Layout(
        "Outlets",
        (
            Shown("name", "Outlet"),
            Shown("count", "Articles", "count"),
            Shown("share", "Share", "share", ("share_low", "share_high")),
            Shown("quality", "Quality", "score", ("quality_low", "quality_high")),
            Shown("n_scored", "Scored", "count"),
            Shown("originality", "Own texts", "share"),
            Shown("first_seen", "First article", "time"),
        ),
        note="Quality is drawn towards the mean of all outlets, the more the fewer scores there are. In brackets: 95 % "
        "intervals. A dash: not known.",
    ),
    "quality": Layout("Tiers of quality per period"),
    "texts": Layout(
        "Texts that ran more than once",
        (
            Shown("published_at", "First", "time"),
            Shown("title", "Text", "headline"),
            Shown("name", "Earliest here"),
            Shown("n_articles", "Articles", "count"),
            Shown("n_providers", "Outlets", "count"),
        ),
    ),
    "copying_roles": Layout(
        "Who is copied and who copies",
        (
            Shown("name", "Outlet"),
            Shown("n_articles", "Articles", "count"),
            Shown("n_originals", "Own texts", "count"),
            Shown("n_copied", "Copied by others", "count"),
            Shown("n_copies", "Copies of others", "count"),
        ),
    ),
    "copiers": Layout("Who copies whom"),
    "syndication": Layout("Articles per text over time"),
    "topic_clusters": Layout(
        "Strands",
        (
            Shown("label", "Strand"),
            Shown("headline", "Typical headline"),
            Shown("size", "Articles", "count"),
            Shown("share", "Share", "share"),
        ),
    ),
    "terms": Layout(
        "Distinctive terms",
        (
            Shown("shown", "Term"),
            Shown("n_texts", "Texts here", "count"),
            Shown("of", "of", "count"),
            Shown("n_rest", "Texts elsewhere", "count"),
            Shown("of_rest", "of", "count"),
            Shown("z", "z", "number"),
        ),
        note="z ranks terms; it tests nothing.",
    ),
    "rising_terms": Layout("Terms that rise and fall"),
    "blindspots": Layout(
        "Outlets of the neighbouring topics, the least likely silence first",
        (
            Shown("name", "Outlet"),
            Shown("n_neighbouring", "Neighbouring articles", "count"),
            Shown("n_story", "On the story", "count"),
            Shown("n_story_elsewhere", "Under other topics", "count"),
            Shown("expected", "Expected", "number"),
            Shown("p_adjusted", "p, corrected", "p"),
        ),
    ),
    "neighbouring_topics": Layout(
        "Topics of the story and in the corpus",
        (
            Shown("topic", "Topic"),
            Shown("n_story", "Records, story", "count"),
            Shown("share_story", "Share", "share"),
            Shown("share_corpus", "Share, corpus", "share"),
        ),
    ),
    "notable": Layout(
        "Notable articles",
        (
            Shown("published_at", "Published", "time"),
            Shown("title", "Article", "headline"),
            Shown("name", "Outlet"),
            Shown("n_copies", "Copies", "count"),
            Shown("quality", "Quality", "score"),
            Shown("why", "Why"),
        ),
    ),
    "compared": Layout(
        "Stories side by side",
        (
            Shown("story", "Story"),
            Shown("articles", "Articles", "count"),
            Shown("share", "Share of corpus", "share", ("share_low", "share_high")),
            Shown("outlets", "Outlets", "count"),
            Shown("texts", "Texts", "count"),
            Shown("events", "Events", "count"),
            Shown("quality", "Median quality", "score"),
            Shown("query", "Query"),
        ),
    ),
    "course": Layout("Coverage of each story per period"),
    "overlap": Layout(
        "What the stories share",
        (
            Shown("one", "Story"),
            Shown("other", "and"),
            Shown("unit", "Counted"),
            Shown("n_one", "One", "count"),
            Shown("n_other", "Other", "count"),
            Shown("n_both", "Both", "count"),
            Shown("jaccard", "Both of either", "share"),
        ),
    ),
    "collected": Layout("Articles of the whole corpus per period"),
    "collection": Layout("Days of collection"),
    "health": Layout(
        "What is missing or uncertain",
        (Shown("fact", "Fact"), Shown("count", "Articles", "count"), Shown("of", "of", "count")),
    ),
    "problems_by_code": Layout(
        "Problems by kind",
        (
            Shown("severity", "Severity"),
            Shown("code", "Kind"),
            Shown("count", "Times", "count"),
            Shown("example", "Example"),
        ),
    ),
    "problems": Layout(
        "Problems",
        (
            Shown("source", "File"),
            Shown("line", "Line", "count"),
            Shown("field", "Field"),
            Shown("code", "Kind"),
            Shown("message", "Message"),
        ),
    ),
    "articles": Layout("All articles of the selection"),
}
"""Frame of a report -> its layout."""

_LOW = "lower end of the 95 % interval of"
_HIGH = "upper end of the 95 % interval of"
_MEANINGS = {
    "after": "articles in the latest stretch",
    "before": "in as many days before the latest stretch",
    "change": "articles that this part adds to, or takes from, the count before",
    "cluster_id": "the strand",
    "code": "kind of problem",
    "copier": "outlet that ran the copy",
    "copy_group_id": "articles with the same text share it",
    "count": "how many, on the report's counting basis",
    "direction": "rising or falling",
    "end": "end of the stretch, exclusive",
    "events": "distinct events; an article without one is an event of its own",
    "exact": "the same as `change`, as a fraction",
    "example": "the first of its messages",
    "expected": "articles on the story if it were spread blindly over the neighbouring topics",
    "expected_rate": "share of firsts that chance gives",
    "fact": "what is missing or uncertain",
    "few": "too few articles to rank",
    "figure": "articles, share (of the corpus), texts (copies once), events, outlets, quality (median of those scored)",
    "first": "first article, UTC",
    "first_in_corpus": "outlets that had it first in this corpus, with a text and a time of their own",
    "first_seen": "first article of the outlet here, UTC",
    "first_high": f"{_HIGH} first_rate",
    "first_low": f"{_LOW} first_rate",
    "first_rate": "share of its events with another outlet in which it was first in this corpus",
    "follow_rate": "share of the events that only others opened which it took up",
    "followed_rate": "share of the events it opened which another outlet took up",
    "headline": "a title that stands for it: the earliest of its most copied text, or of its most typical article",
    "headlines": "titles of the largest events, as a list",
    "heat_mean": "mean attention score",
    "heat_median": "median attention score",
    "high": f"{_HIGH} value",
    "is_blindspot": "nothing on the story at all, beyond what chance gives",
    "is_first": "first in this corpus",
    "is_neighbour": "taken as neighbouring the story",
    "jaccard": "those in both of those in either",
    "label": "phrases that set it apart",
    "lag_hours": "hours after the first in this corpus",
    "lag_median_hours": "median hours after the first in this corpus, over the events it followed",
    "last": "last article, UTC",
    "last_seen": "last article of the outlet here, UTC",
    "level": "1, or more for bursts within bursts",
    "log_odds": "log-odds ratio of the term, here against the rest",
    "low": f"{_LOW} value",
    "median_lag_hours": "median hours after the first in this corpus",
    "multiplier": "articles per text",
    "n": "copies",
    "n_articles": "articles",
    "n_both": "in both",
    "n_compared": "articles whose copies were looked for",
    "n_copied": "copies of its texts at other outlets",
    "n_copies": "copies of others' texts; of an article: its copies in the selection",
    "n_corpus": "records of the corpus in the same days",
    "n_events": "events with another outlet",
    "n_first": "events in which it was first in this corpus",
    "n_followed": "events that others opened and it took up",
    "n_heat": "articles with a heat",
    "n_left_out_copies": "its articles left out as copies",
    "n_left_out_date_only": "its articles left out because the time of day is unknown",
    "n_neighbouring": "records with a neighbouring topic",
    "n_one": "in the one",
    "n_opened": "events that it opened, followed or not",
    "n_originals": "articles that are no copies",
    "n_other": "in the other",
    "n_others": "events that others opened",
    "n_providers": "outlets",
    "n_rest": "texts with the term in the rest; of rising terms: before",
    "n_scored": "articles with a quality score",
    "n_story": "articles on the story, of the neighbouring topics",
    "n_story_elsewhere": "articles on the story under other topics",
    "n_texts": "distinct texts; of a term: texts that have it",
    "n_topics": "distinct topics of its articles",
    "n_unattributed": "its copies whose original is not in the selection",
    "name": "name of the outlet",
    "next_lag_hours": "hours from the first to the next outlet with a text of its own",
    "of": "how many it is of",
    "of_rest": "texts of the rest; of rising terms: before",
    "one": "a story",
    "original_high": f"{_HIGH} original_share",
    "original_low": f"{_LOW} original_share",
    "original_share": "share of its articles that are no copies",
    "origin": "outlet of the original",
    "original_here": "whether the earliest copy of the corpus is in the selection",
    "originality": "share of originals among the articles whose copies were looked for",
    "other": "another story",
    "outlets": "distinct outlets",
    "p_adjusted": "p_value corrected for having looked at many outlets",
    "p_value": "probability by chance",
    "part": "part of the difference",
    "period": "beginning of the period, with its offset",
    "providers": "outlets with most articles, as a list",
    "quality": "quality score; of an outlet the mean drawn towards that of all",
    "quality_mean": "mean quality score",
    "quality_median": "median quality score",
    "quality_status": "known, few (fewer than five scores) or unknown",
    "query": "its query",
    "ratio": "latest over before",
    "recent": "in the latest stretch",
    "scored": "articles with a quality score",
    "selection": "the story",
    "share": "share, 0 to 1",
    "share_corpus": "share of the corpus's records, 0 to 1",
    "share_story": "share of the story's records, 0 to 1",
    "severity": "error: the record is not in the tables; warning: it is, repaired or without the value",
    "shown": "the term as it is written most often",
    "size": "articles",
    "start": "beginning of the stretch",
    "status": "observed, partial or not collected",
    "story": "the story",
    "term": "the term as it is searched",
    "terms": "terms that set it apart, as a list",
    "texts": "articles that are no copies",
    "tier": "high (75 and more), medium (45 and more), low, unknown",
    "topic": "the topic",
    "unit": "what is counted",
    "usual": "what the periods would have at the rate of the whole time",
    "value": "in the whole selection",
    "weight": "nats that the burst explains better than the level below",
    "why": "the rules that chose it",
    "x": "place on the map",
    "y": "place on the map",
    "z": "standard score of the log-odds; ranks, tests nothing",
}
_SCHEMA = {"articles", "problems", "collection"}
_OVERRIDES = {("notable", "n_copies"): "its copies in the selection", ("compared", "articles"): "articles"}


def meaning(frame: str, column: str) -> str:
    """What a column of a frame means, for the data dictionary.

    Raises:
        KeyError: nobody has written it down.

    >>> meaning("providers", "quality_low")
    'lower end of the 95 % interval of quality'
    """
    if frame in _SCHEMA:
        return TABLES_BY_NAME[frame].column(column).meaning
    if (frame, column) in _OVERRIDES:
        return _OVERRIDES[frame, column]
    if column in _MEANINGS:
        return _MEANINGS[column]
    for ending, text in (("_low", _LOW), ("_high", _HIGH)):
        if column.endswith(ending):
            return f"{text} {column.removesuffix(ending)}"
    return TABLES_BY_NAME["articles"].column(column).meaning
