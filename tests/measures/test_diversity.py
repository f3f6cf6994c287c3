import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures.diversity import CREATES, INDICES, _row, concentration, diversity, rarefied
from analysis.measures.frames import BadOption


def output(counts, time="2021-08-23T05:30Z"):
    return [
        {"published_at": time, "provider_id": f"{name}.com"} for name, n in counts.items() for _ in range(n)
    ]


def test_the_indices_worked_by_hand(both, articles):
    (found,) = both(diversity, articles(output({"a": 5, "b": 2, "c": 2, "d": 1})), size=3).to_dict("records")
    # .25 + .04 + .04 + .01; entropy .5 ln 2 + .4 ln 5 + .1 ln 10; gini sum of (5 - 2 rank) p / 4 = (1.5 + .2 - .2 - .3) / 4.
    assert (found["count"], found["n_providers"], found["size"]) == (10, 4, 3)
    assert found["hhi"] == pytest.approx(0.34)
    assert found["effective"] == pytest.approx(1 / 0.34)
    assert found["entropy"] == pytest.approx(0.5 * np.log(2) + 0.4 * np.log(5) + 0.1 * np.log(10))
    assert found["top3"] == pytest.approx(0.9)
    assert found["gini"] == pytest.approx(0.3)
    # Of C(10, 3) = 120 draws, those without a: C(5, 3) = 10; without b, or c: C(8, 3) = 56; without d: C(9, 3) = 84.
    assert found["rarefied"] == pytest.approx(4 - (10 + 56 + 56 + 84) / 120)


def test_periods_are_rarefied_to_the_smallest_that_counts(both, articles):
    rows = (
        output({"a": 10, "b": 10})
        + output({"a": 6, "c": 6}, "2021-09-23T05:30Z")
        + output({"a": 2}, "2021-10-23T05:30Z")
    )
    table = both(diversity, articles(rows))
    assert table["size"].tolist() == [12, 12, 12]
    assert table["rarefied"].isna().tolist() == [False, False, True]
    assert table["rarefied"][1] == 2


def test_copies_and_events_are_bases(both, articles):
    rows = [{**row, "is_original": i == 0, "event_id": "e"} for i, row in enumerate(output({"a": 3, "b": 1}))]
    assert both(diversity, articles(rows), basis="originals")[
        ["count", "n_providers", "hhi"]
    ].to_numpy().tolist() == [[1, 1, 1]]
    assert both(diversity, articles(rows), basis="events")[
        ["count", "n_providers", "hhi"]
    ].to_numpy().tolist() == [[2, 2, 0.5]]


def test_the_clock_of_the_zone_cuts_and_days_not_collected_show(both, articles, collection):
    rows = (
        output({"a": 1}, "2021-10-30T22:30Z")
        + output({"a": 1}, "2021-10-30T23:00Z")
        + output({"b": 1}, "2021-10-31T23:59Z")
    )
    days = collection({"2021-10-30": 2, "2021-10-31": 1})
    table = both(diversity, articles(rows), every="day", zone="Europe/London", collection=days)
    assert table["period"].tolist() == [
        pd.Timestamp("2021-10-30T00:00+01:00"),
        pd.Timestamp("2021-10-31T00:00+01:00"),
    ]
    assert table["count"].tolist() == [1, 2]
    assert table["status"].tolist() == ["partial", "observed"]


@pytest.mark.parametrize("rows", [[], [{"published_at": None}], output({"a": 1}), output({"a": 5})])
def test_small_selections_have_the_stated_types_and_bands_that_hold_their_values(both, articles, rows):
    table = both(diversity, articles(rows))
    assert table.dtypes.astype(str).to_dict() == CREATES
    for name in INDICES:
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()


def test_the_seed_record(seed):
    table = diversity(seed)
    assert table[["count", "n_providers", "effective", "gini", "status"]].round(6).to_numpy().tolist() == [
        [6, 6, 6.0, 0.0, "partial"]
    ]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_indices_keep_their_bounds(counts):
    shares = np.sort(np.array(counts, dtype=float))[::-1][None, :] / sum(counts)
    found = {name: value[0] for name, value in concentration(shares).items()}
    k = len(counts)
    assert 1 / k - 1e-12 <= found["hhi"] <= 1
    assert 1 - 1e-9 <= found["effective"] <= k + 1e-9
    assert -1e-12 <= found["entropy"] <= np.log(k) + 1e-9
    assert -1e-12 <= found["gini"] <= (k - 1) / k + 1e-12
    assert rarefied(counts, sum(counts)) == pytest.approx(k)
    assert rarefied(counts, 1) == pytest.approx(1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outlets", "n", "indices"),
    [
        (50, 500, ("hhi", "effective")),
        (10, 100, ("hhi", "effective")),
        (20, 2000, ("hhi", "effective", "entropy", "top3", "gini")),
        (50, 5000, ("gini",)),
    ],
)
def test_bands_cover_95_percent_of_the_true_values(outlets, n, indices):
    chance = np.random.default_rng(3)
    hits = {name: [] for name in indices}
    for _ in range(800):
        true = -np.sort(-chance.dirichlet(np.ones(outlets)))
        drawn = chance.multinomial(n, true)
        known = true[drawn > 0] / true[drawn > 0].sum()  # gini is that of the outlets that have an article
        truth = {**concentration(true[None, :]), "gini": concentration(known[None, :])["gini"]}
        row = _row(-np.sort(-drawn[drawn > 0]))
        for name in indices:
            hits[name].append(row[f"{name}_low"] <= truth[name][0] <= row[f"{name}_high"])
    assert {name: 0.93 <= np.mean(hit) <= 0.97 for name, hit in hits.items()} == dict.fromkeys(
        indices, True
    ), {n: np.mean(h) for n, h in hits.items()}


@pytest.mark.parametrize(
    "options", [{"basis": "providers"}, {"size": 0}, {"every": "decade"}, {"span": ("a", "b")}]
)
def test_bad_options_are_refused(articles, options):
    with pytest.raises(BadOption):
        diversity(articles([]), **options)
