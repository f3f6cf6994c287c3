"""How the frames of a report are laid out: what a document shows of them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LAYOUTS", "Layout", "Shown"]


@dataclass(frozen=True)
class Shown:
    """One column as a document shows it.

    Attributes:
        column: of the frame.
        label: its heading.
        kind: how a value is written: `text`, `name` (a measure's own), `headline` (linked where there is `url`),
            `count`, `number`, `share`, `ratio`, `score`, `hours`, `time`, `day`.
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
    "since_figures": Layout("Key figures then and now"),
    "since_came": Layout(
        "Articles that came",
        (
            Shown("published_at", "Published", "time"),
            Shown("title", "Article", "headline"),
            Shown("name", "Outlet"),
            Shown("n_copies", "Copies", "count"),
            Shown("quality", "Quality", "score"),
        ),
        note="Originals before copies; then the most copied, most often listed as related and best scored.",
    ),
    "since_gone": Layout(
        "Articles that went",
        (
            Shown("published_at", "Published", "time"),
            Shown("title", "Article", "headline"),
            Shown("name", "Outlet"),
            Shown("article_id", "Id"),
        ),
        note="A dash: not known, because the snapshot of that report is gone.",
    ),
    "since_outlets": Layout(
        "Outlets new and gone",
        (Shown("what", "What"), Shown("name", "Outlet"), Shown("n_articles", "Articles", "count")),
    ),
    "since_events": Layout(
        "Events new and grown",
        (
            Shown("what", "What"),
            Shown("headline", "Event", "headline"),
            Shown("n_new", "Articles since", "count"),
            Shown("n_articles", "In all", "count"),
            Shown("n_providers", "Outlets", "count"),
        ),
        note="New: none of its articles was in that report. Grown: some were.",
    ),
    "change": Layout(
        "What the difference is made of",
        (
            Shown("part", "Part", "name"),
            Shown("before", "Before", "count"),
            Shown("after", "Latest", "count"),
            Shown("change", "Articles more or less", "signed"),
            Shown("n_providers", "Outlets", "count"),
        ),
        note="The parts add up to the total; they are not whole numbers where the corpus itself grew or shrank. Copies "
        "have a part of their own, so an outlet may be new with nothing but a copy. Everything collected: before and "
        "latest are articles of the whole corpus.",
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
        note="Usual: what these periods would have at the rate of the whole time shown. Level 2 is a burst within one "
        "of level 1. An event goes by its most copied title in the burst.",
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
        "known, are left out. A dash: no other outlet with which to compare.",
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
        note="A dash: no event shared, or too few to tell from chance.",
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
        note="A dash: too few articles to tell silence from chance.",
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
            Shown("unit", "Counted", "name"),
            Shown("n_one", "One", "count"),
            Shown("n_other", "Other", "count"),
            Shown("n_both", "Both", "count"),
            Shown("jaccard", "Both, of either", "share"),
        ),
    ),
    "collected": Layout("Articles of the whole corpus per period"),
    "collection": Layout("Days of collection"),
    "health": Layout(
        "What is missing or uncertain",
        (Shown("fact", "Fact"), Shown("count", "Number", "count"), Shown("of", "of", "count")),
        note="Of articles; in the last row, of files.",
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
