"""The tables of articles: one look, one way to ask for rows, for the page of articles and the panel."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import html

__all__ = ["article_grid"]

# The colours are those of the page's style sheet, so that the grid follows the colour scheme by itself.
_THEME = (
    "themeQuartz.withParams({backgroundColor: 'var(--paper)', foregroundColor: 'var(--ink)', "
    "headerBackgroundColor: 'var(--paper)', headerTextColor: 'var(--muted)', borderColor: 'var(--hairline)', "
    "accentColor: 'var(--accent)', rowHoverColor: 'var(--hover)', chromeBackgroundColor: 'var(--paper)', "
    "inputBackgroundColor: 'var(--paper)', menuBackgroundColor: 'var(--paper)', "
    "selectedRowBackgroundColor: 'var(--hover)', fontFamily: 'inherit', headerFontFamily: 'inherit', "
    "fontSize: 13, headerFontSize: 12, headerFontWeight: 500, wrapperBorder: false, wrapperBorderRadius: 0, "
    "columnBorder: false, headerColumnResizeHandleColor: 'var(--hairline)', browserColorScheme: 'inherit', "
    "cellHorizontalPadding: 10})"
)


def article_grid(
    grid: str,
    columns: list[dict[str, Any]],
    *,
    label: str,
    row_height: int,
    class_name: str,
    row_id: str = "article_id",
    **options: Any,
) -> html.Div:
    """A grid that asks the server for the rows that it shows, see `assets/grids.js` and `dashboard.row_service`.

    Args:
        grid: its id.
        columns: column definitions.
        label: name for screen readers.
        row_height: pixels.
        class_name: of its box.
        row_id: the field that tells rows apart.
        options: further options of the grid.
    """
    table = dag.AgGrid(
        id=grid,
        style={"height": "100%", "width": "100%"},
        columnDefs=columns,
        rowModelType="infinite",
        getRowId=f"params.data.{row_id}",
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True},
        dashGridOptions={
            "theme": {"function": _THEME},
            "rowHeight": row_height,
            "headerHeight": 36,
            "cacheBlockSize": 100,
            "maxBlocksInCache": 20,
            "maxConcurrentDatasourceRequests": -1,  # the component's own first request is never answered
            "rowBuffer": 0,
            "infiniteInitialRowCount": 1,
            "suppressCellFocus": False,
            "enableCellTextSelection": True,
            "animateRows": False,
            **options,
        },
    )
    return html.Div(table, className=class_name, role="region", **{"aria-label": label})
