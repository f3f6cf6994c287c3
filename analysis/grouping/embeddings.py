"""Sentence embeddings, an optional extra: any local sentence-transformers model, averaged with the words.

Nothing is downloaded: a model is a folder on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import NewsgaugeError
from analysis.grouping.features import Texts

__all__ = ["Embedder", "ModelError", "embed_texts", "load_embedder"]

Embedder = Callable[[Sequence[str]], np.ndarray]
"""Texts in, float32 vectors out, one row a text."""


class ModelError(NewsgaugeError):
    """There is no usable sentence model at the path given, or the extra is not installed."""


def load_embedder(model: str | Path) -> Embedder:
    """An embedder from a folder with a sentence-transformers model.

    Args:
        model: the folder that holds ``modules.json``.

    Raises:
        ModelError: the folder holds no such model, or ``newsgauge[embeddings]`` is not installed.

    >>> load_embedder("/nowhere")
    Traceback (most recent call last):
    analysis.grouping.embeddings.ModelError: model must be a folder with modules.json; there is none in /nowhere
    """
    folder = Path(model)
    if not (folder / "modules.json").is_file():
        raise ModelError(f"model must be a folder with modules.json; there is none in {folder}")
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise ModelError("sentence-transformers is missing; install newsgauge[embeddings]") from error
    transformer = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def embed(texts: Sequence[str]) -> np.ndarray:
        vectors = transformer.encode(
            list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    return embed


def embed_texts(embedder: Embedder, frame: pd.DataFrame, texts: Texts) -> np.ndarray:
    """Vectors of length 1 (float32, texts x dimensions) of the distinct texts, title and excerpt together."""
    rows = frame.iloc[texts.article]
    written = [
        f"{title}. {excerpt}".strip() for title, excerpt in zip(rows["title"], rows["excerpt"], strict=True)
    ]
    vectors = np.asarray(embedder(written), dtype=np.float32)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
