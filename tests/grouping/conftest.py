from __future__ import annotations

import pandas as pd
import pytest

SUBJECTS = [
    (
        "Harbour bridge closed after crane collapse",
        "A crane fell onto the harbour bridge in Westport, blocking both lanes.",
    ),
    (
        "Senate rejects fishing quota bill",
        "Senators voted down the quota bill that fishing towns had demanded for years.",
    ),
    (
        "Observatory spots comet with two tails",
        "Astronomers at the Alpine observatory photographed a comet with two bright tails.",
    ),
    (
        "Strike halts ferry traffic to islands",
        "Ferry crews walked out over rosters, leaving island residents without crossings.",
    ),
    (
        "Museum returns bronze masks to Benin",
        "The museum handed over eleven bronze masks taken during the 1897 expedition.",
    ),
]


def made(rows: list[tuple[str, str, str, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["article_id", "title", "excerpt", "published_at"])
    frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True, format="ISO8601").astype(
        "datetime64[us, UTC]"
    )
    return frame.assign(provider_id=[f"p{i % 7}.example" for i in range(len(frame))])


@pytest.fixture
def stream() -> pd.DataFrame:
    # Each week another subject, reported by four outlets in differing words, one of them a copy; and one lone text.
    rows = []
    for week in range(45):
        title, excerpt = SUBJECTS[week % len(SUBJECTS)]
        day = pd.Timestamp("2021-01-04T06:00Z") + pd.Timedelta(weeks=week)
        town = f"Town{week:02d}"
        texts = [
            (f"{title} in {town}", f"{excerpt} {town} mayor Abel spoke."),
            (f"{title} in {town}", f"{excerpt} {town} mayor Abel spoke."),
            (f"{town}: {title.lower()}", f"What we know about {town}: {excerpt}"),
            (f"{title}, {town} says", f"{town} officials confirmed it. {excerpt}"),
            (f"Recipe {week}: soup number{week} with beans{week}", ""),
        ]
        rows += [
            (f"w{week:02d}-{i}", text, more, (day + pd.Timedelta(hours=5 * i)).isoformat())
            for i, (text, more) in enumerate(texts)
        ]
    return made(rows)
