"""What every column of a report's frames means, for the data dictionary."""

from __future__ import annotations

from analysis.tables.schema import TABLES_BY_NAME

__all__ = ["meaning"]

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
    "difference": "now less then; of a share as a fraction",
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
    "n_new": "articles that the earlier report had not",
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
    "now": "in this report",
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
    "then": "in the earlier report",
    "tier": "high (75 and more), medium (45 and more), low, unknown",
    "topic": "the topic",
    "unit": "what is counted",
    "usual": "what the periods would have at the rate of the whole time",
    "value": "in the whole selection",
    "what": "new, gone or grown since the earlier report",
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
