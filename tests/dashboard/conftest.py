"""A dashboard's answers over the seed record, and over a synthetic corpus."""

from __future__ import annotations

import pytest

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from dashboard.answers import Answers


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory):
    """The store of a synthetic corpus of 300 records."""
    folder, store = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("store")
    write_demo(folder, n_records=300)
    build_corpus(folder, store)
    return store


@pytest.fixture(scope="module")
def demo(demo_store):
    return Answers(open_corpus(demo_store))


@pytest.fixture(scope="module")
def answers(seed_store):
    return Answers(open_corpus(seed_store))
