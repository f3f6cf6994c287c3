"""A Plotly figure that is checked when somebody looks at it, not while it is drawn.

Plotly checks and copies every property as it is set, which takes longer than most measures do. What our charts draw is
checked by their tests. So a figure of ours collects plain dictionaries, which are what a page is sent; asked for
anything else that a `plotly.graph_objects.Figure` has, it becomes one in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

__all__ = ["Figure"]


class _Trace(dict[str, Any]):
    """A trace; what it does not say is None, as Plotly has it."""

    def __missing__(self, key: str) -> None:
        return None


class Figure(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """An empty figure, which `add_…` and `update_…` fill as they fill Plotly's.

    Properties of properties are given as dictionaries, without Plotly's underscores: ``font={"size": 12}``.

    >>> figure = Figure()
    >>> figure.add_bar(x=[1, 2], y=[3, 4]).update_layout(height=200, margin={"t": 8}).laid("margin", "t")
    8
    >>> figure.layout.height  # from here on it is Plotly's own
    200
    """

    def __init__(self, plain: Mapping[str, Any] | None = None) -> None:
        """An empty figure, or one of what `to_dict` gave."""
        plain = plain or {"data": [], "layout": {"template": {}}}
        self._plain: Any = {**plain, "data": [_Trace(trace) for trace in plain["data"]]}

    def __getattr__(self, name: str) -> Any:
        """What only Plotly's own figure has: become one."""
        if name == "_plain" or name.startswith("__") or self._plain is None:
            raise AttributeError(name)
        self._become()
        return getattr(self, name)

    def _become(self) -> None:
        plain, self._plain = self._plain, None
        super().__init__(plain)
        super().update_layout(template=None)  # without it Plotly adds its own

    @property
    def traces(self) -> list[Any]:
        """What is drawn, to be read and changed by ``trace["customdata"]``."""
        return list(self.data) if self._plain is None else self._plain["data"]

    def laid(self, *path: str) -> Any:
        """A property of the layout, by the names that lead to it; None if it is not set."""
        found = self.layout if self._plain is None else self._plain["layout"]
        for name in path:
            if found is None or name not in found:
                return None
            found = found[name]
        return found

    def copy(self) -> Figure:
        """A figure whose layout and traces can be changed without changing this one's."""
        return Figure(self.to_dict())

    def __reduce__(self) -> tuple[Any, ...]:
        return Figure, (self.to_dict(),)

    def to_dict(self) -> dict[str, Any]:
        """The figure as what is sent to a page; a copy, but for its columns."""
        found: dict[str, Any] = super().to_dict() if self._plain is None else _copied(self._plain)
        return found

    def to_plotly_json(self) -> dict[str, Any]:
        """The same, under the name by which it is asked for."""
        return self.to_dict()

    def add_scatter(self, **said: Any) -> Figure:
        """Add a trace of points or lines."""
        return super().add_scatter(**said) if self._plain is None else self._drawn("scatter", said)

    def add_bar(self, **said: Any) -> Figure:
        """Add a trace of bars."""
        return super().add_bar(**said) if self._plain is None else self._drawn("bar", said)

    def add_annotation(self, **said: Any) -> Figure:
        """Add a text."""
        return super().add_annotation(**said) if self._plain is None else self._listed("annotations", said)

    def add_shape(self, **said: Any) -> Figure:
        """Add a shape."""
        return super().add_shape(**said) if self._plain is None else self._listed("shapes", said)

    def update_layout(self, layout: Mapping[str, Any] | None = None, **said: Any) -> Figure:
        """Set properties of the layout; None takes one away."""
        said = {**(layout or {}), **said}
        if self._plain is None:
            super().update_layout(**said)
        else:
            _update(self._plain["layout"], said)
        return self

    def update_xaxes(self, axes: Mapping[str, Any] | None = None, **said: Any) -> Figure:
        """Set properties of every x axis that there is."""
        said = {**(axes or {}), **said}
        return super().update_xaxes(**said) if self._plain is None else self._axes("xaxis", said)

    def update_yaxes(self, axes: Mapping[str, Any] | None = None, **said: Any) -> Figure:
        """Set properties of every y axis that there is."""
        said = {**(axes or {}), **said}
        return super().update_yaxes(**said) if self._plain is None else self._axes("yaxis", said)

    def _drawn(self, kind: str, said: dict[str, Any]) -> Figure:
        trace = _Trace(type=kind)
        _update(trace, said)
        self._plain["data"].append(trace)
        return self

    def _listed(self, where: str, said: dict[str, Any]) -> Figure:
        made: dict[str, Any] = {}
        _update(made, said)
        self._plain["layout"].setdefault(where, []).append(made)
        return self

    def _axes(self, kind: str, said: dict[str, Any]) -> Figure:
        for name, axis in self._plain["layout"].items():
            if name.startswith(kind):
                _update(axis, said)
        return self


def _update(held: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Set what is said, dictionaries in dictionaries one by one, except `meta`, which Plotly takes as it is."""
    for name, value in said.items():
        if value is None:
            held.pop(name, None)
        elif isinstance(value, Mapping) and name != "meta":
            inner = held.setdefault(name, {})
            _update(inner, value)
        else:
            held[name] = _list(value)


def _list(value: Any) -> Any:
    """A column as a list; lists of dictionaries copied, so that nothing is shared."""
    if isinstance(value, pd.Series | pd.Index):
        return value.tolist()
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return [_copied(one) for one in value]
    return value


def _copied(value: Any) -> Any:
    """Dictionaries and lists of them, copied; columns are not."""
    if isinstance(value, Mapping):
        return {name: _copied(one) for name, one in value.items()}
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        return [_copied(one) for one in value]
    return value
