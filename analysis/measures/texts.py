"""The distinct texts of articles, as Arrow: what terms are counted in.

Copies are one text, which its first article by article_id stands for. Of more than `LIMIT` articles the first are
read; an article_id is a hash, so that they are a fixed random sample. Rows are found by numbers before texts are
fetched, and texts stay in Arrow, since few of them are ever looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.measures.codes import Names
from analysis.measures.frames import Frame, coded_of, collect, frame_of
from analysis.measures.spans import Span, within

__all__ = ["LIMIT", "REQUIRES", "ArticleTexts"]

REQUIRES = (
    "article_id",
    "copy_group_id",
    "is_original",
    "title",
    "excerpt",
    "search_title",
    "search_excerpt",
)
LIMIT = 10_000

_IDS = ("article_id", "copy_group_id")
_WRITTEN = ("title", "excerpt", "search_title", "search_excerpt")


@dataclass(frozen=True)
class ArticleTexts:
    """The texts of some articles.

    >>> frame = pd.DataFrame({"article_id": list("abc"), "copy_group_id": ["a", None, "a"], "is_original": None})
    >>> frame = frame.assign(title=["Ban it", "Robots", "Ban it"], excerpt=None, search_excerpt="")
    >>> frame["search_title"] = " " + frame["title"].str.lower() + " "
    >>> (texts,) = ArticleTexts.of(frame).distinct()
    >>> texts["title"].to_pylist()
    ['Ban it', 'Robots']
    >>> ArticleTexts.of(frame[1:]).has(texts).tolist()
    [True, True]
    """

    frame: Frame
    """All columns of the articles."""
    narrow: Frame
    """The same articles without their texts."""
    names: Names

    @classmethod
    def of(cls, data: Any, *, timed: bool = False) -> ArticleTexts:
        """Those of a selection, or of a frame of articles with the columns `REQUIRES`; by number where it has numbers.

        Args:
            data: what is measured.
            timed: whether spans will be asked for, which needs `published_at`.

        Raises:
            NotAFrame, MissingColumns, WrongZone: as `frame_of`.
        """
        needs = _needs(timed=timed)
        tables, names = coded_of(data, {"articles": needs})
        if names is None:
            return cls(tables["articles"], tables["articles"], None)
        narrow, _ = coded_of(data, {"articles": [name for name in needs if name not in _WRITTEN]})
        return cls(tables["articles"], narrow["articles"], names)

    @classmethod
    def written(cls, data: Any, *, timed: bool = False) -> ArticleTexts:
        """As `of`, with names as they are written."""
        frame = frame_of(data, needs=_needs(timed=timed))
        return cls(frame, frame, None)

    def originals(self) -> ArticleTexts:
        """Those of articles that are no copy of an earlier one."""
        original = nw.col("is_original").fill_null(value=True)
        return replace(self, frame=self.frame.filter(original), narrow=self.narrow.filter(original))

    def distinct(self, spans: Sequence[Span] = ()) -> list[pa.Table]:
        """The distinct texts that have words of each span of `as_span`, or of all.

        Returns:
            For each span one row a text in the order of article_id: that, `copy_group_id`, and how it is written.
        """
        # No time is in no span: filters drop a missing answer.
        inside = [within(span, self.narrow) for span in spans] or [~nw.col("article_id").is_null()]
        sides = {f"inside_{place}": side for place, side in enumerate(inside)}
        ends, size = _Ends(self.narrow, sides, self.names), LIMIT
        while True:
            lasts = ends.of(size)
            tables = self._until(sides, lasts)
            pairs = zip(tables, lasts, strict=True)
            if all(len(table) >= LIMIT or last is None for table, last in pairs):
                return [_distinct(table.slice(0, LIMIT)) for table in tables]
            size += size // 4  # some of them have no words

    def has(self, texts: pa.Table) -> npt.NDArray[np.bool_]:
        """Which of some distinct texts are among these, as an article or by a copy."""
        near = nw.col("article_id") <= max(texts["article_id"].to_pylist())  # shorter than all their names
        groups = texts["copy_group_id"].drop_null().unique().to_pylist()
        # A list of thousands is slower than all of the numbers.
        grouped = nw.col("copy_group_id")
        asked = grouped.is_in(groups) if self.names is None else ~grouped.is_null()
        found = np.zeros(len(texts), dtype=np.bool_)
        for column, chosen in {"article_id": near, "copy_group_id": asked}.items():
            found |= self._among(texts[column], self.narrow.filter(chosen).select(column), column)
        return found

    def _until(self, sides: dict[str, nw.Expr], lasts: list[Any]) -> list[pa.Table]:
        """The rows of each side with words, in the order of article_id, to the last one that is named."""
        by_id = nw.col("article_id")
        cut = {
            flag: side if last is None else side & (by_id <= last)
            for (flag, side), last in zip(sides.items(), lasts, strict=True)
        }
        worded = (nw.col("search_title") != "") | (nw.col("search_excerpt") != "")
        # What holds for all sides is said alone: an engine then reads no text beyond it.
        near = [] if None in lasts else [by_id <= max(lasts)]
        chosen = self.frame.filter(*near, nw.any_horizontal(*cut.values(), ignore_nulls=True), worded)
        ids = pa.string() if self.names is None else pa.int64()
        kinds = (
            dict.fromkeys(_IDS, ids)
            | dict.fromkeys(_WRITTEN, pa.large_string())
            | dict.fromkeys(cut, pa.bool_())
        )
        table = chosen.select(*_IDS, *_WRITTEN, **cut).collect("pyarrow").to_native().select(list(kinds))
        table = table.cast(pa.schema(kinds)).sort_by("article_id")
        return [table.filter(table[flag]).drop_columns(list(cut)) for flag in cut]

    def _among(self, column: pa.ChunkedArray, values: Frame, name: str) -> npt.NDArray[np.bool_]:
        """Which values of a column are among those of a frame."""
        if self.names is None:
            known = set(collect(values.unique(), {name: "str"})[name].dropna())
            return np.array([value in known for value in column.to_pylist()], dtype=np.bool_)
        has = np.zeros(len(self.names) + 1, dtype=np.bool_)  # the last place is that of a missing one
        has[_numbers(values.collect("pyarrow").to_native()[name].drop_null())] = True
        found: npt.NDArray[np.bool_] = has[_numbers(column.fill_null(len(self.names)))]
        return found


class _Ends:
    """Up to which article_id each side has so many articles."""

    def __init__(self, frame: Frame, sides: dict[str, nw.Expr], names: Names) -> None:
        self._frame, self._sides = frame, sides
        self._numbers = None if names is None else self._fetch()

    def of(self, size: int) -> list[Any]:
        """The last article_id of the first `size` articles of each side; None where it has fewer."""
        if self._numbers is None:
            firsts = [self._first(side, size) for side in self._sides.values()]
            return [first.iloc[-1] if len(first) >= size else None for first in firsts]
        return [
            int(np.partition(side, size - 1)[size - 1]) if len(side) >= size else None
            for side in self._numbers
        ]

    def _fetch(self) -> list[npt.NDArray[np.int64]]:
        """The numbers of all articles of each side, which are sent faster than an engine sorts them."""
        asked = (self._frame.filter(side).select("article_id") for side in self._sides.values())
        return [_numbers(side.collect("pyarrow").to_native()["article_id"]) for side in asked]

    def _first(self, side: nw.Expr, size: int) -> pd.Series[str]:
        asked = self._frame.filter(side).select("article_id").sort("article_id").head(size)
        return collect(asked, {"article_id": "str"})["article_id"]


def _needs(*, timed: bool) -> tuple[str, ...]:
    return (*REQUIRES, "published_at") if timed else REQUIRES


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    numbers: npt.NDArray[np.int64] = column.to_numpy()
    return numbers


def _distinct(table: pa.Table) -> pa.Table:
    text = table["copy_group_id"].to_pandas().fillna(table["article_id"].to_pandas())
    return table.filter(pa.array(~text.duplicated().to_numpy()))
