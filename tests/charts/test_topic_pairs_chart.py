import pandas as pd

from analysis.charts.topic_pairs import topic_pairs_chart


def pairs(*rows, n=200):
    """Rows of (topic, other, articles with both, lift, lower end)."""
    table = pd.DataFrame(rows, columns=["topic", "other", "n_both", "lift", "lift_low"])
    return table.assign(n_topic=40, n_other=30, n_articles=n, lift_high=table["lift"] * 2)


def test_the_title_names_the_surest_pair_and_no_chance(drawn):
    def title(*rows):
        return drawn(topic_pairs_chart, pairs(*rows)).layout.meta["title"]

    sure, surer = ("AI", "Law", 20, 3.3, 2.2), ("AI", "Art", 9, 3.9, 2.9)
    assert title(sure, surer) == "AI and Art stand together 3.9x as often as chance would have it"
    chance = "No two topics stand together clearly more often than chance would have it"
    assert title(("AI", "Law", 20, 1.2, 0.9)) == chance
    assert title(("AI", "Law", 4, 9.0, 2.2)) == chance  # four articles are no pattern


def test_each_pair_is_one_cell(drawn, keys):
    frame = pairs(
        ("AI", "Law", 20, 3.3, 2.2), ("AI", "A/B & C", 3, 1.0, 0.2), ("Law", "A/B & C", 0, 0.0, 0.0)
    )
    figure = drawn(topic_pairs_chart, frame)
    found = {key[0]: value for key, value in zip(figure.data[0].customdata, figure.data[0].meta, strict=True)}
    assert found == {"AI/Law": 20, "AI/A%2FB%20%26%20C": 3}
    assert figure.layout.yaxis.ticktext == ("2 Law", "3 A/B &amp; C")
    assert figure.layout.xaxis.ticktext == ("1", "2")
    assert "articles that carry both, of 200" in figure.layout.meta["subtitle"]
    assert "AI and Law 20 (3.3x chance)" in figure.layout.meta["description"]


def test_nothing_is_an_empty_figure(drawn, is_empty):
    assert is_empty(drawn(topic_pairs_chart, pairs()))
    assert is_empty(drawn(topic_pairs_chart, pairs(("AI", "Law", 0, 0.0, 0.0))))


def test_hostile_topics_stay_text(drawn, drawn_text, hostile):
    assert "<script" not in drawn_text(drawn(topic_pairs_chart, pairs((hostile, "Law", 20, 3.3, 2.2))))
