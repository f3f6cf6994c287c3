import csv
import io
import json
import zipfile

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.export import BadExport, Size, export_all, export_size, export_table
from analysis.tables.schema import TABLES, TABLES_BY_NAME

pytestmark = pytest.mark.slow  # whole corpora in every format


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


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "xlsx"])
def test_everything_is_one_zip_that_reads_back_and_is_the_same_twice(seed, tmp_path, form):
    rows = export_all(seed, tmp_path / "a.zip", form)
    export_all(seed, tmp_path / "b.zip", form)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        dictionary = pd.read_csv(archive.open("dictionary.csv"))
        about = archive.read("README.txt").decode()
        articles = archive.read(f"articles.{form}")
    assert names == [f"{table.name}.{form}" for table in TABLES] + ["dictionary.csv", "README.txt"]
    assert rows == {name: entry["rows"] for name, entry in seed.snapshot.tables.items()}
    assert [*dictionary["table"] + "." + dictionary["column"]] == [
        f"{table.name}.{column}" for table in TABLES for column in table.names
    ]
    assert seed.snapshot.id in about
    assert seed.snapshot.digest in about
    readers = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "xlsx": lambda file: pd.read_excel(file, sheet_name="articles"),
    }
    read = readers.get(form, lambda file: pd.read_json(file, lines=True))
    assert read(io.BytesIO(articles))["title"].tolist() == seed.articles["title"].tolist()
    if form != "xlsx":  # a workbook names the time it was made
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_no_cell_of_everything_runs(risky, tmp_path):
    export_all(risky, tmp_path / "a.zip", "csv")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for name in archive.namelist():
            for row in csv.reader(io.TextIOWrapper(archive.open(name), "utf-8")):
                assert not [cell for cell in row if cell[:1] in "=+@-\t" and cell], (name, row)


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(seed, tmp_path, monkeypatch):
    from analysis import export

    (tmp_path / "a.zip").write_text("old")
    monkeypatch.setattr(export, "_SHEET_ROWS", 3)
    with pytest.raises(BadExport, match="6 rows, a sheet holds 3"):
        export_all(seed, tmp_path / "a.zip", "xlsx")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.zip", "old")]


def test_the_size_said_is_that_of_the_file_where_all_is_looked_at(seed, tmp_path):
    for form in ("csv", "parquet", "jsonl"):
        export_table(seed, "articles", tmp_path / f"a.{form}")
        assert export_size(seed, "articles", form) == Size(
            "articles", 6, (tmp_path / f"a.{form}").stat().st_size
        )


def test_the_size_of_many_rows_is_estimated_from_a_sample(corpus_of, make_record, tmp_path, monkeypatch):
    from analysis import export

    corpus = corpus_of(*(make_record(f"https://a.example/{n}", title=f"Title {n:03}") for n in range(60)))
    monkeypatch.setattr(export, "_SAMPLE", 20)
    size = export_size(corpus, "articles", "csv")
    assert size.rows == export_table(corpus, "articles", tmp_path / "a.csv") == 60
    assert size.n_bytes == pytest.approx((tmp_path / "a.csv").stat().st_size, rel=0.1)
    assert size == export_size(corpus, "articles", "csv")


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_rows_stand_in_the_order_of_the_schema_whether_sorted_or_as_they_lie(
    corpus_of, make_record, tmp_path, table
):
    corpus = corpus_of(
        *(
            make_record(f"https://a.example/{n}", title=f"Ban {n % 7}", time=f"2021-08-{n % 9 + 10}T05:30:00Z",
                        provider=f"{'cab'[n % 3]}.example", topics=["AI", f"T{n % 4}"], tags=[f"t{n % 5}"],
                        related=[{"url": f"https://a.example/{n * 7 % 40}"}, {"url": f"https://b.example/{n}"}])
            for n in range(40)
        )
    )  # fmt: skip
    narrowed = corpus.select(since="2000-01-01")
    for name, selection in (("whole", corpus), ("narrowed", narrowed)):
        rows = export_table(selection, table, tmp_path / f"{name}.parquet")
        expected = selection.frame(table)
        assert rows == len(expected)
        key = [*TABLES_BY_NAME[table].key]
        assert pd.read_parquet(tmp_path / f"{name}.parquet")[key].equals(expected[key])
