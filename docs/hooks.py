"""What MkDocs does beside its plugins: the notebooks become pages, with their outputs as they are committed."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

__all__ = ["on_files", "on_post_page", "page_of"]

_STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page for each notebook."""
    for path in sorted(Path(config.docs_dir, "notebooks").glob("*.ipynb")):
        page = f"notebooks/{path.stem}.md"
        files.append(File.generated(config, page, content=page_of(path)))
    return files


def on_post_page(output: str, **_: Any) -> str:
    """Name the dialog of the search for those who hear the page."""
    return output.replace(
        'data-md-component="search" role="dialog"',
        'data-md-component="search" role="dialog" aria-label="Search"',
    )


def page_of(path: Path) -> str:
    """A notebook as a page: its prose, its code, and what came out."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        else:
            parts.append(f"```python\n{source}\n```")
            parts += [_output(output) for output in cell["outputs"]]
    head, *rest = parts
    link = f'<p class="nb-link"><a href="{path.name}" download>Download this notebook</a></p>'
    return "\n\n".join([head, link, *rest]) + "\n"


def _output(output: dict[str, Any]) -> str:
    """One output as HTML. Blank lines would end it as far as Markdown is concerned."""
    data = output.get("data", {})
    plain = "".join(data.get("text/plain", output.get("text", "")))
    if picture := data.get("image/png"):
        words = escape(" ".join(plain.split()))
        html = f'<img src="data:image/png;base64,{"".join(picture).strip()}" alt="{words}" width="760">'
    elif "text/html" in data:
        html = _STYLE.sub("", "".join(data["text/html"]))
    else:
        html = f"<pre>{escape(_ANSI.sub('', plain).rstrip())}</pre>"
    inside = "\n".join(line for line in html.splitlines() if line.strip())
    return f'<div class="nb-output" role="group" aria-label="Output" tabindex="0">\n{inside}\n</div>'
