"""Fuzz the reader: is there an input that makes it fail, hang, lose a record, or say other than the plain path?

    pip install 'newsgauge[fuzz]'
    python benchmarks/fuzz.py [--minutes 30] [--findings FOLDER]

Half of the time atheris looks for inputs by the branches of `analysis.records` that they take; half of it Hypothesis
puts pieces into golden records, and shrinks what it finds. Both ask `tests/fuzz/properties.py` of every input, which
takes two seconds of processor time at most, on either path. Without atheris Hypothesis has all of the time.

A table says what was tried. What is found is kept in the folder of findings, and the exit code is 1. Each finding
becomes a golden pair in `tests/records/golden`, or a test of `tests/records/test_sources.py` if it is an archive.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fuzz")]

PARTS = ("markdown", "json", "archives")
ENDINGS = {"markdown": ("md",), "json": ("json", "jsonl"), "archives": ("zip", "tar", "tar.gz")}


def check(part: str, ending: str, data: bytes, scratch: Path) -> None:
    """Hold one input to what is promised."""
    import properties

    if part == "archives":
        path = scratch / f"fuzzed.{ending}"
        path.write_bytes(data)
        properties.check_archive(path)
    else:
        properties.check_file(f"fuzzed.{ending}", data)


def by_hypothesis(part: str, seconds: float, findings: Path) -> int:
    """Try inputs for so many seconds, round by round with other seeds; returns how many."""
    import inputs
    from hypothesis import HealthCheck, Phase, given, seed, settings

    tried, last, until = 0, ("", b""), time.monotonic() + seconds
    strategy = inputs.archives() if part == "archives" else inputs.nearly(part)
    with tempfile.TemporaryDirectory() as scratch:

        def one(sample: tuple[str, bytes]) -> None:
            nonlocal tried, last
            tried, last = tried + 1, sample
            name, data = sample
            check(part, name if part == "archives" else name.rsplit(".", 1)[1], data, Path(scratch))

        chance = random.SystemRandom()
        while time.monotonic() < until:
            wrapped: Callable[[], None] = settings(
                max_examples=2_000, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            )(seed(chance.getrandbits(32))(given(strategy)(one)))  # fmt: skip
            try:
                wrapped()
            except Exception:
                (findings / f"hypothesis-{part}-{last[0]}").write_bytes(last[1])
                raise
    return tried


def by_atheris(part: str, seconds: float, findings: Path) -> None:
    """Let libFuzzer try inputs for so many seconds; it ends the process, with what it did on the error stream."""
    import atheris

    with atheris.instrument_imports(include=["analysis.records"]):
        import analysis.records.plain  # noqa: F401 - the reader imports it when it is needed
    import inputs

    endings, chance = ENDINGS[part], random.Random()
    samples = seeds(part)
    scratch = Path(tempfile.mkdtemp(prefix="newsgauge-fuzz-"))
    for number, sample in enumerate(samples):
        (scratch / f"seed-{number}").write_bytes(sample)

    def one(data: bytes) -> None:
        check(part, endings[data[0] % len(endings)] if data else endings[0], data[1:], scratch)

    def other(data: bytes, most: int, number: int) -> bytes:
        chance.seed(number)
        if chance.random() < 0.5:
            return atheris.Mutate(data, most)
        return (data[:1] + inputs.mutated(data[1:], samples, chance))[:most]

    options = [
        f"-max_total_time={seconds:.0f}",
        f"-max_len={inputs.MOST}",
        "-timeout=60",
        "-rss_limit_mb=2048",
    ]
    places = [f"-artifact_prefix={findings}/atheris-{part}-", str(scratch)]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", *places], one, custom_mutator=other)
    atheris.Fuzz()


def seeds(part: str) -> list[bytes]:
    """What atheris begins with: a byte that stands for the ending, and a golden sample or an archive of some."""
    import inputs

    if part != "archives":
        return [
            bytes([ENDINGS[part].index(path.suffix[1:])]) + path.read_bytes() for path in inputs.seeds(part)
        ]
    members = [(path.name, path.read_bytes()) for path in inputs.seeds("json")]  # and two of one name
    members.append(members[0])
    return [bytes([place]) + inputs.archive(members, kind) for place, kind in enumerate(ENDINGS[part])]


def run(fuzzer: str, part: str, seconds: float, findings: Path) -> tuple[int, float, bool]:
    """Inputs tried, seconds, and whether all was well, of one fuzzer on one kind of input in its own process."""
    started = time.monotonic()
    arguments = [sys.executable, __file__, "--one", fuzzer, part, str(seconds), "--findings", str(findings)]
    done = subprocess.run(arguments, check=False, capture_output=True, text=True, errors="replace")
    said = re.search(r"(?:number_of_executed_units: |tried )(\d+)", done.stderr)
    if done.returncode:
        (findings / f"{fuzzer}-{part}.txt").write_text(done.stdout[-20_000:] + done.stderr[-20_000:])
    return int(said[1]) if said else 0, time.monotonic() - started, not done.returncode


def fuzz(minutes: float, findings: Path) -> bool:
    """Run every fuzzer on every kind of input and print the table; whether nothing was found."""
    fuzzers = ["atheris", "hypothesis"] if importlib.util.find_spec("atheris") else ["hypothesis"]
    each = minutes * 60 / len(fuzzers) / len(PARTS)
    findings.mkdir(parents=True, exist_ok=True)
    well = True
    print("| fuzzer | what | inputs | minutes | found |\n|---|---|---|---|---|")
    for fuzzer in fuzzers:
        for part in PARTS:
            tried, seconds, passed = run(fuzzer, part, each, findings)
            found = "nothing" if passed else f"see {findings}"
            print(f"| {fuzzer} | {part} | {tried:,} | {seconds / 60:.1f} | {found} |", flush=True)
            well = well and passed
    return well


def main() -> None:
    """Fuzz for as long as is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30, help="in total")
    parser.add_argument("--findings", type=Path, default=Path("findings"))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given: Any = parser.parse_args()
    if given.one:
        warnings.simplefilter("ignore")  # of zipfile, on names that are there twice
        fuzzer, part, seconds = given.one
        if fuzzer == "atheris":
            by_atheris(part, float(seconds), given.findings)
        else:
            print(f"tried {by_hypothesis(part, float(seconds), given.findings)}", file=sys.stderr)
    elif not fuzz(given.minutes, given.findings):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
