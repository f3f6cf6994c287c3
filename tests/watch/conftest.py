"""A clock that only moves when a test moves it, and a watch over a folder of records written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analysis.watch import Followed, Rules, Watch


class Clock:
    """The time, as a test has it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **lasting: float) -> None:
        self.now += timedelta(**lasting)


class Inbox:
    """A target that keeps what it gets; fails as long as `broken` says why."""

    name = "inbox"

    def __init__(self) -> None:
        self.got: list[dict] = []
        self.broken = ""

    def deliver(self, alert):
        from analysis.watch import Undelivered

        if self.broken:
            raise Undelivered(self.broken)
        self.got.append(alert)

    def has(self, alert):
        return False

    def kinds(self):
        return [alert["kind"] for alert in self.got]


@pytest.fixture
def clock():
    return Clock(datetime(2021, 8, 24, 12, tzinfo=UTC))


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def said():
    return []


@pytest.fixture
def watching(tmp_path, clock, inbox, said):
    """Makes a watch over the folder `records`; stories are given as name=query."""

    def make(*kinds, thresholds=None, targets=None, **queries):
        queries = queries or {"Ban": "ban*"}
        followed = tuple(
            Followed(name, query, kinds=kinds, thresholds=thresholds or {}) for name, query in queries.items()
        )
        (tmp_path / "records").mkdir(exist_ok=True)
        rules = Rules(followed, tuple(targets or (inbox,)))
        return Watch([tmp_path / "records"], tmp_path / "store", rules, say=said.append, clock=clock)

    return make


@pytest.fixture
def dated(make_record):
    """Texts of records, so many a day from a first day on, with headlines and outlets that differ."""

    def make(first, *counts, title="Ban {n}", provider="a.example", **fields):
        texts = []
        for day, count in enumerate(counts):
            for place in range(count):
                n = len(texts)
                when = datetime.fromisoformat(first).replace(tzinfo=UTC) + timedelta(days=day, minutes=place)
                url = f"https://{provider}/{first}/{title.format(n=n).replace(' ', '-')}"
                said = title.format(n=f"{n} " + " ".join(f"w{n * 7 + i}" for i in range(5)))
                texts.append(make_record(url, title=said, time=when.isoformat(), provider=provider, **fields))
        return texts

    return make
