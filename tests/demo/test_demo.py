import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.demo import DemoSizeError, DemoTruth, demo_truth, write_demo
from analysis.demo.library import briefs, stories
from analysis.records import Problem, Record, read_source
from analysis.records.canonical import canonical_url

pytestmark = pytest.mark.slow  # three thousand records are written and read

HOST = re.compile(r"https?://([^/\"\s?]+)")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, DemoTruth]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, write_demo(folder)


@pytest.fixture(scope="module")
def texts(written) -> dict[str, str]:
    return {path.name: path.read_bytes().decode("utf-8-sig") for path in sorted(written[0].glob("*.md"))}


@pytest.fixture(scope="module")
def truth(written) -> DemoTruth:
    return written[1]


def _tree(text: str) -> object:
    return yaml.load(
        text.replace("\r\n", "\n").removeprefix("---\n").split("\n---\n")[0], Loader=yaml.CBaseLoader
    )


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_demo(tmp_path / name, seed=seed, n_records=300)
    content = {name: {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in "abc"}
    assert content["a"] == content["b"]
    assert content["a"] != content["c"]


def test_files_are_three_thousand_with_dates_in_their_names_and_a_note(written, texts):
    assert len(texts) == 3000
    assert all(re.fullmatch(r"2021-\d\d-\d\d-[a-z0-9-]+\.md", name) for name in texts)
    assert "synthetic" in (written[0] / "SYNTHETIC.txt").read_text(encoding="utf-8")


def test_only_the_intended_files_are_refused_by_pyyaml(texts, truth):
    refused = set()
    for name, text in texts.items():
        try:
            tree = _tree(text)
        except yaml.YAMLError:
            refused.add(name)
            continue
        if not (isinstance(tree, dict) and "title" in tree):
            refused.add(name)
    by_code = truth.malformed.set_index("code")["file"]
    assert refused == set(by_code[["bad-yaml", "control-character", "empty-file", "no-front-matter"]])


def test_reader_reports_exactly_the_intended_faults(written, truth):
    found = list(read_source(written[0]))
    problems = {(p.source, p.code, p.severity) for p in found if isinstance(p, Problem)}
    assert problems == set(truth.malformed[["file", "code", "severity"]].itertuples(index=False, name=None))
    paths = {record.path for record in found if isinstance(record, Record)}
    assert paths == set(truth.records["file"])


def test_reader_finds_the_articles_that_the_truth_knows(written, truth):
    records = [r for r in read_source(written[0]) if isinstance(r, Record)]
    seen = {facts.canonical_url for r in records for facts in (r.facts, *r.related)}
    assert len(seen) == len(truth.articles)


def test_every_record_is_marked_synthetic_and_every_address_is_reserved(texts, truth):
    lost = set(truth.malformed.loc[truth.malformed["severity"] == "error", "file"])
    for name, text in texts.items():
        assert name in lost or "\nsynthetic: true" in text.replace("\r", "")
        hosts = [
            host.removesuffix(".cdn.ampproject.org").replace("-example", ".example")
            for host in HOST.findall(text)
        ]
        assert all(host.endswith(".example") for host in hosts)
    assert truth.providers["provider_id"].str.endswith(".example").all()


def test_nothing_is_collected_on_three_days_in_the_middle(truth):
    assert truth.gaps["day"].dt.date.tolist() == [date(2021, 7, 17), date(2021, 7, 18), date(2021, 7, 19)]
    collected = truth.articles.loc[truth.articles["seen_as"] != "related", "published_at"].dt.date
    counts = Counter(collected)
    assert not counts.keys() & set(truth.gaps["day"].dt.date)
    assert (min(counts), max(counts), len(counts)) == (date(2021, 5, 19), date(2021, 9, 15), 117)


def test_weekends_are_quieter_and_nights_too(truth):
    times = truth.articles.loc[truth.articles["seen_as"] != "related", "published_at"]
    by_weekday = times.dt.day_of_week.value_counts()
    assert by_weekday[[5, 6]].mean() < 0.6 * by_weekday[[0, 1, 2, 3, 4]].mean()
    assert (times.dt.hour < 5).mean() < 0.1


def test_related_items_repeat_word_for_word(texts):
    items, lengths = defaultdict(set), []
    for text in texts.values():
        if "\nrelated:\n" in text:
            block = text.split("\nrelated:\n")[1].split("\nsecured:")[0]
            parts = re.split(r"(?m)^  - (?=title)", block)[1:]
            lengths.append(len(parts))
            for part in parts:
                items[re.search(r'webUrl: "([^"]+)"', part)[1]].add(part.strip())
    assert {len(forms) for forms in items.values()} == {1}
    assert (min(lengths), max(lengths)) == (5, 12)
    assert sum(lengths) > 4 * len(items)


def test_related_lists_hold_more_than_the_event(truth):
    seen_as = truth.articles["seen_as"].value_counts()
    assert seen_as["related"] > 100
    assert seen_as["both"] > 2000


def test_headlines_are_unique_except_for_copies(truth):
    originals = truth.articles.loc[~truth.articles["is_copy"]]
    assert not originals["title"].str.casefold().duplicated().any()
    assert originals["title"].str.split().str.len().mean() == pytest.approx(10, abs=2)


def test_copies_carry_the_text_of_their_original(written, truth):
    excerpt = {}
    for record in read_source(written[0]):
        if isinstance(record, Record):
            for facts in (record.facts, *record.related):
                excerpt[facts.canonical_url] = facts.excerpt
    copies = truth.articles.loc[truth.articles["is_copy"]]
    originals = truth.articles.set_index("url")["is_truncated_copy"]
    checked = 0
    for row in copies.itertuples():
        ours, original = excerpt[canonical_url(row.url)], excerpt[canonical_url(row.copy_group)]
        assert ours.endswith(" ...") or not row.is_truncated_copy
        if original.endswith(" ..."):  # the uncut original was not seen; the earliest copy stands for it
            assert not originals[row.copy_group]
            continue
        checked += 1
        assert original.startswith(ours.removesuffix(" ..."))
        assert (ours == original) != row.is_truncated_copy
    assert checked > 800


def test_truth_is_consistent(truth):
    a = truth.articles
    assert a["url"].is_unique
    assert a["first_in_event"].sum() == a["event"].nunique()
    assert a.groupby("copy_group")["event"].nunique().eq(1).all()
    assert (a.groupby("copy_group")["is_copy"].sum() == a.groupby("copy_group").size() - 1).all()
    assert not (a["is_truncated_copy"] & ~a["is_copy"]).any()
    assert set(a.loc[a["story"].notna(), "event"]) == set(truth.events["event"])
    assert set(truth.records["article"]) == set(a.loc[a["seen_as"] != "related", "url"])
    assert len(truth.records) == 2997
    assert set(a["provider_id"]) <= set(truth.providers["provider_id"])


def test_original_is_the_earliest_of_its_copies(truth):
    a = truth.articles
    earliest = a.sort_values(["published_at", "url"]).groupby("copy_group")["url"].first()
    assert (earliest == earliest.index).all()


def test_outlets_differ_in_quality_speed_and_copying(truth):
    p = truth.providers
    assert len(p) == 60
    assert 3 <= p["quality_mean"].isna().sum() <= 8
    assert p["quality_mean"].max() > 3 * p["quality_mean"].min()
    assert p["speed"].max() > 20 * p["speed"].min()
    assert p.loc[p["copies_from"].str.len() > 0, "share_copied"].mean() > 0.3
    assert p.loc[p["copies_from"].str.len() == 0, "share_copied"].max() < 0.05


def test_each_story_bursts_and_stands_out_while_it_does(truth):
    a = truth.articles.loc[truth.articles["seen_as"] != "related"]
    assert truth.bursts["story"].nunique() == 12
    for burst in truth.bursts.itertuples():
        days = a.loc[a["story"] == burst.story, "published_at"].dt.tz_localize(None).dt.normalize()
        inside = days.between(burst.first_day, burst.last_day).sum()
        length = (burst.last_day - burst.first_day).days + 1
        assert inside / length > 2 * len(days) / 117


def test_heat_is_unmeasured_in_two_of_five_records(texts):
    heat = pd.Series([int(m[1]) for t in texts.values() if (m := re.search(r"(?m)^heat: (-?\d+)", t))])
    assert (heat == -1).mean() == pytest.approx(0.38, abs=0.04)
    assert heat[heat != -1].min() >= 0


@pytest.mark.parametrize(("n_records", "n_days", "n_stories"), [(200, 40, 3), (300, 40, 3), (1200, 53, 6)])
def test_fewer_records_mean_fewer_days_and_stories(tmp_path, n_records, n_days, n_stories):
    truth = write_demo(tmp_path, n_records=n_records)
    assert len(list(tmp_path.glob("*.md"))) == n_records
    assert len(truth.malformed) == 9
    assert truth.events["story"].nunique() == n_stories
    span = truth.articles["published_at"].dt.normalize()
    assert (span.max() - span.min()).days < n_days


@pytest.mark.slow
def test_more_records_mean_more_days_outlets_and_events():
    truth = demo_truth(n_records=20_000)
    assert len(truth.records) == 19_997
    assert len(truth.providers) == 155
    assert len(truth.events) > 1500
    assert truth.articles["published_at"].dt.date.nunique() > 500


def test_truth_is_the_same_without_writing(written):
    again = demo_truth()
    for name in ("articles", "records", "events", "bursts", "gaps", "providers", "malformed"):
        pd.testing.assert_frame_equal(getattr(written[1], name), getattr(again, name))


def test_too_few_records_are_refused():
    with pytest.raises(DemoSizeError, match="n_records must be at least 200, got 199"):
        demo_truth(n_records=199)


def test_each_kind_of_event_can_be_told_in_many_ways():
    for kind in (kind for story in stories() for kind in story.kinds):
        assert len(kind.headlines) >= 8, kind.name
        assert min(len(kind.leads), len(kind.details)) >= 6, kind.name
        assert len(kind.cases) >= 4, kind.name
    assert len({brief.headline for brief in briefs()}) == len(briefs())
