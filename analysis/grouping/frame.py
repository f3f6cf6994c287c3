"""The frame that is grouped: checked, completed and put in one order, so that the caller's order changes nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.errors import NewsgaugeError

__all__ = ["UNDATED", "DuplicateArticleError", "MissingColumnError", "days_of", "in_order"]

# The day of an article without a time: so far away that undated articles meet only one another.
UNDATED = -1e7
_REQUIRED = ("article_id", "title")
_OPTIONAL = ("excerpt", "provider_id", "locale")


class MissingColumnError(NewsgaugeError):
    """A frame lacks a column that the function needs."""


class DuplicateArticleError(NewsgaugeError):
    """An article_id occurs twice in a frame that has one row an article."""


def _text(articles: pd.DataFrame, name: str) -> pd.Series:
    """A column as text, empty where it is missing."""
    if name not in articles.columns:
        return pd.Series("", index=articles.index, dtype="str")
    column = articles[name]
    if isinstance(column.dtype, pd.StringDtype) and column.dtype.na_value is not pd.NA:
        return column.fillna("")
    text = column.astype("object").where(column.notna(), "")
    try:
        return text.astype("str")
    except UnicodeEncodeError:  # half of a surrogate pair: Arrow keeps text as UTF-8
        return text.map(lambda value: str(value).encode("utf-8", "replace").decode("utf-8")).astype("str")


def in_order(articles: pd.DataFrame) -> pd.DataFrame:
    """A copy with the columns that grouping reads, sorted by time and then by id; undated articles come first.

    Args:
        articles: one row an article; ``article_id`` and ``title`` are required, ``excerpt``, ``published_at``,
            ``provider_id`` and ``locale`` may be absent, and every value but the id may be missing.

    Returns:
        ``article_id, title, excerpt, provider_id, locale`` (str, empty where missing), ``published_at``
        (datetime64[us, UTC]) and ``day`` (float64: days since 1970, ``UNDATED`` where unknown).

    Raises:
        MissingColumnError: a required column is absent.
        DuplicateArticleError: an id occurs twice.

    >>> frame = pd.DataFrame({"article_id": ["b", "a"], "title": ["Two", None]})
    >>> in_order(frame)[["article_id", "title"]].values.tolist()
    [['a', ''], ['b', 'Two']]
    """
    missing = [name for name in _REQUIRED if name not in articles.columns]
    if missing:
        raise MissingColumnError(f"articles needs the columns {list(_REQUIRED)}; missing: {missing}")
    out = pd.DataFrame({name: _text(articles, name) for name in (*_REQUIRED, *_OPTIONAL)}).reset_index(
        drop=True
    )
    twice = out["article_id"].duplicated()
    if twice.any():
        raise DuplicateArticleError(
            f"article_id must be unique; {out.loc[twice, 'article_id'].iloc[0]!r} occurs twice"
        )
    if "published_at" in articles.columns:
        times = pd.to_datetime(articles["published_at"], utc=True, errors="coerce", format="ISO8601")
        out["published_at"] = times.reset_index(drop=True).astype("datetime64[us, UTC]")
    else:
        out["published_at"] = pd.Series(pd.NaT, index=out.index, dtype="datetime64[us, UTC]")
    out["day"] = days_of(out["published_at"])
    return out.sort_values(["day", "article_id"], kind="stable", ignore_index=True)


def days_of(times: pd.Series) -> np.ndarray:
    """Days since 1970 as float64, ``UNDATED`` where the time is missing.

    >>> days_of(pd.Series(pd.to_datetime(["1970-01-02T12:00Z", None], utc=True))).tolist()
    [1.5, -10000000.0]
    """
    micros = times.astype("datetime64[us, UTC]").to_numpy(dtype="datetime64[us]").astype("int64")
    return np.where(times.isna().to_numpy(), UNDATED, micros / 86_400e6)
