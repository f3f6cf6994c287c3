import plotly.graph_objects as go

from analysis.charts.notes import add_notes


def test_notes_are_what_plotly_adds_one_by_one():
    notes = [
        {"x": 0, "xref": "x domain", "y": 1, "text": "Ban", "showarrow": False, "font": {"size": 12}},
        {"x": 1, "y": 2, "text": "Police", "xshift": 3},
    ]
    together, apart = (go.Figure(layout={"annotations": [{"text": "before"}]}) for _ in range(2))
    add_notes(together, notes)
    for note in notes:
        apart.add_annotation(**note)
    assert together.to_json() == apart.to_json()
