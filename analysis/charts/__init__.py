"""Charts: a measure's frame in, a Plotly figure out. Each says what it counts, and has a summary in words."""

from __future__ import annotations

from analysis.charts.blindspots import blindspots_chart
from analysis.charts.bursts import bursts_chart
from analysis.charts.change import change_chart
from analysis.charts.clusters import cluster_choice_chart, cluster_map_chart
from analysis.charts.compare import compare_chart, overlap_chart
from analysis.charts.covers import covers_chart
from analysis.charts.describe import describe
from analysis.charts.diversity import diversity_chart
from analysis.charts.events import event_chart, events_chart
from analysis.charts.health import fields_chart, health_chart, problems_chart
from analysis.charts.heat import quality_heat_chart
from analysis.charts.lags import lags_chart
from analysis.charts.link_graph import link_graph_chart, outlet_links_chart
from analysis.charts.links import discovery_chart, links_chart
from analysis.charts.outlets import originality_chart, standing_chart
from analysis.charts.providers import providers_chart
from analysis.charts.quality import quality_chart
from analysis.charts.scores import scores_chart, scores_over_time_chart
from analysis.charts.share import share_chart
from analysis.charts.spells import spells_chart
from analysis.charts.strands import cluster_tree_chart, strands_chart
from analysis.charts.syndication import syndication_chart, who_copies_whom_chart
from analysis.charts.terms import rising_terms_chart, terms_chart
from analysis.charts.theme import DARK, LIGHT, Theme, theme_of
from analysis.charts.threshold import threshold_chart
from analysis.charts.timeliness import lag_chart, timeliness_chart
from analysis.charts.topic_pairs import topic_pairs_chart
from analysis.charts.topics import topics_chart
from analysis.charts.volume import strip_chart, volume_chart

__all__ = [
    "DARK",
    "LIGHT",
    "Theme",
    "blindspots_chart",
    "bursts_chart",
    "change_chart",
    "cluster_choice_chart",
    "cluster_map_chart",
    "cluster_tree_chart",
    "compare_chart",
    "covers_chart",
    "describe",
    "discovery_chart",
    "diversity_chart",
    "event_chart",
    "events_chart",
    "fields_chart",
    "health_chart",
    "lag_chart",
    "lags_chart",
    "link_graph_chart",
    "links_chart",
    "originality_chart",
    "outlet_links_chart",
    "overlap_chart",
    "problems_chart",
    "providers_chart",
    "quality_chart",
    "quality_heat_chart",
    "rising_terms_chart",
    "scores_chart",
    "scores_over_time_chart",
    "share_chart",
    "spells_chart",
    "standing_chart",
    "strands_chart",
    "strip_chart",
    "syndication_chart",
    "terms_chart",
    "theme_of",
    "threshold_chart",
    "timeliness_chart",
    "topic_pairs_chart",
    "topics_chart",
    "volume_chart",
    "who_copies_whom_chart",
]
