"""What a report carries for a later one to compare with: key figures and article ids, as text that runs nothing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.corpus import Selection
from analysis.measures.intervals import wilson
from analysis.reports.parts.counts import collected_in, counts_of
from analysis.reports.provenance import provenance_of
from analysis.reports.spec import BadReport

__all__ = ["BLOCK", "FIGURES", "Carried", "carried_of", "read_carried", "to_text"]

BLOCK = "newsgauge-report"
"""Names the block in HTML (id of the element) and in Markdown (word after the fence's language)."""

FIGURES = ("articles", "share", "texts", "events", "outlets", "quality")
"""The key figures carried, in order."""

_FORMAT = 1
_MOST_IDS = 5_000
_MOST_BYTES = 64_000_000  # of a report that is read
_IN_HTML = re.compile(rf'<script type="application/json" id="{BLOCK}">([^<]*)</script>')
_IN_MARKDOWN = re.compile(rf"^```json {BLOCK}\n([^`]*)\n```$", re.MULTILINE)
_ID = re.compile(r"[0-9a-f]{20}")
_DIGEST = re.compile(r"[0-9a-f]{32}")
_TEXTS = ("query", "filters", "zone", "snapshot", "digest", "built_at")
_KNOWN = {"newsgauge", *_TEXTS, "figures", "n_articles", "outlets"}


@dataclass(frozen=True)
class Carried:
    """What a report carries.

    Attributes:
        query, filters, zone: what it is about, as in `analysis.reports.provenance.Provenance`.
        snapshot, digest, built_at: of its snapshot.
        figures: name -> value and the ends of its 95 % interval; NaN where there is none.
        n_articles: articles of the selection.
        outlets: domain -> number of its articles and their ids. Where `n_articles` is more than can be carried, those
            that come first by id: the same part of both reports.
    """

    query: str
    filters: str
    zone: str
    snapshot: str
    digest: str
    built_at: str
    figures: Mapping[str, tuple[float, float, float]]
    n_articles: int
    outlets: Mapping[str, tuple[int, tuple[str, ...]]]

    @property
    def ids(self) -> dict[str, str]:
        """Article id -> its outlet, of the ids carried."""
        return {one: outlet for outlet, (_, ids) in self.outlets.items() for one in ids}

    @property
    def label(self) -> str:
        """Of the snapshot, as reports give it."""
        return f"{self.built_at[:10]} {self.digest[:4]}"


def carried_of(selection: Selection, articles: pd.DataFrame, most: int | None = _MOST_IDS) -> Carried:
    """What a report on a selection carries.

    Args:
        selection: what it is about.
        articles: the selection's articles.
        most: ids carried at most; None for all.
    """
    source, counts = provenance_of(selection), counts_of(articles)
    whole = collected_in(selection)
    low, high = wilson([counts["articles"]], [whole])
    nothing = float("nan")
    figures = {name: (float(counts.get(name, nothing)), nothing, nothing) for name in FIGURES}
    share = counts["articles"] / whole if whole else nothing
    figures["share"] = (share, float(low[0]), float(high[0]))
    kept = articles[["article_id", "provider_id"]].sort_values("article_id").head(most or len(articles))
    ids = kept.groupby("provider_id")["article_id"].agg(tuple).to_dict()
    n_of = articles["provider_id"].value_counts().sort_index()
    return Carried(
        source.query, source.filters, source.zone, source.snapshot_id, source.digest, source.built_at, figures,
        len(articles), {str(one): (int(n), ids.get(one, ())) for one, n in n_of.head(_MOST_IDS).items()},
    )  # fmt: skip


def to_text(carried: Carried) -> str:
    """JSON in ASCII without `<`, `>`, `&` or a backtick, so that it can end neither an element nor a fence.

    An outlet has a line of its own, so that versions compare well.
    """
    figures = {name: [_or_null(value) for value in values] for name, values in carried.figures.items()}
    head: dict[str, Any] = {"newsgauge": _FORMAT, **{name: getattr(carried, name) for name in _TEXTS}}
    head |= {"figures": figures, "n_articles": carried.n_articles}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    outlets = [f"{json.dumps(one)}: {json.dumps([n, *ids])}" for one, (n, ids) in carried.outlets.items()]
    text = "\n".join(["{", *lines, '"outlets": {', ",\n".join(outlets), "}}"])
    return re.sub(r"[<>&`]", lambda found: f"\\u{ord(found[0]):04x}", text)


def read_carried(path: str | Path) -> Carried:
    """What an earlier report carries.

    Nothing of the file but this block is used, and all of it as text; no path in it is opened.

    Args:
        path: a report as HTML or Markdown.

    Raises:
        BadReport: it cannot be read, is too large, or is no report that carries this.
    """
    name = f"{str(path)!r:.200}"
    try:
        if not Path(path).is_file():  # a pipe or a device would never end
            raise BadReport(f"--since-report must be a report as HTML or Markdown; {name} is no file")
        with Path(path).open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, BadReport):
            raise
        raise BadReport(f"--since-report must be a file that can be read; {name}: {error}") from None
    if len(content) > _MOST_BYTES:
        raise BadReport(f"--since-report must have at most {_MOST_BYTES:,} bytes; {name} has more")
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    found = [*_IN_HTML.findall(text), *_IN_MARKDOWN.findall(text)]
    try:
        if len(found) == 1:
            return _checked(json.loads(found[0], parse_constant=_refuse))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise BadReport(
        f"--since-report must be a report of Newsgauge as HTML or Markdown, whole and unchanged; {name} is none"
    )


def _or_null(value: float) -> float | None:
    return None if math.isnan(value) else value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _checked(tree: Any) -> Carried:
    """A block that says only what a report can say; else ValueError, TypeError, KeyError or AttributeError."""
    json.dumps(tree, ensure_ascii=False).encode()  # half a character would break what is written with it
    texts = {name: tree[name] for name in _TEXTS}
    sound = set(tree) == _KNOWN and tree["newsgauge"] == _FORMAT
    sound = sound and all(isinstance(value, str) for value in texts.values())
    _ = datetime.fromisoformat(tree["built_at"])
    sound = sound and bool(_DIGEST.fullmatch(tree["digest"])) and set(tree["figures"]) == set(FIGURES)
    figures = {name: _figure(tree["figures"][name]) for name in FIGURES}
    outlets = {str(one): (_count(n), tuple(ids)) for one, (n, *ids) in tree["outlets"].items()}
    every = [one for _, ids in outlets.values() for one in ids]
    n_articles = _count(tree["n_articles"])
    sound = sound and all(len(ids) <= n for n, ids in outlets.values()) and len(set(every)) == len(every)
    sound = sound and len(every) <= min(n_articles, _MOST_IDS) and len(outlets) <= _MOST_IDS
    if not sound or not all(_ID.fullmatch(one) for one in every):
        raise ValueError("no block of a report")
    return Carried(**texts, figures=figures, n_articles=n_articles, outlets=outlets)


def _figure(values: Any) -> tuple[float, float, float]:
    value, low, high = (float("nan") if one is None else float(one) for one in values)
    if any(math.isinf(one) or abs(one) > 1e15 for one in (value, low, high)):
        raise ValueError("a figure must be finite")
    return value, low, high


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 10**12:
        raise ValueError("a count must be a whole number")
    return value
