"""How well a grouping agrees with labels: B-cubed, pairwise counts and the adjusted Rand index."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.errors import NewsgaugeError

__all__ = ["LabelError", "evaluate"]


class LabelError(NewsgaugeError):
    """Predicted and gold labels do not name the same articles."""


def _labels(labels: pd.Series | Mapping[str, object], name: str) -> pd.Series:
    series = labels if isinstance(labels, pd.Series) else pd.Series(dict(labels), dtype="object")
    if series.index.has_duplicates:
        raise LabelError(
            f"{name} must have one label an article; {series.index[series.index.duplicated()][0]!r} has more"
        )
    if series.isna().any():
        raise LabelError(
            f"{name} must have a label for every article; {series.index[series.isna()][0]!r} has none"
        )
    return series


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def evaluate(pred: pd.Series | Mapping[str, object], gold: pd.Series | Mapping[str, object]) -> pd.DataFrame:
    """Compare predicted groups with labelled ones.

    B-cubed (Bagga and Baldwin 1998) averages over articles: of the articles in mine, how many belong there, and of
    those that belong with me, how many are here. Pairwise counts pairs of articles, so large groups weigh more. The
    adjusted Rand index (Hubert and Arabie 1985) is 0 for chance and 1 for full agreement.

    Args:
        pred: group by article: a Series by article_id, or a mapping.
        gold: the same from labels. Articles of ``pred`` without a gold label are left out.

    Returns:
        Rows ``bcubed``, ``pairwise`` and ``ari`` with float64 ``precision, recall, f1`` (for ``ari`` only ``f1`` is
        set, to the index) and int64 ``n_articles``, ``n_pred``, ``n_gold`` (groups). No pairs on either side count as
        full agreement; no article at all gives missing values.

    Raises:
        LabelError: a labelled article is not in ``pred``, or an article has two labels or none.

    >>> evaluate({"a": 1, "b": 1, "c": 1}, {"a": "x", "b": "x", "c": "y"}).round(3)["f1"].tolist()
    [0.714, 0.5, 0.0]
    """
    truth = _labels(gold, "gold")
    guess = _labels(pred, "pred")
    absent = truth.index.difference(guess.index)
    if len(absent):
        raise LabelError(
            f"pred must cover every labelled article; {len(absent)} are missing, such as {absent[0]!r}"
        )
    left = pd.factorize(guess.loc[truth.index])[0]
    right = pd.factorize(truth)[0]
    n = len(truth)
    rows = _scores(left, right, n) if n else [(float("nan"),) * 3] * 3
    return pd.DataFrame(
        {
            "measure": ["bcubed", "pairwise", "ari"],
            "precision": [row[0] for row in rows],
            "recall": [row[1] for row in rows],
            "f1": [row[2] for row in rows],
            "n_articles": n,
            "n_pred": len(np.unique(left)),
            "n_gold": len(np.unique(right)),
        }
    )


def _scores(left: np.ndarray, right: np.ndarray, n: int) -> list[tuple[float, float, float]]:
    both = np.unique(np.stack([left, right]), axis=1, return_counts=True)
    cell = both[1].astype(np.float64)
    size_left = np.bincount(left).astype(np.float64)
    size_right = np.bincount(right).astype(np.float64)
    precision = float((cell**2 / size_left[both[0][0]]).sum() / n)
    recall = float((cell**2 / size_right[both[0][1]]).sum() / n)

    def pairs(sizes: np.ndarray) -> float:
        return float((sizes * (sizes - 1) / 2).sum())

    hit, made, true = pairs(cell), pairs(size_left), pairs(size_right)
    pair_precision = hit / made if made else float(true == 0)
    pair_recall = hit / true if true else float(made == 0)
    every = n * (n - 1) / 2
    expected = made * true / every if every else 0.0
    spread = (made + true) / 2 - expected
    ari = (hit - expected) / spread if spread else 1.0
    nan = float("nan")
    return [
        (precision, recall, _f1(precision, recall)),
        (pair_precision, pair_recall, _f1(pair_precision, pair_recall)),
        (nan, nan, ari),
    ]
