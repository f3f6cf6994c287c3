"""What a golden pair holds: a record file, and beside it, as JSON, all that reading it gives.

After a change of what reading gives, `python tests/records/golden.py` writes the results anew; read their difference.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.records import Reader

FOLDER = Path(__file__).parent / "golden"


def samples() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".result.json"))


def result_path(sample: Path) -> Path:
    return sample.with_name(f"{sample.name}.result.json")


def result(sample: Path, *, fast_path: bool = True) -> dict[str, Any]:
    reading = Reader(fast_path=fast_path).read(sample.name, sample.read_bytes())
    return {
        "records": [_said(record) for record in reading.records],
        "problems": [str(problem) for problem in reading.problems],
    }


def _said(value: Any) -> Any:
    """Named tuples as mappings without what is not said; times as text."""
    if hasattr(value, "_asdict"):
        fields = {name: _said(item) for name, item in value._asdict().items()}
        return {name: item for name, item in fields.items() if item is not None and item != []}
    if isinstance(value, tuple):
        return [_said(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


if __name__ == "__main__":
    for path in samples():
        result_path(path).write_text(json.dumps(result(path), ensure_ascii=False, indent=1) + "\n", "utf-8")
