"""Copies, events and topic clusters: who wrote the same, what happened, what it is about.

Everything here takes plain pandas frames and needs no model and no download.
"""

from __future__ import annotations

from analysis.grouping.clusters import TopicClusters, cluster_topics
from analysis.grouping.copies import find_copies
from analysis.grouping.embeddings import Embedder, load_embedder
from analysis.grouping.evaluate import evaluate
from analysis.grouping.events import find_events
from analysis.grouping.identity import keep_ids
from analysis.grouping.incremental import Surroundings, regroup
from analysis.grouping.labelled import read_labelled
from analysis.grouping.result import Grouping
from analysis.grouping.together import find_groups

__all__ = [
    "Embedder",
    "Grouping",
    "Surroundings",
    "TopicClusters",
    "cluster_topics",
    "evaluate",
    "find_copies",
    "find_events",
    "find_groups",
    "keep_ids",
    "load_embedder",
    "read_labelled",
    "regroup",
]
