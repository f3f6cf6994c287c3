"""The measures: each takes a selection or a frame of articles of any engine, and returns tidy pandas."""

from __future__ import annotations

from analysis.measures.blindspots import blindspots, neighbouring_topics
from analysis.measures.bursts import bursts
from analysis.measures.change import change
from analysis.measures.compare import compare, overlap
from analysis.measures.diversity import diversity
from analysis.measures.health import field_health, freshness, health, problem_codes
from analysis.measures.kleinberg import batched_bursts, offset_bursts
from analysis.measures.links import discovery, link_summary, links
from analysis.measures.providers import providers
from analysis.measures.quality import low_quality_bursts, quality, quality_against_heat, quality_thresholds
from analysis.measures.recommended import outlet_links, recommended
from analysis.measures.scores import scores, scores_over_time
from analysis.measures.syndication import copiers, copying_roles, syndication
from analysis.measures.terms import rising_terms, terms
from analysis.measures.timeliness import lag_quartiles, lags, timeliness
from analysis.measures.topic_pairs import topic_pairs
from analysis.measures.topics import topics
from analysis.measures.volume import volume

__all__ = [
    "batched_bursts",
    "blindspots",
    "bursts",
    "change",
    "compare",
    "copiers",
    "copying_roles",
    "discovery",
    "diversity",
    "field_health",
    "freshness",
    "health",
    "lag_quartiles",
    "lags",
    "link_summary",
    "links",
    "low_quality_bursts",
    "neighbouring_topics",
    "offset_bursts",
    "outlet_links",
    "overlap",
    "problem_codes",
    "providers",
    "quality",
    "quality_against_heat",
    "quality_thresholds",
    "recommended",
    "rising_terms",
    "scores",
    "scores_over_time",
    "syndication",
    "terms",
    "timeliness",
    "topic_pairs",
    "topics",
    "volume",
]
