"""What ships with Newsgauge to be analysed: sample records and saved stories.

>>> sorted(path.name for path in RECORDS.glob("*.md"))
['2021-08-23-civil-liberties-groups-demand-ban-on-facial-recognition-technology.md']
"""

from pathlib import Path

HERE = Path(__file__).parent
RECORDS = HERE / "records"
STORIES = HERE / "stories"

__all__ = ["RECORDS", "STORIES"]
