"""From a selection to a report: every section asks its measures, and nothing is worded or drawn yet."""

from __future__ import annotations

from collections.abc import Callable

from analysis.corpus import Selection
from analysis.reports.asking import Asking
from analysis.reports.carried import carried_of
from analysis.reports.earlier import Earlier
from analysis.reports.parts.content import clusters, gaps, wording
from analysis.reports.parts.copying import copying
from analysis.reports.parts.course import course
from analysis.reports.parts.data import collected, faults, health, method
from analysis.reports.parts.notable import notable
from analysis.reports.parts.outlets import outlets, tiers
from analysis.reports.parts.since import since
from analysis.reports.parts.summary import summary
from analysis.reports.parts.timeline import timeline
from analysis.reports.parts.versus import compared, shared
from analysis.reports.report import Report, Section
from analysis.reports.spec import ReportSpec
from analysis.reports.stretch import stretches_of
from analysis.reports.words import listed

__all__ = ["gather"]

_SECTIONS: dict[str, Callable[[Asking], Section]] = {
    "summary": summary,
    "volume": course,
    "timeline": timeline,
    "providers": outlets,
    "quality": tiers,
    "syndication": copying,
    "topics": clusters,
    "terms": wording,
    "blindspots": gaps,
    "articles": notable,
    "compared": compared,
    "overlap": shared,
    "collection": collected,
    "health": health,
    "problems": faults,
    "method": method,
}


def gather(
    selection: Selection,
    spec: ReportSpec | None = None,
    tell: Callable[[str, int, int], None] | None = None,
    *,
    earlier: Earlier | None = None,
) -> Report:
    """Every number and frame of a report.

    Args:
        selection: what it is about: a story, a query, or a whole corpus.
        spec: its kind and sections; a brief unless given.
        tell: called before each section with its key, how many are done and how many there are; what it raises stops
            the report.
        earlier: a report to compare with, from `open_earlier`; what changed since stands after the summary.

    Returns:
        The report; the same for the same snapshot and arguments.

    >>> import tempfile
    >>> from analysis import build_corpus, open_corpus
    >>> from data import RECORDS
    >>> store = tempfile.mkdtemp()
    >>> _ = build_corpus(RECORDS, store)
    >>> report = gather(open_corpus(store).select("ban*"), ReportSpec("brief", title="Calls for a ban"))
    >>> report.sections[0].facts["n_articles"], report.frame("providers")["name"].tolist()[0]
    (4, 'Diginomica')
    """
    spec = spec or ReportSpec()
    asking = Asking(selection, spec, stretches_of(selection, spec.every))
    sections = []
    for done, key in enumerate(spec.contents):
        if tell is not None:
            tell(key, done, len(spec.contents))
        sections.append(_SECTIONS[key](asking))
    if earlier is not None:
        place = spec.contents.index("summary") + 1 if "summary" in spec.contents else 0
        sections.insert(place, since(asking, earlier))
    carried = carried_of(selection, asking.articles)
    stories = listed([name for name, _ in spec.stories])
    title = spec.title or stories or _called(asking)
    return Report(spec, title, asking.provenance, asking.stretches, tuple(sections), asking.articles, carried)


def _called(asking: Asking) -> str:
    """What a report is about, where nobody said: the outlet of a profile, the query, the filters."""
    outlets = asking.articles["provider_id"].unique().tolist()
    if asking.around is not asking.selection and len(outlets) == 1:
        return asking.named(outlets)[0]
    source = asking.provenance
    return source.query or source.filters or "Everything collected"
