import math

import pandas as pd
import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analysis.measures import texts
from analysis.measures.frames import BadOption, MissingColumns
from analysis.measures.terms import _CONTRACTED, _STOP, CREATES, rising_terms, terms
from analysis.text import fold


@pytest.fixture
def written(articles):
    def make(*titles, **columns):
        rows = [{"title": title, "search_title": fold(title)} for title in titles]
        return articles(rows).assign(**columns) if columns else articles(rows)

    return make


def found(table):
    return dict(zip(table["term"], zip(table["n_texts"], table["n_rest"], strict=True), strict=True))


def test_log_odds_and_z_by_hand(both, written):
    frame = written("ban cameras", "ban robots", "buy robots", "sell robots")
    table = both(terms, frame[:2], rest=frame)
    # ban: 2 of 2 texts here, 0 of 2 in the rest; the prior is all 4 texts, of which ban has 2: a = 2.
    log_odds = math.log((2 + 2) / (2 + 4 - 2 - 2)) - math.log((0 + 2) / (2 + 4 - 0 - 2))
    z = log_odds / math.sqrt(1 / 4 + 1 / 2)
    assert found(table) == {"ban": (2, 0)}
    assert table.loc[0, ["of", "of_rest"]].tolist() == [2, 2]
    assert table.loc[0, "log_odds"] == pytest.approx(log_odds)
    assert table.loc[0, "z"] == pytest.approx(z)


def test_a_term_that_a_longer_one_covers_is_left_out(both, written):
    frame = written("facial recognition ban", "facial recognition bill", "cats", "dogs")
    assert list(both(terms, frame[:2], rest=frame)["term"]) == ["facial recognition"]


def test_stop_words_numbers_and_lone_letters_neither_begin_nor_end_a_term(both, written):
    frame = written("the ban of 2021 s cameras", "the ban of 2021 s cameras", "cats", "dogs")
    terms_found = set(both(terms, frame[:2], rest=frame, top=99)["term"])
    assert terms_found == {"ban", "cameras"}


def test_a_word_frequent_and_alike_on_both_sides_is_a_stop_word(both, written):
    frame = written("der bann", "der streit", "der bann", "der kauf", "der hund", "der film")
    assert list(both(terms, frame[:3], rest=frame)["term"]) == ["bann"]


def test_a_word_frequent_on_both_sides_but_unlike_is_a_term(both, written):
    frame = written(*["bann"] * 5, *["bann"] * 3, *["kauf"] * 2)
    assert found(both(terms, frame[:5], rest=frame)) == {"bann": (5, 3)}  # 100 % and 60 %


def test_a_phrase_does_not_run_from_title_into_excerpt(both, articles):
    frame = articles(
        [{"search_title": " facial ", "search_excerpt": " recognition "}] * 2
        + [{"search_title": " cats "}] * 2
    )
    frame["article_id"] = list("abcd")
    assert set(both(terms, frame[:2], rest=frame)["term"]) == {"facial", "recognition"}


def test_copies_count_once_and_their_text_is_not_in_the_rest(both, written):
    frame = written("ban now", "ban now", "ban them", "ban now", "cats", "dogs")
    frame["copy_group_id"] = ["g", "g", None, "g", None, None]
    frame["is_original"] = pd.array([True, False, None, False, None, None], dtype="boolean")
    table = both(terms, frame[:3], rest=frame)
    assert found(table)["ban"] == (2, 0)
    assert table["of"].tolist() == [2]
    assert table["of_rest"].tolist() == [2]


def test_terms_show_as_they_are_written_most_often(both, written):
    frame = written("AI-based ban", "AI-based cats", "ai based dogs", "mice", "rats", "cows")
    table = both(terms, frame[:3], rest=frame)
    assert table[["term", "shown"]].to_numpy().tolist() == [["ai based", "AI-based"]]


def test_scripts_without_blanks_show_phrases_of_characters(both, written):
    frame = written("顔認識 ban", "顔認識 bill", "cats", "dogs")
    table = both(terms, frame[:2], rest=frame)
    assert table[["term", "shown"]].to_numpy().tolist() == [["顔 認 識", "顔認識"]]


def test_rising_and_falling_by_hand(both, written):
    frame = written("robots win", "robots lose", "ban cats", "ban dogs", "ban mice")
    days = ["2021-08-01", "2021-08-02", "2021-08-08", "2021-08-09", None]
    frame["published_at"] = pd.to_datetime(days, utc=True).astype("datetime64[us, UTC]")
    week, before = ("2021-08-08T00:00Z", "2021-08-15T00:00Z"), ("2021-08-01T00:00Z", "2021-08-08T00:00Z")
    table = both(rising_terms, frame, period=week, baseline=before)
    assert table[["direction", "term", "n_texts", "n_rest"]].to_numpy().tolist() == [
        ["rising", "ban", 2, 0],
        ["falling", "robots", 0, 2],
    ]
    assert table["z"].iloc[0] == -table["z"].iloc[1] == pytest.approx(math.log(4) / math.sqrt(3 / 4))


def test_the_span_follows_the_zone_through_a_clock_change(both, written):
    frame = written("ban now", "ban then", "cats", "dogs")
    # London's 31 October 2021 begins at 23:00 UTC the day before and ends at 00:00 UTC.
    times = ["2021-10-30T23:00Z", "2021-10-31T23:59Z", "2021-10-30T22:59Z", "2021-10-30T12:00Z"]
    frame["published_at"] = pd.to_datetime(times, utc=True).astype("datetime64[us, UTC]")
    day, before = (
        ("2021-10-31T00:00+01:00", "2021-11-01T00:00+00:00"),
        ("2021-10-30T00:00+01:00", "2021-10-31T00:00+01:00"),
    )
    table = both(rising_terms, frame, period=day, baseline=before)
    assert table[["term", "of", "of_rest"]].to_numpy().tolist() == [["ban", 2, 2]]


@pytest.mark.parametrize("titles", [[], ["ban"], ["", "", ""]])
def test_nothing_to_compare_gives_no_terms_but_all_columns(both, written, titles):
    frame = written(*titles)
    table = both(terms, frame, rest=frame)
    assert table.empty
    assert dict(table.dtypes.astype(str)) == CREATES


def test_one_article_has_terms_when_one_text_is_enough(both, written):
    frame = written("ban cameras", "cats", "dogs")
    assert both(terms, frame[:1], rest=frame).empty
    assert list(both(terms, frame[:1], rest=frame, min_texts=1)["term"]) == ["ban cameras"]


def test_missing_titles_and_excerpts_are_no_texts(both, articles):
    frame = articles([{"search_title": " ban "}, {"search_title": " ban "}, {}, {"search_title": " cats "}])
    table = both(terms, frame[:3], rest=frame)
    assert table[["term", "shown", "of", "of_rest"]].to_numpy().tolist() == [["ban", "ban", 2, 1]]


def test_only_the_first_articles_are_read(both, written, monkeypatch):
    monkeypatch.setattr(texts, "LIMIT", 2)
    frame = written("ban cats", "ban dogs", "ban mice")
    other = written("robots", "machines").assign(article_id=["b0", "b1"])
    assert both(terms, frame, rest=other)[["n_texts", "of"]].to_numpy().tolist() == [[2, 2]]


def test_the_seed_record_against_its_related_articles(seed):
    ids = seed.articles
    both_of = terms(seed.select("ban"), top=3)
    assert len(ids) == 6
    assert set(both_of["of"] + both_of["of_rest"]) == {6}
    assert "ban" in set(both_of["term"].str.split().explode())


@pytest.mark.parametrize("options", [{"top": 0}, {"min_texts": 0}, {"rest": None}])
def test_bad_options_raise(written, options):
    frame = written("ban")
    with pytest.raises(BadOption, match=next(iter(options))):
        terms(frame, **{"rest": frame, **options})


def test_missing_columns_are_named(written):
    with pytest.raises(MissingColumns, match="search_title"):
        terms(written("ban").drop(columns="search_title"), written("ban"))


def test_words_that_are_no_terms_are_those_of_the_list_that_is_named():
    assert frozenset(_STOP) - set(_CONTRACTED.split()) == ENGLISH_STOP_WORDS
