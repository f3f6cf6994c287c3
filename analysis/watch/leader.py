"""An outlet that has more articles than any other, and had not before."""

from __future__ import annotations

import pandas as pd

from analysis.measures.providers import providers
from analysis.reports.words import counted, number, percent, stretch, tidy
from analysis.watch.alert import Behind, Finding
from analysis.watch.look import Look, days_of, plain

__all__ = ["find_new_leader", "leader_of"]


def find_new_leader(look: Look) -> list[Finding]:
    """The outlet with most articles of the latest stretch, where another one led before.

    Before: on the look before; on the first look, in the stretch as long right before.
    """
    given = look.followed.threshold("new-top-provider")
    if look.end is None:
        return []
    span = look.stretch(given.days)
    now = leader_of(look, given.days, given.articles)
    former = look.noted.get("leader") or _top(
        providers(look.within(look.stretch(given.days, before=given.days))), 1
    )
    if now is None or former is None or now == former:
        return []
    table = providers(look.within(span)).set_index("provider_id")
    names = dict(look.corpus.table("providers").project("provider_id, name").fetchall())
    row, first_last = table.loc[now].to_dict(), days_of(span)
    leads, led = (tidy(names.get(domain, domain), 80) for domain in (now, former))
    beaten = int(table["count"].get(former, 0))
    total = int(table["count"].sum())
    text = (
        f"{leads} now has the most articles {look.named}: {number(row['count'])} of "
        f"{counted(total, 'article')}, {stretch(*first_last)} ({percent(row['share'])}, 95 % interval "
        f"{percent(row['share_low'])} to {percent(row['share_high'])}). Before it was {led}, with {number(beaten)} "
        f"in these days."
    )
    facts = {
        "provider": now,
        "former": former,
        "n_articles": int(row["count"]),
        "n_former": beaten,
        "of": total,
        "share": plain(row["share"]),
        "share_low": plain(row["share_low"]),
        "share_high": plain(row["share_high"]),
    }
    behind = Behind(*first_last, providers=(now,))
    return [Finding("new-top-provider", text, facts, behind, about=now, span=span)]


def leader_of(look: Look, days: int, articles: int) -> str | None:
    """The outlet that has more articles of the latest days than any other, and not fewer than that."""
    return None if look.end is None else _top(providers(look.within(look.stretch(days))), articles)


def _top(table: pd.DataFrame, articles: int) -> str | None:
    counts = table["count"].tolist()
    if not counts or counts[0] < articles or (len(counts) > 1 and counts[1] == counts[0]):
        return None
    return str(table["provider_id"].iloc[0])
