"""Speed, memory and weight of the dashboard on 1,000,000 synthetic articles, and its first chart on the demo corpus.

    python benchmarks/dashboard.py                    # writes the stores on first use; some minutes
    python benchmarks/dashboard.py -n 100000 --folder /tmp/bench

A real browser goes through typical views of every page of a server that has just begun, and the server notes how long
each callback took, some ten of which a page asks for at once. What the browser asked is then asked again, one after
the other: of the same server, where every answer is known (warm), and of a new one (cold). Callbacks that have nothing
to say about the page are counted and left out of the times. Then 20 viewers at once send what the browser sent, each
with a query of their own. Times are by the clock; the CPU seconds of the server, per callback, and the load of the
machine stand beside them, for a machine that has other work too. It ends with exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

VIEWERS = 20
_PATIENCE = 300  # seconds
_ASKED = 40  # requests of a viewer
TARGETS = {
    "p95 cold, ms": 100,
    "p95 warm, ms": 100,
    "ready, s": 3,
    "peak memory, MB": 1500,
    "errors": 0,
    "first chart, s": 2,
}
QUERY = "w11*"
VIEWS = (
    "/",
    f"/?v=1&q={QUERY}",
    f"/?v=1&q={QUERY}&from=2022-10-01&to=2022-12-31",
    f"/?v=1&q={QUERY}&from=2022-10-01&to=2022-12-31&count=originals&as=share",
    "/?v=1&from=2022-12-01&to=2022-12-31&quality=40~",
    "/?v=1&topic=topic+3&by=month",
    f"/?v=1&q={QUERY}&open=outlet:p7.example",
    f"/compare?v=1&with=q:{QUERY}&with=q:w12*&with=q:w13*",
    "/events",
    f"/events?v=1&q={QUERY}&rank=spread",
    "/events?v=1&e=e4001",
    "/providers",
    f"/providers?v=1&q={QUERY}",
    "/providers?v=1&of=p7.example",
    f"/topics?v=1&q={QUERY}&from=2022-12-01&to=2022-12-31",
    f"/links?v=1&q={QUERY}",
    "/articles",
    f"/articles?v=1&q={QUERY}&sort=-quality",
    "/data",
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A request that the server answered: its path, what it was to fill, seconds, status, bytes, and its body."""

    path: str
    output: str
    seconds: float
    status: int
    size: int
    body: str


def serve(store: str, port: int, log: str) -> None:
    """Serve a store and note every callback: what the benchmark runs as a process of its own."""
    from analysis import open_corpus
    from dashboard.app import create_app
    from dashboard.serve import serve as run

    app = create_app(open_corpus(store))
    app.server.wsgi_app = noting(app.server.wsgi_app, Path(log))
    run(app, port=port)


def noting(inner: Any, log: Path) -> Any:
    """A WSGI application that notes how long each callback took, from its body's arrival to its answer's last byte."""
    guard = threading.Lock()

    def outer(environ: dict[str, Any], start: Any) -> list[bytes]:
        if not environ["PATH_INFO"].startswith(("/_dash-update-component", "/_rows")):
            return list(inner(environ, start))
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        status = []
        begin = time.perf_counter()
        answer = list(inner(environ, lambda *given: (status.append(given[0]), start(*given))[1]))
        seconds = time.perf_counter() - begin
        row = [seconds, int(status[0][:3]), sum(map(len, answer)), environ["PATH_INFO"], body.decode()]
        with guard, log.open("a") as stream:
            stream.write(json.dumps(row) + "\n")
        return answer

    return outer


def calls(log: Path) -> list[Call]:
    """What has been noted so far."""
    found = []
    for line in log.read_text().splitlines() if log.exists() else []:
        seconds, status, size, path, body = json.loads(line)
        output = json.loads(body).get("output", path).replace("..", " ").split("@")[0].strip()
        found.append(Call(path, output[:60], seconds, status, size, body))
    return found


@contextmanager
def server(store: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """A process that serves a store: its address, the process, and seconds until it gave the first page's layout."""
    port = random.randint(20_000, 60_000)
    begin = time.perf_counter()
    command = [sys.executable, __file__, "--serve", str(store), str(port), str(log)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(address + "/_dash-layout", timeout=60).read()
                break
            except urllib.error.URLError:
                if process.poll() is not None:
                    raise SystemExit("the server ended before it answered") from None
                time.sleep(0.02)
        yield address, process, time.perf_counter() - begin
    finally:
        process.terminate()
        process.wait()


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def visit(page: Any, address: str, views: Iterable[str]) -> None:
    """Go through views, each until the page has all that it asked for."""
    from playwright.sync_api import expect

    for view in views:
        page.goto(address + view, timeout=_PATIENCE * 1000)
        expect(page.locator("#headline")).not_to_be_empty(timeout=_PATIENCE * 1000)
        for _ in range(2):  # what has come may ask for more
            page.wait_for_load_state("networkidle", timeout=_PATIENCE * 1000)
            loading = page.locator("[data-dash-is-loading=true]")
            expect(loading).to_have_count(0, timeout=_PATIENCE * 1000)


def ask(address: str, path: str, body: str) -> str:
    """Send a request as a browser does; what went wrong, or nothing."""
    asked = urllib.request.Request(address + path, body.encode(), {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(asked, timeout=_PATIENCE).read()
    except (urllib.error.URLError, TimeoutError) as error:
        return str(error)
    return ""


def replay(address: str, noted: list[Call]) -> None:
    """Ask again, one after the other."""
    for call in noted:
        if wrong := ask(address, call.path, call.body):
            print(f"  {call.output}: {wrong}")


def percentile(seconds: list[float], share: float) -> float:
    """Milliseconds that a share of the calls stayed under; 0 of none."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def busy(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor that a process has had."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(name: str, noted: list[Call], cpu: float) -> float:
    """Print the times of some calls, the slowest callbacks first; the 95th percentile in milliseconds."""
    said = [call for call in noted if call.status == 200]
    times = [call.seconds for call in said]
    p95 = percentile(times, 0.95)
    empty = sum(call.status == 204 for call in noted)
    print(f"\n{name}: {len(said)} callbacks ({empty} more had nothing to say), p50 {percentile(times, 0.5):.0f} ms, "
          f"p95 {p95:.0f} ms, largest {percentile(times, 1):.0f} ms; "
          f"{1000 * cpu / max(1, len(noted)):.0f} ms of processor each; "
          f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
    by_output = defaultdict(list)
    for call in said:
        by_output[call.output].append(call.seconds)
    slowest = sorted(by_output.items(), key=lambda item: -max(item[1]))[:12]
    for output, seconds in slowest:
        print(
            f"  {output:<62}{len(seconds):>4}  p50 {percentile(seconds, 0.5):>6.0f}  max {1000 * max(seconds):>6.0f}"
        )
    return p95


def together(address: str, noted: list[Call]) -> tuple[int, list[float]]:
    """Every viewer sends what one browser sent, with a query of its own: errors, and seconds of each answer."""
    said = [call for call in noted if call.status == 200]
    errors: Counter[str] = Counter()
    seconds: list[float] = []

    def viewer(number: int) -> None:
        for call in random.Random(number).sample(said, min(_ASKED, len(said))):
            begin = time.perf_counter()
            wrong = ask(address, call.path, call.body.replace("w11", f"w{20 + number}"))
            seconds.append(time.perf_counter() - begin)
            if wrong:
                errors[wrong] += 1

    threads = [threading.Thread(target=viewer, args=(number,)) for number in range(VIEWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error, times in errors.items():
        print(f"  {times} times: {error}")
    return sum(errors.values()), seconds


def first_chart(demo: Path) -> tuple[float, int]:
    """Median seconds until the first chart of the demo corpus is drawn; prints the weight of the scripts before it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        server(demo, Path(folder) / "log") as (address, _, _),
        browser() as found,
    ):
        seconds, weights = [], {}
        for _ in range(5):
            page = found.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.on("requestfinished", lambda r: r.resource_type == "script" and weights.update(
                {r.url.split("/")[-1].split("?")[0]: r.sizes()["responseBodySize"]}))  # fmt: skip
            page.goto(address, wait_until="commit")
            page.wait_for_selector("#volume .barlayer .point path", state="attached", timeout=60_000)
            seconds.append(page.evaluate("performance.now()") / 1000)
            page.wait_for_load_state("networkidle")
            page.context.close()
    print(f"\nScript of the first page, compressed: {sum(weights.values()) / 1e6:.2f} MB")
    for name, size in sorted(weights.items(), key=lambda item: -item[1])[:6]:
        print(f"  {name:<50}{size / 1000:>8.0f} kB")
    return statistics.median(seconds), sum(weights.values())


def demo_store(folder: Path) -> Path:
    """The demo corpus, built on first use."""
    from analysis import build_corpus
    from analysis.demo import write_demo
    from data import RECORDS

    if not (folder / "store" / "CURRENT").exists():
        write_demo(folder / "records")
        build_corpus([folder / "records", RECORDS], folder / "store")
    return folder / "store"


def measure(options: argparse.Namespace) -> dict[str, float]:
    """All that is measured, by the names of the targets."""
    from million import write_store

    store = write_store(options.folder / f"store-{options.n}", options.n)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "browsed"
        with server(store, log) as (address, process, ready):
            found["ready, s"] = ready
            print(f"Ready to serve {options.n:,} articles after {ready:.1f} s; load {os.getloadavg()[0]:.1f}")
            with browser() as chromium:
                page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
                visit(page, address, VIEWS)
            browsed, cpu = calls(log), busy(process)
            report("As browsed, cold", browsed, cpu)
            print(f"Memory of the server after one viewer: {memory(process, 'VmRSS'):.0f} MB")
            replay(address, browsed)
            warm = calls(log)[len(browsed) :]
            found["p95 warm, ms"] = report("Warm, one at a time", warm, busy(process) - cpu)
            cpu = busy(process)
            errors, seconds = together(address, browsed)
            failed = sum(call.status >= 500 for call in calls(log)[: len(browsed) + len(warm)])
            found["errors"] = errors + failed
            print(f"\n{VIEWERS} viewers at once: {len(seconds)} requests, {errors} errors, "
                  f"p50 {percentile(seconds, 0.5):.0f} ms, p95 {percentile(seconds, 0.95):.0f} ms, "
                  f"{1000 * (busy(process) - cpu) / len(seconds):.0f} ms of processor each")  # fmt: skip
            found["peak memory, MB"] = memory(process, "VmHWM")
        log = Path(folder) / "alone"
        with server(store, log) as (address, process, _):
            cpu = busy(process)
            replay(address, browsed)
            found["p95 cold, ms"] = report("Cold, one at a time", calls(log), busy(process) - cpu)
    return found


def memory(process: subprocess.Popen[bytes], which: str) -> float:
    """Megabytes of a process: `VmRSS` now, or `VmHWM` at the most."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


def main() -> None:
    """Measure, and print the targets beside what was reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1_000_000, help="articles")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "newsgauge-benchmark")
    parser.add_argument("--serve", nargs=3, metavar=("STORE", "PORT", "LOG"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        store, port, log = options.serve
        serve(store, int(port), log)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    found = measure(options)
    found["first chart, s"], _ = first_chart(demo_store(options.folder / "demo"))
    print(f"\n{'':<20}{'reached':>10}{'target':>10}")
    for name, most in TARGETS.items():
        print(f"{name:<20}{found[name]:>10.2f}{most:>10}{'' if found[name] <= most else '   missed'}")
    if any(found[name] > most for name, most in TARGETS.items()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
