"""What the page of data says of a snapshot, computed once, when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.corpus import Corpus
from analysis.measures.coverage import NOT_COLLECTED
from analysis.measures.health import field_health, freshness, health, problem_codes
from dashboard.snapshot_changes import Changes, changes_of

__all__ = ["DataHealth", "Gap"]

_CONFLICTS = 200  # rows that the page lists


@dataclass(frozen=True)
class Gap:
    """Days in a row on which nothing was collected, and the records that were expected on them."""

    first: date
    last: date
    n_days: int
    expected: float


class DataHealth:
    """How sound the data of one corpus is, as a whole: filters do not apply."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    @cached_property
    def days(self) -> pd.DataFrame:
        """Records, repairs and conflicts by day."""
        return health(self.corpus)

    @cached_property
    def changes(self) -> Changes:
        """The difference to the snapshot before."""
        return changes_of(self.corpus)

    @cached_property
    def fields(self) -> pd.DataFrame:
        """Completeness by field."""
        return field_health(self.corpus)

    @cached_property
    def codes(self) -> pd.DataFrame:
        """Problems by kind."""
        return problem_codes(self.corpus)

    @cached_property
    def fresh(self) -> dict[Any, Any]:
        """The newest article and the days not collected, as of the build."""
        return freshness(self.corpus, self.corpus.snapshot.built_at).iloc[0].to_dict()

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The stretches that were not collected, the latest first."""
        gone = self.days[self.days["status"] == NOT_COLLECTED]
        run = gone["day"].diff().ne(pd.Timedelta(1, "D")).cumsum()
        found = gone.groupby(run).agg(
            first=("day", "min"), last=("day", "max"), n=("day", "size"), e=("expected", "sum")
        )
        rows = found.itertuples(index=False, name=None)
        return tuple(Gap(first.date(), last.date(), int(n), float(e)) for first, last, n, e in rows)[::-1]

    @cached_property
    def conflicts(self) -> tuple[int, list[dict[str, Any]]]:
        """How many facts are in conflict, and the first of them with the article's headline."""
        conflicts, articles = self.corpus.tables("conflicts", "articles")
        named = articles.project("article_id, title, url").set_alias("named")
        rows = conflicts.set_alias("found").join(named, "article_id", how="left").order("field, article_id")
        shown = rows.project("article_id, field, kept, others, title, url").limit(_CONFLICTS).to_arrow_table()
        return int(conflicts.aggregate("count(*)").fetchall()[0][0]), shown.to_pylist()
