"""How far the data can be trusted: what was collected, what could not be read, what is missing."""

from __future__ import annotations

import pandas as pd

from analysis.measures.volume import volume
from analysis.reports.asking import Asking
from analysis.reports.parts.summary import missed_days
from analysis.reports.report import Section

__all__ = ["collected", "faults", "health", "method"]

HEALTH = {"fact": "str", "count": "int64", "of": "int64"}
PROBLEMS = {"severity": "str", "code": "str", "count": "int64", "example": "str"}


def health(asking: Asking) -> Section:
    """What is missing from the selection's articles, and what was repaired or disagrees."""
    articles = asking.articles
    n = len(articles)
    whole = asking.selection.corpus is asking.selection
    n_records = asking.selection.corpus.snapshot.counts.get("files") if whole else None
    conflicts = asking.selection.conflicts["article_id"].nunique()
    undated = int(articles["published_at"].isna().sum())
    rows = [
        ("no time of publication", undated, n),
        ("only the day of publication known", int((articles["time_precision"] == "date").sum()), n),
        ("known only from related lists", int((articles["seen_as"] == "related").sum()), n),
        ("no quality score", int(articles["quality"].isna().sum()), n),
        ("heat not measured", int(articles["heat"].isna().sum()), n),
        ("no excerpt", int(articles["excerpt"].isna().sum()), n),
        ("copies not looked for", int(articles["copy_group_id"].isna().sum()), n),
        ("no event", int(articles["event_id"].isna().sum()), n),
        ("sources disagree on a fact", int(conflicts), n),
        (
            "records repaired or refused",
            int(asking.selection.problems["source"].nunique()),
            int(articles["record_path"].nunique()) if n_records is None else n_records,
        ),
    ]
    frame = pd.DataFrame(rows, columns=list(HEALTH)).astype(HEALTH)
    days = asking.selection.collection
    facts = {
        "n_articles": n,
        "n_unscored": rows[3][1],
        "n_undated": undated,
        "n_days": len(days),
        "missed": missed_days(asking),
        "n_related_only": rows[2][1],
    }
    return Section("health", facts, {"health": asking.derived(frame, "health", "health")})


def collected(asking: Asking) -> Section:
    """How much was collected at all, per period."""
    counted = asking.ask_of(
        asking.selection.corpus, volume, every=asking.stretches.every, span=asking.stretches.drawn
    )
    days = asking.selection.collection
    whole = asking.selection.corpus
    facts = {
        "every": asking.stretches.every,
        "n_articles": len(whole),
        "n_records": int(days["n_records"].sum()),
        "n_outlets": int(whole.table("providers").aggregate("count(*)").fetchall()[0][0]),
        "missed": missed_days(asking),
        "undrawn": _undrawn(asking),
        "drawn_from": asking.day(asking.stretches.drawn[0]) if asking.stretches.drawn else None,
        "drawn_to": asking.last_day(asking.stretches.drawn[1]) if asking.stretches.drawn else None,
    }
    from_to = asking.derived(days, "collection", "collection")
    return Section("collection", facts, {"collected": counted, "collection": from_to})


def _undrawn(asking: Asking) -> int:
    """Articles of the corpus from before the charts begin; those before a day that the reader chose are not missed."""
    drawn = asking.stretches.drawn
    if drawn is None or asking.stretches.chosen:
        return 0
    earlier = f"epoch(published_at) < {drawn[0].timestamp()!r}"
    return int(
        asking.selection.corpus.table("articles").filter(earlier).aggregate("count(*)").fetchall()[0][0]
    )


def faults(asking: Asking) -> Section:
    """What could not be read, by kind of problem."""
    rows = asking.selection.problems
    grouped = rows.groupby(["severity", "code"], sort=True)
    frame = grouped.agg(count=("code", "size"), example=("message", "first")).reset_index()
    frame = frame[list(PROBLEMS)].astype(PROBLEMS)
    files = asking.selection.corpus.snapshot.counts.get("files")
    facts = {
        "n_problems": len(rows),
        "n_errors": int((rows["severity"] == "error").sum()),
        "n_warnings": int((rows["severity"] == "warning").sum()),
        "n_files": files,
        "n_files_with": int(rows["source"].nunique()),
    }
    return Section("problems", facts, {"problems_by_code": asking.derived(frame, "problems_by_code", "problems"),
                                       "problems": asking.derived(rows, "problems", "problems")})  # fmt: skip


def method(asking: Asking) -> Section:
    """What the words mean, how it was measured, and where it comes from."""
    facts = {
        "basis": asking.spec.basis,
        "every": asking.stretches.every,
        "zone": asking.selection.zone,
        "kind": asking.spec.kind,
        "contents": list(asking.spec.contents),
        "missed": missed_days(asking),
        "n_unscored": int(asking.articles["quality"].isna().sum()),
        "n_related_only": int((asking.articles["seen_as"] == "related").sum()),
        "n_undated": int(asking.articles["published_at"].isna().sum()),
        "n_date_only": int((asking.articles["time_precision"] == "date").sum()),
        "n_articles": len(asking.articles),
    }
    return Section("method", facts)
