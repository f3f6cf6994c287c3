import pytest

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from analysis.reports import ReportSpec, gather

STORY = "facial-recognition-ban"


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    write_demo(folder / "records", n_records=600)
    build_corpus(folder / "records", folder / "store")
    return folder / "store"


@pytest.fixture(scope="session")
def demo(demo_store):
    return open_corpus(demo_store, zone="Europe/London")


@pytest.fixture(scope="session")
def story(demo):
    return demo.story(STORY)


@pytest.fixture(scope="session")
def full(story):
    return gather(story, ReportSpec("full", title="Calls to ban facial recognition"))
