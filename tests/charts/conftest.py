import base64
import json
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.io.json import to_json_plotly

from analysis.charts.describe import describe
from analysis.charts.script import TRACES
from analysis.charts.theme import DARK, LIGHT

HOSTILE = "<script>alert(1)</script><b>%{x}</b>"
SPAN = ("2021-08-23T00:00Z", "2021-08-25T00:00Z")
BASELINE = ("2021-08-21T00:00Z", "2021-08-23T00:00Z")
SNAPSHOT = "2021-08-27 3f9a"


def texts(node: Any) -> list[str]:
    """Every text that Plotly would draw; keys for clicks and our own notes are not drawn."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [
            text for key, value in node.items() if key not in {"customdata", "meta"} for text in texts(value)
        ]
    return [text for value in node for text in texts(value)] if isinstance(node, list | tuple) else []


def lists(node: Any) -> Any:
    """A figure in JSON whose columns are lists, however they were sent."""
    if isinstance(node, dict) and "bdata" in node:
        return np.frombuffer(base64.b64decode(node["bdata"]), node["dtype"]).tolist()
    if isinstance(node, dict):
        return {name: lists(one) for name, one in node.items()}
    return [lists(one) for one in node] if isinstance(node, list) else node


@pytest.fixture
def drawn():
    """Draw a chart in both themes; hold it to what all charts promise; give the light one."""

    def draw(chart, *frames, **options):
        before = [frame.copy(deep=True) for frame in frames]
        figures = [chart(*frames, **options, theme=theme) for theme in (LIGHT, DARK)]
        for frame, copy in zip(frames, before, strict=True):
            pd.testing.assert_frame_equal(frame, copy)
        for figure, theme in zip(figures, (LIGHT, DARK), strict=True):
            plain = json.loads(to_json_plotly(figure))
            whole = go.Figure(figure.to_dict())  # raises where a property or value is not Plotly's
            whole.update_layout(template=None)
            assert lists(json.loads(to_json_plotly(whole))) == lists(plain)
            assert figure.layout.paper_bgcolor == theme.paper
            assert describe(figure).startswith(f"{figure.layout.meta['title']}. Counted: ")
            assert figure.layout.meta["subtitle"] in describe(figure)
            assert figure.layout.height >= 100
            for trace in figure.data:
                assert "%{x}" not in str(trace.hovertemplate)
                assert trace.type in TRACES  # others would be missing from the script that draws them
        return figures[0]

    return draw


@pytest.fixture
def drawn_text():
    return lambda figure: "\n".join(texts(json.loads(figure.to_json())))


@pytest.fixture
def keys():
    """What clicks say: the `customdata` of every mark, in order of traces."""

    def of(figure):
        return [list(trace.customdata) for trace in figure.data if trace.customdata is not None]

    return of


@pytest.fixture
def cells():
    """The values of a matrix: (row from the top, column from the left) -> number; empty cells are left out."""

    def of(figure):
        bars = figure.data[0]
        places = [(round(base), across) for base, across in zip(bars.base, bars.x, strict=True)]
        return dict(zip(places, bars.meta, strict=True))

    return of


@pytest.fixture
def is_empty():
    def check(figure):
        return not figure.data and bool(figure.layout.annotations[0].text)

    return check


@pytest.fixture(scope="session")
def hostile():
    return HOSTILE


@pytest.fixture(scope="session")
def span():
    return SPAN


@pytest.fixture(scope="session")
def baseline():
    return BASELINE


@pytest.fixture(scope="session")
def snapshot():
    return SNAPSHOT


@pytest.fixture(scope="session")
def days():
    """Frame -> the same with a column `period` of days from 23 August 2021 in London."""

    def add(columns):
        table = pd.DataFrame(columns)
        period = pd.date_range("2021-08-23", periods=len(table), freq="D", tz="Europe/London").as_unit("us")
        table.insert(0, "period", period)
        return table

    return add
