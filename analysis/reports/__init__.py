"""Reports: a selection as HTML, PDF, Markdown, a spreadsheet or tables, each naming the snapshot it comes from."""

from __future__ import annotations

from analysis.reports.carried import Carried
from analysis.reports.earlier import Earlier, open_earlier
from analysis.reports.gather import gather
from analysis.reports.pdf import NoBrowser
from analysis.reports.report import Measured, Report, Section
from analysis.reports.spec import KINDS, SECTIONS, BadReport, ReportSpec, read_spec
from analysis.reports.style import Style, read_style
from analysis.reports.write import FORMATS, write_report

__all__ = [
    "FORMATS",
    "KINDS",
    "SECTIONS",
    "BadReport",
    "Carried",
    "Earlier",
    "Measured",
    "NoBrowser",
    "Report",
    "ReportSpec",
    "Section",
    "Style",
    "gather",
    "open_earlier",
    "read_spec",
    "read_style",
    "write_report",
]
