"""Every number that a report says in a sentence or a tile is compared, none sampled, in two steps.

A number said is one of its section's facts, at the digits shown, also where each fact is given a number of its own that
no other could be taken for; and each fact is counted again here, by SQL over the selection's tables or from the measure.
"""

import re
from datetime import date
from itertools import count

import pandas as pd
import pytest

from analysis.measures import (
    blindspots,
    bursts,
    change,
    copying_roles,
    lags,
    providers,
    terms,
    timeliness,
    volume,
)
from analysis.measures.diversity import concentration
from analysis.measures.intervals import rate_ratio, wilson
from analysis.reports import ReportSpec, gather
from analysis.reports.document import document
from analysis.reports.report import Section
from analysis.reports.style import PLAIN
from analysis.reports.text import paragraphs
from analysis.reports.words import tidy

pytestmark = pytest.mark.slow
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
FIXED = {
    "95",
    "1",
    "75",
    "45",
    "1927",
    "2003",
    "2008",
    "1995",
}  # of the templates: intervals, tiers, years of papers
STORIES = (("Ban", "ban*"), ("Police", "police*"))


@pytest.fixture(scope="module", params=["full", "brief", "provider", "data", "comparison"])
def report(request, demo, story):
    kind = request.param
    largest = demo.providers.sort_values("n_articles")["provider_id"].tail(1).tolist()
    chosen = {"provider": demo.select(providers=largest), "data": demo, "comparison": demo}.get(kind, story)
    return gather(chosen, ReportSpec(kind, stories=STORIES if kind == "comparison" else ()))


def known(value):
    """Every number in a fact, however deep: counts, lengths, the parts of days, shares as per cent, hours in days."""
    if isinstance(value, date):
        return {float(value.day), float(value.year)}
    if isinstance(value, dict):
        return known(list(value.values()))
    if isinstance(value, list | tuple):
        return {float(len(value))}.union(*map(known, value)) if value else {0.0}
    if isinstance(value, int | float) and not pd.isna(value):
        return {abs(value * times) for times in (1, 100, 60, 1 / 24)}
    return {float(one.replace(",", "")) for one in NUMBER.findall(str(value))}


def texts_in(value):
    """Titles, names and terms among the facts: their digits are nobody's counts."""
    if isinstance(value, dict):
        return texts_in(list(value.values()))
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts_in(one)]
    return [value] if isinstance(value, str) else []


def is_known(shown, values):
    value, digits = float(shown.replace(",", "")), len(shown.partition(".")[2])
    return any(abs(value - one) <= 0.5 * 10**-digits + 1e-9 for one in values)


def numbers_said(text, facts):
    plain = re.sub("“[^”]*”", "", text)
    for name in sorted(texts_in(facts), key=len, reverse=True):
        plain = plain.replace(tidy(name, 80), "") if NUMBER.search(name) else plain
    return [found for found in NUMBER.findall(plain) if found.rstrip(",") not in FIXED]


def marked(facts):
    """The same facts with a number of its own for each, so that what is said shows which one it is said from."""
    counts, shares = count(1_000_003, 7_919), iter([place / 100 for place in range(11, 100)])

    def mark(value):
        if isinstance(value, dict):
            return {name: mark(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(mark(one) for one in value)
        if isinstance(value, bool) or not isinstance(value, int | float) or pd.isna(value):
            return value
        return next(shares) if 0 < value < 1 else next(counts)

    return mark(facts)


@pytest.mark.parametrize("change", [dict, marked], ids=["as measured", "marked"])
def test_every_number_said_is_one_of_the_facts(report, change):
    seen = 0
    for section in report.sections:
        facts = change(dict(section.facts))
        values = known({**facts, **differences(facts)})
        for text in paragraphs(Section(section.key, facts)):
            for shown in numbers_said(text, facts):
                assert is_known(shown.rstrip(","), values), (section.key, shown, text)
                seen += 1
    assert seen >= (10 if report.spec.kind in {"data", "comparison"} else 40)


def differences(facts):
    """What templates subtract: articles without a score, names not listed."""
    pairs = [
        ("n_articles", "n_scored"),
        ("n_beyond_chance", "beyond"),
        ("n_blind", "blind"),
        ("n_ties", "one"),
    ]
    counts = {name: len(value) if isinstance(value, list) else value for name, value in facts.items()} | {
        "one": 1
    }
    return {f"{a}-{b}": counts[a] - counts[b] for a, b in pairs if a in counts and b in counts}


def test_every_number_of_the_tiles_is_one_of_the_facts(report):
    for section, chapter in zip(report.sections, document(report, PLAIN).chapters, strict=True):
        for tile in chapter.tiles:
            for shown in NUMBER.findall(f"{tile.value} {tile.label} {tile.note}"):
                assert is_known(shown, known(dict(section.facts))) or shown in FIXED, (tile, shown)


def facts_of(report, key):
    return next(dict(section.facts) for section in report.sections if section.key == key)


def counted(table, asked):
    names = list(asked)
    return dict(zip(names, table.aggregate(", ".join(asked.values())).fetchall()[0], strict=True))


def test_the_facts_of_the_summary_are_counted_again(story, full):
    facts, articles = facts_of(full, "summary"), story.table("articles")
    asked = {
        "n_articles": "count(*)", "n_outlets": "count(DISTINCT provider_id)", "n_copies": "count(*) FILTER (NOT is_original)",
        "n_texts": "count(*) FILTER (is_original IS DISTINCT FROM false)", "n_events": "count(DISTINCT coalesce(event_id, article_id))",
        "n_scored": "count(quality)", "median_quality": "median(quality)", "n_undated": "count(*) FILTER (published_at IS NULL)",
    }  # fmt: skip
    expected = counted(articles, asked) | {"n_collected": len(story.corpus)}
    low, high = wilson([expected["n_articles"]], [expected["n_collected"]])
    expected |= {
        "share": expected["n_articles"] / expected["n_collected"],
        "share_low": low[0],
        "share_high": high[0],
    }
    assert {name: facts[name] for name in expected} == pytest.approx(expected)
    parts = change(story, full.stretches.recent, full.stretches.before).set_index("part")
    total, corpus = parts.loc["total"], parts.loc["corpus growth"]
    ratio, low, high = rate_ratio([total["after"]], [total["before"]])
    moved = {"before": total["before"], "after": total["after"], "ratio": ratio[0], "low": low[0], "high": high[0],
             "change": total["change"], "share_recent": total["after"] / corpus["after"],
             "share_before": total["before"] / corpus["before"]}  # fmt: skip
    assert {name: facts["moved"][name] for name in moved} == pytest.approx(moved)


def test_the_facts_of_the_volume_and_its_bursts_are_counted_again(story, full):
    facts, every = facts_of(full, "volume"), full.stretches.every
    counts = volume(story, every=every, span=full.stretches.drawn)["count"].dropna()
    expected = {"total": counts.sum(), "median": counts.median(), "n_peak": counts.max(), "n_none": (counts == 0).sum(),
                "n_ties": (counts == counts.max()).sum()}  # fmt: skip
    assert {name: facts[name] for name in expected} == pytest.approx(expected)
    found = bursts(story, every=every, span=full.stretches.drawn).query("level == 1")
    assert len(found) == len(facts["bursts"])
    for burst, row in zip(facts["bursts"], found.to_dict("records"), strict=True):
        inside = story.table("articles").filter(
            f"epoch(published_at) >= {row['start'].timestamp()} AND epoch(published_at) < {row['end'].timestamp()}"
        )
        asked = {"n_articles": "count(*)", "n_providers": "count(DISTINCT provider_id)", "n_copies": "count(*) FILTER (NOT is_original)"}  # fmt: skip
        assert {name: burst[name] for name in asked} == counted(inside, asked)
        assert (burst["count"], burst["usual"]) == (row["count"], row["usual"])


def test_the_facts_of_outlets_and_quality_are_counted_again(story, full):
    facts, table = facts_of(full, "providers"), providers(story)
    even = concentration(table["count"].to_numpy(dtype="float64")[None, :] / table["count"].sum())
    rated = table[(table["quality_status"] == "known") & ~table["few"]].sort_values(
        "quality_low", ascending=False
    )
    expected = {
        "n_outlets": len(table), "n_articles": len(story), "n_once": (table["count"] == 1).sum(), "top3": even["top3"][0],
        "effective": even["effective"][0], "n_unscored": (table["quality_status"] == "unknown").sum(), "n_rated": len(rated),
        **counted(story.table("articles"), {"n_scored": "count(quality)", "median": "median(quality)"}),
    }  # fmt: skip
    assert {name: facts[name] for name in expected} == pytest.approx(expected)
    assert [count for _, count in facts["top"]] == table["count"].head(3).tolist()
    assert [row[1:] for row in facts["best"]] == list(
        rated.head(3)[["quality", "quality_low", "quality_high"]].itertuples(index=False, name=None)
    )


def test_the_facts_of_events_and_firsts_are_counted_again(story, full):
    facts, later, rates = facts_of(full, "timeline"), lags(story), timeliness(story)
    events = story.table("articles").aggregate(
        "event_id, count(*) AS n, count(DISTINCT provider_id) AS p, count(DISTINCT coalesce(copy_group_id, article_id)) AS t"
    ).df()  # fmt: skip
    expected = {
        "n_events": len(events), "n_shared": (events["p"] > 1).sum(), "n_compared": later["event_id"].nunique(),
        "leader_first": rates["n_first"].iloc[0], "leader_events": rates["n_events"].iloc[0],
        "leader_ties": (rates["n_first"] == rates["n_first"].iloc[0]).sum(), "n_beyond_chance": (rates["p_adjusted"] < 0.05).sum(),
    }  # fmt: skip
    assert {name: facts[name] for name in expected} == expected
    widest = events.sort_values(["p", "n"], ascending=False).iloc[0]
    largest = facts["largest"]
    assert (largest["n_providers"], largest["n_articles"], largest["n_texts"]) == (
        widest["p"],
        widest["n"],
        widest["t"],
    )
    behind = later[(later["event_id"] == widest["event_id"]) & ~later["is_first"]]["lag_hours"]
    assert largest["next_lag_hours"] == behind.min()


def test_the_facts_of_copies_terms_and_silence_are_counted_again(story, full):
    facts, roles = facts_of(full, "syndication"), copying_roles(story)
    groups = (
        story.table("articles").aggregate("coalesce(copy_group_id, article_id) AS g, count(*) AS n").df()["n"]
    )
    expected = {"n_articles": len(story), "n_texts": len(groups), "n_repeated": (groups > 1).sum(), "multiplier": groups.mean(),
                "n_unattributed": roles["n_unattributed"].sum()}  # fmt: skip
    assert {name: facts[name] for name in expected} == pytest.approx(expected)
    assert facts["most"]["n"] == groups.max()
    assert [n for _, n in facts["origins"]] == roles.loc[roles["n_copied"] > 0, "n_copied"].head(3).tolist()
    facts, table = facts_of(full, "terms"), terms(story)
    assert facts["apart"] == [(row.shown, row.n_texts) for row in table.head(8).itertuples()]
    assert (facts["of"], facts["of_rest"]) == (table["of"].iloc[0], table["of_rest"].iloc[0])
    facts, table = facts_of(full, "blindspots"), blindspots(story)
    silent = table[table["n_story"] + table["n_story_elsewhere"] == 0]
    assert (facts["n_outlets"], facts["n_without"], facts["n_blind"]) == (
        len(table),
        len(silent),
        table["is_blindspot"].sum(),
    )
    assert [row[1:] for row in facts["next"]] == [tuple(silent[["n_neighbouring", "expected"]].iloc[0])]


def test_the_facts_of_the_data_are_counted_again(demo):
    report = gather(demo, ReportSpec("data"))
    articles = demo.table("articles")
    asked = {"n_articles": "count(*)", "n_undated": "count(*) FILTER (published_at IS NULL)",
             "n_unscored": "count(*) FILTER (quality IS NULL)", "n_related_only": "count(*) FILTER (seen_as = 'related')"}  # fmt: skip
    expected = counted(articles, asked)
    facts = facts_of(report, "health")
    assert {name: facts[name] for name in expected} == expected
    facts = facts_of(report, "collection")
    assert facts["n_records"] == demo.table("collection").aggregate("sum(n_records)").fetchall()[0][0]
    assert facts["n_outlets"] == articles.aggregate("count(DISTINCT provider_id)").fetchall()[0][0]
    asked = {"n_problems": "count(*)", "n_errors": "count(*) FILTER (severity = 'error')",
             "n_warnings": "count(*) FILTER (severity = 'warning')", "n_files_with": "count(DISTINCT source)"}  # fmt: skip
    expected = counted(demo.table("problems"), asked)
    facts = facts_of(report, "problems")
    assert {name: facts[name] for name in expected} == expected
    facts, tier = facts_of(report, "quality"), "count(*) FILTER (published_at IS NOT NULL AND {})"
    asked = {"high": tier.format("quality >= 75"), "medium": tier.format("quality >= 45 AND quality < 75"),
             "low": tier.format("quality < 45"), "unknown": tier.format("quality IS NULL")}  # fmt: skip
    assert facts["tiers"] == counted(articles, asked)
    assert facts["total"] == sum(facts["tiers"].values())


def test_the_facts_of_a_comparison_are_counted_again(demo):
    report = gather(demo, ReportSpec("comparison", stories=STORIES))
    ids = {name: set(demo.select(query).articles["article_id"]) for name, query in STORIES}
    outlets = {name: demo.select(query).articles["provider_id"].nunique() for name, query in STORIES}
    for name, n, share, n_outlets in facts_of(report, "compared")["stories"]:
        assert (n, share, n_outlets) == (len(ids[name]), len(ids[name]) / len(demo), outlets[name])
    ((one, other, both, n_one, n_other),) = facts_of(report, "overlap")["pairs"]
    assert (both, n_one, n_other) == (len(ids[one] & ids[other]), len(ids[one]), len(ids[other]))
