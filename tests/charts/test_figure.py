"""A figure of ours is Plotly's, whatever is asked of it; charts hold what they draw to Plotly's in `conftest.py`."""

import copy
import pickle

import plotly.graph_objects as go
import pytest

from analysis.charts.figure import Figure


@pytest.fixture
def figure():
    made = Figure().add_bar(x=[1, 2], y=[3, 4], marker={"color": "red"}, customdata=["a", "b"])
    return made.update_layout(height=200, margin={"t": 8}, xaxis={"range": [0, 1]}).add_shape(
        type="line", x0=1
    )


def test_it_becomes_plotlys_when_it_is_looked_at(figure):
    assert isinstance(figure, go.Figure)
    assert (figure.layout.height, figure.data[0].marker.color) == (200, "red")
    figure.add_scatter(x=[5]).update_layout(height=300).update_xaxes(title={"text": "Day"})
    assert (len(figure.data), figure.layout.height, figure.layout.xaxis.title.text) == (2, 300, "Day")
    assert (figure.laid("margin", "t"), figure.laid("legend", "x")) == (8, None)


def test_methods_of_plotly_that_are_not_ours_work_too(figure):
    assert figure.update_traces(marker_color="blue").data[0].marker.color == "blue"
    assert figure.add_hline(y=1).layout.shapes[1].y0 == 1


@pytest.mark.parametrize("looked_at", [False, True])
def test_a_copy_is_a_figure_of_its_own(figure, looked_at):
    if looked_at:
        assert figure.layout.height == 200
    for other in (figure.copy(), copy.deepcopy(figure), pickle.loads(pickle.dumps(figure))):
        assert other.to_json() == figure.to_json()
        other.update_layout(height=1, margin={"t": 1})
        other.traces[0]["customdata"] = []
        assert (figure.laid("height"), figure.laid("margin", "t"), list(figure.traces[0]["customdata"])) == (
            200,
            8,
            ["a", "b"],
        )


def test_what_is_none_is_taken_away(figure):
    figure.update_layout(height=None, xaxis={"range": None})
    assert figure.laid("height") is figure.laid("xaxis", "range") is None
    assert figure.traces[0]["hovertext"] is None


def test_what_plotly_does_not_know_is_refused_when_it_is_looked_at():
    with pytest.raises(ValueError, match="nonsense"):
        _ = Figure().add_bar(nonsense=1).data
