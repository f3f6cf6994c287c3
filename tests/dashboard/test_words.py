from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.words import Facts, between, change, percent, summary

FIRST, LAST = date(2021, 8, 17), date(2021, 8, 27)
WHOLE = Facts(
    n_articles=84,
    n_outlets=61,
    first=FIRST,
    last=LAST,
    subject='"facial recognition" AND ban*',
    narrowed=True,
    share=0.031,
    share_before=0.012,
    n_before=30,
    days_before=10,
    n_copies=24,
    peak=date(2021, 8, 23),
    n_peak=31,
    earliest=("Sky", "Diginomica"),
    n_unscored=18,
    missed=(date(2021, 8, 21),),
)


def test_the_whole_paragraph():
    assert summary(WHOLE) == (
        'Between 17 and 27 August 2021, 84 articles from 61 outlets matched "facial recognition" AND ban*: '
        "3.1 % of everything collected, up from 1.2 % in the ten days before. "
        "24 are copies; counting each text once, 60. The busiest day was 23 August, with 31. "
        "Sky and Diginomica were among the first in this corpus. "
        "There is no quality score for 18 outlets. Nothing was collected on 21 August 2021."
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(0), "No article matches."),
        (
            Facts(1, 1, FIRST, FIRST),
            "On 17 August 2021, 1 article from 1 outlet was collected. Too few to rank or to compare.",
        ),
        (Facts(2, 1), "2 articles from 1 outlet were collected. Too few to rank or to compare."),
        (
            Facts(20, 5, FIRST, LAST, n_before=10, days_before=11),
            "Between 17 and 27 August 2021, 20 articles from 5 outlets were collected, after 10 in the 11 days before.",
        ),
        (
            Facts(20, 5, FIRST, LAST, narrowed=True, share=0.5, share_before=0.5, days_before=1),
            (
                "Between 17 and 27 August 2021, 20 articles from 5 outlets were selected: "
                "50 % of everything collected, as in the day before."
            ),
        ),
        (
            Facts(20, 5, FIRST, LAST, n_copies=1, missed=(date(2021, 8, 18), date(2021, 8, 19))),
            (
                "Between 17 and 27 August 2021, 20 articles from 5 outlets were collected. 1 is a copy; counting each text "
                "once, 19. Not collected on 2 days, between 18 and 19 August 2021."
            ),
        ),
        (
            Facts(20, 5, FIRST, LAST, missed=(date(2021, 8, 18), date(2021, 8, 25))),
            "Between 17 and 27 August 2021, 20 articles from 5 outlets were collected. Not collected on 2 days.",
        ),
    ],
)
def test_summaries(facts, said):
    assert summary(facts) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2020, 12, 30), date(2021, 1, 2), "Between 30 December 2020 and 2 January 2021"),
        (date(2021, 8, 1), date(2021, 9, 1), "Between 1 August and 1 September 2021"),
        (date(2021, 8, 1), date(2021, 8, 2), "Between 1 and 2 August 2021"),
    ],
)
def test_spans(first, last, said):
    assert between(first, last) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.0005, "< 0.1 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.9951, "> 99 %"), (1, "100 %")],
)
def test_percentages(share, said):
    assert percent(share) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (3, None, ""),
        (0, 0, "as before"),
        (3, 0, "0 before"),
        (3, 4, "25 % less than the 4 before"),
        (6, 4, "50 % more than the 4 before"),
        (21, 1, "21x the 1 before"),
    ],
)
def test_changes(now, before, said):
    assert change(now, before) == said


@given(st.lists(st.floats(0, 1), min_size=2))
def test_percentages_never_fall_as_shares_rise(shares):
    def value(text):
        return {"< 0.1 %": 0.05, "> 99 %": 99.5}.get(text) or float(text.removesuffix(" %"))

    assert all(value(percent(a)) <= value(percent(b)) for a, b in pairwise(sorted(shares)))
