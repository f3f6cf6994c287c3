"""Text as it is searched and compared: folded, and cut into tokens.

Queries, distinctive terms and grouping all see the same tokens, so that a count can be explained by a search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["fold", "fold_all", "spaced_out", "tokens"]

# Scripts written without blanks between words: each character is a token, so that a word is a phrase of characters.
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0e7f"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_BLANKS = re.compile("  +")
_MARKS = dict.fromkeys(range(768, 880))
_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_END = "\0"  # of a line, as if it were a word
_ASCII_LINES = _ASCII[:10] + _END + _ASCII[11:]
# What often is all that keeps a text from being ASCII: typographic quotes, dashes, the ellipsis, the no-break space.
_PUNCTUATION = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\xa0"


def tokens(text: str) -> list[str]:
    """The words of a text, case-folded and without accents, in order.

    Args:
        text: any text; markup and punctuation separate words.

    Returns:
        Tokens of letters and digits. Chinese, Japanese and Thai characters are one token each.

    >>> tokens("Zürich's “AI-based” policing")
    ['zurich', 's', 'ai', 'based', 'policing']
    >>> tokens("顔認識 ban")
    ['顔', '認', '識', 'ban']
    """
    spaced = spaced_out(text)
    if spaced is not None:
        return spaced.split()
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_MARKS)
    return _TOKEN.findall(unicodedata.normalize("NFC", plain).casefold())


def spaced_out(text: str) -> str | None:
    """A text of the same length with its tokens where they stood, and blanks between; None where accents may move them.

    >>> spaced_out("A “ban” now")
    'a  ban  now'
    >>> spaced_out("Zürich") is None
    True
    """
    if not text.isascii():
        for mark in _PUNCTUATION:
            text = text.replace(mark, " ")
    return text.translate(_ASCII) if text.isascii() else None


def fold(text: str) -> str:
    """A text as its tokens between single blanks, with a blank at either end: what queries are matched against.

    A word is found as ``" word "``, the beginning of one as ``" begin"``, a phrase as ``" two words "``: plain
    substring tests, which every engine answers alike.

    >>> fold("Calls to BAN facial recognition")
    ' calls to ban facial recognition '
    >>> fold("…")
    ''
    """
    return _folded(tokens(text))


def fold_all(texts: Sequence[str]) -> list[str]:
    """Many texts as `fold` gives them, each distinct one once, and those that are ASCII all at once.

    >>> fold_all(["A ban", "Ένα", "", "A  ban!"])
    [' a ban ', ' ενα ', '', ' a ban ']
    """
    distinct = list(dict.fromkeys(texts))
    joined = "\n".join(distinct)
    for mark in _PUNCTUATION:
        joined = joined.replace(mark, " ")
    lines = joined.split("\n")
    if len(lines) != len(distinct):
        return list(map(fold, texts))
    plain = " \n ".join(["", *filter(str.isascii, lines), ""]).translate(_ASCII_LINES)
    ready = iter(_BLANKS.sub(" ", plain).split(_END)[1:])
    found = {
        text: next(ready) if line.isascii() else fold(text)
        for text, line in zip(distinct, lines, strict=True)
    }
    return ["" if folded == " " else folded for folded in map(found.__getitem__, texts)]


def _folded(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""
