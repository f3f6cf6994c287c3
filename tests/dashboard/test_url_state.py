from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.url_state import (
    BASES,
    EVERY,
    MARK_KINDS,
    RANKS,
    ColumnFilter,
    Mark,
    Page,
    View,
    create_url,
    parse_url,
)

DAYS = {"period", "day", "burst"}
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
names = st.lists(text, max_size=4, unique=True).map(tuple)
qualities = st.none() | st.integers(0, 2130).map(lambda n: n / 10)
days = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))
columns = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
marks = st.one_of(
    st.builds(Mark, st.sampled_from([kind for kind in MARK_KINDS if kind not in DAYS]), text),
    st.builds(Mark, st.sampled_from(["period", "day"]), st.dates().map(date.isoformat)),
    st.builds(Mark, st.just("burst"), st.tuples(st.dates(), st.dates()).map("{0[0]}/{0[1]}".format)),
)
conditions = st.one_of(
    st.builds(ColumnFilter, columns, st.sampled_from(["contains", "notContains", "equals"]), text),
    st.builds(ColumnFilter, columns, st.just("lessThanOrEqual"), st.integers().map(str)),
    st.builds(ColumnFilter, columns, st.sampled_from(["blank", "notBlank"])),
)
stories = st.from_regex(r"[a-z-]{1,30}", fullmatch=True)
views = st.builds(
    lambda story, **given: View(story=None if given["query"] else story, **given),
    story=st.none() | stories,
    page=st.sampled_from(Page),
    query=text.map(str.strip),
    topics=names,
    providers=names,
    since=days,
    until=days,
    min_quality=qualities,
    max_quality=qualities,
    basis=st.sampled_from(BASES),
    share=st.booleans(),
    every=st.none() | st.sampled_from(EVERY),
    mark=st.none() | marks,
    article=st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    sort=st.lists(st.tuples(columns, st.booleans()), max_size=4, unique_by=lambda pair: pair[0]).map(tuple),
    columns=st.lists(conditions, max_size=4, unique_by=lambda c: c.column).map(tuple),
    event=st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    rank=st.sampled_from(RANKS),
    zone=st.none() | st.sampled_from(["UTC", "Europe/London", "Pacific/Kiritimati"]),
)


def opened(url):
    path, _, search = url.partition("?")
    return parse_url(path, search)


@given(views)
def test_a_view_survives_its_address(view):
    assert opened(create_url(view)) == view


@given(st.text(), st.text())
def test_no_address_is_refused(path, search):
    view = parse_url(path, search)
    assert opened(create_url(view)) == view


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                "q topic outlet from to quality count by sort where open article e rank v".split()
            ),
            st.text(),
        )
    )
)
def test_no_value_is_refused(pairs):
    view = parse_url("/", "&".join(f"{name}={value}" for name, value in pairs))
    assert opened(create_url(view)) == view


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", View()),
        ("/articles/", View(page=Page.ARTICLES)),
        ("/nowhere", View()),
        ("/?v=9&q=ban*&new=1", View(query="ban*")),
        ("/?from=2021-02-30&to=20210827", View()),
        ("/?quality=40~", View(min_quality=40.0)),
        ("/?quality=~60.5", View(max_quality=60.5)),
        ("/?quality=-5~nan", View()),
        ("/?count=votes&by=hour", View()),
        ("/?q=ban&story=deepfakes", View(query="ban")),
        ("/?story=../etc", View()),
        ("/?open=burst:2021-08-23", View()),
        ("/?open=burst:2021-08-23/x", View()),
        ("/?open=person:x&article=../../etc", View()),
        ("/?sort=-quality,title;DROP", View(sort=(("quality", True),))),
        ("/?where=quality:lessThanOrEqual:inf", View()),
        (
            "/events?e=e-58431bb44506&rank=spread",
            View(page=Page.EVENTS, event="e-58431bb44506", rank="spread"),
        ),
        ("/events?e=../etc&rank=votes", View(page=Page.EVENTS)),
    ],
)
def test_what_is_unknown_is_ignored(address, expected):
    assert opened(address) == expected


def test_an_address_is_short():
    assert create_url(View()) == "/"
    assert create_url(View(query="ban", every="week")) == "/?v=1&q=ban&by=week"


def test_a_query_longer_than_the_language_allows_is_cut():
    assert len(parse_url("/", "q=" + "x" * 20_000).query) == 10_000


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../etc/localtime", "europe/london", "posixrules", "", "Factory"]
)
def test_a_zone_that_is_none_is_ignored(zone):
    assert parse_url("/", f"?tz={zone}").zone is None


def test_columns_that_are_not_shown_are_in_the_address():
    view = View(page=Page.ARTICLES, hidden=("heat", "seen_as"))
    assert create_url(view) == "/articles?v=1&hide=heat%2Cseen_as"
    assert parse_url("/articles", "?hide=heat,,heat,<b>,seen_as").hidden == ("heat", "seen_as")
