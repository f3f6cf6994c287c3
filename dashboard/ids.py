"""The ids of the page's components, so that a misspelt one is an error of Python and not a callback that never runs."""

from __future__ import annotations

from enum import StrEnum, unique

__all__ = ["Ids"]


@unique
class Ids(StrEnum):
    """Every id that a callback reads or writes."""

    ADDRESS = "address"
    PROVIDER = "mantine"
    SCHEME_CHOICE = "scheme-choice"
    SCHEME = "scheme"
    SHELL = "shell"
    LIVE = "live"
    LOST = "lost"
    SINK = "sink"

    FILTER_TOGGLE = "filter-toggle"
    FILTER_CLEAR = "filter-clear"
    FILTERS = "filters"
    QUERY = "query"
    QUERY_ASKED = "query-asked"
    QUERY_ERROR = "query-error"
    TOPICS = "filter-topics"
    OUTLETS = "filter-outlets"
    DATES = "filter-dates"
    QUALITY_FROM = "filter-quality-from"
    QUALITY_TO = "filter-quality-to"
    BASIS = "filter-basis"
    EVERY = "filter-every"

    PAGE_OVERVIEW = "page-overview"
    PAGE_ARTICLES = "page-articles"
    NAV_OVERVIEW = "nav-overview"
    NAV_ARTICLES = "nav-articles"

    HEADLINE = "headline"
    COPY_LINK = "copy-link"
    COPY_PYTHON = "copy-python"
    SUMMARY = "summary"
    TILES = "tiles"
    EMPTY = "empty"
    FINDINGS = "findings"
    VOLUME = "volume"
    VOLUME_TEXT = "volume-text"
    VOLUME_TABLE = "volume-table"
    STRIP = "strip"
    STRIP_TEXT = "strip-text"
    OUTLET_CHART = "outlet-chart"
    OUTLET_TEXT = "outlet-text"
    OUTLET_TABLE = "outlet-table"
    TOPIC_CHART = "topic-chart"
    TOPIC_TEXT = "topic-text"
    TOPIC_TABLE = "topic-table"
    LEDGER = "ledger"

    GRID = "article-grid"
    GRID_COUNT = "article-count"

    PANEL = "panel"
    PANEL_LIST = "panel-list"
    PANEL_TITLE = "panel-title"
    PANEL_COUNT = "panel-count"
    PANEL_LINK = "panel-link"
    PANEL_GRID = "panel-grid"
    PANEL_ARTICLE = "panel-article"
    PANEL_CLOSE = "panel-close"
    PANEL_BACK = "panel-back"
