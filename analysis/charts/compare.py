"""Up to six stories on one scale, a strip each in its own colour, and a matrix of what every two have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.charts.bars import shortened
from analysis.charts.caption import caption, click_for, counted, empty_figure, headed_figure
from analysis.charts.describe import described
from analysis.charts.matrix import add_matrix
from analysis.charts.theme import LIGHT, STORY_COLOURS, Theme, plain
from analysis.charts.time_axis import add_bands, set_time, wall, widths
from analysis.charts.wording import percent, period_name
from analysis.errors import NewsgaugeError
from analysis.measures.coverage import NOT_COLLECTED, PARTIAL

__all__ = ["TooManyStories", "compare_chart", "compare_finding", "overlap_chart"]

_NOUN = {"articles": "article", "originals": "text", "events": "event", "providers": "outlet"}
_STRIP = 66  # pixels a story
_FEW = 10


class TooManyStories(NewsgaugeError):
    """The frame has more selections than there are colours that can be told apart."""


def compare_chart(
    frame: pd.DataFrame,
    *,
    every: str,
    basis: str = "articles",
    totals: Mapping[str, int] | None = None,
    colours: Mapping[str, str] | None = None,
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """The volume of several stories, one strip a story, all on the same two scales.

    Args:
        frame: from `analysis.measures.compare.compare`; shares are drawn where it has them, else counts.
        every: as the measure was asked.
        basis: as the measure was asked.
        totals: selection -> what it has on this basis in all, where the frame does not reach over all of its time;
            the title then compares these, and each strip says how many of them are drawn.
        colours: selection -> colour; those of `STORY_COLOURS` in their order unless given.
        snapshot: label of the snapshot.
        theme: the colours of all else.

    Returns:
        A figure; each bar's `customdata` is the first day of its period, ISO, and its selection.

    Raises:
        TooManyStories: more than six selections.

    >>> from analysis.measures.compare import compare
    >>> frame = pd.DataFrame({"published_at": pd.to_datetime(["2021-08-23T05:30Z"] * 12)})
    >>> compare_chart(compare({"Ban": frame, "Police": frame[:4]}), every="day").layout.meta["title"]
    'Ban had most coverage: 12 articles, 3.0x those of Police'
    """
    drawn = _drawn(frame)
    names = list(drawn)
    if len(names) > len(STORY_COLOURS):
        raise TooManyStories(f"frame must have at most {len(STORY_COLOURS)} selections; it has {len(names)}")
    held = drawn if totals is None else {name: totals[name] for name in drawn}
    title = compare_finding(held, _NOUN[basis])
    starts = wall(frame["period"].drop_duplicates())
    width = widths(starts, every)
    shares = "share" in frame
    subtitle = _subtitle(frame, every, basis, starts, width, snapshot)
    if not frame["count"].fillna(0).any():
        return empty_figure(
            theme, title=title, subtitle=subtitle, why="None of the stories has an article in this time."
        )
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=64 + 44 + _STRIP * len(names))
    value = "share" if shares else "count"
    top = float(frame[value].astype("float64").max()) * 1.02
    given = dict(colours or {})
    for place, name in enumerate(names):
        some = frame[frame["selection"] == name]
        _add_strip(
            figure,
            some,
            place,
            len(names),
            every,
            _NOUN[basis],
            given.get(name, STORY_COLOURS[place]),
            value,
            theme,
            said=_of(drawn[name], held[name], _NOUN[basis]),
        )
        figure.update_layout({f"yaxis{_suffix(place)}": {
            "domain": [1 - (place + 1) / len(names), 1 - (place + 0.3) / len(names)], "range": [0, top], "nticks": 3,
            "tickformat": ".1%" if shares else ",d", "gridcolor": theme.hairline, "zeroline": True, "fixedrange": True,
            "zerolinecolor": theme.muted, "tickfont": {"size": 11, "color": theme.muted}, "anchor": "x",
        }})  # fmt: skip
    gone = frame.drop_duplicates("period")
    add_bands(figure, gone, starts, width, theme, at=1 - 0.65 / len(names))
    set_time(figure, starts, width, every)
    figure.update_xaxes(anchor=f"y{_suffix(len(names) - 1)}")
    figure.update_layout(barmode="overlay")
    said = "; ".join(f"{shortened(name)} {_of(n, held[name])}" for name, n in drawn.items())
    return described(figure, f"Bars per {every}, {_NOUN[basis]}s drawn: {said}.")


def _subtitle(
    frame: pd.DataFrame,
    every: str,
    basis: str,
    starts: list[pd.Timestamp],
    width: list[pd.Timedelta],
    snapshot: str,
) -> str:
    kind = frame["period"].dtype
    counts = {"originals": "texts, copies counted once", "providers": "outlets"}.get(basis, basis)
    return caption(
        f"{counts} per {every}" + (", share of everything collected" if "share" in frame else ""), "one scale",
        "hatched: collected in part" if (frame["status"] == PARTIAL).any() else "",
        span=(starts[0], starts[-1] + width[-1]) if starts else None,
        zone=str(kind.tz) if isinstance(kind, pd.DatetimeTZDtype) else "UTC", snapshot=snapshot,
    )  # fmt: skip


def _of(drawn: int, held: int, noun: str = "") -> str:
    """How many are drawn, of how many.

    >>> _of(93, 95, "article"), _of(1, 1, "article"), _of(93, 95)
    ('93 of 95 articles drawn', '1 article', '93 of 95')
    """
    if drawn == held:
        return counted(held, noun) if noun else f"{held:,}"
    return f"{drawn:,} of {counted(held, noun)} drawn" if noun else f"{drawn:,} of {held:,}"


def compare_finding(totals: Mapping[str, int], noun: str) -> str:
    """Which story had most coverage, as a sentence.

    Args:
        totals: how much each has, by name.
        noun: what is counted, in the singular.

    >>> compare_finding({"Ban": 40, "Police": 40}, "article")
    'Ban and Police had most coverage, 40 articles each'
    """
    ranked = sorted(totals.items(), key=lambda pair: -pair[1])
    most = ranked[0][1] if ranked else 0
    if not most:
        return "None of the stories has coverage in this time"
    first = shortened(ranked[0][0], 48)
    if len(ranked) == 1:
        return f"{first}: {counted(most, noun)}"
    if most < _FEW:
        return f"At most {counted(most, noun)} a story: too few to compare"
    second, less = shortened(ranked[1][0], 48), ranked[1][1]
    if less == most:
        return f"{first} and {second} had most coverage, {counted(most, noun)} each"
    against = f"{most / less:.1f}x those of {second}" if less else f"{second} none"
    return f"{first} had most coverage: {counted(most, noun)}, {against}"


def _drawn(frame: pd.DataFrame) -> dict[str, int]:
    sums = frame.groupby("selection", sort=False)["count"].sum()
    return {str(name): int(n) for name, n in sums.items()}


def _suffix(place: int) -> str:
    return str(place + 1) if place else ""


def _add_strip(  # noqa: PLR0913, PLR0917 - one strip of the figure, all of it
    figure: go.Figure,
    some: pd.DataFrame,
    place: int,
    n_strips: int,
    every: str,
    noun: str,
    colour: str,
    value: str,
    theme: Theme,
    said: str,
) -> None:
    name = str(some["selection"].iloc[0])
    starts = wall(some["period"])
    width = widths(starts, every)
    rows = some.to_dict("records")
    figure.add_bar(
        x=[start + wide / 2 for start, wide in zip(starts, width, strict=True)],
        y=[None if pd.isna(row[value]) else row[value] for row in rows],
        width=[wide / pd.Timedelta(1, "ms") * 0.9 for wide in width], xaxis="x", yaxis=f"y{_suffix(place)}",
        customdata=[[start.date().isoformat(), name] for start in starts],
        hovertext=[_hover(row, start, every, noun) for row, start in zip(rows, starts, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "color": colour, "line": {"width": 0},
            "pattern": {"shape": ["/" if row["status"] == PARTIAL else "" for row in rows], "fgcolor": theme.paper,
                        "bgcolor": colour, "size": 5, "solidity": 0.35},
        },
    )  # fmt: skip
    common: dict[str, Any] = {
        "y": 1 - (place + 0.3) / n_strips, "yref": "paper", "yanchor": "bottom", "xref": "paper", "showarrow": False,
    }  # fmt: skip
    figure.add_annotation(
        x=0,
        xanchor="left",
        text=f'<span style="color:{colour}">■</span> {plain(shortened(name))}',  # the name in ink: read on any paper
        font={"size": 13, "color": theme.ink},
        **common,
    )
    figure.add_annotation(
        x=1,
        xanchor="right",
        text=said,
        font={"size": 12, "color": theme.muted},
        **common,
    )


def _hover(row: dict[Any, Any], start: pd.Timestamp, every: str, noun: str) -> str:
    head = f"<b>{period_name(start, every)}</b><br>{plain(shortened(str(row['selection'])))}"
    if row["status"] == NOT_COLLECTED:
        return f"{head}<br>not collected"
    n = int(row["count"])
    lines = [head, counted(n, noun)]
    if pd.notna(row.get("share")):
        lines.append(f"{percent(row['share'])} of {int(row['of']):,} collected")
    lines += ["partial: not every day was collected"] if row["status"] == PARTIAL else []
    lines += ([click_for(n)] if noun == "article" else ["click for the articles"]) if n else []
    return "<br>".join(lines)


def overlap_chart(
    frame: pd.DataFrame,
    *,
    unit: str = "articles",
    span: tuple[Any, Any] | None = None,
    zone: str = "UTC",
    snapshot: str = "",
    theme: Theme = LIGHT,
) -> go.Figure:
    """What every two stories have in common, as a half matrix: the share in either that is in both.

    Args:
        frame: from `analysis.measures.compare.overlap`.
        unit: `articles` or `providers`, rows of the frame.
        span: the period measured.
        zone: IANA zone of its days.
        snapshot: label of the snapshot.
        theme: the colours.

    Returns:
        A figure; each cell's `customdata` is both selections and the unit.

    >>> from analysis.measures.compare import overlap
    >>> frame = pd.DataFrame({"article_id": [str(n) for n in range(20)], "provider_id": "sky.com"})
    >>> overlap_chart(overlap({"Ban": frame, "Police": frame[:15]})).layout.meta["title"]
    'Ban and Police share 15 articles, 75 % of those of either'
    """
    some = frame[frame["unit"] == unit]
    said = {"articles": "articles", "providers": "outlets"}[unit]
    title = _overlap_title(some, said)
    subtitle = caption(
        f"{said} of both stories, share of those of either (Jaccard)", span=span, zone=zone, snapshot=snapshot
    )
    if some.empty or not (some["n_one"] + some["n_other"]).any():
        why = "Two stories are needed." if some.empty else f"None of the stories has {said}."
        return empty_figure(theme, title=title, subtitle=subtitle, why=why)
    figure = headed_figure(theme, title=title, subtitle=subtitle, height=200)
    rows, columns = list(dict.fromkeys(some["other"])), list(dict.fromkeys(some["one"]))
    pairs = {(row["other"], row["one"]): row for row in some.to_dict("records")}
    add_matrix(
        figure, theme, rows, columns,
        {pair: float(row["jaccard"]) for pair, row in pairs.items() if pd.notna(row["jaccard"])},
        {pair: _shared(row, said) for pair, row in pairs.items()},
        text={pair: _written(row) for pair, row in pairs.items()},
        keys={pair: [row["one"], row["other"], unit] for pair, row in pairs.items()}, slanted=False,
    )  # fmt: skip
    each = "; ".join(
        f"{shortened(row['one'])} and {shortened(row['other'])} {int(row['n_both']):,}"
        for row in pairs.values()
    )
    return described(figure, f"Cells, {said} of both: {each}.")


def _written(row: dict[Any, Any]) -> str:
    return f"{int(row['n_both']):,}, {percent(row['jaccard'])}" if row["n_both"] else "none"


def _overlap_title(some: pd.DataFrame, said: str) -> str:
    if some.empty:
        return "Nothing to compare: there is one story"
    top = some.sort_values("jaccard", ascending=False, kind="stable", na_position="last").iloc[0]
    n = int(top["n_both"])
    if not n:
        return f"The stories have no {said} in common"
    one, other = (shortened(str(top[side]), 32) for side in ("one", "other"))
    noun = said if n != 1 else said.removesuffix("s")
    return f"{one} and {other} share {n:,} {noun}, {percent(top['jaccard'])} of those of either"


def _shared(row: dict[Any, Any], said: str) -> str:
    one, other = (plain(shortened(str(row[side]))) for side in ("one", "other"))
    lines = [
        f"<b>{one} and {other}</b>",
        f"{int(row['n_both']):,} {said} of both; {int(row['n_one']):,} and {int(row['n_other']):,} of each",
    ]
    lines += [f"{percent(row['jaccard'])} of those of either"] if pd.notna(row["jaccard"]) else []
    return "<br>".join([*lines, "click for the articles of both" if row["n_both"] else "nothing in common"])
