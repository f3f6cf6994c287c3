"""The measures as methods: each is the measure itself, so that its options, help and numbers are the same."""

from __future__ import annotations

from analysis import measures
from analysis.measures import events

__all__ = ["Measured"]


class Measured:
    """What a selection can be asked.

    ``selection.volume(every="week")`` is ``measures.volume(selection, every="week")``; `help` on either says the same.

    A method has the name of its measure, but for the two that are names of tables: `provider_profiles` is
    `analysis.measures.providers`, and `topic_shares` is `analysis.measures.topics`.
    """

    blindspots = measures.blindspots
    bursts = measures.bursts
    change = measures.change
    copiers = measures.copiers
    copying_roles = measures.copying_roles
    discovery = measures.discovery
    diversity = measures.diversity
    event_leads = events.event_leads
    events = events.events
    field_health = measures.field_health
    freshness = measures.freshness
    health = measures.health
    lag_quartiles = measures.lag_quartiles
    lags = measures.lags
    link_summary = measures.link_summary
    links = measures.links
    neighbouring_topics = measures.neighbouring_topics
    outlet_links = measures.outlet_links
    problem_codes = measures.problem_codes
    provider_profiles = measures.providers
    quality = measures.quality
    quality_against_heat = measures.quality_against_heat
    quality_thresholds = measures.quality_thresholds
    recommended = measures.recommended
    rising_terms = measures.rising_terms
    scores = measures.scores
    scores_over_time = measures.scores_over_time
    syndication = measures.syndication
    terms = measures.terms
    timeliness = measures.timeliness
    topic_pairs = measures.topic_pairs
    topic_shares = measures.topics
    volume = measures.volume
