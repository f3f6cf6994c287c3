"""What is wrong with a query, in the words of the page."""

from __future__ import annotations

from analysis.query import QueryError, parse

__all__ = ["complaint"]


def complaint(query: str) -> str:
    """What is wrong with a query, with a caret under the place; empty where nothing is.

    >>> complaint("ban*"), complaint("(ban").splitlines()[-1]
    ('', '      ^')
    """
    try:
        parse(query)
    except QueryError as error:
        text = str(error)
        return f"A{text[1:]}" if text.startswith("a") else text
    return ""
