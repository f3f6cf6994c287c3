import os
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis import build_corpus, open_corpus
from analysis.coded import COLUMNS, KEPT, TEXTS, among, named_so, rows_at
from analysis.store.prepared import PREPARED
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
    {
        "query": "(ban* OR facial near/3 recognition) NOT (provider:sky.com OR title:clearview)",
        "since": "2021-08-20",
    },
    {"query": "ban*", "topics": "AI", "min_quality": 10},
]


# Everything, one query, and all kinds of filters at once; the others in make test.
SOME_AND_ALL = [
    pytest.param(filters, marks=() if place in (0, 1, 8) else pytest.mark.slow)
    for place, filters in enumerate(SELECTIONS)
]


@pytest.fixture(scope="module")
def prepared_store(tmp_path_factory):
    store = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.store.prepared.FEWEST", 1)
        build_corpus(RECORDS, store)
    return store


@pytest.fixture(params=["read", "prepared"])
def seed(request, seed_store):
    """The seed record as a corpus, its coded tables read into memory, or prepared by the build."""
    if request.param == "read":
        return open_corpus(seed_store)
    corpus = open_corpus(request.getfixturevalue("prepared_store"))
    assert corpus.held.prepared
    return corpus


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


@pytest.fixture(scope="module", params=["read", "prepared"])
def shared(request, seed_store):
    """The same, opened once for many tests."""
    corpus = open_corpus(seed_store if request.param == "read" else request.getfixturevalue("prepared_store"))
    assert corpus.held.prepared == (request.param == "prepared")
    return corpus


@pytest.mark.parametrize("filters", SOME_AND_ALL)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "articles" else pytest.mark.slow) for name in COLUMNS]
)
def test_a_selection_has_the_same_rows_in_memory_as_in_the_files(shared, name, filters):
    selection = shared.select(**filters)
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
    assert seed.coded({"article_tags": ("article_id",)}) is None


@pytest.mark.parametrize("query", ["", "ban*"])
def test_columns_are_those_of_the_coded_table(seed, query):
    columns, selection = ["provider_id", "article_id", "quality"], seed.select(query)
    found, names = selection.numbers(columns)
    (relation,), same = selection.coded({"articles": columns})
    assert found.column_names == columns
    assert names is same
    rows = relation.project(", ".join(columns)).fetchall()
    assert sorted(zip(*(found[name].to_pylist() for name in columns), strict=True)) == sorted(rows)
    assert selection.numbers(["article_id", "url"]) is None


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
    assert [query for query in looked if query] == ["ban*", *(f"word{n}" for n in range(KEPT)), "ban*"]
    seed.held.forget()
    seed.select("ban*").coded({"articles": ("article_id",)})
    assert looked[-2:] == ["ban*", "ban*"]


def test_a_selection_that_cannot_be_found_is_looked_for_again(seed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("analysis.corpus.Selection._find", lambda _self: (_ for _ in ()).throw(OSError("gone")))
        with pytest.raises(OSError, match="gone"):
            seed.select("ban*").coded({"articles": ("article_id",)})
    assert seed.select("ban*").coded({"articles": ("article_id",)}) is not None


def test_several_threads_look_for_a_selection_once(seed, monkeypatch):
    looked = []
    find = type(seed.select("ban"))._find
    monkeypatch.setattr("analysis.corpus.Selection._find", lambda self: looked.append(1) or find(self))
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda _: seed.select("ban*").chosen.places, range(16)))
    assert len(looked) == 1
    assert all(place is places[0] for place in places)


def test_rows_beyond_the_memory_for_them_are_forgotten_with_the_oldest(seed, monkeypatch):
    first = seed.select("ban*").chosen
    assert seed.select("ban*").chosen is first
    monkeypatch.setattr("analysis.coded.tables.KEPT_BYTES", 0)
    latest = seed.select("facial").chosen
    assert seed.select("facial").chosen is latest
    assert seed.select("ban*").chosen is not first


@pytest.mark.parametrize(
    "damage",
    [None, *(pytest.param(damage, marks=pytest.mark.slow) for damage in (b"", b"no database", "cut off"))],
)
def test_a_snapshot_opens_without_what_was_prepared(tmp_path, monkeypatch, damage):
    monkeypatch.setattr("analysis.store.prepared.FEWEST", 1)
    folder = build_corpus(RECORDS, tmp_path).snapshot.folder
    if damage is None:
        (folder / PREPARED).unlink()
    elif damage == "cut off":
        os.truncate(folder / PREPARED, (folder / PREPARED).stat().st_size // 4096 * 4096 - 4096)
    else:
        (folder / PREPARED).write_bytes(damage)
    corpus = open_corpus(tmp_path)
    assert not corpus.held.prepared
    assert corpus.select("ban*").coded({"articles": ("article_id",)}) is not None


def test_few_articles_are_not_prepared(seed_store):
    assert not open_corpus(seed_store).held.prepared


@pytest.mark.parametrize("filters", SOME_AND_ALL)
def test_a_selection_has_the_same_articles_whichever_way_it_is_found(shared, seed_store, filters):
    plain = open_corpus(seed_store).select(**filters)
    assert shared.select(**filters).articles.equals(plain.articles)
    assert shared.select(**filters).providers.equals(plain.providers)


def test_few_articles_are_found_by_number(shared):
    articles = shared.articles.set_index("article_id")
    ids, cursor = [*articles.index[:2], "unheardof"], shared.cursor()
    assert shared.held.hold({"articles": ("place",)})
    codes = named_so(cursor, ids)
    assert {shared.held.names()[code].as_py() for code in codes.values()} == set(codes) == set(ids[:2])
    table = among(
        shared.held.table(cursor, "articles", ("article_id", "place")), "article_id", codes.values()
    )
    places = [row[0] for row in table.project("place").fetchall()]
    rows = rows_at(cursor, shared.snapshot.path("articles"), places).df().set_index("article_id")
    assert sorted(rows["place"]) == sorted(places)
    assert rows["title"].to_dict() == articles.loc[ids[:2], "title"].to_dict()
    assert rows_at(cursor, shared.snapshot.path("articles"), []).fetchall() == []
