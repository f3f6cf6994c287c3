"""A dashboard's answers over the seed record."""

from __future__ import annotations

import pytest

from analysis import open_corpus
from dashboard.answers import Answers


@pytest.fixture(scope="module")
def answers(seed_store):
    return Answers(open_corpus(seed_store))
