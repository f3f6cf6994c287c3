"""What measures make of columns that come as numbers is what they make of the names."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.measures.change import change
from analysis.measures.compare import overlap
from analysis.measures.counting import BASES
from analysis.measures.link_ends import link_ends
from analysis.measures.links import link_summary, links
from analysis.measures.providers import providers, ranked_providers
from analysis.measures.recommended import outlet_links, recommended
from analysis.measures.syndication import copiers
from analysis.measures.timeliness import lag_quartiles, lags, timeliness
from analysis.measures.volume import volume

N, OUTLETS = 240, [f"outlet{n}" for n in range(7)]
_NAMED = ("article_id", "related_article_id", "event_id", "provider_id", "copy_group_id", "topic")


def labels(articles):
    """Topics of articles, two at most, by the names of outlets; some have none."""
    digit = articles["article_id"].str[-1].astype("int64")
    parts = [(digit < 7, digit), (digit % 3 == 0, digit * 0)]
    tables = [
        pd.DataFrame({"article_id": articles["article_id"][has], "topic": [OUTLETS[n] for n in topic[has]]})
        for has, topic in parts
    ]
    return pd.concat(tables, ignore_index=True).drop_duplicates().astype("str")


class Coded:
    """A selection whose tables come as numbers, of names in ascending order."""

    def __init__(self, articles, related_links, chosen=None):
        names = set(related_links.to_numpy().ravel()) | {
            name for column in _NAMED if column in articles for name in articles[column].dropna()
        }
        self.names = chosen.names if chosen else pa.array(sorted(names))
        self.corpus = chosen or self
        self.connection = duckdb.connect()
        code = {name: place for place, name in enumerate(self.names.to_pylist())}
        inside = related_links[related_links["article_id"].isin(articles["article_id"])]
        self.tables = {
            "articles": articles,
            "related_links": inside,
            "article_topics": labels(articles),
        }
        for name, table in self.tables.items():
            coded = {one: table[one].map(code).astype("Int32") for one in _NAMED if one in table}
            if name == "articles":
                coded["published_at"] = table["published_at"].dt.tz_localize(None)
            rows = pa.Table.from_pandas(table.assign(**coded), preserve_index=False)
            self.connection.register(f"_{name}", rows)
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _{name}")

    def table(self, name):
        raise AssertionError(f"{name} was asked for by name")

    def coded(self, needs):
        return tuple(self.connection.table(name) for name in needs), self.names

    def numbers(self, columns):
        return self.connection.table("articles").project(", ".join(columns)).to_arrow_table(), self.names


@pytest.fixture(scope="module")
def known(articles):
    dice = np.random.default_rng(4)
    start = pd.Timestamp("2021-08-23T05:30Z")
    rows = [
        {
            "article_id": f"a{place:03}", "provider_id": OUTLETS[min(dice.geometric(0.3), 7) - 1],
            "published_at": start + pd.Timedelta(int(dice.integers(0, 9)), "h") if dice.random() < 0.95 else None,
            "event_id": f"e{dice.integers(0, 60)}" if dice.random() < 0.9 else None,
            "time_precision": "time" if dice.random() < 0.9 else "date",
            "copy_group_id": f"a{place - place % 4:03}" if dice.random() < 0.7 else None,
            "is_original": place % 4 == 0 if dice.random() < 0.9 else None,
            "quality": float(dice.integers(0, 9)) if dice.random() < 0.8 else None,
            "heat": dice.integers(0, 40) / 8 if dice.random() < 0.5 else None,
        }
        for place in range(N)
    ]  # fmt: skip
    pairs = {(f"a{one:03}", f"a{other:03}") for one, other in dice.integers(0, N, size=(500, 2))}
    pairs |= {(other, one) for one, other in list(pairs)[:40]}
    return articles(rows), pd.DataFrame(sorted(pairs), columns=["article_id", "related_article_id"]).astype(
        "str"
    )


@pytest.fixture(params=["all", "some", "none"])
def both_ways(request, known):
    """The articles as a frame with all links, and as a selection that is coded."""
    frame, lists = known
    whole = Coded(frame, lists)
    some = {"all": frame, "some": frame[::3].reset_index(drop=True), "none": frame[:0]}[request.param]
    own = lists[lists["article_id"].isin(some["article_id"])]
    return some, own, Coded(some, own, whole)


@pytest.mark.parametrize("measure", [lags, lag_quartiles, timeliness])
def test_who_was_first(measure, both_ways):
    frame, _, coded = both_ways
    pd.testing.assert_frame_equal(measure(coded), measure(frame), check_exact=True)


def test_what_ranks_outlets(both_ways):
    frame, _, coded = both_ways
    pd.testing.assert_frame_equal(ranked_providers(coded), ranked_providers(frame), check_exact=True)


def test_all_of_outlets(both_ways):
    frame, _, coded = both_ways
    pd.testing.assert_frame_equal(providers(coded), providers(frame, topics=labels(frame)), check_exact=True)


@pytest.mark.parametrize("by", [None, "provider"])
@pytest.mark.parametrize("every", ["hour", "week"])
@pytest.mark.parametrize("basis", BASES)
def test_how_much_there_was(basis, every, by, both_ways):
    frame, _, coded = both_ways
    asked = {"by": by, "basis": basis, "every": every, "zone": "Europe/London"}
    asked["collection"] = pd.DataFrame({"day": pd.to_datetime(["2021-08-23"]), "status": "observed"})
    spans = [None, (pd.Timestamp("2021-08-23T07:00Z"), pd.Timestamp("2021-08-23T09:30Z"))]
    for span in spans:
        by_name = volume(frame, **asked, span=span)
        found = volume(coded, **asked, span=span)
        pd.testing.assert_frame_equal(found, by_name, check_exact=True)


def test_who_copies_whom(both_ways):
    frame, _, coded = both_ways
    found = copiers(coded)
    assert len(found) > 3 or len(frame) < N
    pd.testing.assert_frame_equal(found, copiers(frame), check_exact=True)


def test_what_became_more(both_ways):
    frame, _, coded = both_ways
    hours = [pd.Timestamp("2021-08-23T05:30Z") + pd.Timedelta(n, "h") for n in (0, 3, 4, 8)]
    spans = (hours[2], hours[3]), (hours[0], hours[1])
    days = pd.DataFrame({"day": pd.to_datetime(["2021-08-23"]), "status": "observed"})
    by_name = change(frame, *spans, denominator=coded.corpus.tables["articles"], collection=days)
    pd.testing.assert_frame_equal(change(coded, *spans, collection=days), by_name, check_exact=True)


@pytest.mark.parametrize("outlet", [*OUTLETS[::3], "unheardof"])
def test_the_lags_of_one_outlet(outlet, both_ways):
    frame, _, coded = both_ways
    pd.testing.assert_frame_equal(
        lags(coded, provider=outlet), lags(frame, provider=outlet), check_exact=True
    )


@pytest.mark.parametrize("measure", [links, link_summary, recommended, outlet_links])
def test_who_is_listed(measure, both_ways):
    frame, lists, coded = both_ways
    by_name = measure(frame, related_links=lists)
    pd.testing.assert_frame_equal(measure(coded), by_name, check_exact=True)
    pd.testing.assert_frame_equal(measure(link_ends(coded)), by_name, check_exact=True)


@pytest.mark.parametrize("measure", [recommended, outlet_links])
def test_the_first_of_who_is_listed(measure, both_ways):
    frame, lists, coded = both_ways
    by_name = measure(frame, related_links=lists, top=3)
    pd.testing.assert_frame_equal(measure(coded, top=3), by_name, check_exact=True)


def test_what_two_have_in_common(both_ways):
    frame, _, coded = both_ways
    found = overlap({"some": coded, "all": coded.corpus})
    everything = coded.corpus.tables["articles"]
    pd.testing.assert_frame_equal(found, overlap({"some": frame, "all": everything}), check_exact=True)
