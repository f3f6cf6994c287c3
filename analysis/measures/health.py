"""How sound the data is: what was collected, what is missing, repaired or in conflict, and how fresh it is.

Repaired: a warning was written when the record was read; at most a value was lost. A record that could not be read
(severity `error`) is in no other table and on no day: `problem_codes` alone has it. In conflict: the sources of one
article disagree on a value, and a stated rule chose. Days are UTC, as in the table `collection`.

Limits: counts describe what was collected and carry no interval; `expected` says how many records the same weekdays
around had. A related list never carries some fields (heat, category), so they are missing by nature there.
"""

from __future__ import annotations

import re
from typing import Any

import narwhals as nw
import pandas as pd

from analysis.measures.coverage import NOT_COLLECTED
from analysis.measures.frames import BadOption, Frame, coded_of, collect, frame_of, frames_of, instant
from analysis.measures.periods import Periods
from analysis.records.dialects import ARTICLE
from analysis.records.problem import CODES

__all__ = [
    "CREATES",
    "CREATES_CODES",
    "CREATES_FIELDS",
    "CREATES_FRESHNESS",
    "FIELDS",
    "REQUIRES",
    "field_health",
    "freshness",
    "health",
    "problem_codes",
]

REQUIRES = {
    "articles": ("article_id", "record_path", "published_at", "seen_as"),
    "collection": ("day", "n_records", "expected", "status"),
    "problems": ("source", "field", "code", "severity"),
    "conflicts": ("article_id", "field"),
}
FIELDS = {  # column of `articles` -> name in `analysis.records.dialects`
    "title": "title",
    "excerpt": "excerpt",
    "published_at": "published",
    "url": "web_url",
    "original_url": "original_url",
    "provider_id": "provider",
    "article_type": "type",
    "category": "category",
    "quality": "quality",
    "heat": "heat",
}
CREATES = {
    "day": "datetime64[us]",
    "n_records": "int64",
    "expected": "float64",
    "n_repaired": "int64",
    "n_in_conflict": "int64",
    "status": "str",
}
CREATES_FIELDS = {
    "field": "str",
    "known_from": "str",  # `record`, or `related` for articles known only from lists
    "n_articles": "int64",
    "n_missing": "int64",
    "missing_share": "float64",
    "n_repaired": "int64",
    "n_in_conflict": "int64",
}
CREATES_CODES = {"code": "str", "severity": "str", "meaning": "str", "n": "int64", "n_files": "int64"}
CREATES_FRESHNESS = {
    "last_published": "datetime64[us, UTC]",
    "last_collected": "datetime64[us]",
    "age_hours": "float64",
    "n_days": "int64",
    "n_not_collected": "int64",
}
_SPELLINGS = {spelling: name for name, spellings in reversed(ARTICLE.items()) for spelling in spellings}
_HEAD = re.compile(r"[^.\[]+")


def health(data: Any, *, collection: Any = None, problems: Any = None, conflicts: Any = None) -> pd.DataFrame:
    """What was collected each day, and how much of it was repaired or is in conflict.

    Args:
        data: a selection, or a frame of articles.
        collection: frame of `collection`, where `data` is a plain frame; so the other two.
        problems: frame of `problems`.
        conflicts: frame of `conflicts`.

    Returns:
        One row a day of `collection`, columns `CREATES`: records collected and expected, articles whose record was
        repaired, articles in conflict (both by their time of publication), status.

    Raises:
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frames_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"])
    >>> frame = pd.DataFrame({"article_id": "a", "record_path": "a.md", "published_at": times, "seen_as": "record"})
    >>> days = pd.DataFrame({"day": pd.to_datetime(["2021-08-23"]), "n_records": 1, "expected": 1.0})
    >>> days["status"] = "observed"
    >>> warned = pd.DataFrame({"source": ["a.md"], "field": "heat", "code": "bad-number", "severity": "warning"})
    >>> none = pd.DataFrame({"article_id": ["z"], "field": "title"})
    >>> health(frame, collection=days, problems=warned, conflicts=none)[["n_records", "n_repaired", "n_in_conflict"]]
       n_records  n_repaired  n_in_conflict
    0          1           1              0
    """
    given = {"collection": collection, "problems": problems, "conflicts": conflicts}
    tables = frames_of(data, REQUIRES, given)
    warned = tables["problems"].filter(nw.col("severity") == "warning").select(record_path=nw.col("source"))
    disputed = tables["conflicts"].select("article_id")
    dated = tables["articles"].filter(~nw.col("published_at").is_null())
    dtypes = {name: CREATES[name] for name in ("day", "n_records", "expected", "status")}
    table = collect(tables["collection"], dtypes, sort=["day"])
    for name, chosen, on in (
        ("n_repaired", warned, "record_path"),
        ("n_in_conflict", disputed, "article_id"),
    ):
        found = _days(dated.join(chosen.unique(), on=on))
        table[name] = found.reindex(pd.DatetimeIndex(table["day"]), fill_value=0).to_numpy()
    return table[list(CREATES)].astype(CREATES)


def field_health(data: Any, *, problems: Any = None, conflicts: Any = None) -> pd.DataFrame:
    """How often each field is missing, was repaired, or is in conflict.

    Args:
        data: a selection, or a frame of articles that has the columns `FIELDS` too.
        problems: frame of `problems`, where `data` is a plain frame.
        conflicts: frame of `conflicts`, where `data` is a plain frame.

    Returns:
        One row a field and where articles are known from, columns `CREATES_FIELDS`. `missing_share` is 0 to 1, NaN
        where there are no articles; `n_repaired` counts warnings about the field.

    Raises:
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frames_of`.

    >>> frame = pd.DataFrame({"article_id": ["a", "b"], "record_path": ["a.md", "b.md"], "seen_as": "record"})
    >>> frame = frame.assign(published_at=pd.Timestamp("2021-08-23T05:30Z"), quality=[50.0, None])
    >>> frame = frame.assign(**{name: "x" for name in FIELDS if name not in frame})
    >>> warned = pd.DataFrame({"source": ["b.md"], "field": "quality", "code": "bad-number", "severity": "warning"})
    >>> none = pd.DataFrame({"article_id": ["z"], "field": "title"})
    >>> table = field_health(frame, problems=warned, conflicts=none)
    >>> table.loc[table["n_missing"] > 0, ["field", "known_from", "n_missing", "n_repaired"]].to_numpy().tolist()
    [['quality', 'record', 1, 1]]
    """
    given = {"problems": problems, "conflicts": conflicts}
    needs = {name: REQUIRES[name] for name in given} | {"articles": (*REQUIRES["articles"], *FIELDS)}
    tables = frames_of(data, needs, given)
    articles = tables["articles"].with_columns(known_from=_known_from())
    missing = {field: nw.col(field).is_null().cast(nw.Int64()) for field in FIELDS}
    marked = articles.select("known_from", **missing)
    counts = marked.group_by("known_from").agg(nw.col(*FIELDS).sum(), n=nw.len())
    found = collect(counts, {"known_from": "str", "n": "int64", **dict.fromkeys(FIELDS, "int64")})
    found = found.set_index("known_from").reindex(["record", "related"], fill_value=0)
    table = pd.MultiIndex.from_product([FIELDS, found.index], names=["field", "known_from"]).to_frame(
        index=False
    )
    table["n_missing"] = found[list(FIELDS)].to_numpy().T.ravel()
    table["n_articles"] = table["known_from"].map(found["n"])
    table["missing_share"] = table["n_missing"] / table["n_articles"].where(table["n_articles"] > 0)
    disputed = tables["conflicts"].join(articles.select("article_id", "known_from"), on="article_id")
    by_field = disputed.group_by("field", "known_from").agg(n=nw.len())
    in_conflict = collect(by_field, {"field": "str", "known_from": "str", "n": "int64"})
    keys = pd.MultiIndex.from_frame(table[["field", "known_from"]])
    for name, part in (("n_repaired", _repaired(tables["problems"])), ("n_in_conflict", in_conflict)):
        counted = part.groupby(["field", "known_from"])["n"].sum()
        table[name] = counted.reindex(keys, fill_value=0).to_numpy()
    return table[list(CREATES_FIELDS)].astype(CREATES_FIELDS)


def problem_codes(data: Any, *, problems: Any = None) -> pd.DataFrame:
    """Problems by kind.

    Args:
        data: a selection, or a frame of articles.
        problems: frame of `problems`, where `data` is a plain frame.

    Returns:
        One row a code, columns `CREATES_CODES`, errors before warnings and the most frequent first; `meaning` is
        empty for a code that this version does not know.

    Raises:
        NotAFrame, MissingTable, MissingColumns: as `frame_of`.

    >>> found = pd.DataFrame({"source": ["a.md", "a.md"], "field": ["heat", "quality"],
    ...     "code": "bad-number", "severity": "warning"})
    >>> problem_codes(pd.DataFrame(), problems=found)[["code", "n", "n_files"]]
             code  n  n_files
    0  bad-number  2        1
    """
    frame = frame_of(data, "problems", needs=REQUIRES["problems"], given=problems)
    counted = frame.group_by("code", "severity").agg(n=nw.len(), n_files=nw.col("source").n_unique())
    table = collect(counted, {name: CREATES_CODES[name] for name in ("code", "severity", "n", "n_files")})
    table["meaning"] = [CODES[code][1] if code in CODES else "" for code in table["code"]]
    order = table.sort_values(["severity", "n", "code"], ascending=[True, False, True], ignore_index=True)
    return order[list(CREATES_CODES)].astype(CREATES_CODES)


def freshness(data: Any, as_of: Any, *, collection: Any = None) -> pd.DataFrame:
    """How old the newest article is, and how many days were not collected.

    Args:
        data: a selection, or a frame of articles with `published_at`.
        as_of: the moment to look from: a time with a zone, or ISO text.
        collection: frame of `collection`, where `data` is a plain frame.

    Returns:
        One row, columns `CREATES_FRESHNESS`: the newest article up to `as_of`, the last day that was collected,
        hours from the newest article to `as_of` (NaN where there is none), days from the first record to the last,
        and days among them that were not collected.

    Raises:
        BadOption: `as_of` is no time with a zone.
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frame_of`.

    >>> times = pd.to_datetime(["2021-08-23T05:30Z"])
    >>> days = pd.DataFrame({"day": pd.to_datetime(["2021-08-23"]), "status": "observed"})
    >>> freshness(pd.DataFrame({"published_at": times}), "2021-08-23T08:00Z", collection=days)["age_hours"].item()
    2.5
    """
    moment = _moment(as_of)
    frame = coded_of(data, {"articles": ("published_at",)})[0]["articles"]
    frame = frame.filter(nw.col("published_at") <= instant(frame, moment))
    newest = collect(frame.select(last=nw.col("published_at").max()), {"last": "datetime64[us, UTC]"})["last"]
    days = frame_of(data, "collection", needs=("day", "status"), given=collection)
    table = collect(days, {"day": "datetime64[us]", "status": "str"})
    collected = table.loc[table["status"] != NOT_COLLECTED, "day"]
    row = {
        "last_published": newest,
        "last_collected": collected.max(),
        "age_hours": (moment - newest).dt.total_seconds() / 3600,
        "n_days": len(table),
        "n_not_collected": len(table) - len(collected),
    }
    return pd.DataFrame(row).astype(CREATES_FRESHNESS)


def _moment(as_of: Any) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(as_of)
    except (TypeError, ValueError):
        moment = None
    if moment is None or pd.isna(moment) or moment.tz is None:
        raise BadOption(f"as_of must be a time with a zone, such as 2021-08-23T00:00Z; got {as_of!r}")
    return moment.tz_convert("UTC")


def _days(articles: Frame) -> pd.Series[int]:
    """Articles by day of publication, UTC."""
    counted = Periods("day").cut(articles).group_by("period").agg(n=nw.len())
    table = collect(counted, {"period": "datetime64[us, UTC]", "n": "int64"})
    return table.set_index(table["period"].dt.tz_localize(None))["n"]


def _known_from() -> nw.Expr:
    return nw.when(nw.col("seen_as") == "related").then(nw.lit("related")).otherwise(nw.lit("record"))


def _repaired(problems: Frame) -> pd.DataFrame:
    """Warnings by column of `articles`; a field of a list's item begins with `related[`."""
    counted = problems.filter(nw.col("severity") == "warning").group_by("field").agg(n=nw.len())
    table = collect(counted.filter(~nw.col("field").is_null()), {"field": "str", "n": "int64"})
    listed = table["field"].str.startswith("related[")
    heads = table["field"].str.replace(r"^related\[\d+\]\.", "", regex=True).map(_column)
    known_from = listed.map({True: "related", False: "record"})
    return pd.DataFrame({"field": heads, "known_from": known_from, "n": table["n"]})


def _column(path: str) -> str:
    """The column of `articles` that a path in a record belongs to; "" where it belongs to none."""
    head = _HEAD.match(path)
    meaning = _SPELLINGS.get(head.group(), "") if head else ""
    return next((column for column, name in FIELDS.items() if name == meaning), "")
