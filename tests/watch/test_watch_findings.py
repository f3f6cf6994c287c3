from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from analysis import build_corpus
from analysis.corpus import Corpus
from analysis.store import current_snapshot
from analysis.watch import Behind, Followed
from analysis.watch.alert import alert_of
from analysis.watch.burst import find_bursts
from analysis.watch.drop import find_quality_drop
from analysis.watch.leader import find_new_leader
from analysis.watch.look import Look
from analysis.watch.mention import find_first_mention
from analysis.watch.rules import CollectionStopped, FirstMention, NewTopProvider, QualityDrop
from analysis.watch.stopped import Rhythm, find_stop, rhythm_of

pytestmark = pytest.mark.slow  # every test builds

NOW = datetime(2021, 9, 1, tzinfo=UTC)
BAN = Followed("Calls for a ban", "ban*", "bans")


@pytest.fixture
def look(tmp_path, write_records):
    def make(texts, followed=BAN, *, zone="UTC", now=NOW, **noted):
        build_corpus(write_records(*texts), tmp_path / "store", groups=False)
        corpus = Corpus(current_snapshot((tmp_path / "store").resolve()), zone=zone)
        return Look(corpus, followed, now, noted)

    return make


def background(dated, *counts, first="2021-08-01"):
    return dated(first, *counts, title="Weather {n}", provider="w.example")


def test_a_burst_in_the_newest_days_is_found_with_its_numbers_and_its_articles(look, dated):
    texts = background(dated, *[10] * 25) + dated("2021-08-01", *([1] + [0] * 3) * 6, 8)
    there = look(texts)
    (finding,) = find_bursts(there)
    assert finding.span == (pd.Timestamp("2021-08-25", tz="UTC"), pd.Timestamp("2021-08-26", tz="UTC"))
    assert (finding.facts["n_articles"], finding.facts["n_providers"]) == (8, 1)
    assert finding.facts["usual"] == pytest.approx(
        14 / 264 * 18
    )  # the day's 18 articles at the share of all 25 days
    assert finding.text.startswith(
        "A burst on “Calls for a ban”: 8 articles from 1 outlet, 25 August 2021; 1.0 would be usual, at the share of "
        "everything collected"
    )
    alert = alert_of(finding, BAN, there.corpus, NOW)
    assert alert.n_articles == len(alert.articles) == 8
    assert alert.found_by == "(ban*) AND after:2021-08-25 AND before:2021-08-26"


@pytest.mark.parametrize(
    ("counts", "kinds"),
    [
        ([1] * 25, 0),  # as ever
        ([1, 0, 0, 0] * 5 + [8, 0, 0, 0, 0], 0),  # over for longer than the newest days
        ([0] * 24 + [4], 0),  # fewer than the least number
    ],
)
def test_no_burst_is_found_where_there_is_none_or_it_is_over(look, dated, counts, kinds):
    texts = background(dated, *[10] * 25) + dated("2021-08-01", *counts)
    assert len(find_bursts(look(texts))) == kinds


def test_articles_of_the_future_hide_no_burst(look, dated):
    texts = background(dated, *[10] * 25) + dated("2021-08-01", *([1] + [0] * 3) * 6, 8)
    late = dated("2099-01-01", 1, title="Late {n}", provider="late.example")
    assert len(find_bursts(look(texts + late))) == 1


def test_a_first_mention_is_found_where_there_was_none_before(look, dated):
    there = look(background(dated, 5, 5) + dated("2021-07-01", 1), n_articles=0)
    (finding,) = find_first_mention(there)
    assert finding.text.startswith("First in this corpus on “Calls for a ban”: “Ban 0 w0")
    assert finding.text.endswith("”, a.example, 1 July 2021.")


@pytest.mark.parametrize(("first", "found"), [("2021-08-25", 1), ("2021-08-23", 1), ("2021-08-22", 0)])
def test_on_the_first_look_only_a_story_that_begins_in_the_newest_days_is_new(look, dated, first, found):
    texts = background(dated, *[5] * 25) + dated(first, 2)
    assert len(find_first_mention(look(texts))) == found
    wider = Followed("Ban", "ban*", thresholds={"first-mention": FirstMention(days=4)})
    assert len(find_first_mention(look(texts, wider))) == 1


def test_a_story_known_before_or_without_articles_is_no_first_mention(look, dated):
    texts = background(dated, *[5] * 25)
    assert find_first_mention(look(texts)) == []
    assert find_first_mention(look(texts + dated("2021-08-01", 1), n_articles=1)) == []


def test_an_outlet_that_takes_the_lead_is_found_with_the_interval_of_its_share(look, dated):
    old = dated("2021-07-01", 6, provider="old.example") + dated("2021-08-20", 3, provider="old.example")
    texts = background(dated, *[5] * 25) + old + dated("2021-08-20", 7, provider="new.example")
    there = look(texts)
    (finding,) = find_new_leader(there)
    assert (finding.about, finding.facts["former"]) == ("new.example", "old.example")
    assert (finding.facts["n_articles"], finding.facts["n_former"], finding.facts["of"]) == (7, 3, 10)
    assert finding.facts["share_low"] == pytest.approx(0.397, abs=0.001)  # Wilson's interval of 7 of 10
    assert "New now has the most articles on “Calls for a ban”: 7 of 10 articles" in finding.text
    assert "Before it was Old, with 3" in finding.text
    alert = alert_of(finding, BAN, there.corpus, NOW)
    assert {article["provider"] for article in alert.articles} == {"new.example"}
    assert find_new_leader(look(texts, leader="new.example")) == []
    assert find_new_leader(look(texts, leader="third.example"))[0].facts["former"] == "third.example"


@pytest.mark.parametrize(
    ("now", "articles"), [(7, 8), (3, 3)], ids=["fewer than the least number", "as many as another outlet"]
)
def test_few_articles_or_a_tie_are_no_lead(look, dated, now, articles):
    old = dated("2021-07-01", 6, provider="old.example") + dated("2021-08-20", 3, provider="old.example")
    texts = background(dated, *[5] * 25) + old + dated("2021-08-20", now, provider="new.example")
    followed = Followed("Ban", "ban*", thresholds={"new-top-provider": NewTopProvider(articles=articles)})
    assert find_new_leader(look(texts, followed)) == []


def test_where_nobody_led_before_nobody_takes_the_lead(look, dated):
    assert find_new_leader(look(background(dated, 5) + dated("2021-08-20", 7))) == []


def scored(dated, first, *qualities):
    texts = []
    for place, quality in enumerate(qualities):
        texts += dated(first, 1, title=f"Ban {place} {{n}}", quality=quality)
    return texts


def test_a_fall_of_quality_beyond_noise_is_found(look, dated):
    before = scored(dated, "2021-08-01", *[60] * 27, *[20] * 3)
    texts = before + scored(dated, "2021-08-25", *[60] * 12, *[20] * 18)
    (finding,) = find_quality_drop(look(texts))
    assert finding.facts["tier"] == "low"
    assert (finding.facts["recent_count"], finding.facts["recent_of"]) == (18, 30)
    assert (finding.facts["before_count"], finding.facts["before_of"]) == (3, 30)
    assert finding.facts["recent_low"] > finding.facts["before_high"]
    assert finding.behind == Behind(date(2021, 8, 19), date(2021, 8, 25), below=45)
    assert finding.text == (
        "Quality fell on “Calls for a ban”: more articles with a quality score under 45, 60 % of 30 scored (95 % interval "
        "42 to 75 %), 19 to 25 August 2021, after 10 % of 30 scored (95 % interval 3.5 to 26 %) in the 28 days "
        "before. Copies left out."
    )


def test_fewer_of_high_quality_are_a_fall_too_and_a_rise_is_none(look, dated):
    high, middle = scored(dated, "2021-08-01", *[90] * 30), scored(dated, "2021-08-25", *[60] * 30)
    (finding,) = find_quality_drop(look(high + middle))
    assert (finding.facts["tier"], finding.behind.below) == ("high", 75)
    middle, high = scored(dated, "2021-08-01", *[60] * 30), scored(dated, "2021-08-25", *[90] * 30)
    assert find_quality_drop(look(middle + high)) == []


@pytest.mark.parametrize("n_low", [0, 4, 8])
def test_a_difference_within_noise_is_no_fall(look, dated, n_low):
    before = scored(dated, "2021-08-01", *[60] * 26, *[20] * 4)
    texts = before + scored(dated, "2021-08-25", *[60] * (30 - n_low), *[20] * n_low)
    assert find_quality_drop(look(texts)) == []


def test_few_scores_are_no_fall(look, dated):
    texts = scored(dated, "2021-08-01", *[90] * 30) + scored(dated, "2021-08-25", *[10] * 19)
    assert find_quality_drop(look(texts)) == []
    fewer = Followed("Ban", "ban*", thresholds={"quality-drop": QualityDrop(articles=19)})
    assert len(find_quality_drop(look(texts, fewer))) == 1


def test_noise_alone_seldom_is_a_fall(look):
    # A year of scores that never change, looked at every day: falls are found on fewer than one look in a hundred.
    rng = np.random.default_rng(7)
    from analysis.measures.intervals import wilson

    low = rng.binomial(10, 0.2, size=(20, 365))
    recent = np.lib.stride_tricks.sliding_window_view(low, 7, axis=1)[:, 28:].sum(axis=2)
    before = np.lib.stride_tricks.sliding_window_view(low, 28, axis=1)[:, : recent.shape[1]].sum(axis=2)
    found = wilson(recent, np.full_like(recent, 70))[0] > wilson(before, np.full_like(before, 280))[1]
    assert found.mean() < 0.01


def test_the_rhythm_of_a_corpus_is_its_longest_wait_that_no_gap_of_collection_explains(look, dated):
    days = [20, 20, 0, 0, 0, 0, 20, 20, 20, 20]
    rhythm = rhythm_of(look(background(dated, *days)).corpus, NOW)
    assert rhythm.newest == pd.Timestamp("2021-08-10T00:19Z")
    assert rhythm.usual == pytest.approx(
        24 - 19 / 60
    )  # from 00:19 to midnight; four empty days were not collected
    assert rhythm.n_records == 120


def test_a_stop_that_was_told_is_no_usual_wait(look, dated):
    texts = background(dated, *[2] * 24) + background(dated, 2, first="2021-08-28")
    corpus = look(texts).corpus
    assert rhythm_of(corpus, NOW).usual == pytest.approx(
        4 * 24 - 1 / 60
    )  # too few a day to call a day missed
    told = [datetime(2021, 8, 27, tzinfo=UTC), datetime(2021, 8, 26, tzinfo=UTC)]
    assert rhythm_of(corpus, NOW, told).usual == pytest.approx(24 - 1 / 60)


@pytest.mark.parametrize(
    ("hours", "given", "waited", "stopped"),
    [
        (23, CollectionStopped(), [], False),
        (40, CollectionStopped(), [], False),  # not twice the usual 20 hours
        (41, CollectionStopped(), [], True),
        (41, CollectionStopped(hours=48), [], False),
        (25, CollectionStopped(times=1), [], True),
        (50, CollectionStopped(), [30] * 10, False),  # records come in late, as the watch has seen
        (61, CollectionStopped(), [30] * 10, True),
        (50, CollectionStopped(), [5] * 40 + [400], True),  # one long stop is not usual
        (50, CollectionStopped(), [400], True),
        (50, CollectionStopped(), [30, 31], False),
    ],
)
def test_collection_has_stopped_when_nothing_new_came_for_longer_than_usual(hours, given, waited, stopped):
    newest = pd.Timestamp("2021-08-20T00:00Z")
    now = (newest + pd.Timedelta(hours=hours)).to_pydatetime()
    found = find_stop(Rhythm(newest, 20.0, 50, "UTC"), now, given, waited)
    assert len(found) == stopped


def test_a_stop_says_since_when_and_what_is_usual():
    newest = pd.Timestamp("2021-08-20T22:30Z")
    (finding,) = find_stop(Rhythm(newest, 20.0, 50, "Europe/London"), NOW, CollectionStopped())
    assert finding.text.startswith(
        "Nothing new since 20 August 2021, 23:30: 11 days, where the longest usual wait is 20 hours"
    )
    assert finding.behind == Behind(date(2021, 8, 20), date(2021, 8, 20))


def test_of_a_handful_of_records_nothing_is_usual(look, dated):
    rhythm = rhythm_of(look(background(dated, 9)).corpus, NOW)
    assert rhythm.usual is None
    assert find_stop(rhythm, NOW, CollectionStopped()) == []


def test_what_an_alert_says_finds_exactly_its_articles(look, dated):
    texts = background(dated, *[5] * 25) + dated("2021-07-01", 6, provider="old.example")
    texts += dated("2021-08-20", 7, provider="new.example") + dated(
        "2021-08-20", 2, provider="sub.new.example"
    )
    there = look(texts, zone="Europe/London")
    (finding,) = find_new_leader(there)
    alert = alert_of(
        finding, BAN, there.corpus, NOW, lambda followed, behind: f"{followed.story}?{behind.since}"
    )
    names = {}
    exec(alert.python, names)
    ids = set(names["articles"]["article_id"])
    assert ids == {article["article_id"] for article in alert.articles}
    assert len(ids) == alert.n_articles == 7
    assert set(there.corpus.select(alert.found_by).articles["article_id"]) == ids
    assert alert.text.endswith("(days in Europe/London)")
    assert alert.address == "bans?2021-07-29"
    assert alert.command.startswith("newsgauge export articles --store ")


def test_an_alert_carries_twenty_articles_and_says_how_many_there_are(look, dated):
    there = look(background(dated, 5) + dated("2021-08-20", 33), n_articles=0)
    alert = alert_of(find_first_mention(there)[0], BAN, there.corpus, NOW)
    assert (len(alert.articles), alert.n_articles) == (20, 33)


def test_hostile_text_stays_one_line_of_text(look, dated, make_record):
    title = "Ban \\u001b[31m \\n {{ 7 }} <script> \\u202e"
    there = look(
        [*background(dated, 5), make_record(title=title, time="2021-08-20T00:00:00Z")],
        Followed("N\n\x1b[2J", "ban*"),
        n_articles=0,
    )
    alert = alert_of(find_first_mention(there)[0], there.followed, there.corpus, NOW)
    for text in (alert.text, alert.name, alert.articles[0]["title"]):
        assert not [c for c in text if ord(c) < 32 or 127 <= ord(c) < 160 or c == "\u202e"]
    assert "{{ 7 }} <script>" in alert.text
