"""The schema of every table: names, types and meaning, in one place. The documentation is generated from it.

>>> [table.name for table in TABLES][:3]
['articles', 'providers', 'related_links']
>>> ARTICLES.column("quality").nullable
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa  # a build does without

__all__ = [
    "ARTICLES",
    "ARTICLE_TAGS",
    "ARTICLE_TOPICS",
    "COLLECTION",
    "CONFLICTS",
    "GROUPS",
    "GROUP_MEMBERS",
    "IMAGES",
    "MERGES",
    "PROBLEMS",
    "PROVIDERS",
    "RELATED_LINKS",
    "TABLES",
    "TABLES_BY_NAME",
    "Column",
    "Table",
    "markdown",
]

# A pandas dtype in SQL, and so in Parquet. Missing text is null; missing numbers are NaN in pandas, null in Parquet.
_SQL = {
    "str": "VARCHAR",
    "float64": "DOUBLE",
    "int64": "BIGINT",
    "bool": "BOOLEAN",
    "boolean": "BOOLEAN",
    "datetime64[us, UTC]": "TIMESTAMPTZ",
    "datetime64[us]": "TIMESTAMP",
    "object": "VARCHAR[]",
}


class Column(NamedTuple):
    """One column: its name, its pandas dtype, whether a value may be missing, and what it means."""

    name: str
    dtype: str
    nullable: bool
    meaning: str

    @property
    def sql(self) -> str:
        """The type in SQL."""
        return _SQL[self.dtype]

    @property
    def arrow(self) -> pa.DataType:
        """The type in Arrow."""
        import pyarrow as pa  # noqa: PLC0415 - see above

        return {
            "VARCHAR": pa.string(),
            "DOUBLE": pa.float64(),
            "BIGINT": pa.int64(),
            "BOOLEAN": pa.bool_(),
            "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
            "TIMESTAMP": pa.timestamp("us"),
            "VARCHAR[]": pa.list_(pa.string()),
        }[self.sql]


class Table(NamedTuple):
    """One table: what a row is, the columns that identify it, its columns, and how its rows are sorted."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """The columns by which rows are sorted, missing values last: the key unless said otherwise."""
        return self.sorted_by or self.key

    def column(self, name: str) -> Column:
        """The column of this name; KeyError names the table's columns where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema, in column order."""
        import pyarrow as pa  # noqa: PLC0415 - see above

        return pa.schema([pa.field(c.name, c.arrow, nullable=c.nullable) for c in self.columns])


def _columns(*rows: tuple[str, str, str]) -> tuple[Column, ...]:
    """Columns from (name, dtype, meaning); a dtype that ends in ``?`` may be missing."""
    return tuple(
        Column(name, dtype.rstrip("?"), dtype.endswith("?"), meaning) for name, dtype, meaning in rows
    )


_TIME = "datetime64[us, UTC]"

ARTICLES = Table(
    "articles",
    "one distinct piece of coverage, by canonical URL",
    ("article_id",),
    _columns(
        ("article_id", "str", "stable hash of the canonical URL"),
        ("url", "str", "where it is read, as the record gives it"),
        (
            "canonical_url",
            "str",
            "the URL without AMP, tracking, scheme and spelling differences: the article's identity",
        ),
        ("original_url", "str?", "where it was first published, when the record says so"),
        ("amp_url", "str?", "AMP address"),
        ("amp_cache_url", "str?", "AMP cache address"),
        ("title", "str?", "headline"),
        ("excerpt", "str?", "first lines or abstract"),
        ("published_at", f"{_TIME}?", "time of publication"),
        ("time_precision", "str?", "`time`, or `date` where only a day is known"),
        ("provider_id", "str", "the outlet: its domain"),
        ("article_type", "str?", "article, video, …"),
        ("category", "str?", "the record's category"),
        ("quality", "float64?", "quality score of the article, 0 and up; missing where nobody scored it"),
        ("heat", "float64?", "attention score; -1 in a record means not measured and is missing here"),
        (
            "is_published",
            "boolean?",
            "the record's `published` flag; missing for articles known only from related lists",
        ),
        ("locale", "str?", "language and region, where given"),
        ("seen_as", "str", "`record`, `related` or `both`: where it is known from"),
        (
            "record_path",
            "str?",
            "file of its record, relative to the source; missing for articles known only from related lists",
        ),
        ("n_related", "int64", "length of the record's own related list"),
        ("n_listed", "int64", "in how many records' related lists it stands"),
        (
            "copy_group_id",
            "str?",
            "articles with the same text share it; missing where copies were not looked for",
        ),
        ("is_original", "boolean?", "the earliest of its copies; missing where copies were not looked for"),
        (
            "event_id",
            "str?",
            "articles about the same happening share it; missing where events were not looked for",
        ),
        ("search_title", "str", "the title as it is searched (see analysis.text.fold)"),
        ("search_excerpt", "str", "the excerpt as it is searched"),
        ("extra", "str?", "JSON object of the fields that Newsgauge does not know"),
    ),
    sorted_by=("published_at", "article_id"),
)

PROVIDERS = Table(
    "providers",
    "one outlet, by domain",
    ("provider_id",),
    _columns(
        ("provider_id", "str", "domain"),
        ("name", "str", "the name used most"),
        ("names", "object", "every name used, most used first"),
        ("n_articles", "int64", "distinct articles"),
        ("first_seen", f"{_TIME}?", "its earliest article here"),
        ("last_seen", f"{_TIME}?", "its latest article here"),
    ),
)

RELATED_LINKS = Table(
    "related_links",
    "one entry of a record's related list: evidence that a curator saw a relation, not proof of the same event",
    ("article_id", "position"),
    _columns(
        ("article_id", "str", "the article whose record has the list"),
        ("related_article_id", "str", "the article listed"),
        ("position", "int64", "place in the list, from 0"),
    ),
)

ARTICLE_TOPICS = Table(
    "article_topics",
    "one topic label of an article",
    ("article_id", "topic"),
    _columns(("article_id", "str", "the article"), ("topic", "str", "label that the record carries")),
)

ARTICLE_TAGS = Table(
    "article_tags",
    "one tag of an article",
    ("article_id", "tag"),
    _columns(("article_id", "str", "the article"), ("tag", "str", "tag that the record carries")),
)

IMAGES = Table(
    "images",
    "one picture of an article",
    ("article_id", "position"),
    _columns(
        ("article_id", "str", "the article"),
        ("position", "int64", "place among the article's pictures, from 0"),
        ("url", "str", "address of the picture"),
        ("width", "float64?", "pixels"),
        ("height", "float64?", "pixels"),
        ("title", "str?", "caption"),
        ("is_cached", "boolean?", "whether the collector keeps a copy"),
    ),
)

PROBLEMS = Table(
    "problems",
    "one thing that could not be read, or was repaired",
    ("source", "line", "column", "field", "code", "message"),
    _columns(
        ("source", "str", "file, relative to the source"),
        ("line", "float64?", "line, from 1, where known"),
        ("column", "float64?", "column, from 1, where known"),
        ("field", "str?", "the field, as a path such as `related[3].quality`"),
        ("code", "str", "kind of problem"),
        ("message", "str", "what is allowed, and what came"),
        (
            "severity",
            "str",
            "`error`: the record is not in the tables; `warning`: it is, repaired or without the value",
        ),
    ),
)

COLLECTION = Table(
    "collection",
    "one day, UTC, from the first record's to the last's",
    ("day",),
    _columns(
        ("day", "datetime64[us]", "midnight of the day, UTC, without zone"),
        ("n_records", "int64", "records published on the day that were collected"),
        ("expected", "float64", "records expected from the same weekdays around it"),
        ("status", "str", "`observed`, or `not collected` where a day without records cannot be chance"),
    ),
)

CONFLICTS = Table(
    "conflicts",
    "one fact of an article on which its sources disagree",
    ("article_id", "field"),
    _columns(
        ("article_id", "str", "the article"),
        ("field", "str", "the column of `articles`"),
        ("n_values", "int64", "how many different values were given"),
        (
            "kept",
            "str",
            "the value in `articles`: the record's before a related list's; else the value given most often",
        ),
        ("others", "object", "the values not kept, as text"),
    ),
)

GROUPS = Table(
    "groups",
    "one group of articles: copies of one text, or articles about one event; empty in a build without groups",
    ("kind", "group_id"),
    _columns(
        ("kind", "str", "`copies` or `events`"),
        ("group_id", "str", "kept from build to build while the group exists"),
        ("size", "int64", "articles"),
        ("n_texts", "int64", "distinct texts"),
        ("n_providers", "int64", "distinct providers"),
        ("label", "str?", "the title that most of its texts carry, or up to three phrases that set it apart"),
        ("headline", "str?", "title of its medoid, the article nearest to all others"),
        ("first", f"{_TIME}?", "its earliest article"),
        ("last", f"{_TIME}?", "its latest article"),
    ),
)

GROUP_MEMBERS = Table(
    "group_members",
    "one article in its group; every article is in one group of either kind, alone if need be",
    ("kind", "article_id"),
    _columns(
        ("kind", "str", "`copies` or `events`"),
        ("article_id", "str", "the article"),
        ("group_id", "str", "its group"),
        ("confidence", "float64", "0 to 1: how much nearer its own group is than the next"),
        ("is_original", "bool", "the earliest of its group"),
        ("is_medoid", "bool", "nearest to all others of its group"),
    ),
)

MERGES = Table(
    "merges",
    "the evidence for one merge: two articles that hold their group together",
    ("kind", "group_id", "article_id", "other_id"),
    _columns(
        ("kind", "str", "`copies` or `events`"),
        ("group_id", "str", "the group"),
        ("article_id", "str", "the later article"),
        ("other_id", "str", "the earlier article"),
        ("similarity", "float64", "cosine of their TF-IDF, 0 to 1"),
        ("shared_terms", "str?", "what both say, most telling first"),
        ("hours_apart", "float64?", "hours between them, missing where a time is missing"),
        ("curated_link", "bool", "a related list connects the two"),
    ),
)

TABLES = (
    ARTICLES,
    PROVIDERS,
    RELATED_LINKS,
    ARTICLE_TOPICS,
    ARTICLE_TAGS,
    IMAGES,
    PROBLEMS,
    COLLECTION,
    CONFLICTS,
    GROUPS,
    GROUP_MEMBERS,
    MERGES,
)
TABLES_BY_NAME = {table.name: table for table in TABLES}


def markdown() -> str:
    """The documentation of the tables, `docs/tables.md`.

    >>> markdown().splitlines()[0]
    '# The tables'
    """
    parts = [
        "# The tables",
        "<!-- Written by `python -m analysis.tables.schema > docs/tables.md`; a test compares. -->",
        "Missing text is null, a missing number NaN, a missing time NaT. Times are UTC.",
    ]
    for table in TABLES:
        rows = [
            f"## `{table.name}`: {table.row}",
            "",
            "| column | dtype | may be missing | meaning |",
            "|---|---|---|---|",
        ]
        rows += [
            f"| {c.name} | {c.dtype} | {'yes' if c.nullable else ''} | {c.meaning} |" for c in table.columns
        ]
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - that is what running this module is for
