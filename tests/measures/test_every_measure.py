"""Every public measure on the selections that break things: nothing, one article, one day, missing values, clocks that
go back, the seed record."""

from functools import cache

import pandas as pd
import pytest

from analysis import measures
from analysis.tables.schema import TABLES

DAY, BEFORE = ("2021-08-23T00:00Z", "2021-08-24T00:00Z"), ("2021-08-22T00:00Z", "2021-08-23T00:00Z")
SPELLS = pd.DataFrame({"start": pd.to_datetime(DAY[:1]), "end": pd.to_datetime(DAY[1:])})
MORE = {  # what a measure is asked beside a selection
    "change": lambda data: measures.change(data, DAY),
    "compare": lambda data: measures.compare({"all": data.corpus, "some": data}, share="corpus"),
    "freshness": lambda data: measures.freshness(data, DAY[1]),
    "low_quality_bursts": lambda data: measures.low_quality_bursts(SPELLS, data),
    "overlap": lambda data: measures.overlap({"all": data.corpus, "some": data}),
    "quality_thresholds": lambda data: measures.quality_thresholds(data, DAY, BEFORE),
    "rising_terms": lambda data: measures.rising_terms(data, DAY, BEFORE),
    "volume by topic": lambda data: measures.volume(data, by="topic", basis="events", share="topic"),
    "volume by provider": lambda data: measures.volume(data, by="provider", every="week", share="provider"),
    "volume by hour": lambda data: measures.volume(data, every="hour", by="tier", rolling=3),
    "links by provider": lambda data: measures.links(data, by="provider"),
}
OF_SERIES = {"batched_bursts", "offset_bursts"}  # take counts or times, not a selection
NAMES = sorted({*measures.__all__} - OF_SERIES | {*MORE})


def measured(name, data):
    return MORE[name](data) if name in MORE else getattr(measures, name)(data)


class Plain:
    """A selection as pandas."""

    def __init__(self, selection, corpus=None):
        self.zone, self.period = selection.zone, selection.period
        self.frames = {table.name: selection.frame(table.name) for table in TABLES}
        self.corpus = corpus or (self if selection.corpus is selection else Plain(selection.corpus))

    def table(self, name):
        return self.frames[name]


def dtypes(table):
    return list(table.dtypes.astype(str).items())


@pytest.fixture(scope="module")
def usual_dtypes(selections):
    return cache(lambda name: dtypes(measured(name, selections["the seed record"][0])))


@pytest.fixture(scope="module")
def selections(seed_store, tmp_path_factory, make_record):
    from analysis import build_corpus, open_corpus

    folder = tmp_path_factory.mktemp("every")
    for number in range(4):
        text = make_record(
            f"https://{'abc'[number % 3]}.example/{number}",
            title=("Ban facial recognition", "Robots dance")[number % 2],
            provider=f"{'abc'[number % 3]}.example",
            time=f"2021-08-23T0{number + 1}:00:00Z",
            topics=["Policing"],
            quality=40 + number,
            heat=number,
            related=[{"url": "https://b.example/1"}],
        )
        (folder / f"2021-08-23-record-{number}.md").write_text(text, "utf-8")
    build_corpus(folder, folder / "store")
    seed, day = open_corpus(seed_store), open_corpus(folder / "store")
    back = tmp_path_factory.mktemp("back")
    # Half past one of 31 October comes twice in London; the last article has no time, and three have no score.
    for number, time in enumerate(
        ["2021-10-30T22:59:00Z", "2021-10-31T00:30:00Z", "2021-10-31T01:30:00Z", ""]
    ):
        known = {"quality": 50, "heat": -1, "topics": ["Policing"]} if number == 1 else {}
        text = make_record(f"https://{'ab'[number % 2]}.example/{number}", time=time, **known)
        (back / f"2021-10-31-record-{number}.md").write_text(text, "utf-8")
    build_corpus(back, back / "store")
    found = {
        "nothing": seed.select("zebra"),
        "one article": seed.select(providers=seed.articles["provider_id"].iloc[:1].tolist()),
        "one day": day,
        "part of one day": day.select("robots"),
        "missing values as the clocks go back": open_corpus(back / "store", zone="Europe/London"),
        "the seed record": seed,
    }
    return {name: (selection, Plain(selection)) for name, selection in found.items()}


SELECTIONS = [
    "nothing",
    "one article",
    "one day",
    "part of one day",
    "missing values as the clocks go back",
    "the seed record",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", SELECTIONS)
def test_a_measure_holds_on_both_engines_and_keeps_its_columns(name, which, selections, usual_dtypes):
    selection, plain = selections[which]
    by_duckdb, by_pandas = measured(name, selection), measured(name, plain)
    pd.testing.assert_frame_equal(by_duckdb, by_pandas, check_exact=True)
    in_utc = [(column, kind.replace(f", {selection.zone}]", ", UTC]")) for column, kind in dtypes(by_duckdb)]
    assert in_utc == usual_dtypes(name)


@pytest.fixture(scope="module")
def on_spark(selections, spark):
    from analysis import open_corpus

    day = selections["one day"][0].snapshot.folder.parents[1]
    return open_corpus(day, engine="spark").select("robots")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_measure_is_the_same_on_spark(name, selections, on_spark):
    by_duckdb, by_spark = measured(name, selections["part of one day"][0]), measured(name, on_spark)
    pd.testing.assert_frame_equal(by_duckdb, by_spark, check_exact=True)


@pytest.mark.slow
def test_the_selections_are_what_they_are_called(selections):
    sizes = {name: len(selection) for name, (selection, _) in selections.items()}
    assert list(sizes.items()) == list(zip(SELECTIONS, [0, 1, 4, 2, 4, 6], strict=True))
    back = selections["missing values as the clocks go back"][0]
    assert back.articles[["published_at", "quality", "heat"]].isna().sum().tolist() == [1, 3, 4]
    hours = measures.volume(back, every="hour")
    repeated = hours[hours["period"].dt.hour == 1]
    assert repeated["count"].tolist() == [1, 1]
    assert repeated["period"].diff().iloc[-1] == pd.Timedelta(1, "h")
    assert set(selections["one day"][0].articles["published_at"].dt.day) == {23}
