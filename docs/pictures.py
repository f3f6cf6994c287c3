"""Take the pictures of the README: the demo corpus, built and served here, as headless Chromium shows it.

python docs/pictures.py            # or: make pictures
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parents[1]))

from analysis import build_corpus, open_corpus
from analysis.demo import write_demo
from dashboard.app import create_app
from dashboard.url_state import Page, View, create_url
from data import RECORDS

__all__ = ["take"]

_STORY = "facial-recognition-ban"
_MOST_BYTES = 300_000


def take(folder: Path) -> list[Path]:
    """Write the pictures into a folder; returns their paths.

    Raises:
        SystemExit: one of them is too large for a README.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as scratch, _served(Path(scratch)) as (address, event):
        views = {
            "overview": (View(story=_STORY), "light"),
            "event": (View(page=Page.EVENTS, story=_STORY, event=event), "light"),
            "compare": (View(page=Page.COMPARE), "dark"),
        }
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            for name, (view, scheme) in views.items():
                path = folder / f"{name}.png"
                _picture(chromium, address + create_url(view), scheme, path)
                taken.append(path)
            chromium.close()
    for path in taken:
        if path.stat().st_size > _MOST_BYTES:
            raise SystemExit(f"{path} has {path.stat().st_size} bytes; at most {_MOST_BYTES} are allowed")
    return taken


@contextmanager
def _served(scratch: Path) -> Iterator[tuple[str, str]]:
    """The demo corpus on a port of this machine: its address, and the largest event of the story."""
    write_demo(scratch / "records")
    build_corpus([scratch / "records", RECORDS], scratch / "store")
    corpus = open_corpus(scratch / "store")
    events = corpus.story(_STORY).articles.groupby("event_id").size().rename("n").reset_index()
    largest = events.sort_values(["n", "event_id"], ascending=[False, True])["event_id"].iloc[0]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(corpus, settings=scratch / "settings").server
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", largest
    finally:
        server.shutdown()


def _picture(chromium: Any, address: str, scheme: str, path: Path) -> None:
    """One page as it is when everything on it has come."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    expect(page.locator("#headline")).not_to_be_empty(timeout=60_000)
    for _ in range(3):  # what has come may ask for more
        page.wait_for_load_state("networkidle")
        expect(page.locator("[data-dash-is-loading=true]")).to_have_count(0, timeout=60_000)
        page.wait_for_timeout(500)
    page.screenshot(path=path, animations="disabled", caret="hide")
    context.close()


if __name__ == "__main__":
    for picture in take(Path(__file__).parent / "images"):
        sys.stdout.write(f"{picture}\n")
