"""Which providers cover the topics around a story, but not the story.

Neighbouring topics are those that at least `NEAR` of the story's records carry, and `LIFT` times as often as
the records of the whole corpus on the same days do; so a topic that every article carries is none. The
background is the N records with a neighbouring topic, from the story's first article to its last; K of them are
of the story. Were the story spread blindly over the background, a provider with n of its articles would have

    expected = n K / N,    P(x or fewer) = sum over i <= x of C(K, i) C(N - K, n - i) / C(N, n)

of the story (hypergeometric). `p_adjusted` corrects for having looked at many providers (Benjamini & Hochberg); it
is missing for a provider of so few articles that nothing of the story would be no surprise.

Limits: a provider may cover the story where nobody collected it. Articles known only from related lists carry no
topics and are not in the background; a provider that has the story through them, or under other topics, is no
blind spot. Labels are as broad as whoever gave them made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measures.chance import at_most
from analysis.measures.codes import named
from analysis.measures.frames import BadOption, Frame, coded_of, collect, frames_of, instant, present
from analysis.measures.intervals import adjusted
from analysis.measures.labels import Labels, columns_of

__all__ = ["CREATES", "CREATES_TOPICS", "LIFT", "NEAR", "REQUIRES", "blindspots", "neighbouring_topics"]

REQUIRES = {
    "articles": ("article_id", "provider_id", "published_at", "seen_as"),
    "article_topics": ("article_id", "topic"),
}
CREATES = {
    "provider_id": "str",
    "n_neighbouring": "int64",
    "n_story": "int64",
    "n_story_elsewhere": "int64",  # of the story, but not in the background
    "expected": "float64",
    "p_value": "float64",
    "p_adjusted": "float64",
    "is_blindspot": "bool",
}
CREATES_TOPICS = {
    "topic": "str",
    "n_story": "int64",
    "n_corpus": "int64",
    "share_story": "float64",
    "share_corpus": "float64",
    "is_neighbour": "bool",
}
NEAR = 0.1
LIFT = 1.5
_ENDS = dict.fromkeys(("first", "last"), "datetime64[us, UTC]")
_NEVER = pd.Timestamp("0001-01-01T00:00Z")


def blindspots(
    data: Any, *, neighbours: Sequence[str] | None = None, corpus: Any = None, topics: Any = None
) -> pd.DataFrame:
    """Providers of the neighbouring topics, with what they have of the story beside what chance would give them.

    Args:
        data: the story: a selection, or a frame of articles.
        neighbours: topics to take as neighbouring; those of `neighbouring_topics` unless given.
        corpus: frame of all articles, where `data` is a plain frame.
        topics: frame of `article_topics` of all articles, where `data` is a plain frame.

    Returns:
        One row a provider with a record in the background, columns `CREATES`, the least likely first.
        `is_blindspot`: nothing of the story at all, and `p_adjusted` under 5 %.

    Raises:
        BadOption: no `corpus` beside a plain frame.
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frames_of`.

    >>> day = pd.Timestamp("2021-08-23T05:30Z")
    >>> frame = pd.DataFrame({"article_id": list("abcd"), "provider_id": ["pa", "pa", "sky", "sky"],
    ...     "published_at": day, "seen_as": "record"})
    >>> labels = pd.DataFrame({"article_id": list("abcd"), "topic": "Policing"})
    >>> found = blindspots(frame[:2], neighbours=["Policing"], corpus=frame, topics=labels)
    >>> found[["provider_id", "n_neighbouring", "n_story", "expected"]]
      provider_id  n_neighbouring  n_story  expected
    0         sky               2        0       1.0
    1          pa               2        2       1.0
    """
    story, background = _both(data, corpus, topics)
    if neighbours is None:
        known = _topics(story, background)
        neighbours = known.loc[known["is_neighbour"], "topic"].tolist()
    asked = background.asked(neighbours)
    near, inside, everywhere = background.near(asked), story.near(asked), story.everywhere()
    table = near.rename("n_neighbouring").reset_index()
    table["n_story"] = inside.reindex(table["provider_id"], fill_value=0).to_numpy()
    anywhere = everywhere.reindex(table["provider_id"], fill_value=0).to_numpy()
    table["n_story_elsewhere"] = anywhere - table["n_story"]
    total, of_story = int(table["n_neighbouring"].sum()), int(table["n_story"].sum())
    table["expected"] = table["n_neighbouring"] * of_story / max(total, 1)
    table["p_value"] = at_most(table["n_story"], total, of_story, table["n_neighbouring"])
    none_at_all = at_most(0, total, of_story, table["n_neighbouring"])
    table["p_adjusted"] = adjusted(table["p_value"], none_at_all)
    none = table["n_story"] + table["n_story_elsewhere"] == 0
    table["is_blindspot"] = none & (table["p_adjusted"] < 0.05)
    order = table.sort_values(["p_value", "n_neighbouring", "provider_id"], ascending=[True, False, True])
    return order[list(CREATES)].astype(CREATES).reset_index(drop=True)


def neighbouring_topics(data: Any, *, corpus: Any = None, topics: Any = None) -> pd.DataFrame:
    """The topics of a story, and which of them are its neighbourhood.

    Args:
        data: the story: a selection, or a frame of articles.
        corpus: frame of all articles, where `data` is a plain frame.
        topics: frame of `article_topics` of all articles, where `data` is a plain frame.

    Returns:
        One row a topic of the story's records, columns `CREATES_TOPICS`, the most frequent first; shares are of the
        records (0 to 1), in the story and in all of the corpus from the story's first article to its last.

    Raises:
        BadOption: no `corpus` beside a plain frame.
        NotAFrame, MissingTable, MissingColumns, WrongZone: as `frames_of`.

    >>> frame = pd.DataFrame({"article_id": list("abcd"), "provider_id": "pa", "seen_as": "record",
    ...     "published_at": pd.Timestamp("2021-08-23T05:30Z")})
    >>> labels = pd.DataFrame({"article_id": list("abcd"), "topic": ["Policing", "Law", "Farming", "Sport"]})
    >>> found = neighbouring_topics(frame[:2], corpus=frame, topics=labels)
    >>> found[["topic", "share_story", "share_corpus", "is_neighbour"]]
          topic  share_story  share_corpus  is_neighbour
    0       Law          0.5          0.25          True
    1  Policing          0.5          0.25          True
    """
    return _topics(*_both(data, corpus, topics))


def _both(data: Any, corpus: Any, topics: Any) -> tuple[_Side, _Side]:
    """The story, and the corpus from the story's first article to its last."""
    if corpus is None and (corpus := getattr(data, "corpus", None)) is None:
        raise BadOption("corpus must be given beside a plain frame: all articles, the story's among them")
    given = {"article_topics": topics}
    (story, names), (background, others) = (coded_of(source, REQUIRES, given) for source in (data, corpus))
    if names is not others:  # each counts in its own codes, or one has none
        (story, names), (background, _) = (
            (frames_of(source, REQUIRES, given), None) for source in (data, corpus)
        )
    articles, when = background["articles"], nw.col("published_at")
    ends = collect(story["articles"].select(first=when.min(), last=when.max()), _ENDS).fillna(_NEVER).iloc[0]
    during = present(when >= instant(articles, ends["first"])) & present(
        when <= instant(articles, ends["last"])
    )
    sides = (story["articles"], articles.filter(during))
    labels = story["article_topics"], background["article_topics"]
    if names is None:
        return _Named(sides[0], labels[0]), _Named(sides[1], labels[1])
    article, topic = columns_of(labels[1], "article_id", "topic")
    known = Labels(article, topic, names)  # the story's among them
    return _Numbered.of(sides[0], known), _Numbered.of(sides[1], known)


class _Side(Protocol):
    """Articles with their labels."""

    def labelled(self) -> tuple[pd.DataFrame, int]:
        """How many records carry each topic, and how many records there are."""

    def asked(self, topics: Sequence[str]) -> Any:
        """Topics, as `near` of either side wants them."""

    def near(self, asked: Any) -> pd.Series[int]:
        """How many dated records of each provider carry one of some topics."""

    def everywhere(self) -> pd.Series[int]:
        """How many articles each provider has."""


@dataclass(frozen=True)
class _Named:
    """Articles and labels by name."""

    articles: Frame
    labels: Frame

    def labelled(self) -> tuple[pd.DataFrame, int]:
        records = self._records()
        counted = records.join(self.labels, on="article_id").group_by("topic").agg(n=nw.len())
        total = collect(records.select(n=nw.len()), {"n": "int64"})["n"]
        return collect(counted, {"topic": "str", "n": "int64"}), int(total.iloc[0])

    def asked(self, topics: Sequence[str]) -> list[str]:
        return list(topics)

    def near(self, asked: list[str]) -> pd.Series[int]:
        chosen = self.labels.filter(nw.col("topic").is_in(asked)).select("article_id")
        dated = self._records().filter(~nw.col("published_at").is_null())
        return _by_provider(dated.join(chosen, on="article_id", how="semi"))

    def everywhere(self) -> pd.Series[int]:
        return _by_provider(self.articles)

    def _records(self) -> Frame:
        return self.articles.filter(nw.col("seen_as") != "related")


def _by_provider(articles: Frame) -> pd.Series[int]:
    counted = articles.group_by("provider_id").agg(n=nw.len())
    return collect(counted, {"provider_id": "str", "n": "int64"}).set_index("provider_id")["n"]


@dataclass(frozen=True)
class _Numbered:
    """Articles and labels by number: arrays of one value an article, and labels of these and of others."""

    article: npt.NDArray[Any]
    provider: npt.NDArray[Any]
    is_record: npt.NDArray[np.bool_]
    is_dated: npt.NDArray[np.bool_]
    labels: Labels

    @classmethod
    def of(cls, articles: Frame, labels: Labels) -> _Numbered:
        """A side of a coded frame."""
        rows = articles.select(
            "article_id",
            "provider_id",
            is_record=present(nw.col("seen_as") != "related"),
            is_dated=~nw.col("published_at").is_null(),
        )
        article, provider, is_record, is_dated = columns_of(rows, *rows.collect_schema().names())
        return cls(article, provider, is_record, is_dated, labels)

    def labelled(self) -> tuple[pd.DataFrame, int]:
        topics, n = self.labels.counted(self.article[self.is_record])
        return pd.DataFrame({"topic": named(pd.Series(topics), self.labels.names), "n": n}), int(
            self.is_record.sum()
        )

    def asked(self, topics: Sequence[str]) -> npt.NDArray[np.bool_]:
        return self.labels.carrying(topics)

    def near(self, asked: npt.NDArray[np.bool_]) -> pd.Series[int]:
        return self._by_provider(self.provider[self.is_record & self.is_dated & asked[self.article]])

    def everywhere(self) -> pd.Series[int]:
        return self._by_provider(self.provider)

    def _by_provider(self, providers: npt.NDArray[Any]) -> pd.Series[int]:
        n = np.bincount(providers)
        some = np.flatnonzero(n)
        outlets = pd.Index(named(pd.Series(some), self.labels.names), name="provider_id")
        return pd.Series(n[some], index=outlets, name="n")


def _topics(story: _Side, background: _Side) -> pd.DataFrame:
    here, there = story.labelled(), background.labelled()
    table = here[0].merge(there[0], on="topic", suffixes=("_story", "_corpus"))
    for side, (_, total) in (("story", here), ("corpus", there)):
        table[f"share_{side}"] = table[f"n_{side}"] / max(total, 1)
    table["is_neighbour"] = (table["share_story"] >= NEAR) & (
        table["share_story"] >= LIFT * table["share_corpus"]
    )
    order = table.sort_values(["n_story", "topic"], ascending=[False, True], ignore_index=True)
    return order[list(CREATES_TOPICS)].astype(CREATES_TOPICS)
