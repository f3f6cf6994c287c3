"""How long a brief of a large story takes, each run in a process of its own.

    python benchmarks/reports.py [--records 9000] [--runs 3]

The story is some 2,000 articles of the demo corpus. "Seconds" is the whole process, with Python's start and all
imports; "work" leaves these out: opening the corpus, every measure, the words, the figures and the file. The limits are
of the work. Medians are printed; CPU seconds, those of Chromium among them, tell whether others used the machine.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

QUERY = "topic:AI"
LIMITS = {"html": 3.0, "pdf": 6.0, "md": None, "xlsx": None, "csv": None}
CODE = """
import sys, time
from analysis import open_corpus
from analysis.reports import ReportSpec, write_report
start = time.perf_counter()
store, form, query = sys.argv[1:]
selection = open_corpus(store).select(query)
paths = write_report(selection, store + "/out", formats=(form,), spec=ReportSpec("brief", title="Benchmark"))
print(len(selection), paths[0].stat().st_size, time.perf_counter() - start)
"""


def main() -> int:
    """Build the corpus, time every format, print the table; 1 where a limit is passed."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--records", type=int, default=9000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--query", default=QUERY)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = _store(Path(folder), given.records)
        print(
            f"{'format':<8} {'articles':>9} {'bytes':>11} {'seconds':>8} {'work':>8} {'CPU':>8} {'limit':>6}"
        )
        late = [form for form in LIMITS if _timed(store, form, given.query, given.runs)]
    return 1 if late else 0


def _store(folder: Path, records: int) -> Path:
    from analysis import build_corpus
    from analysis.demo import write_demo

    write_demo(folder / "records", n_records=records)
    build_corpus(folder / "records", folder / "store")
    return folder / "store"


def _timed(store: Path, form: str, query: str, runs: int) -> bool:
    """Time one format, print its line, and say whether it is late."""
    whole, work, cpu, said = [], [], [], ["0", "0", "0"]
    for _ in range(runs):
        start, before = time.perf_counter(), _cpu()
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(store), form, query], capture_output=True, text=True, check=False
        )
        whole.append(time.perf_counter() - start)
        cpu.append(_cpu() - before)
        if done.returncode:
            sys.exit(done.stderr)
        said = done.stdout.split()
        work.append(float(said[2]))
    limit = LIMITS[form]
    shown = f"{limit:.0f}" if limit else ""
    sizes = f"{form:<8} {int(said[0]):>9,} {int(said[1]):>11,}"
    print(f"{sizes} {median(whole):>8.2f} {median(work):>8.2f} {median(cpu):>8.2f} {shown:>6}", flush=True)
    return limit is not None and median(work) > limit


def _cpu() -> float:
    """CPU seconds of the processes that have ended; tells whether others used the machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
