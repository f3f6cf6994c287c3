"""Bytes that are nearly records: golden ones, changed where a reader is likely to trip, and some of them blown up."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

from hypothesis import strategies as st

__all__ = ["KINDS", "PIECES", "archive", "archives", "mutated", "nearly", "repeated", "seeds"]

GOLDEN = Path(__file__).parents[1] / "records" / "golden"
KINDS = {"markdown": (".md",), "json": (".json", ".jsonl")}
MOST = 2**16  # bytes: enough that what grows with the square of the size takes too long

_YAML = "a|:| |: |#| #|-|- |'|''|\"|\\\"|\\|\\n|\\x97|\\ud800|[|]|{|}|,|&a |*a|!|!!str |>|%|@|`|~|null|?|? |...|---|<<: |="
_WORDS = (
    "title: |webUrl: |related:|provider:|topics:|publishedDateTime: |quality: |images:|url: |-1|1e999|nan|²|٣|"
    "https://|http://a.example/|xn--|.cdn.ampproject.org/c/s/|/amp/|?utm_source=|#!|%|:99999|user@|[::1]|"
    "2021-08-23T05:30:00Z|2021-W34-1T05:30:00Z|9999-12-31T23:59:59-14:00|true|No|related"
)
_JSON = '\\u0000|1e999|-0|NaN|Infinity|{"value": [|{"webUrl": "https://a.example/"}|"title":'
PIECES: list[bytes] = [
    *(piece.encode() for text in (_YAML, _WORDS, _JSON) for piece in text.split("|")),
    *(b"|", b"\n", b"\n ", b"\n  ", b"\n    ", b"\n- ", b"\n  - ", b"\n---\n", b"\t", b"\r\n", b"\r", b"\0"),
    *(letter.encode() for letter in "\x85\u2028\u2029\ufeff\xa0\xa8\u200b\u202e\ufffe\U0001f642é顔İßﬁ．。"),
    *(b"\x80", b"\x97", b"\xff", b"\xc2", b"\xed\xa0\x80", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1e", b"\x1f"),
]  # fmt: skip
_MEMBERS = ("a.md", "b/c.md", "./a.md", "a\\b.md", "a/b.md", "../x.md", "/y.md", "C:z.md", "d.json", "é.md", "b//c.md", "\udcff.md", "x/../a.md")  # fmt: skip


def seeds(kind: str) -> list[Path]:
    """The golden samples of a kind, see KINDS."""
    return sorted(path for path in GOLDEN.iterdir() if path.name.endswith(KINDS[kind]))


def repeated(piece: bytes, data: bytes, place: float, size: int = MOST) -> bytes:
    """Data with a piece at a place from 0 to 1, as many times as it takes for the size."""
    at = int(place * len(data))
    return data[:at] + piece * max(1, (size - len(data)) // len(piece)) + data[at:]


def nearly(kind: str) -> st.SearchStrategy[tuple[str, bytes]]:
    """Names and contents of golden samples, with a few pieces put in, each in the stead of some bytes."""
    samples = [(path.name, path.read_bytes()) for path in seeds(kind)]
    pieces = st.one_of(st.sampled_from(PIECES), st.binary(max_size=3))
    edit = st.tuples(st.floats(0, 1), st.sampled_from((0, 0, 1, 2, 8, 40)), pieces)

    def edited(sample: tuple[str, bytes], edits: list[tuple[float, int, bytes]]) -> tuple[str, bytes]:
        name, data = sample
        for place, n_bytes, piece in edits:
            at = int(place * len(data))
            data = data[:at] + piece + data[at + n_bytes :]
        return name, data

    return st.builds(edited, st.sampled_from(samples), st.lists(edit, min_size=1, max_size=6))


def archives() -> st.SearchStrategy[tuple[str, bytes]]:
    """Endings and contents of archives whose members are called anything, some of them damaged."""
    member = st.tuples(
        st.sampled_from(_MEMBERS), st.one_of(nearly("markdown"), nearly("json")).map(lambda f: f[1])
    )
    damage = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), max_size=3)

    def damaged(
        kind: str, members: list[tuple[str, bytes]], places: list[tuple[float, bytes]]
    ) -> tuple[str, bytes]:
        data = archive(members, kind)
        for place, piece in places:
            at = int(place * len(data))
            data = data[:at] + piece + data[at + len(piece) :]
        return kind, data

    kinds = st.sampled_from(("zip", "tar", "tar.gz"))
    return st.builds(damaged, kinds, st.lists(member, min_size=1, max_size=4), damage)


def archive(members: list[tuple[str, bytes]], kind: str) -> bytes:
    """An archive of members, in this order, whatever they are called: `kind` is zip, tar or tar.gz."""
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in members:
                info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode())
                info.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(info, data)
    else:
        with tarfile.open(fileobj=stream, mode="w:gz" if kind == "tar.gz" else "w:") as packed:
            for name, data in members:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                packed.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Data changed a few times at random: pieces put in, parts left out, repeated, or taken from another sample."""
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((0, 0, 1, 2, 8, 40, 200)))
        match chance.randrange(7):
            case 0 | 1 | 2:
                data = data[:at] + chance.choice(PIECES) + data[to:]
            case 3:
                data = data[:at] + data[to:]
            case 4:
                data = data[:to] + data[at:to] * chance.choice((1, 2, 20)) + data[to:]
            case 5:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                data = data[:at] + other[start : start + chance.choice((8, 40, 400))] + data[to:]
            case _:
                lines = data.split(b"\n")
                place = chance.randrange(len(lines))
                lines[place] = b" " * chance.randrange(8) + lines[place].lstrip(b" ")
                data = b"\n".join(lines)
    if chance.random() < 0.02:  # blown up
        at = chance.randrange(len(data) + 1)
        part = data[at : at + chance.choice((1, 2, 5, 30, 200))] or chance.choice(PIECES)
        data = repeated(part, data, chance.random())
    return data[:MOST]
