"""Work in the background gives way to answers."""

from threading import Event, Thread

import pytest

from dashboard.turns import Turns


def test_a_step_waits_for_the_answer_that_is_being_worked_on(monkeypatch):
    monkeypatch.setattr("dashboard.turns._PAUSE", 1e-9)
    asked, known, waits, order = Event(), Event(), Event(), []

    def answer(environ, start):
        asked.set()
        assert known.wait(20)
        order.append("answer")
        return [b""]

    turns = Turns(answer)
    wait = turns._change.wait
    turns._change.wait = lambda seconds: (waits.set(), wait(seconds))
    viewer = Thread(target=turns, args=({}, None))
    step = Thread(target=lambda: (turns.give_way(), order.append("step")))
    viewer.start()
    assert asked.wait(20)
    step.start()
    assert waits.wait(20)
    known.set()
    viewer.join()
    step.join()
    assert order == ["answer", "step"]


def test_an_answer_that_fails_is_over():
    def answer(environ, start):
        raise ValueError("no answer")

    turns = Turns(answer)
    with pytest.raises(ValueError, match="no answer"):
        turns({}, None)
    assert turns._running == 0
