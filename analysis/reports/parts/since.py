"""What changed since an earlier report: key figures, articles, outlets and events, then and now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.reports.asking import Asking
from analysis.reports.carried import FIGURES, Carried, carried_of
from analysis.reports.earlier import Earlier
from analysis.reports.parts.timeline import events_of
from analysis.reports.report import Measured, Section

__all__ = ["since"]

_THEN_NOW = ("then", "then_low", "then_high", "now", "now_low", "now_high")
_CAME = (
    "published_at",
    "title",
    "url",
    "provider_id",
    "name",
    "quality",
    "n_copies",
    "n_listed",
    "article_id",
)
_GONE = {
    "published_at": "datetime64[us, UTC]",
    "title": "str",
    "url": "str",
    "provider_id": "str",
    "name": "str",
    "article_id": "str",
}
_OUTLETS = {"what": "str", "provider_id": "str", "name": "str", "n_articles": "int64"}
_EVENTS = {
    "what": "str",
    "event_id": "str",
    "first": "datetime64[us, UTC]",
    "headline": "str",
    "url": "str",
    "n_new": "int64",
    "n_articles": "int64",
    "n_providers": "int64",
}


def since(asking: Asking, earlier: Earlier) -> Section:
    """Then and now. Articles are the same where their id is; an event is new where it has none of the earlier ones.

    Where the earlier report could not carry all of its ids, articles are compared up to the last id carried, and events
    not at all.
    """
    then, articles = earlier.carried, asking.articles
    now = carried_of(asking.selection, articles, most=None)
    known, is_cut = then.ids, len(then.ids) < then.n_articles
    part = articles[articles["article_id"] <= max(known, default="")] if is_cut else articles
    came = _came(asking, part[~part["article_id"].isin(list(known))])
    gone = _gone(asking, earlier, sorted(set(known) - set(part["article_id"])))
    compares_outlets = len(then.outlets) == then.figures["outlets"][0]
    outlets = _outlets(asking, then, now) if compares_outlets else _empty(_OUTLETS)
    compares_events = not is_cut and bool(articles["event_id"].notna().any())
    events = _events(articles, set(known)) if compares_events else _empty(_EVENTS)
    figures = _figures(then.figures, now.figures)
    facts = {
        "date": date.fromisoformat(then.built_at[:10]),
        "label": then.label,
        "is_same": then.digest == now.digest,
        "is_exact": earlier.articles is not None,
        "n_then": then.n_articles,
        "n_now": len(articles),
        "n_carried": len(known),
        "n_compared": len(part),
        "is_cut": is_cut,
        "n_came": len(came),
        "n_gone": len(gone),
        "share": {name: (then.figures["share"][place], now.figures["share"][place]) for place, name in enumerate(
            ("value", "low", "high"))},
        "compares_outlets": compares_outlets,
        "compares_events": compares_events,
        **{f"outlets_{what}": outlets.loc[outlets["what"] == what, "name"].tolist() for what in ("new", "gone")},
        **{f"events_{what}": events.loc[events["what"] == what, "headline"].tolist() for what in ("new", "grown")},
    }  # fmt: skip
    frames = {
        "since_figures": figures, "since_came": came, "since_gone": gone, "since_outlets": outlets,
        "since_events": events,
    }  # fmt: skip
    return Section(
        "since", facts, {name: Measured(frame, _python(earlier, name)) for name, frame in frames.items()}
    )


def _python(earlier: Earlier, name: str) -> str:
    gathered = (
        "gather(selection, ReportSpec(sections=('method',)), "
        f"earlier=open_earlier(selection, {earlier.path!r})).frame({name!r})"
    )
    return f"from analysis.reports import ReportSpec, gather, open_earlier; {gathered}"


def _figures(then: Mapping[str, Any], now: Mapping[str, Any]) -> pd.DataFrame:
    rows = [(name, *then[name], *now[name], now[name][0] - then[name][0]) for name in FIGURES]
    return pd.DataFrame(rows, columns=["figure", *_THEN_NOW, "difference"]).astype({"figure": "str"})


def _came(asking: Asking, new: pd.DataFrame) -> pd.DataFrame:
    """Originals before copies, then the most copied, most often listed and best scored."""
    groups = asking.articles["copy_group_id"]
    size = new["copy_group_id"].map(groups.value_counts()).fillna(1).astype("int64")
    copies = new["is_original"].eq(False).fillna(value=False).astype("bool")  # noqa: FBT003 - a value, not a switch
    names = pd.Series(asking.named(new["provider_id"].tolist()), index=new.index, dtype="str")
    table = new.assign(n_copies=size - 1, is_copy=copies, name=names)
    order = ["is_copy", "n_copies", "n_listed", "quality", "published_at", "article_id"]
    ascending = [True, False, False, False, True, True]
    return table.sort_values(order, ascending=ascending, ignore_index=True)[list(_CAME)]


def _gone(asking: Asking, earlier: Earlier, ids: list[str]) -> pd.DataFrame:
    """By id; times, titles and addresses only where the earlier snapshot is still there to ask."""
    if earlier.articles is not None:
        table = earlier.articles[earlier.articles["article_id"].isin(ids)].sort_values("article_id")
    else:
        known = earlier.carried.ids
        table = pd.DataFrame({"article_id": ids, "provider_id": [known[one] for one in ids]})
        table = table.reindex(columns=[name for name in _GONE if name != "name"])
    table = table.assign(name=asking.named(table["provider_id"].tolist()))
    if table["published_at"].dtype != _GONE["published_at"]:
        table["published_at"] = pd.Series(pd.NaT, index=table.index, dtype=_GONE["published_at"])
    return table[list(_GONE)].astype(_GONE).reset_index(drop=True)


def _outlets(asking: Asking, then: Carried, now: Carried) -> pd.DataFrame:
    """Outlets in one of the two only, most articles first."""
    rows = [
        (what, one, asking.names.get(one, one), n)
        for what, there, other in (("new", now, then), ("gone", then, now))
        for one, (n, _) in sorted(there.outlets.items(), key=lambda item: (-item[1][0], item[0]))
        if one not in other.outlets
    ]
    return pd.DataFrame(rows, columns=list(_OUTLETS)).astype(_OUTLETS)


def _events(articles: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Events with articles that the earlier report had not: new ones first, then by how many those are."""
    new = articles[~articles["article_id"].isin(list(known))]["event_id"].value_counts()
    table = events_of(articles).reset_index()
    table = table[table["event_id"].isin(new.index)]
    table["n_new"] = table["event_id"].map(new).astype("int64")
    table["what"] = [
        "new" if n == every else "grown" for n, every in zip(table["n_new"], table["n_articles"], strict=True)
    ]
    table = table.assign(is_grown=table["what"] == "grown")
    order = ["is_grown", "n_new", "n_providers", "first", "event_id"]
    table = table.sort_values(order, ascending=[True, False, False, True, True], ignore_index=True)
    return table[list(_EVENTS)].astype(_EVENTS)


def _empty(columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns)).astype(dict(columns))
