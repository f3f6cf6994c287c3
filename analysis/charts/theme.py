"""The look that every chart shares: colours, type, and the settings of the graph on a page.

Colours of stories are those of Okabe & Ito (2008), told apart by the colour-blind, in one fixed order. Quality is
one sequential ramp. The neutrals carry the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.charts.figure import Figure
from analysis.errors import NewsgaugeError

__all__ = [
    "CONFIG",
    "DARK",
    "LIGHT",
    "STORY_COLOURS",
    "Theme",
    "UnknownTheme",
    "figure_of",
    "plain",
    "theme_of",
]

STORY_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
"""Blue, vermillion, green, purple, sky, orange: the first story of a view is blue in every panel and export."""

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": False,
    "plotlyServerURL": "",  # nothing is ever sent to it
    "showSendToCloud": False,  # the button would upload the data
    "responsive": True,
    "doubleClick": False,
    "scrollZoom": False,
}
"""What `dcc.Graph(config=...)` and `Figure.show(config=...)` are given."""

_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', sans-serif"


class UnknownTheme(NewsgaugeError):
    """There is no theme of this name."""


@dataclass(frozen=True)
class Theme:
    """One colour scheme.

    Attributes:
        name: `light` or `dark`.
        paper, ink, muted, hairline: page, text, lesser text, rules.
        band: what was not collected.
        bar: what is counted, where no story has a colour of its own.
        ramp: quality from low to high: one hue, always readable on `paper`.
    """

    name: str
    paper: str
    ink: str
    muted: str
    hairline: str
    band: str
    bar: str
    ramp: tuple[str, ...]


LIGHT = Theme(
    "light", "#FDFCF9", "#1B1D21", "#5C6068", "#DEDBD3", "#E9E6DF", "#0072B2",
    ("#A9C9DE", "#7FB0CF", "#5495BE", "#2B7AAB", "#0F5E8F", "#06436B"),
)  # fmt: skip
DARK = Theme(
    "dark", "#15171A", "#E8E6E1", "#A3A6AC", "#33373D", "#24272C", "#3D9BD3",
    ("#2A5674", "#326D94", "#3C85B3", "#4B9DCE", "#76B7DE", "#ADD5EE"),
)  # fmt: skip


def theme_of(name: str) -> Theme:
    """The theme of a name.

    Raises:
        UnknownTheme: the name is neither `light` nor `dark`.

    >>> theme_of("dark").paper
    '#15171A'
    """
    themes = {theme.name: theme for theme in (LIGHT, DARK)}
    if name not in themes:
        raise UnknownTheme(f"theme must be one of {', '.join(themes)}; got {name!r}")
    return themes[name]


def figure_of(theme: Theme, *, title: str, subtitle: str, height: int) -> Figure:
    """An empty figure in a theme, titled; charts add their traces.

    Args:
        theme: the colours.
        title: a sentence with the finding; plain text, as is the next.
        subtitle: counting basis, denominator, period, zone and snapshot.
        height: pixels.

    >>> figure = figure_of(LIGHT, title="Coverage <doubled>", subtitle="articles a day", height=200)
    >>> figure.layout.title.text, figure.layout.meta["title"]
    ('Coverage &lt;doubled&gt;', 'Coverage <doubled>')
    """
    figure = Figure()
    axis = {
        "gridcolor": theme.hairline,
        "linecolor": theme.muted,
        "tickcolor": theme.hairline,
        "tickfont": {"size": 12, "color": theme.muted},
        "ticks": "",
        "zeroline": False,
        "fixedrange": True,
    }
    figure.update_layout(
        title={
            "text": plain(title),
            "subtitle": {"text": plain(subtitle), "font": {"size": 12, "color": theme.muted}},
            "font": {"size": 16, "color": theme.ink},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"l": 4},
        },
        font={"family": _SANS, "size": 12, "color": theme.ink},
        paper_bgcolor=theme.paper,
        plot_bgcolor=theme.paper,
        height=height,
        margin={"l": 44, "r": 8, "t": 64, "b": 28},
        showlegend=False,
        hovermode="closest",
        hoverlabel={
            "bgcolor": theme.ink,
            "bordercolor": theme.ink,
            "font": {"family": _SANS, "size": 12, "color": theme.paper},
            "align": "left",
        },
        xaxis=dict(axis),
        yaxis=dict(axis),
        bargap=0.12,
        meta={"title": title, "subtitle": subtitle, "theme": theme.name},
    )
    return figure


def plain(text: str) -> str:
    """Text that Plotly shows as it is: its labels understand a few HTML tags and entities.

    >>> plain("<b>AT&T</b>")
    '&lt;b&gt;AT&amp;T&lt;/b&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
