"""A record as the text of its file, in the layout of the sample record."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from analysis.demo.collection import Corpus, Kept
from analysis.demo.coverage import Article
from analysis.demo.dice import Dice
from analysis.demo.phrasing import slug

__all__ = ["quality_of", "record_files", "spare_files"]

_SIZES = ((1200, 675), (1600, 900), (1200, 630), (1024, 683), (800, 533), (640, 427))


def record_files(corpus: Corpus) -> dict[str, str]:
    """File name -> text, one for each record, in the order of the records."""
    blocks: dict[str, str] = {}
    crowd = Counter(article.event for article in corpus.articles)
    out: dict[str, str] = {}
    for kept in corpus.records:
        name = stem = f"{kept.article.published_at:%Y-%m-%d}-{slug(kept.article.title)}"
        n = 2
        while name in out:
            name, n = f"{stem}-{n}", n + 1
        out[name] = _text(kept, crowd[kept.article.event], blocks)
    return {f"{name}.md": text for name, text in out.items()}


def spare_files(corpus: Corpus, files: Iterable[str], dice: Dice) -> list[str]:
    """Of the files, in the order of the records, those of background items: first those that no other file repeats."""
    listed = {other.url for kept in corpus.records for other in kept.related}
    written = Counter(kept.article.url for kept in corpus.records)
    texts = Counter(article.copied_from for article in corpus.articles)
    spare = [
        (kept.article.url in listed or texts[kept.article.copied_from] > 1, name)
        for name, kept in zip(files, corpus.records, strict=True)
        if kept.article.story is None and written[kept.article.url] == 1
    ]
    return [name for _, name in sorted(dice.shuffled(spare), key=lambda item: item[0])]


def quality_of(article: Article) -> int | None:
    """The article's quality score: around its outlet's; None where the outlet is not scored."""
    if article.outlet.quality is None:
        return None
    return min(213, max(0, round(article.outlet.quality * Dice(f"quality {article.url}").lognormal(1, 0.25))))


def _text(kept: Kept, crowd: int, blocks: dict[str, str]) -> str:
    """The file of one record. A few follow the dialect of early 2020, with other names for addresses."""
    article, dice = kept.article, Dice(f"record {kept.url}")
    is_old = not kept.related and dice.chance(0.12)
    quality = quality_of(article)
    heat = -1 if dice.chance(0.38) else round(dice.lognormal(6 + 5 * crowd, 0.9))
    name = (
        article.outlet.other_name if article.outlet.other_name and dice.chance(0.15) else article.outlet.name
    )
    lines = [
        "---",
        "category: news",
        f"title: {_quoted(article.title)}",
        f"excerpt: {_quoted(article.excerpt)}",
        f"publishedDateTime: {_time(article.published_at)}",
        *_addresses(kept, is_old=is_old),
        "type: article",
        *([] if quality is None else [f"quality: {quality}"]),
        f"heat: {heat}",
        f"published: {'true' if dice.chance(0.3) else 'false'}",
        "synthetic: true",
        "",
        "provider:",
        f"  name: {name}",
        f"  domain: {article.outlet.provider_id}",
        "",
        "topics:",
        *(f"  - {topic}" for topic in article.topics),
        "",
        *_images(article, ""),
    ]
    related = (
        "related:\n" + "".join(_block(other, blocks) for other in kept.related) + "\n" if kept.related else ""
    )
    return "\n".join(lines) + f'\n{related}secured: "{_secured(kept.url)}"\n---\n\n'


def _addresses(kept: Kept, *, is_old: bool) -> list[str]:
    """The addresses of a record."""
    if is_old:
        return [f"sourceUrl: {_quoted(kept.url)}", *_amp(kept.article, "ampUrl", "cdnAmpUrl")]
    return [
        f"originalUrl: {_quoted(kept.article.url)}",
        f"webUrl: {_quoted(kept.url)}",
        *_amp(kept.article, "ampWebUrl", "cdnAmpWebUrl"),
    ]


def _amp(article: Article, field: str, cache_field: str) -> list[str]:
    """AMP addresses, for outlets that have them."""
    if not article.outlet.amp:
        return []
    host, _, path = article.url.removeprefix("https://").partition("/")
    cache = host.replace("-", "--").replace(".", "-")
    return [
        f"{field}: {_quoted(f'https://{host}/amp/{path}')}",
        f"{cache_field}: {_quoted(f'https://{cache}.cdn.ampproject.org/c/s/{host}/amp/{path}')}",
    ]


def _images(article: Article, indent: str) -> list[str]:
    """Up to two pictures with their size, after a heading; nothing for three articles of ten."""
    dice = Dice(f"images {article.url}")
    n = 0 if dice.chance(0.3) else 2 if dice.chance(0.1) else 1
    out = [f"{indent}images:"] if n else []
    for _ in range(n):
        width, height = dice.pick(_SIZES)
        folder = f"https://media.{article.outlet.provider_id}/{article.published_at:%Y/%m}"
        out += [
            f'{indent}  - url: "{folder}/{dice.integer(10**7, 10**8)}.jpg"',
            f"{indent}    width: {width}",
            f"{indent}    height: {height}",
            f"{indent}    isCached: true",
        ]
    return [*out, ""] if n and not indent else out


def _block(article: Article, blocks: dict[str, str]) -> str:
    """An article as an item of a related list: word for word the same in every list."""
    if article.url not in blocks:
        quality = quality_of(article)
        lines = [
            f"  - title: {_quoted(article.title)}",
            f"    excerpt: {_quoted(article.excerpt)}",
            f"    publishedDateTime: {_time(article.published_at)}",
            f"    webUrl: {_quoted(article.url)}",
            *(f"    {line}" for line in _amp(article, "ampWebUrl", "cdnAmpWebUrl")),
            "    type: article",
            "    provider:",
            f"      name: {article.outlet.name}",
            f"      domain: {article.outlet.provider_id}",
            *([] if quality is None else [f"    quality: {quality}"]),
            *_images(article, "    "),
        ]
        blocks[article.url] = "\n".join(lines) + "\n"
    return blocks[article.url]


def _quoted(text: str) -> str:
    """A text between double quotes; JSON's are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def _time(when: datetime) -> str:
    """A time as records write it."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def _secured(url: str) -> str:
    """A payload that means nothing, as real records carry an encrypted one."""
    return base64.b64encode(hashlib.blake2b(url.encode(), digest_size=48).digest()).decode()
