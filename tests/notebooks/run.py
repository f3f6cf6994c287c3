"""Run the notebooks of docs/notebooks over the demo corpus, in Jupyter's own kernel.

``python tests/notebooks/run.py`` runs all of them and writes what came out, for you to read the difference. The tests
run them too, and compare with what is committed. The snapshot they see has a fixed date, pictures are drawn again only
where the figure has changed, and nothing of the machine is kept: a difference in a notebook is a difference in results.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
_FIGURE, _PICTURE = "application/vnd.plotly.v1+json", "image/png"
_UNSEEN = {"hovertext", "hovertemplate", "hoverlabel", "customdata"}
_BUILT = "2021-09-17T06:00:00+00:00"
_WIDTH, _SCALE, _COLOURS = 760, 1.5, 64


def write_corpus(folder: Path) -> None:
    """The demo corpus as a store in `folder`/demo/store, with a snapshot of always the same id and date."""
    sys.path.insert(0, str(ROOT))
    from analysis import build_corpus
    from analysis.demo import write_demo
    from data import RECORDS

    store = folder / "demo" / "store"
    write_demo(folder / "demo" / "records")
    built = build_corpus([folder / "demo" / "records", RECORDS], store).snapshot
    name = f"{re.sub(r'[^0-9T]', '', _BUILT[:19])}000000-{built.digest[:8]}"
    manifest = json.loads((built.folder / "manifest.json").read_text("utf-8"))
    (built.folder / "manifest.json").write_text(
        json.dumps(manifest | {"id": name, "built_at": _BUILT}), "utf-8"
    )
    built.folder.rename(store / "snapshots" / name)
    (store / "CURRENT").write_text(f"{name}\n", "utf-8")


def run(path: Path, folder: Path) -> tuple[Any, dict[str, dict[str, Any]]]:
    """A notebook as it comes out when it is run in `folder`, and its figures by the digest that stands for each."""
    notebook, figures = nbformat.read(path, as_version=4), {}
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            if figure := output.get("data", {}).get(_FIGURE):
                bare = {"data": figure["data"], "layout": figure["layout"]}
                digest = hashlib.sha256(_plain(_seen(bare)).encode()).hexdigest()[:16]
                figures[digest] = bare
                output["metadata"] = {"figure": digest}
                output["data"] = {"text/plain": _words(bare["layout"])}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook, figures


def _seen(part: Any) -> Any:
    """What of a figure is seen in its picture: without hover, and numbers to nine digits."""
    if isinstance(part, dict) and set(part) >= {"dtype", "bdata"}:
        part = np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"]).tolist()
    if isinstance(part, dict):
        return {name: _seen(one) for name, one in part.items() if name not in _UNSEEN}
    if isinstance(part, list | tuple):
        return [_seen(one) for one in part]
    return float(f"{part:.9g}") if isinstance(part, float) else part


def _words(layout: dict[str, Any]) -> str:
    """What a figure shows, for those who do not see its picture."""
    meta = layout.get("meta", {})
    return "\n".join(str(meta[name]) for name in ("title", "subtitle", "summary") if meta.get(name))


def _plain(value: Any) -> str:
    """As JSON, but for the digest of the snapshot, which differs with the last digits of a machine's floats."""
    text = json.dumps(value, sort_keys=True)
    text = re.sub(r"(20210917T060000000000-)[0-9a-f]{8}", r"\1", text)
    return re.sub(r"(2021-09-17 )[0-9a-f]{4}\b", r"\1", text)


def results(notebook: Any) -> list[tuple[str, str]]:
    """The source of each cell, and what it gave but for pictures."""
    cells = []
    for cell in notebook.cells:
        outputs = json.loads(json.dumps(cell.get("outputs", [])))
        for output in outputs:
            output.get("data", {}).pop(_PICTURE, None)
        cells.append((cell["source"], _plain(outputs)))
    return cells


def add_pictures(notebook: Any, figures: dict[str, dict[str, Any]], before: Any) -> None:
    """Give each figure its picture: the one that it had before where it has not changed, else a new one."""
    known = {
        output["metadata"].get("figure"): output["data"][_PICTURE]
        for cell in before.cells
        for output in cell.get("outputs", ())
        if _PICTURE in output.get("data", {})
    }
    drawn = _pictures({digest: figure for digest, figure in figures.items() if digest not in known})
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if digest := output.get("metadata", {}).get("figure"):
                output["data"][_PICTURE] = known.get(digest) or drawn[digest]


def _pictures(figures: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Figures as PNG of few colours, in base64."""
    import plotly.graph_objects as go
    from PIL import Image
    from playwright.sync_api import sync_playwright

    shots = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=_SCALE, viewport={"width": _WIDTH, "height": 1200})
        for digest, figure in figures.items():
            drawn = go.Figure(figure).update_layout(width=_WIDTH)
            page.set_content(drawn.to_html(include_plotlyjs=True, config={"staticPlot": True}))
            stream = io.BytesIO()
            shot = Image.open(io.BytesIO(page.locator(".svg-container").screenshot())).convert("RGB")
            shot.quantize(_COLOURS).save(stream, "PNG", optimize=True)
            shots[digest] = base64.b64encode(stream.getvalue()).decode()
        browser.close()
    return shots


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder))
        for path in NOTEBOOKS:
            notebook, figures = run(path, Path(folder))
            add_pictures(notebook, figures, nbformat.read(path, as_version=4))
            path.write_text(
                json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
            )
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e3:,.0f} kB")


if __name__ == "__main__":
    main()
