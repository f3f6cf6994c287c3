"""Random changes of a folder of records: what is shared, contested, damaged, encrypted and renamed, all of it small."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from data import RECORDS

_GOLDEN = Path(__file__).parents[1] / "records" / "golden"
_ODD = [
    path.read_bytes()
    for path in (*sorted(_GOLDEN.iterdir()), *sorted(RECORDS.rglob("*.md")))
    if path.suffix in {".md", ".jsonl"} and path.stat().st_size < 20_000
]
_URLS = [f"https://{letter}.example/{number}" for letter in "abc" for number in range(5)]
_TITLES = ["Ban", "Ban on cameras", "Other words"]
_DAYS = ["2021-08-20T05:00:00Z", "2021-08-21T23:30:00-05:00", "2021-09-02T00:00:00Z", ""]
KEPT = "kept.md"  # so that there is always a record
_NAMES = [f"{folder}{number}" for folder in ("", "sub/", "sub/deep/") for number in range(8)]


def change(folder: Path, dice: random.Random, record: Callable[..., str]) -> str:
    """Add, change, remove or rename a file; says what was done, so that a failing test tells."""
    folder.mkdir(exist_ok=True)
    if not (folder / KEPT).exists():
        (folder / KEPT).write_text(record("https://kept.example/1"), "utf-8")
    there = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != KEPT)
    do = dice.choice(
        ["write", "write", "write", "odd", "remove", "rename", "touch", "swap"] if there else ["write"]
    )
    path = folder / f"{dice.choice(_NAMES)}.{'jsonl' if do == 'odd' and dice.random() < 0.3 else 'md'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if do == "write":
        path.write_text(_text(dice, record), "utf-8")
    elif do == "odd":
        path.write_bytes(dice.choice(_ODD))
    elif do == "remove":
        dice.choice(there).unlink()
    elif do == "rename":
        dice.choice(there).rename(path)
    elif do == "touch":
        dice.choice(there).touch()
    elif do == "swap":
        one, other = dice.choice(there), dice.choice(there)
        texts = one.read_bytes(), other.read_bytes()
        other.write_bytes(texts[0])
        one.write_bytes(texts[1])
    return f"{do} {path.name}"


def _text(dice: random.Random, record: Callable[..., str]) -> str:
    listed = [
        {
            "url": url,
            "title": dice.choice(_TITLES),
            "provider": dice.choice(["a.example", "b.example"]),
            **({"quality": dice.randrange(3)} if dice.random() < 0.3 else {}),
        }
        for url in dice.sample(_URLS, dice.randrange(6))
    ]
    fields = {"heat": dice.choice([1, 2, "much"]), "type": dice.choice(["article", "video"])}
    for name in ("topics", "tags"):
        if dice.random() < 0.4:
            fields[name] = dice.sample(["AI", "Law", "Police"], dice.randrange(1, 3))
    text = record(
        dice.choice(_URLS),
        title=dice.choice(_TITLES),
        time=dice.choice(_DAYS),
        provider=dice.choice(["a.example", "b.example", "c.example"]),
        related=listed,
        **fields,
    )
    if dice.random() < 0.4:
        pictures = "".join(
            f"\n  - url: https://pictures.example/{dice.randrange(3)}.jpg\n    width: {n}"
            for n in range(dice.randrange(1, 3))
        )
        text = text.replace("\nprovider:", f"\nimages:{pictures}\nprovider:", 1)
    return text
