from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis import build_corpus, open_corpus
from analysis.coded import COLUMNS, KEPT, TEXTS
from data import RECORDS

SELECTIONS = [
    {},
    {"query": "ban*"},
    {"query": "topic:AI OR provider:sky.com"},
    {"query": 'url:2021 OR "facial recognition"'},
    {"topics": "AI"},
    {"providers": ["sky.com", "medianama.com"], "since": "2021-08-22"},
    {"min_quality": 40, "until": "2021-08-23T05:30:00Z"},
    {"query": "unheardof"},
]


def written(coded, name):
    """A coded table with its names, its rows in order."""
    relation, names = coded
    table = relation.df()
    for column in table.columns:
        if column.endswith("_id") or column == "topic":
            codes = table[column]
            table[column] = [None if pd.isna(code) else names[int(code)].as_py() for code in codes]
    return table.astype(object).where(table.notna(), None).sort_values(list(table.columns), ignore_index=True)


def plain(selection, name, columns):
    table = selection.table(name).project(", ".join(columns)).df()
    for column in table.columns:
        if column == "published_at":
            table[column] = pd.to_datetime(table[column], utc=True).dt.tz_localize(None)
    return table.astype(object).where(table.notna(), None).sort_values(list(table.columns), ignore_index=True)


@pytest.mark.parametrize("filters", SELECTIONS)
@pytest.mark.parametrize("name", COLUMNS)
def test_a_selection_has_the_same_rows_in_memory_as_in_the_files(seed, name, filters):
    selection = seed.select(**filters)
    columns = (*COLUMNS[name], *TEXTS) if name == "articles" else COLUMNS[name]
    (relation,), names = selection.coded({name: columns})
    pd.testing.assert_frame_equal(
        written((relation.project(", ".join(columns)), names), name),
        plain(selection, name, columns),
        check_dtype=False,
    )


def test_ids_select_in_memory_too(seed):
    ids = seed.articles["article_id"].tolist()[1:3]
    (relation,), names = seed.select(ids=[*ids, "unknown"]).coded({"articles": ("article_id",)})
    assert sorted(names[code].as_py() for (code,) in relation.project("article_id").fetchall()) == sorted(ids)


def test_codes_sort_as_names_do(seed):
    (relation,), names = seed.coded({"articles": COLUMNS["articles"]})
    for column in ("article_id", "provider_id"):
        codes = sorted(code for (code,) in relation.project(column).distinct().fetchall())
        found = [names[code].as_py() for code in codes]
        assert found == sorted(found) == sorted(set(seed.articles[column]))


def test_columns_that_are_not_held_are_left_to_the_files(seed):
    assert seed.coded({"articles": ("article_id", "url")}) is None
    assert seed.coded({"images": ("article_id",)}) is None


def test_a_link_to_an_unknown_article_leaves_the_links_to_the_files(tmp_path):
    build_corpus(RECORDS, tmp_path)
    corpus = open_corpus(tmp_path)
    path = corpus.snapshot.path("related_links")
    links = pq.read_table(path).to_pandas()
    links.loc[0, "related_article_id"] = "nowhere"
    links.to_parquet(path, index=False)
    assert corpus.coded({"related_links": COLUMNS["related_links"]}) is None
    assert corpus.coded({"articles": ("article_id",)}) is not None


def test_threads_load_each_table_once(seed_store):
    corpus = open_corpus(seed_store)

    def asked(n):
        name = list(COLUMNS)[n % len(COLUMNS)]
        (relation,), _ = corpus.select("ban*" if n % 2 else "").coded({name: COLUMNS[name]})
        return len(relation.fetchall())

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(asked, range(48)))
    assert found == [asked(n) for n in range(48)]


def test_what_was_found_is_remembered_for_the_last_selections_only(seed, monkeypatch):
    looked = []
    find = type(seed.select("ban"))._find
    monkeypatch.setattr(
        "analysis.corpus.Selection._find", lambda self: looked.append(self.filters.query) or find(self)
    )
    for query in ["ban*", "ban*", *(f"word{n}" for n in range(KEPT)), "word0", "ban*"]:
        assert seed.select(query).coded({"articles": ("article_id",)}) is not None
    assert looked == ["ban*", *(f"word{n}" for n in range(KEPT)), "ban*"]
    seed.held.forget()
    seed.select("ban*").coded({"articles": ("article_id",)})
    assert looked[-2:] == ["ban*", "ban*"]
