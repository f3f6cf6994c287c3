"""The Python that selects what the page shows, so that an analyst goes on from there."""

from __future__ import annotations

from dashboard.url_state import View

__all__ = ["python_of"]


def python_of(view: View, store: str) -> str:
    """Code that returns the articles behind a view.

    >>> print(python_of(View(query="ban*", min_quality=40.0), "news"))
    from analysis import open_corpus
    <BLANKLINE>
    corpus = open_corpus('news')
    selection = corpus.select('ban*', min_quality=40.0)
    articles = selection.articles
    """
    view = view if view.event is None else View(query=f"event:{view.event}")
    given: list[str] = [repr(view.query)] if view.query else []
    given += [f"topics={list(view.topics)!r}"] if view.topics else []
    given += [f"providers={list(view.providers)!r}"] if view.providers else []
    given += [f"since={view.since.isoformat()!r}"] if view.since else []
    given += [f"until={view.until.isoformat()!r}"] if view.until else []
    given += [f"min_quality={view.min_quality!r}"] if view.min_quality is not None else []
    given += [f"max_quality={view.max_quality!r}"] if view.max_quality is not None else []
    lines = [
        "from analysis import open_corpus",
        "",
        f"corpus = open_corpus({store!r})",
        f"selection = corpus.select({', '.join(given)})",
        "articles = selection.articles",
    ]
    return "\n".join(lines)
