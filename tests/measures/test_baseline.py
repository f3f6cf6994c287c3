import numpy as np
import pandas as pd
import pytest

from analysis.measures.baseline import against_chance


def spread(chances):
    """The probabilities of 0, 1, … successes, one trial after the other."""
    found = np.ones(1)
    for chance in chances:
        found = np.convolve(found, [1 - chance, chance])
    return found


def test_providers_of_any_number_of_events_are_beside_the_same_chance():
    dice = np.random.default_rng(8)
    own = {f"outlet{n:02}": np.sort(dice.integers(1, 10, size=n)) / 10 for n in range(1, 45)}
    firsts = pd.Series({name: int(dice.integers(0, len(chances) + 1)) for name, chances in own.items()})
    keys = [(name, chance) for name, chances in own.items() for chance in chances]
    trials = pd.Series(1, pd.MultiIndex.from_tuples(keys, names=["provider_id", "p"]))
    trials = trials.groupby(level=["provider_id", "p"]).sum()
    found = against_chance(trials, firsts)
    for name, chances in own.items():
        up_to, n = np.cumsum(spread(chances)), firsts[name]
        at_least = 1 - (up_to[n - 1] if n else 0)
        row = found.loc[name]
        assert row["expected_rate"] == pytest.approx(np.mean(chances))
        assert row["expected_low"] * len(chances) == pytest.approx(np.argmax(up_to >= 0.025))
        assert row["expected_high"] * len(chances) == pytest.approx(np.argmax(up_to >= 0.975))
        assert row["p_value"] == pytest.approx(min(2 * min(up_to[n], at_least), 1))
        assert row["attainable"] == pytest.approx(min(2 * min(up_to[0], 1 - up_to[-2]), 1))


def test_nobody_is_beside_nothing():
    keys = pd.MultiIndex.from_tuples([], names=["provider_id", "p"])
    assert against_chance(pd.Series([], keys, dtype="int64"), pd.Series([], dtype="int64")).empty
