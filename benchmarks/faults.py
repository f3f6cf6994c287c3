"""Harm a store in every way that docs/faults.md lists, and print its table.

    python benchmarks/faults.py [--kills 200]

Every trial begins with a store of two snapshots while a third is built, or about to be. "Opened" counts the trials
after which the store opened on a whole snapshot, "built again" those after which the next build gave what a build
elsewhere gives: no record was lost. The exit code is 1 where one of them was not. A file system that is full is mounted
for it, which needs root on Linux; others have the limit on the size of files instead.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "store")]
os.environ["PYTHONPATH"] = str(ROOT)

from faults import Outcome, Trials  # noqa: E402 - see above

from analysis.tables.schema import TABLES  # noqa: E402

TABLE_FILES = [f"{table.name}.parquet" for table in TABLES]
HARMS = ["removed", "emptied", "cut", "short", "zeros"]
STAGED = ["files.json", "facts.txt", "records.txt", "pictures.txt", "problems.txt"]
KB = 2**10


def trials(
    given: Trials, grouped: Trials, kills: int, chance: random.Random
) -> dict[str, Callable[[], Outcome]]:
    """What is tried, by how the table says it."""
    sizes = sorted(chance.randrange(400 * KB) for _ in range(30))
    room = given.full_disk if os.getuid() == 0 else given.no_room
    return {
        "Builder and its processes killed (SIGKILL) at a random moment": lambda: given.killed(kills, chance),
        "The same, of a build that looks for copies and events": lambda: grouped.killed(kills // 8, chance),
        "Disk full at a random moment": lambda: room(sizes),
        "A file may not grow beyond a random size": lambda: given.no_room([0, *sizes[:19]]),
        "Store that may only be read": lambda: given.read_only(3),
        "A table's Parquet file removed, emptied, cut or zeroed": lambda: given.damaged(
            TABLE_FILES, HARMS, chance
        ),
        "Manifest removed, emptied, cut, zeroed or overwritten": lambda: given.damaged(
            ["manifest.json"], [*HARMS, "noise"], chance
        ),
        "Name of the current snapshot removed, emptied, cut or overwritten": lambda: given.damaged(
            ["CURRENT"], [*HARMS, "noise"], chance
        ),
        "What is kept for the next build removed, emptied or cut": lambda: given.damaged(
            STAGED, HARMS[:4], chance
        ),
        "Two builders at once": lambda: given.two_at_once(20),
        "Clock set back by a second, an hour, a year": lambda: given.clock_set_back([1, 3_600, 365 * 86_400]),
    }


def main() -> None:
    """Try and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    kills: int = parser.parse_args().kills
    well = True
    with tempfile.TemporaryDirectory() as scratch:
        given, grouped = (
            Trials(Path(tempfile.mkdtemp(dir=scratch)), groups=groups) for groups in (False, True)
        )
        print("| fault | tried | opened | built again |\n|---|---|---|---|")
        for name, attempt in trials(given, grouped, kills, random.Random(7)).items():
            outcome = attempt()
            print(f"| {name} | {outcome.tried} | {outcome.opened} | {outcome.repaired} |", flush=True)
            well = well and outcome.is_well
    if not well:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
