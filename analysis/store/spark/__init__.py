"""Builds on a Spark cluster: the records of a corpus that outgrows one machine, read, settled and grouped by many.

Nothing is decided anew. Tasks read records with the same reader into the same stages, settle them with the same SQL in
an embedded DuckDB, each its share of the articles, and group them window by window with the same code; the driver puts
the parts together and publishes them as the same snapshot, equal by its digest to that of an embedded build.
"""

from __future__ import annotations

from analysis.store.spark.cluster import Cluster
from analysis.store.spark.session import NoSpark, close_session, open_session

__all__ = ["Cluster", "NoSpark", "close_session", "open_session"]
