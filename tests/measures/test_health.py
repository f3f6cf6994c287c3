import numpy as np
import pandas as pd
import pytest

from analysis.measures.frames import BadOption, MissingTable
from analysis.measures.health import (
    CREATES,
    CREATES_CODES,
    CREATES_FIELDS,
    CREATES_FRESHNESS,
    FIELDS,
    field_health,
    freshness,
    health,
    problem_codes,
)

PROBLEMS = ["source", "field", "code", "severity"]


@pytest.fixture
def full(articles):
    def make(rows):
        table = articles(rows)
        added = {field: pd.Series(["x"] * len(table), dtype="str") for field in FIELDS if field not in table}
        return table.assign(**added)

    return make


@pytest.fixture
def story(full):
    rows = [
        {"record_path": "a.md", "published_at": "2021-08-23T05:30Z", "quality": 39, "title": "Ban"},
        {"record_path": "b.md", "published_at": "2021-08-23T23:59Z", "seen_as": "both", "title": "Ban"},
        {"record_path": "c.md", "published_at": None, "quality": 1},
        {"published_at": "2021-08-25T00:00Z", "seen_as": "related", "title": "Ban"},
    ]
    return full(rows)


@pytest.fixture
def tables(collection):
    problems = [
        ("a.md", "quality", "bad-number", "warning"),
        ("a.md", "abstract", "bad-type", "warning"),
        ("b.md", "related[3].quality", "bad-number", "warning"),
        ("b.md", "provider.domain", "bad-domain", "warning"),
        ("c.md", None, "bom", "warning"),
        ("d.md", None, "bad-yaml", "error"),
        ("e.md", None, "of-tomorrow", "error"),
    ]
    return {
        "collection": collection({"2021-08-23": 2, "2021-08-24": 0, "2021-08-25": 1}),
        "problems": pd.DataFrame(problems, columns=PROBLEMS).astype("str"),
        "conflicts": pd.DataFrame(
            {"article_id": ["a0", "a0", "a3"], "field": ["title", "quality", "title"]}, dtype="str"
        ),
    }


def pick(tables, *names):
    return {name: tables[name] for name in names}


def test_days_by_hand(both, story, tables):
    table = both(health, story, **tables)
    assert table["n_records"].tolist() == [2, 0, 1]
    assert table["n_repaired"].tolist() == [2, 0, 0]  # a.md and b.md; c.md has no day
    assert table["n_in_conflict"].tolist() == [1, 0, 1]
    assert table["status"].tolist() == ["observed", "not collected", "observed"]


def test_fields_by_hand(both, story, tables):
    table = both(field_health, story, **pick(tables, "problems", "conflicts")).set_index(
        ["field", "known_from"]
    )
    assert table.loc[("quality", "record")].to_dict() == {
        "n_articles": 3,
        "n_missing": 1,
        "missing_share": pytest.approx(1 / 3),
        "n_repaired": 1,
        "n_in_conflict": 1,
    }
    assert table.loc[("quality", "related"), ["n_missing", "n_repaired", "n_in_conflict"]].tolist() == [
        1,
        1,
        0,
    ]
    assert table.loc[("title", "related"), ["n_missing", "n_in_conflict"]].tolist() == [0, 1]
    assert table.loc[("excerpt", "record"), ["n_missing", "n_repaired"]].tolist() == [3, 1]
    assert table.loc[("provider_id", "record"), "n_repaired"] == 1
    assert len(table) == 2 * len(FIELDS)


def test_codes_by_hand(both, story, tables):
    table = both(problem_codes, story, **pick(tables, "problems"))
    assert table[["code", "n", "n_files"]].to_numpy().tolist() == [
        ["bad-yaml", 1, 1],
        ["of-tomorrow", 1, 1],
        ["bad-number", 2, 2],
        ["bad-domain", 1, 1],
        ["bad-type", 1, 1],
        ["bom", 1, 1],
    ]
    assert table.set_index("code")["meaning"].to_dict()["of-tomorrow"] == ""
    assert table.set_index("code")["meaning"].to_dict()["bom"] == "byte order mark removed"


def test_freshness_by_hand(both, story, tables):
    row = both(freshness, story, "2021-08-25T12:00Z", **pick(tables, "collection")).iloc[0]
    assert row["last_published"] == pd.Timestamp("2021-08-25T00:00Z")
    assert row["last_collected"] == pd.Timestamp("2021-08-25")
    assert row[["age_hours", "n_days", "n_not_collected"]].tolist() == [12.0, 3, 1]


def test_freshness_counts_real_hours_through_a_clock_change(both, story, tables):
    # From 23 August to 1 November in London is an hour more than the clock on the wall says.
    early = story[:1]
    row = both(freshness, early, "2021-11-01T05:30+00:00", **pick(tables, "collection")).iloc[0]
    assert row["age_hours"] == 70 * 24


def test_an_article_of_the_future_is_not_the_newest(both, story, tables):
    row = both(freshness, story, "2021-08-24T00:00Z", **pick(tables, "collection")).iloc[0]
    assert row["last_published"] == pd.Timestamp("2021-08-23T23:59Z")


def test_nothing_gives_all_columns(both, full, tables):
    empty = {name: table[:0] for name, table in tables.items()}
    days = both(health, full([]), **empty)
    assert dict(days.dtypes.astype(str)) == CREATES
    assert days.empty
    fields = both(field_health, full([]), **pick(empty, "problems", "conflicts"))
    assert dict(fields.dtypes.astype(str)) == CREATES_FIELDS
    assert fields["missing_share"].isna().all()
    codes = both(problem_codes, full([]), **pick(empty, "problems"))
    assert dict(codes.dtypes.astype(str)) == CREATES_CODES
    row = both(freshness, full([]), "2021-08-24T00:00Z", **pick(empty, "collection"))
    assert dict(row.dtypes.astype(str)) == CREATES_FRESHNESS
    assert np.isnan(row["age_hours"].iloc[0])


def test_one_article(both, story, tables):
    table = both(field_health, story[:1], **pick(tables, "problems", "conflicts"))
    assert table.groupby("known_from")["n_articles"].max().to_dict() == {"record": 1, "related": 0}


def test_the_seed_record_is_sound(seed):
    days = health(seed)
    assert days[["n_records", "n_repaired", "n_in_conflict"]].to_numpy().tolist() == [[1, 0, 0]]
    fields = field_health(seed).set_index(["field", "known_from"])
    assert fields.loc[("title", "related"), ["n_articles", "n_missing"]].tolist() == [5, 0]
    assert fields.loc[("heat", "record"), "n_missing"] == 1  # -1 is not measured
    assert problem_codes(seed).empty
    assert freshness(seed, "2021-08-23T10:27Z")["age_hours"].tolist() == [1.0]


@pytest.mark.parametrize("as_of", ["2021-08-23", "soon", None])
def test_a_moment_without_a_zone_is_refused(story, tables, as_of):
    with pytest.raises(BadOption, match="as_of"):
        freshness(story, as_of, collection=tables["collection"])


def test_missing_tables_are_named(story):
    with pytest.raises(MissingTable, match="problems"):
        problem_codes(story)
