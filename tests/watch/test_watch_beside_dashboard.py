import itertools
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from threading import Event, Lock, Semaphore, Thread

import pytest

from analysis import open_corpus
from analysis.store import current_snapshot
from analysis.watch import File, Followed, Rules, Watch
from dashboard.app import create_app
from dashboard.editions import HEADER
from dashboard.url_state import Page

ROUNDS, CHANGES = 10, 20
HOW = ("edit", "rename", "add", "delete", "add") * 4  # of one round
READERS = 3
TURNS = 12  # of the readers in every round
ADDRESSES = [
    *(page.value for page in Page),
    "/?v=1&q=ban*&by=week&count=originals",
    "/compare?v=1&with=q:ban*&with=q:w1*",
]


class Folder:
    """Records in a folder, and what the tables must have of them: path -> (url, title)."""

    def __init__(self, root, make_record):
        self.root, self.make_record, self.dice = root, make_record, random.Random(20210824)
        self.there, self.number, self.n_changes = {}, itertools.count(), 0
        root.mkdir()

    def write(self, path, url, title):
        number = int(url.rpartition("/")[2])
        when = datetime(2021, 8, 1) + timedelta(days=number % 24, minutes=number)
        text = self.make_record(
            url, title=title, time=f"{when.isoformat()}Z", provider=f"o{number % 5}.example"
        )
        (self.root / path).write_text(text, "utf-8")
        self.there[path] = (url, title)

    def change(self, how, word=""):
        """One change of the folder."""
        self.n_changes += 1
        number = next(self.number)
        path = self.dice.choice(sorted(self.there)) if self.there else ""
        match how:
            case "add":
                words = " ".join(f"w{number * 7 + i}" for i in range(5))
                self.write(f"record-{number:03}.md", f"https://a.example/{number}", f"Ban {word} {words} 000")
            case "edit":  # as long as before: sizes do not tell
                url, title = self.there[path]
                self.write(path, url, f"{title[:-3]}{number:03}")
            case "rename":
                (self.root / path).rename(self.root / f"moved-{number:03}.md")
                self.there[f"moved-{number:03}.md"] = self.there.pop(path)
            case "delete":
                (self.root / path).unlink()
                del self.there[path]


class Readers:
    """Threads that read pages, rows and callbacks of a dashboard, each as a tab of its own, until they are stopped."""

    def __init__(self, app):
        self.app, self.first = (
            app,
            app.server.test_client().get("/_newest", headers={"Host": "localhost"}).json["id"],
        )
        self.asked = callbacks(app)
        self.stop, self.lock, self.turns, self.taken = Event(), Lock(), Semaphore(0), Semaphore(0)
        self.failed, self.counted, self.statuses = [], set(), Counter()
        self.threads = [Thread(target=self.read, args=(number,)) for number in range(READERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.turns.release(READERS)
        for thread in self.threads:
            thread.join(600)
        assert not any(thread.is_alive() for thread in self.threads)

    def begin(self):
        """Let them take the turns of one round, beside what else goes on."""
        self.turns.release(TURNS)

    def wait(self):
        """Until these are taken."""
        for _ in range(TURNS):
            assert self.taken.acquire(timeout=600)

    def read(self, number):
        dice, client = random.Random(number), self.app.server.test_client()
        while self.turns.acquire() and not self.stop.is_set():
            headers = {"Host": "localhost"}
            if number == 0:  # a tab that was opened before all changes
                headers[HEADER] = self.first
            elif number == 1:  # a tab that opens what is new
                headers[HEADER] = client.get("/_newest", headers=headers).json["id"]
            try:
                self.ask(client, headers, dice)
            except Exception as error:  # noqa: BLE001 - the test reports it
                with self.lock:
                    self.failed.append(repr(error))
            self.taken.release()

    def ask(self, client, headers, dice):
        path = dice.choice(ADDRESSES)
        rows = {"path": "/articles", "search": "", "startRow": 0, "endRow": 20}
        listed = client.post("/_rows/articles", json=rows, headers=headers)
        answers = [
            (path, client.get(path, headers=headers)),
            ("/_dash-layout", client.get("/_dash-layout", headers=headers)),
            ("/_rows/articles", listed),
        ]
        for body in dice.sample(self.asked, 3):
            answers.append((body, client.post("/_dash-update-component", json=body, headers=headers)))
        with self.lock:
            self.statuses.update(answer.status_code for _, answer in answers)
            self.failed += [
                (what, answer.status_code) for what, answer in answers if answer.status_code != 200
            ]
            self.counted.add((listed.headers[HEADER], listed.json["rowCount"]))


def callbacks(app):
    """The bodies of requests that fill the pages from the addresses, as a browser sends them."""
    client, found = app.server.test_client(), []
    for given in client.get("/_dash-dependencies", headers={"Host": "localhost"}).json:
        inputs = {part["id"] for part in given["inputs"]}
        if (
            given["clientside_function"]
            or given["state"]
            or not inputs & {"live", "compare-live", "outlets-live"}
        ):
            continue
        names = [name.rpartition(".") for name in given["output"].strip(".").split("...")]
        outputs = [{"id": key, "property": name} for key, _, name in names]
        for address in ADDRESSES:
            values = [
                {**part, "value": "light" if part["id"] == "scheme" else address} for part in given["inputs"]
            ]
            body = {
                "output": given["output"],
                "outputs": outputs if given["output"].startswith("..") else outputs[0],
                "inputs": values,
                "changedPropIds": [f"{part['id']}.{part['property']}" for part in values],
                "state": [],
            }
            answer = client.post("/_dash-update-component", json=body, headers={"Host": "localhost"})
            assert answer.status_code in {200, 204}, (body, answer.status_code)
            if answer.status_code == 200:  # the others have nothing to say of this page
                found.append(body)
    assert len(found) > 30
    return found


def articles_of(store):
    snapshot = current_snapshot(store)
    frame = open_corpus(store).articles
    return snapshot.id, {row.record_path: (row.url, row.title) for row in frame.itertuples()}


@pytest.mark.slow
def test_two_hundred_changes_while_a_dashboard_reads(tmp_path, make_record, clock, inbox):
    folder, store, file = (
        Folder(tmp_path / "records", make_record),
        tmp_path / "store",
        tmp_path / "alerts.jsonl",
    )
    for _ in range(60):
        folder.change("add")
    folder.n_changes = 0
    stories = tuple(Followed(f"Story {n}", f"word{n}x", kinds=("first-mention",)) for n in range(ROUNDS))
    rules = Rules((*stories, Followed("Everything collected")), (inbox, File(file)))
    said, sizes = [], {}

    def watching():
        return Watch([folder.root], store, rules, say=said.append, clock=clock)

    with watching() as watch:
        assert watch.once()
    name, found = articles_of(store)
    sizes[name] = len(found)
    watch = watching()
    with Readers(create_app(open_corpus(store))) as readers:
        for number in range(ROUNDS):
            readers.begin()
            with watching() if number % 3 == 0 else watch as watch:  # ended and begun anew, now and then
                for place, how in enumerate(HOW):
                    folder.change(how, f"word{number}x" if place == CHANGES - 1 else "")
                    if place == CHANGES // 2:
                        watch.step()  # in the middle of the changes
                for _ in range(3):
                    clock.pass_by(seconds=watch.step())
                name, found = articles_of(store)
                assert found == folder.there, number
                sizes[name] = len(found)
                readers.wait()
    assert folder.n_changes == ROUNDS * CHANGES == 200

    assert not [line for line in said if "failed" in line or "cannot" in line], said
    mentions = [alert["name"] for alert in inbox.got if alert["kind"] == "first-mention"]
    assert mentions == [story.name for story in stories]
    assert max(Counter(alert["id"] for alert in inbox.got).values()) == 1
    assert max(Counter((alert["kind"], alert["text"]) for alert in inbox.got).values()) == 1
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == inbox.got

    assert readers.failed == []
    assert set(readers.statuses) == {200}
    assert readers.statuses[200] == ROUNDS * TURNS * 6
    assert {
        (name, sizes[name]) for name, _ in readers.counted
    } == readers.counted  # each answer of one snapshot
    assert len(readers.counted) > ROUNDS / 2
