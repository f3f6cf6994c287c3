import json

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.export import BadExport, export_table


@pytest.fixture
def risky(corpus_of, make_record):
    return corpus_of(
        make_record(title="=1+1", quality=12.5, topics=["@x", "+y", "-z"]),
        make_record("https://a.example/2", title="Plain, with comma"),
    )


def test_csv_comes_back_as_it_was(seed, tmp_path):
    assert export_table(seed, "articles", tmp_path / "a.csv") == 6
    frame = pd.read_csv(tmp_path / "a.csv", dtype={"article_id": str})
    expected = seed.articles
    assert list(frame.columns) == list(expected.columns)
    assert frame["title"].tolist() == expected["title"].tolist()
    assert frame["quality"].tolist() == expected["quality"].tolist()
    assert frame["heat"].isna().all()
    assert pd.to_datetime(frame["published_at"]).tolist() == expected["published_at"].tolist()


def test_no_cell_of_a_csv_runs(risky, tmp_path):
    export_table(risky, "articles", tmp_path / "a.csv")
    export_table(risky, "article_topics", tmp_path / "t.csv")
    assert sorted(pd.read_csv(tmp_path / "a.csv")["title"]) == ["'=1+1", "Plain, with comma"]
    assert sorted(pd.read_csv(tmp_path / "t.csv")["topic"]) == ["'+y", "'-z", "'@x"]


def test_no_cell_of_a_sheet_runs_and_the_first_sheet_says_what_it_is(risky, tmp_path):
    export_table(risky.select("ban OR plain OR 1"), "articles", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["About", "articles"]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Query"] == "ban OR plain OR 1"
    assert risky.snapshot.id in about["Snapshot"]
    sheet = book["articles"]
    assert sheet.freeze_panes == "A2"
    header = [cell.value for cell in sheet[1]]
    cells = [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert sorted(row["title"].value for row in cells) == ["=1+1", "Plain, with comma"]
    assert {row["title"].data_type for row in cells} == {"s"}
    assert {row["url"].hyperlink for row in cells} == {None}
    assert {row["published_at"].is_date for row in cells} == {True}
    assert sorted(str(row["quality"].value) for row in cells) == ["12.5", "None"]


def test_parquet_and_json_lines_hold_the_types(seed, tmp_path):
    export_table(seed, "providers", tmp_path / "p.parquet")
    export_table(seed, "articles", tmp_path / "a.jsonl")
    table = pq.read_table(tmp_path / "p.parquet")
    assert table.schema.metadata[b"newsgauge.snapshot"].decode() == seed.snapshot.id
    assert table.column("names").to_pylist() == seed.providers["names"].tolist()
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [row["quality"] for row in rows] == seed.articles["quality"].tolist()
    assert rows[0]["published_at"] == "2021-08-19T11:58:00Z"
    assert rows[0]["heat"] is None


@pytest.mark.parametrize(
    ("table", "name", "message"),
    [
        ("articels", "a.csv", "table must be one of articles"),
        ("articles", "a.txt", "must end in one of .csv"),
    ],
)
def test_wrong_use_says_what_is_allowed(seed, tmp_path, table, name, message):
    with pytest.raises(BadExport, match=message):
        export_table(seed, table, tmp_path / name)


def test_more_rows_than_a_sheet_holds_are_refused_and_the_old_file_stays(seed, tmp_path, monkeypatch):
    from analysis import export

    (tmp_path / "a.xlsx").write_text("old")
    monkeypatch.setattr(export, "_SHEET_ROWS", 3)
    with pytest.raises(BadExport, match="6 rows, a sheet holds 3"):
        export_table(seed, "articles", tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
