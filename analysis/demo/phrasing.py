"""From a template to a sentence: alternatives in brackets, facts in braces, capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.demo.dice import Dice

__all__ = ["in_words", "phrase", "slug", "title_case"]

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_ARTICLE = re.compile(r"\b([Aa])(?= (?!uni|uno|use|one|eu)[aeiou])", re.IGNORECASE)
_SMALL = re.compile(r"(a|an|and|as|at|but|by|for|from|in|into|of|on|or|the|to|v|via|with|after)")
_ONES = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def phrase(template: str, facts: Mapping[str, str], dice: Dice) -> str:
    """A template written out.

    Args:
        template: text in which ``[one|other]`` is a choice and ``{name}`` a fact.
        facts: what stands for the names.
        dice: decides the choices.

    Returns:
        The sentence, its first letter a capital, with `an` where the ear wants it.

    Raises:
        KeyError: a fact is missing.

    >>> phrase("{city} council [votes|votes] for ban", {"city": "Harwick"}, Dice("x"))
    'Harwick council votes for ban'
    >>> phrase("{who} visits a {what}", {"who": "she", "what": "orchard"}, Dice("x"))
    'She visits an orchard'
    """
    chosen = _CHOICE.sub(lambda match: dice.pick(match[1].split("|")), template)
    return _capital(_ARTICLE.sub(r"\1n", " ".join(chosen.format_map(facts).split())))


def _capital(text: str) -> str:
    """The text with its first letter large, also where a quotation mark stands before it."""
    start = next((i for i, char in enumerate(text) if char.isalnum()), 0)
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def title_case(headline: str) -> str:
    """A headline with large initials, as many outlets set it.

    >>> title_case("police in Harwick drop face-scanning van after a year")
    'Police in Harwick Drop Face-Scanning Van after a Year'
    """
    words = headline.split(" ")
    last = len(words) - 1
    return " ".join(
        word
        if i not in (0, last) and _SMALL.fullmatch(word)
        else "-".join(_capital(part) for part in word.split("-"))
        for i, word in enumerate(words)
    )


def in_words(number: int) -> str:
    """A number below 100 in words; others in digits.

    >>> in_words(34), in_words(1250)
    ('thirty-four', '1,250')
    """
    if number < len(_ONES):
        return _ONES[number]
    if number >= 100:
        return f"{number:,}"
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def slug(text: str, length: int = 72) -> str:
    """A text as part of an address or file name: whole words, at most `length` characters.

    >>> slug("Harwick's 34 cameras: 'enough'")
    'harwick-s-34-cameras-enough'
    """
    whole = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return whole if len(whole) <= length else whole[: length + 1].rpartition("-")[0]
