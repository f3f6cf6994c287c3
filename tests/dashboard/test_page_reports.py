from __future__ import annotations

import os
import time
from datetime import date

import pytest

from analysis.reports import pdf
from analysis.reports.spec import ReportSpec
from dashboard.app import create_app
from dashboard.jobs import jobs_of
from dashboard.reports import FORMAT_NAMES, forget_old, kinds_of, subject_of, writing
from dashboard.url_state import Page, View


@pytest.mark.parametrize(
    ("view", "first"),
    [
        (View(), "brief"),
        (View(page=Page.DATA), "data"),
        (View(page=Page.COMPARE), "brief"),
        (View(page=Page.COMPARE, beside=("q:a", "q:b")), "comparison"),
        (View(page=Page.PROVIDERS, outlet="sky.com"), "provider"),
    ],
)
def test_the_kind_that_suits_a_page_is_offered_first(view, first):
    assert next(iter(kinds_of(view))) == first


def test_the_subject_is_what_the_page_shows(answers):
    view = View(query="ban*", since=date(2021, 8, 23), providers=("sky.com", "diginomica.com"))
    subject = subject_of(answers, view)
    assert (subject.title, len(subject.selection)) == ("ban*", answers.totals(view).articles)
    assert subject.selection.filters.providers == ("sky.com", "diginomica.com")
    story = subject_of(answers, View(story="facial-recognition-ban"))
    assert story.title == "Calls to ban facial recognition"
    outlet = subject_of(answers, View(page=Page.PROVIDERS, outlet="sky.com"))
    assert (outlet.title, len(outlet.selection)) == ("Sky", 1)
    beside = View(page=Page.COMPARE, beside=("story:facial-recognition-ban", "q:police"))
    assert [name for name, _ in subject_of(answers, beside).stories] == [story.title, "police"]


@pytest.mark.slow
@pytest.mark.parametrize("form", [form for form in FORMAT_NAMES if form != "pdf"])
def test_a_report_is_written_and_taken(answers, tmp_path, form):
    app = create_app(answers.corpus)
    jobs, steps = jobs_of(app.server), []
    subject = subject_of(answers, View(query="ban*"))
    write = writing(subject, ReportSpec("brief", title=subject.title), form, tmp_path)
    job = jobs.start(lambda tell: write(lambda *step: [steps.append(step), tell(*step)]), kind="report")
    jobs.close(wait=True)
    assert jobs.progress(job).state == "done", jobs.progress(job)
    assert steps[0] == ("Summary", 0, 10)
    assert steps[-1] == (f"Writing {form.upper()}", 9, 10)
    client = app.server.test_client()
    answer = client.get(f"/_report/{job}", headers={"Host": "localhost"})
    assert answer.status_code == 200
    assert answer.data == jobs.result(job).read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=brief-ban-")
    jobs.result(job).unlink()
    assert client.get(f"/_report/{job}", headers={"Host": "localhost"}).status_code == 404
    assert client.get("/_report/other", headers={"Host": "localhost"}).status_code == 404


def test_pdf_without_chromium_says_at_once_what_to_install(answers, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    told = []
    write = writing(subject_of(answers, View()), ReportSpec(), "pdf", tmp_path)
    with pytest.raises(pdf.NoBrowser, match="apt install chromium"):
        write(lambda *step: told.append(step))
    assert told == []


def test_old_reports_are_removed(tmp_path):
    for name, age in (("old", 3700), ("new", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    forget_old(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
