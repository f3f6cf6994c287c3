"""A snapshot as numbers: its narrow columns with names coded, and an index of the words of its texts."""

from analysis.coded.few import among, named_so, rows_at
from analysis.coded.lists import Lists, n_distinct
from analysis.coded.tables import BELONGING, COLUMNS, KEPT, TEXTS, Chosen, CodedTables
from analysis.coded.words import Mask, WordIndex, has_words

__all__ = [
    "BELONGING",
    "COLUMNS",
    "KEPT",
    "TEXTS",
    "Chosen",
    "CodedTables",
    "Lists",
    "Mask",
    "WordIndex",
    "among",
    "has_words",
    "n_distinct",
    "named_so",
    "rows_at",
]
