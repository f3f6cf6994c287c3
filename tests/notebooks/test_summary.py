import re
from html.parser import HTMLParser

import pytest

from analysis.notebook.display import summary_html


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags = [], "", set()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name != "style"], attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(html):
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def test_it_says_what_was_asked_and_how_much_there_is(seed):
    text = read(seed.select("ban*", since="2021-08-19", min_quality=10)._repr_html_()).text
    assert "ban* · from 2021-08-19; quality from 10" in text
    assert re.search(r"\d articles from \d outlets, 19 Aug 2021 to 23 Aug 2021 \(UTC\)", text)
    assert "median quality" in text
    assert seed.snapshot.label in text
    assert seed.snapshot.id in text


def test_a_corpus_shows_its_outlets_and_newest_headlines(corpus_of, make_record):
    corpus = corpus_of(
        *(
            make_record(
                f"https://{letter}.example/{n}",
                title=f"Headline {letter}{n}",
                time=f"2021-08-2{n}T05:30:00Z",
                provider=f"{letter}.example",
                quality=40 + n,
            )
            for letter, many in zip("abcdefg", (3, 2, 1, 1, 1, 1, 1), strict=True)
            for n in range(many)
        ),
        make_record("https://a.example/x", title="Unscored", time="2021-08-29T05:30:00Z"),
    )
    text = read(corpus._repr_html_()).text
    assert text.startswith("Corpusevery article11 articles from 7 outlets, 20 Aug 2021 to 29 Aug 2021 (UTC)")
    assert "median quality 40; 1 without a score" in text
    assert "Most articles4A2B1C1D1Eand 2 more outlets" in text
    assert "Newest29 Aug 2021Unscored a.example22 Aug 2021Headline a2 a.example" in text
    assert text.count("Headline") == 4


@pytest.mark.slow
def test_days_are_those_of_the_zone(corpus_of, make_record, tmp_path):
    from analysis import open_corpus

    corpus_of(make_record(time="2021-08-23T23:30:00Z"))
    text = read(open_corpus(tmp_path / "store", zone="Asia/Tokyo")._repr_html_()).text
    assert "1 article from 1 outlet, 24 Aug 2021 (Asia/Tokyo)" in text


def test_no_match_is_said(seed):
    text = read(seed.select("zzzz")._repr_html_()).text
    assert "zzzzNo article matches.snapshot" in text


HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>&amp; \u202egnp.exe"


def test_record_text_and_queries_stay_text(corpus_of, make_record):
    corpus = corpus_of(make_record(title=HOSTILE.replace('"', "'")).replace("name: A", f'name: "{HOSTILE}"'))
    for selection in (corpus, corpus.select('"<b>script</b>" OR alert')):
        reader = read(selection._repr_html_())
        assert reader.tags <= {"div", "strong", "b", "code", "bdi", "span", "table", "tbody", "tr", "td"}
    assert "<script>alert(1)</script>" in read(corpus._repr_html_()).text


@pytest.mark.slow
def test_long_text_is_cut(corpus_of, make_record):
    text = read(corpus_of(make_record(title="word " * 100))._repr_html_()).text
    assert "word…" in text or "wor…" in text or "word …" in text
    assert len(text) < 1000


@pytest.mark.slow
def test_a_million_articles_give_no_more_html_than_six(seed, monkeypatch):
    import duckdb

    con = duckdb.connect()
    con.execute(
        """CREATE TABLE articles AS SELECT i::VARCHAR AS article_id, 'Title ' || i AS title,
        'outlet' || (i % 5000) || '.com' AS provider_id, (i % 100)::DOUBLE AS quality,
        TIMESTAMPTZ '2021-01-01 00:00:00Z' + to_seconds(i * 30) AS published_at FROM range(1000000) t(i)"""
    )
    whole = seed.table
    monkeypatch.setattr(
        type(seed), "table", lambda self, name: con.table(name) if name == "articles" else whole(name)
    )
    html = summary_html(seed)
    assert "<b>1,000,000</b> articles from <b>5,000</b> outlets" in html
    assert len(html) < 8_000
