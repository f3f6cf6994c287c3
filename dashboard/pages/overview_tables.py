"""The overview's charts as tables, whose rows open the same articles as the marks do."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import Dash, Input, Output, no_update

from analysis.charts.wording import period_name
from analysis.measures.coverage import OBSERVED
from dashboard.answers import Answers
from dashboard.components.chart import marks_table
from dashboard.ids import Ids
from dashboard.url_state import Page, View, opened_url, view_at
from dashboard.words import number

__all__ = ["register_tables"]

_ROWS = 200  # of the longest table; the rest is on the page of articles
_BASES = {"articles": "Articles", "originals": "Texts", "events": "Events", "providers": "Outlets"}


def register_tables(app: Dash, answers: Answers) -> None:
    """Fill the tables from the address."""

    @app.callback(
        Output(Ids.VOLUME_TABLE, "children"),
        Output(Ids.OUTLET_TABLE, "children"),
        Output(Ids.TOPIC_TABLE, "children"),
        Input(Ids.VOLUME_DRAWN, "data"),
        prevent_initial_call=True,
    )
    def tabulate(drawn: list[str] | None) -> tuple[Any, ...]:
        view = view_at(drawn[0], Page.OVERVIEW) if drawn else None
        if view is None:
            return (no_update,) * 3
        outlets, topics = answers.ranking(view), answers.topics(view)
        outlets = outlets.sort_values(["count", "provider_id"], ascending=[False, True])[:_ROWS]
        topics = topics.sort_values(["count", "topic"], ascending=[False, True])[:_ROWS]
        return (
            marks_table(("Period", _BASES[answers.basis(view)]), _periods(answers, view)),
            marks_table(
                ("Outlet", "Articles"),
                [
                    (str(name)[:120], opened_url(view, "outlet", domain), number(count))
                    for name, domain, count in zip(
                        outlets["name"], outlets["provider_id"], outlets["count"], strict=True
                    )
                ],
            ),
            marks_table(
                ("Topic", "Articles"),
                [
                    (topic[:120], opened_url(view, "topic", topic), number(count))
                    for topic, count in zip(topics["topic"], topics["count"], strict=True)
                ],
            ),
        )


def _periods(answers: Answers, view: View) -> list[tuple[str, str, str]]:
    """The periods, latest first."""
    frame, every = answers.volume(view), answers.every(view)
    rows = []
    for period, count, status in zip(frame["period"], frame["count"], frame["status"], strict=True):
        start = pd.Timestamp(period).tz_localize(None)
        known = not pd.isna(count) and count > 0
        value = status if pd.isna(count) else number(count) + ("" if status == OBSERVED else f" ({status})")
        href = opened_url(view, "period", start.date().isoformat()) if known else ""
        rows.append((period_name(start, every), href, value))
    return rows[::-1][:_ROWS]
