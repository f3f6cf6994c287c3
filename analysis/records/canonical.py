"""The identity of an article: its canonical URL, whatever address it was seen under."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.records.limits import MAX_URL_LENGTH

if TYPE_CHECKING:
    from urllib.parse import SplitResult

__all__ = ["article_id", "canonical_url", "identity", "is_web_url", "registered_domain"]

_AMP_CACHE = re.compile(r"^/[a-z]+/(s/)?(.+)$")  # https://bbc-com.cdn.ampproject.org/c/s/www.bbc.com/news/1
_AMP_VIEWER = re.compile(r"^/amp/(s/)?(.+)$")  # https://www.google.com/amp/s/www.bbc.com/news/1
_AMP_SEGMENT = frozenset({"amp", "google-amp", "amp.html"})
_AMP_QUERY = re.compile(r"(?:^|&)(?:(?:amp|amphtml|_amp)(?:=[^&]*)?|outputType=amp)(?=&|$)", re.IGNORECASE)
# The plainest kind of address, its host and path: nothing has to be changed in it but scheme, www. and last slash.
_PLAIN = re.compile(r"https?://((?:[a-z0-9_-]+\.)+[a-z0-9_-]+)(/[\w.~/!=:,%-]*)?", re.ASCII)
# What `courlan.normalize_url` (Apache 2.0) takes out of an address; tests hold `canonical_url` to it. Written out here,
# because an article's identity must not change with a library, and because loading it takes as long as a hundred files.
_TRACKER = re.compile(
    r"^(?:dc|fbc|gc|twc|yc|ysc)lid|^(?:click|gbra|msclk|igsh|partner|wbra)id"
    r"|^(?:ads?|mc|ga|gs|itm|mc|mkt|ml|mtm|oly|pk|utm|vero)_"
    r"|(?:\b|_)(?:aff|affi|affiliate|campaign|cl?id|eid|ga|gl|kwd|keyword|medium|ref|referr?er|session|source|uid|xtor)"
)
_SLASHES, _ABOVE, _SAFE = re.compile(r"/+"), re.compile(r"^(?:/\.\.(?![^/]))+"), "/%!=:,-"
_PLAIN_WEB = re.compile(
    r"https?://(?:[a-z0-9_-]+\.)+[a-z0-9_-]+(?:[/?#][\w!#$%&'()*+,./:;=?@\[\]~-]*)?", re.ASCII | re.IGNORECASE
)
_HOST = re.compile(r"^[^\s/@:\\%.]+(?:\.[^\s/@:\\%.]+)+$")
_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f-\x9f\\\"<>`{}|^\u200b-\u200f\u2028-\u202f\u2066-\u2069\ud800-\udfff]"
)


def is_web_url(text: str) -> bool:
    """Whether a text is an absolute http or https address that is safe to link to.

    >>> is_web_url("https://example.org/a?b=1"), is_web_url("javascript:alert(1)"), is_web_url("/a.html")
    (True, False, False)
    """
    if len(text) > MAX_URL_LENGTH:
        return False
    return bool(_PLAIN_WEB.fullmatch(text)) or _is_unusual_web_url(text)


def _is_unusual_web_url(text: str) -> bool:
    from urllib.parse import urlsplit  # noqa: PLC0415 - slow to import, and plain addresses do without

    if text[:7].lower() not in ("http://", "https:/") or _FORBIDDEN.search(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    host = _plain_host(parts.hostname or "")  # what is taken for a dot or a blank in it counts as one
    allowed = _HOST.match(host) and not _FORBIDDEN.search(host) and _plain_host(host) == host
    return bool(parts.username is None and allowed)


@lru_cache(maxsize=8_192)
def identity(url: str) -> tuple[str, str]:
    """The `article_id` and the `canonical_url` of an address."""
    canonical = canonical_url(url)
    return article_id(canonical), canonical


def canonical_url(url: str) -> str:
    """One address for every spelling of it: the article's identity.

    AMP addresses and AMP caches lead to the page they stand for; scheme, letter case of the host, a leading ``www.``,
    default ports, tracking parameters, the order of parameters, fragments and trailing slashes do not count.

    Args:
        url: an address for which `is_web_url` is true.

    Returns:
        An https address without ``www.``; idempotent.

    >>> canonical_url("HTTP://www.Example.org:80/news/?utm_source=feed&id=7#top")
    'https://example.org/news?id=7'
    >>> canonical_url("https://news-sky-com.cdn.ampproject.org/c/s/news.sky.com/story/amp/ban-1")
    'https://news.sky.com/story/ban-1'
    """
    plain = _PLAIN.fullmatch(url)
    if plain and not _is_odd(url[url.index("/") + 1 :].lower()):
        host, path = plain.groups("")
        return f"https://{_without_prefixes(host)}{path.rstrip('/')}"
    return _unusual_canonical_url(url)


def _is_odd(rest: str) -> bool:
    """Whether a plain address, from the slash before its host on and in lower case, needs more all the same."""
    if "//" in rest or "/.." in rest or "xn--" in rest:
        return True
    return "amp" in rest and ("/amp" in rest or "/google-amp" in rest or ".cdn.ampproject.org" in rest)


def _unusual_canonical_url(url: str) -> str:
    from urllib.parse import quote, urlsplit  # noqa: PLC0415 - slow to import, and plain addresses do without

    parts = _without_amp(urlsplit(url))
    host = _without_prefixes(_plain_host(parts.hostname or ""))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = quote(_ABOVE.sub("", _SLASHES.sub("/", parts.path)), safe=_SAFE).rstrip("/")
    query = _without_trackers(parts.query)
    query = f"?{query}" if query else ""
    fragment = parts.fragment
    if "=" in fragment and "&" in fragment:
        fragment = _without_trackers(fragment)
    elif "=" in fragment and _TRACKER.search(fragment):
        fragment = ""
    fragment = f"#{quote(fragment, safe=_SAFE)}" if fragment.startswith("!") else ""
    return f"https://{host}{port}{path}{query}{fragment}"


def _without_trackers(query: str) -> str:
    """The parameters of a query that may tell pages apart, in the order of their names."""
    from urllib.parse import parse_qs, urlencode  # noqa: PLC0415 - see above

    given = parse_qs(query) if query else {}
    return urlencode(
        [(name, given[name]) for name in sorted(given) if not _TRACKER.search(name.lower())], doseq=True
    )


def _without_punycode(host: str) -> str:
    if "xn--" not in host:
        return host
    labels = []
    for label in host.split("."):
        try:
            labels.append(label.encode().decode("idna") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def _without_amp(parts: SplitResult) -> SplitResult:
    """The address of the page that an AMP address stands for."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - slow to import, and plain addresses do without

    host = parts.hostname or ""
    cached = None
    if host.endswith(".cdn.ampproject.org"):
        cached = _AMP_CACHE.match(parts.path)
    elif host in ("www.google.com", "google.com", "www.bing.com", "bing.com"):
        cached = _AMP_VIEWER.match(parts.path)
    page = f"https://{cached[2]}" + (f"?{parts.query}" if parts.query else "") if cached else ""
    if is_web_url(page):
        parts = urlsplit(page)
        host = parts.hostname or ""
    if "amp" not in f"{host}{parts.path}{parts.query}".lower():
        return parts
    path = "/".join(segment for segment in parts.path.split("/") if segment.lower() not in _AMP_SEGMENT)
    return parts._replace(path=path, query=_AMP_QUERY.sub("", parts.query).lstrip("&"))


def _plain_host(host: str) -> str:
    """A host in lower case and ASCII."""
    host = _without_punycode(host.lower())
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return host.rstrip(".")
    return host.rstrip(".")


def _without_prefixes(host: str) -> str:
    """A host without ``www.`` and ``amp.`` before its name."""
    while host.startswith(("www.", "amp.")) and host.count(".") > 1:
        host = host[4:]
    return host


def article_id(canonical: str) -> str:
    """A stable id: the first 80 bits of BLAKE2b of the canonical URL, in hexadecimal.

    >>> article_id("https://example.org/news?id=7")
    'd11c0517033de40a85f9'
    """
    return hashlib.blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


@lru_cache(maxsize=8_192)
def registered_domain(url: str) -> str:
    """The registrable domain of an address, by the public suffix list that ships with `tld`; else its host.

    >>> registered_domain("https://news.bbc.co.uk/1"), registered_domain("https://a.demo-wire.example/x")
    ('bbc.co.uk', 'demo-wire.example')
    """
    from urllib.parse import urlsplit  # noqa: PLC0415 - slow to import, and plain addresses do without

    from tld import get_fld  # noqa: PLC0415 - slow to import, and only records without a domain need it

    host = _plain_host(urlsplit(url).hostname or "")
    found = get_fld(f"https://{host}/", fail_silently=True)
    if found:
        return str(found)
    return ".".join(host.split(".")[-2:]) if not host.replace(".", "").isdigit() else host
