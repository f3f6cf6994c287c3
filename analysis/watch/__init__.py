"""Watching: follow a folder, build on change, and be told once of what is new: bursts, first mentions and more."""

from __future__ import annotations

from analysis.watch.alert import Alert, Behind
from analysis.watch.memory import BadMemory
from analysis.watch.rules import KINDS, THRESHOLDS, BadRules, Followed, Rules, default_rules
from analysis.watch.rules_file import read_rules
from analysis.watch.targets import Command, File, Target, Terminal, Undelivered, Webhook
from analysis.watch.watch import AlreadyWatched, Watch

__all__ = [
    "KINDS",
    "THRESHOLDS",
    "Alert",
    "AlreadyWatched",
    "BadMemory",
    "BadRules",
    "Behind",
    "Command",
    "File",
    "Followed",
    "Rules",
    "Target",
    "Terminal",
    "Undelivered",
    "Watch",
    "Webhook",
    "default_rules",
    "read_rules",
]
