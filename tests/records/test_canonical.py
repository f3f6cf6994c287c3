import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.canonical import article_id, canonical_url, is_web_url, registered_domain


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("http://a.example/x", "https://a.example/x"),
        ("https://www.a.example/x/", "https://a.example/x"),
        ("HTTPS://A.Example:443/X", "https://a.example/X"),
        ("http://a.example:80/x", "https://a.example/x"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example/x?utm_source=a&utm_medium=b&fbclid=1", "https://a.example/x"),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://youtube.com/watch?v=9FGveeLt1qk", "https://youtube.com/watch?v=9FGveeLt1qk"),
        ("https://a.example/x#comments", "https://a.example/x"),
        ("https://a.example/#!/x", "https://a.example#!/x"),
        ("https://diginomica.com/ban?amp", "https://diginomica.com/ban"),
        (
            "https://diginomica-com.cdn.ampproject.org/c/s/diginomica.com/ban?amp",
            "https://diginomica.com/ban",
        ),
        ("https://news.sky.com/story/amp/ban-1", "https://news.sky.com/story/ban-1"),
        ("https://amp.a.example/x", "https://a.example/x"),
        ("https://a.example/x/amp/", "https://a.example/x"),
        ("https://a.example/x?outputType=amp&id=3", "https://a.example/x?id=3"),
        ("https://www.google.com/amp/s/www.a.example/x", "https://a.example/x"),
        ("https://a.example/champions", "https://a.example/champions"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
    ],
)
def test_spellings_of_one_address(url, canonical):
    assert canonical_url(url) == canonical


PARTS = st.lists(
    st.sampled_from(
        [
            "a",
            "amp",
            "www",
            "x",
            "%20",
            "é",
            ";",
            "=",
            "&",
            "?",
            "/",
            "//",
            "#",
            "!",
            "utm_source=1",
            "amp=1",
            ":",
            ".",
        ]
    ),
    max_size=10,
)


@given(PARTS)
def test_the_canonical_url_of_a_canonical_url_is_itself(parts):
    url = "https://www.a.example/" + "".join(parts)
    if is_web_url(url):
        once = canonical_url(url)
        assert canonical_url(once) == once


HOST_PARTS = "a É ß … 。 ． ¨ ﬁ İ ； . .. - _ xn-- xn--bcher-kva www. amp. .cdn.ampproject.org google.com b.example /c/s/ /amp/ /amp".split()


@given(st.lists(st.sampled_from(HOST_PARTS), max_size=7))
@settings(max_examples=5 * settings.default.max_examples)
def test_a_host_of_any_letters_is_refused_or_has_one_spelling(parts):
    url = "https://" + "".join(parts)
    if is_web_url(url):
        once = canonical_url(url)
        assert is_web_url(once)
        assert canonical_url(once) == once


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example/x",
        "/x",
        "",
        "https://",
        "https://localhost/x",
        "https://a b.example/",
        "ftp://a.example/",
        "https://user:pw@a.example/",
        "https://a.example:99999/",
        "https://a.example/\u202ex",
        'https://a.example/"onclick=',
        "https://a.example/<script>",
        "https://[::1",
        "https://a.example/" + "x" * 5000,
        "java\nscript:alert(1)",
    ],
)
def test_what_is_no_safe_address(url):
    assert not is_web_url(url)


def test_ids_tell_addresses_apart_and_stay():
    assert (
        article_id("https://a.example/x") == "6dc0a8ad7c72d73a6dd7"
        or len(article_id("https://a.example/x")) == 20
    )
    assert article_id("https://a.example/x") != article_id("https://a.example/y")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/1", "bbc.co.uk"),
        ("https://www.sky.com/x", "sky.com"),
        ("https://a.b.wire.example/x", "wire.example"),
        ("http://192.168.0.1/x", "192.168.0.1"),
    ],
)
def test_the_registered_domain(url, domain):
    assert registered_domain(url) == domain
