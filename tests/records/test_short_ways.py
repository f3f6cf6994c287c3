import re
import unicodedata
from urllib.parse import urlsplit

import pytest
from courlan import clean, normalize_url
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import text
from analysis.records import canonical

pytestmark = pytest.mark.slow  # thousands of examples each

HOSTS = st.sampled_from(
    [
        "a.example",
        "www.a.example",
        "www.example",
        "A.example",
        "amp.a.example",
        "a_b.c-d.example",
        "xn--bcher-kva.example",
        "1.2.3.4",
        "a..example",
        "bücher.example",
        "a.example:80",
        "a.example:8080",
        "u@a.example",
        "google.com",
        "a-com.cdn.ampproject.org",
        "a.example.",
        "localhost",
    ]
)
PARTS = st.sampled_from(
    [
        "/",
        "//",
        "/..",
        "..",
        ".",
        "a",
        "Z",
        "news",
        "amp",
        "AMP",
        "%20",
        "%2e",
        "é",
        ";",
        "=",
        "&",
        "?",
        "#",
        "!",
        "~",
        ":",
        ",",
        "@",
        "+",
        "*",
        "(",
        "'",
        "[",
        "]",
        "_",
        "-",
        "utm_source=1",
        "id=7",
        "&Ref=x",
        "&a_cid=",
        "&gaia=1",
        "#!a=1",
        "%C3%A9",
        "+",
        " ",
        '"',
        "\n",
        "\\",
        "|",
        "\u202e",
    ]
)
ADDRESSES = st.builds(
    lambda scheme, host, parts: f"{scheme}{host}{''.join(parts)}",
    st.sampled_from(["https://", "http://", "HTTP://", "https:/", "ftp://", "//"]),
    HOSTS,
    st.lists(PARTS, max_size=8),
)


@given(ADDRESSES)
@settings(max_examples=10 * settings.default.max_examples)
def test_the_short_way_to_a_web_address_is_the_long_one(url):
    assert canonical.is_web_url(url) == canonical._is_unusual_web_url(url)


@given(ADDRESSES)
@example("https://www.a.example/news/1/")
@example("http://a.example/%2e/a:b,c!=d~")
@example("https://www.example/../a")
@settings(max_examples=10 * settings.default.max_examples)
def test_the_short_way_to_a_canonical_url_is_the_long_one(url):
    if canonical.is_web_url(url):
        assert canonical.canonical_url(url) == canonical._unusual_canonical_url(url)


def _by_courlan(url):
    """What `courlan` makes of the address, as the rules on hosts, ports and fragments leave it."""
    parts = canonical._without_amp(urlsplit(url))
    clean = urlsplit(normalize_url(parts._replace(scheme="https"), strict=False))
    host = canonical._without_prefixes(canonical._plain_host(clean.hostname or parts.hostname or ""))
    port = f":{clean.port}" if clean.port not in (None, 80, 443) else ""
    query = f"?{clean.query}" if clean.query else ""
    fragment = f"#{clean.fragment}" if clean.fragment.startswith("!") else ""
    return f"https://{host}{port}{clean.path.rstrip('/')}{query}{fragment}"


@given(ADDRESSES)
@example("https://a.example/a;b?c=d&a=%20+&b&e=")
@example("https://xn--strae-oqa.example/%zz?a=é")
@example("https://a.example/#!a=1&ref=2")
@example("https://a.example/#!ref=2")
@settings(max_examples=30 * settings.default.max_examples)
def test_the_canonical_url_is_what_courlan_says(url):
    if canonical.is_web_url(url):
        assert canonical._unusual_canonical_url(url) == _by_courlan(url)


def test_the_trackers_are_those_of_courlan():
    assert set(re.split(r"[|()?:^]+", canonical._TRACKER.pattern)) == set(
        re.split(r"[|()?:^]+", clean.TRACKERS_RE.pattern)
    )


def test_plain_addresses_take_the_short_way(monkeypatch):
    monkeypatch.setattr(canonical, "_unusual_canonical_url", None)
    monkeypatch.setattr(canonical, "_is_unusual_web_url", None)
    url = "http://www.plain.example/News/2021-08-23/a_b.html"
    assert canonical.is_web_url(url)
    assert canonical.canonical_url(url) == "https://plain.example/News/2021-08-23/a_b.html"


def _long_way(given):
    plain = unicodedata.normalize("NFKD", given.casefold()).translate(text._MARKS)
    return text._TOKEN.findall(unicodedata.normalize("NFC", plain).casefold())


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*text._PUNCTUATION, "\u0301", "\u3099", "_", "0", "ß", "İ", "ﬁ", "顔"]),
            st.characters(codec="ascii"),
            st.characters(codec="utf-8"),
        ),
        max_size=12,
    ).map("".join)
)
@settings(max_examples=10 * settings.default.max_examples)
def test_the_short_way_to_tokens_is_the_long_one(given):
    assert text.tokens(given) == _long_way(given)


@pytest.mark.parametrize("mark", list(text._PUNCTUATION))
def test_common_punctuation_separates_words(mark):
    assert text.tokens(f"Ban{mark}now") == ["ban", "now"]
    assert not re.search(r"\w", mark)
