"""Which language a text is in, as far as stemming and stop words need to know.

A profile of frequent small words per language decides; a text without any of them is taken as English when it is
plain ASCII, and otherwise stays unstemmed. Wrong guesses cost little: a stem is compared, never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from threading import Lock

import Stemmer

__all__ = ["STOP_WORDS", "guess_language", "stem"]


def _read() -> dict[str, frozenset[str]]:
    lines = (resources.files(__package__) / "stop_words.txt").read_text("utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if not line.startswith("#"))
    return {code: frozenset(words.split()) for code, words in pairs}


STOP_WORDS = _read()
"""Small words by ISO 639-1 code, folded as ``analysis.text.tokens`` folds."""

_STEMMERS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}

_ONE_AT_A_TIME = Lock()

# Word -> languages that use it as a small word, so that one pass over a text counts all profiles.
_VOTES = {
    word: tuple(code for code, words in STOP_WORDS.items() if word in words)
    for word in sorted(frozenset().union(*STOP_WORDS.values()))
}


def guess_language(words: Sequence[str], *, is_ascii: bool) -> str:
    """The ISO 639-1 code of the language whose small words the text uses most, or ``""`` where nothing tells.

    Args:
        words: the tokens of the text, as ``analysis.text.tokens`` gives them.
        is_ascii: whether the text as written is plain ASCII.

    >>> guess_language(["le", "maire", "et", "la", "ville"], is_ascii=True)
    'fr'
    >>> guess_language(["apple", "unveils", "phone"], is_ascii=True)
    'en'
    >>> guess_language(["顔", "認", "識"], is_ascii=False)
    ''
    """
    votes: dict[str, float] = {}
    for codes in filter(None, map(_VOTES.get, words)):
        for code in codes:
            # A word of many languages says little about which it is.
            votes[code] = votes.get(code, 0.0) + 1 / len(codes)
    if not votes:
        return "en" if is_ascii else ""
    # English wins ties, then the alphabet: most news here is English, and a tie must not depend on order.
    return min(votes, key=lambda code: (-round(votes[code], 6), code != "en", code))


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[language], 0)  # who asks remembers words


def stem(word: str, language: str) -> str:
    """The stem of a word in a language; the word itself where the language is not known.

    >>> stem("cameras", "en"), stem("caméras", "")
    ('camera', 'caméras')
    """
    if language not in _STEMMERS:
        return word
    # A stemmer keeps the word at hand in itself, so two threads must not use it at once.
    with _ONE_AT_A_TIME:
        return str(_stemmer(language).stemWord(word))
