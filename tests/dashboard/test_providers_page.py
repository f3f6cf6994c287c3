from __future__ import annotations

import json
import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from analysis import build_corpus, open_corpus
from analysis.charts.theme import LIGHT
from analysis.demo import write_demo
from analysis.measures.syndication import copiers
from analysis.measures.timeliness import lag_quartiles, lags, timeliness
from dashboard.answers import Answers
from dashboard.facts import days_of
from dashboard.outlet_frames import around, firsts, listings, own, share_of_own
from dashboard.outlet_names import names_of
from dashboard.outlet_rows import outlet_rows
from dashboard.pages import outlet, providers
from dashboard.pages.outlet_tables import articles_card, copies_card, firsts_card, lists_card, outlet_head
from dashboard.pages.outlet_words import outlet_summary, outlets_summary
from dashboard.url_state import Mark, Page, View

OUTLETS = View(page=Page.PROVIDERS)
CHARTS = [
    providers._standing,
    providers._originality,
    providers._first,
    providers._lag,
    providers._copying,
    providers._blind,
]
OWN_CHARTS = [outlet._volume, outlet._quality, outlet._lag, outlet._topics]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder, store = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("store")
    write_demo(folder, n_records=400)
    build_corpus(folder, store)
    return Answers(open_corpus(store))


@pytest.fixture
def bare(tmp_path, write_records):
    text = "---\ntitle: Ban robots\nwebUrl: https://a.example/1\nprovider:\n  name: A\n  domain: a.example\n---\n"
    build_corpus(write_records(text), tmp_path / "store", groups=False)
    return Answers(open_corpus(tmp_path / "store"))


def placed(answers, view):
    return {"names": names_of(answers, view), "span": days_of(answers, view), "zone": "UTC",
            "snapshot": answers.corpus.snapshot.label, "theme": LIGHT}  # fmt: skip


def marks_of(figure):
    """Every mark of a figure, as the browser says it."""

    def flat(node):
        return [one for part in node for one in flat(part)] if isinstance(node, list) else [node]

    traces = json.loads(json.dumps(figure.to_plotly_json()["data"], cls=PlotlyJSONEncoder))
    return [key for trace in traces for key in flat(trace.get("customdata") or []) if key]


def opened(answers, view, text):
    kind, _, value = text.partition(":")
    return answers.opened(replace(view, mark=Mark(kind, value)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "view", [OUTLETS, replace(OUTLETS, query="face*"), replace(OUTLETS, min_quality=60.0)], ids=str
)
def test_marks_of_outlets_open_what_they_count(demo, view):
    counts = {}
    for row in timeliness(demo.selection(view)).itertuples():
        counts[f"first:{row.provider_id}"] = row.n_first
    for row in lag_quartiles(demo.selection(view)).itertuples():
        counts[f"followed:{row.provider_id}"] = row.n_followed
    for row in copiers(demo.selection(view)).itertuples():
        counts[f"copied:{row.origin}/{row.copier}"] = row.n
    for row in demo.outlets(view).itertuples():
        counts[f"outlet:{row.provider_id}"] = row.count
    drawn = [mark for draw in CHARTS[:-1] for mark in marks_of(draw(demo, view, placed(demo, view))[0])]
    assert len(drawn) > 30
    for mark in random.Random(1).sample(sorted({m for m in drawn if m in counts}), 24):
        assert (mark, len(opened(demo, view, mark))) == (mark, counts[mark])


@pytest.mark.slow
def test_a_blind_spot_opens_the_outlets_articles_on_neighbouring_topics(demo):
    view = replace(OUTLETS, story="facial-recognition-ban")
    figure, _, rows = providers._blind(demo, view, placed(demo, view))
    assert rows
    hovers = [text for trace in figure.data if trace.hovertext is not None for text in trace.hovertext]
    for mark, hover in list(zip(marks_of(figure), hovers, strict=True))[:6]:
        n = int(hover.rsplit("click for ", 1)[1].split(" ")[0].replace(",", ""))
        assert len(opened(demo, view, mark)) == n


@pytest.mark.slow
@pytest.mark.parametrize("view", [OUTLETS, replace(OUTLETS, query="face*", share=True)], ids=str)
def test_marks_of_one_outlet_open_what_they_count(demo, view):
    domain = demo.outlets(view)["provider_id"].iloc[0]
    here = replace(view, outlet=domain)
    articles = demo.selection(own(here)).articles
    late = lags(demo.selection(around(here)), provider=domain)
    assert len(opened(demo, here, f"first:{domain}")) == late["is_first"].sum()
    for draw in OWN_CHARTS:
        figure, rows, _ = draw(demo, here, LIGHT)
        assert rows
        for mark in random.Random(2).sample(
            sorted(set(marks_of(figure)))[:40], min(3, len(set(marks_of(figure))))
        ):
            kind, _, value = mark.partition(":")
            found = opened(demo, here, mark)
            if kind == "period":
                day = articles["published_at"].dt.strftime("%Y-%m-%d") == value
                assert len(found) == day.sum()
            elif kind == "burst":
                first, last = value.split("/")
                days = articles["published_at"].dt.strftime("%Y-%m-%d")
                assert len(found) == days.between(first, last).sum() > 0
            elif kind == "topic":
                topics = demo.topics(own(here)).set_index("topic")["count"]
                assert len(found) == topics[value]
            assert set(found.articles["provider_id"]) <= {domain}


@pytest.mark.slow
def test_bars_of_lags_open_as_many_articles_as_they_are_high(demo):
    domain = lag_quartiles(demo.corpus)["provider_id"].iloc[0]
    here = replace(
        OUTLETS, outlet=domain, providers=("nobody.example",)
    )  # of that filter the page makes nothing
    figure = outlet._lag(demo, here, LIGHT)[0]
    heights = [n for trace in figure.data for n in trace.y]
    assert sum(heights) == len(lags(demo.corpus, provider=domain)) > 5
    for mark, n in zip(marks_of(figure), heights, strict=True):
        assert (mark, len(opened(demo, here, mark))) == (mark, n)


@pytest.mark.slow
def test_lists_of_outlets_open_the_articles_that_they_count(demo):
    domain = demo.outlets(OUTLETS)["provider_id"].iloc[0]
    here = replace(OUTLETS, outlet=domain)
    table = listings(demo.corpus, outlet=domain)
    assert len(table) > 3
    for row in table.head(4).itertuples():
        assert len(opened(demo, here, f"between:{domain}/{row.provider_id}")) == row.n_lists
        assert len(opened(demo, here, f"between:{row.provider_id}/{domain}")) == row.n_listed


@pytest.mark.slow
def test_the_share_of_its_own_output_is_of_its_own_output(demo):
    domain = demo.outlets(OUTLETS)["provider_id"].iloc[0]
    here = replace(OUTLETS, outlet=domain, query="face*", every="month")
    frame = share_of_own(demo, here)
    whole = demo.volume(own(replace(here, query="")))
    assert frame["of"].tolist() == whole["count"].tolist()
    assert frame["count"].sum() == len(demo.selection(own(here)))
    assert share_of_own(demo, replace(here, query="")) is None


@pytest.mark.slow
def test_firsts_are_events_that_others_have_too(demo):
    domain = timeliness(demo.corpus)["provider_id"].iloc[0]
    frame = firsts(demo.corpus, lags(demo.corpus, provider=domain))
    assert (frame["n_providers"] > 1).all()
    assert frame["n_providers"].is_monotonic_decreasing
    assert frame["headline"].notna().all()


def table_of(**columns):
    """Outlets as the measure gives them; what is not named is that of a sure one."""
    n = len(next(iter(columns.values())))
    sure = {
        "count": 20, "share": 0.1, "few": False, "quality_status": "known", "n_scored": 20, "quality_mean": 50.0,
        "quality": 50.0, "quality_low": 45.0, "quality_high": 55.0, "n_compared": 20, "originality": 0.5,
        "originality_low": 0.3, "originality_high": 0.7, "n_topics": 3, "n_followed": 9, "lag_median_hours": 2.0,
        "first_seen": pd.Timestamp("2021-08-23T05:30Z"), "last_seen": pd.NaT,
    }  # fmt: skip
    return pd.DataFrame({name: columns.get(name, [value] * n) for name, value in sure.items()} | columns)


def asked(frame, column="count", way="desc", **more):
    request = {"startRow": 0, "endRow": 100, "sortModel": [{"colId": column, "sort": way}], **more}
    return [row["provider_id"] for row in outlet_rows(frame, {}, request, ZoneInfo("UTC"))["rowData"]]


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_what_is_too_few_or_unknown_stands_last_whichever_way(way):
    nan = float("nan")
    frame = table_of(
        provider_id=["few", "low", "none", "high"], n_scored=[1, 20, 0, 20],
        quality_status=["few", "known", "unknown", "known"], quality_low=[99.0, 10.0, nan, 60.0],
    )  # fmt: skip
    ranked = ["low", "high"] if way == "asc" else ["high", "low"]
    assert asked(frame, "quality", way) == [*ranked, "few", "none"]


def test_unknown_is_not_zero_and_few_is_said():
    nan = float("nan")
    frame = table_of(
        provider_id=["a"], n_scored=[0], quality_status=["unknown"], n_compared=[0], originality=[nan], n_followed=[0],
        lag_median_hours=[nan], n_topics=pd.array([None], dtype="Int64"),
    )  # fmt: skip
    row = outlet_rows(frame, {"a": "The A"}, {"startRow": 0, "endRow": 1}, ZoneInfo("UTC"))["rowData"][0]
    assert (row["name"], row["quality"], row["originality"]) == ("The A", "no score", "not looked for")
    assert (row["lag"], row["n_topics"], row["last_seen"]) == ("followed on none", None, "no date")
    few = table_of(provider_id=["a"], n_scored=[2], quality_status=["few"])
    assert outlet_rows(few, {}, {"endRow": 1}, ZoneInfo("UTC"))["rowData"][0]["quality"] == "50 of 2: too few"


def test_rows_are_searched_and_paged_and_equal_ones_are_in_order():
    frame = table_of(provider_id=["b", "a", "c"], count=[5, 5, 9])
    assert asked(frame) == ["c", "a", "b"]
    assert asked(frame, startRow=1, endRow=2) == ["a"]
    assert asked(frame, "nonsense", "desc") == ["c", "a", "b"]
    found = outlet_rows(
        frame,
        {"a": "Élan"},
        {"endRow": 9, "filterModel": {"name": {"type": "contains", "filter": "elan"}}},
        ZoneInfo("UTC"),
    )
    assert [row["provider_id"] for row in found["rowData"]] == ["a"]
    assert found["rowCount"] == 1


@pytest.mark.parametrize(
    ("domain", "href"),
    [
        ("sky.com", "https://sky.com"),
        ("javascript:alert(1)", None),
        ("sky.com/../evil", None),
        ("a b.com", None),
        ("x", None),
        ("-sky.com", None),
    ],
)
def test_only_a_domain_is_linked_to(domain, href):
    text = json.dumps(outlet_head(replace(OUTLETS, outlet=domain), domain, "Name"), cls=PlotlyJSONEncoder)
    out = json.loads(text)[1]["props"]["children"][1]["props"]["children"]
    assert out["props"].get("href") == href
    assert (out["props"].get("rel") == "noopener noreferrer") == (href is not None)


def test_names_that_two_domains_share_are_told_apart(corpus_of, make_record):
    corpus = corpus_of(
        *(make_record(f"https://x.{end}/1", provider=f"x.{end}") for end in ("example", "test"))
    )
    assert names_of(Answers(corpus), View()) == {"x.example": "X (x.example)", "x.test": "X (x.test)"}


@pytest.mark.slow
def test_a_corpus_without_times_groups_or_scores_has_designed_states(bare):
    text = outlets_summary(bare, OUTLETS, names_of(bare, OUTLETS))
    assert text == "1 outlet published 1 article. Too few to rank."
    for draw in CHARTS:
        figure, _, _ = draw(bare, OUTLETS, placed(bare, OUTLETS))
        assert figure.layout.meta["title"]
    titles = [draw(bare, OUTLETS, placed(bare, OUTLETS))[0].layout.meta["title"] for draw in CHARTS]
    assert titles[1] == "Copies were not looked for" == titles[4]
    here = replace(OUTLETS, outlet="a.example")
    assert "None has a quality score. Copies were not looked for in this snapshot." in outlet_summary(
        bare, here, "A"
    )
    for draw in OWN_CHARTS:
        assert draw(bare, here, LIGHT)[0].layout.meta["title"]
    corpus = bare.corpus
    assert "Nobody copied it" in str(copies_card(here, copiers(corpus), {}))
    assert "on no event" in str(
        firsts_card(here, firsts(corpus, lags(corpus, provider="a.example")), 0, bare.zone)
    )
    assert "No related list" in str(lists_card(here, listings(corpus, outlet="a.example"), {}))
    assert "1 article" in str(articles_card(bare, here))


def test_an_outlet_that_is_filtered_away_says_so(answers):
    domain = answers.outlets(View())["provider_id"].iloc[0]
    here = replace(OUTLETS, outlet=domain, query="zebrafinch")
    assert outlet_summary(answers, here, "Sky") == "Sky has no article under the filters above."


@pytest.mark.slow
def test_the_summary_of_all_says_the_numbers_of_the_table(demo):
    table = demo.outlets(OUTLETS)
    text = outlets_summary(demo, OUTLETS, names_of(demo, OUTLETS))
    assert f"{len(table)} outlets published {table['count'].sum():,} articles" in text
    assert f"published most: {table['count'].iloc[0]}" in text
    assert demo.n_copies(OUTLETS) > 0
    assert f"{demo.n_copies(OUTLETS)} are copies" in text
