"""A synthetic corpus with known truth, in the real file format: the same seed gives the same bytes.

Every outlet, person, company and place in it is invented; every address is under `.example`, and every record says
`synthetic: true`. Twelve stories are made of events in bursts; agencies write, local papers copy (some cut the text),
others report in their own words, blogs come late; on three days nothing was collected, and nine files are malformed.

>>> truth = demo_truth(n_records=300)
>>> len(truth.records) + (truth.malformed["severity"] == "error").sum()
np.int64(300)
>>> truth.gaps["day"].dt.date.nunique()
3
"""

from __future__ import annotations

from pathlib import Path

from analysis.demo.collection import DemoSizeError, collect
from analysis.demo.damage import damaged
from analysis.demo.dice import Dice
from analysis.demo.files import record_files, spare_files
from analysis.demo.truth import DemoTruth, truth_of

__all__ = ["DemoSizeError", "DemoTruth", "demo_truth", "write_demo"]

SEED = 20210823
N_RECORDS = 3000
_NOTE = """This corpus is synthetic. Outlets, people, companies, places and events are invented; none of it happened.

Newsgauge wrote it with seed {seed}. Write it again with:

    from analysis.demo import write_demo
    write_demo(folder, seed={seed}, n_records={n_records})
"""


def write_demo(folder: Path, *, seed: int = SEED, n_records: int = N_RECORDS) -> DemoTruth:
    """Write the demo as files `YYYY-MM-DD-slug.md`, with a note `SYNTHETIC.txt` beside them.

    Args:
        folder: where to; made where it is missing. Files of the same name are replaced, others are left alone.
        seed: another seed gives another corpus.
        n_records: number of files, at least 200. More records mean more days, outlets and events: 3,000 are 120
            days (the last is 15 September 2021) of 60 outlets.

    Returns:
        What is true of the corpus.

    Raises:
        DemoSizeError: fewer than 200 records.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     truth = write_demo(Path(folder), n_records=300)
    ...     len(list(Path(folder).glob("*.md")))
    300
    """
    contents, truth = _made(seed, n_records)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    note = _NOTE.format(seed=seed, n_records=n_records)
    (folder / "SYNTHETIC.txt").write_text(note, encoding="utf-8")
    return truth


def demo_truth(seed: int = SEED, n_records: int = N_RECORDS) -> DemoTruth:
    """What is true of the corpus that `write_demo` writes, without writing it.

    Raises:
        DemoSizeError: fewer than 200 records.

    >>> demo_truth(n_records=300).bursts.columns.tolist()
    ['story', 'burst', 'first_day', 'last_day', 'n_articles']
    """
    return _made(seed, n_records)[1]


def _made(seed: int, n_records: int) -> tuple[dict[str, bytes], DemoTruth]:
    """File name -> content, and the truth."""
    corpus = collect(seed, n_records)
    files = record_files(corpus)
    contents, faults = damaged(files, spare_files(corpus, files, Dice(f"damage {seed}")))
    return contents, truth_of(corpus, list(files), faults)
