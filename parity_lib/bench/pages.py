"""How heavy and how quick the built pages are, alone or beside another build of the book.

A page is loaded in Chromium as on a phone in the country: a processor four times slower, 1.6 megabits a second, 150 ms
a way. Both builds take turns, page by page, so that a busy machine slows both.
"""

from __future__ import annotations

import contextlib
import gzip
import http.server
import statistics
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

SLOWER = 4                                           # times a processor
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
PACKED = (".html", ".css", ".js", ".json", ".svg", ".ttf")    # what a server sends compressed
SECONDS = 6                                          # that a page is watched after it has loaded
WATCH = """() => {
  window.seen = { paint: 0, blocking: 0, shift: 0 };
  const watch = (type, note) =>
    new PerformanceObserver(list => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("largest-contentful-paint", one => { seen.paint = one.startTime / 1000; });
  watch("longtask", one => { seen.blocking += Math.max(0, one.duration - 50) / 1000; });
  watch("layout-shift", one => { seen.shift += one.hadRecentInput ? 0 : one.value; });
}"""
FIGURES = {"kib": ("KiB", 0), "requests": ("requests", 0), "paint": ("paint, s", 2), "blocking": ("blocking, s", 2),
           "shift": ("layout shift", 3)}


class Packing(http.server.SimpleHTTPRequestHandler):
    """A server that compresses, as those of published books do."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            return self.send_error(404)
        content, packed = file.read_bytes(), file.suffix in PACKED
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if packed:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content)
        return None

    def log_message(self, *words: Any) -> None:
        """Say nothing of each request."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address under which ``folder`` is served meanwhile."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Packing, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def load_page(browser: Any, address: str) -> dict[str, float]:
    """One first visit: KiB on the wire, requests, seconds to the largest paint, seconds blocked, layout shift."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    lengths: list[float] = []
    wire.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", NETWORK)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({WATCH})()")
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1000 * SECONDS)
    seen = page.evaluate("seen")
    context.close()
    return {"kib": sum(lengths) / 1024, "requests": len(lengths), **seen}


def compare(folders: list[Path], rounds: int = 3, report: Any = None) -> dict[str, list[dict[str, float]]]:
    """For each page that all ``folders`` (built books) have, the medians of ``rounds`` visits in each.

    Raises FileNotFoundError where a folder holds no built page, or no Chromium is found.
    """
    from parity_lib.browser import launch

    names = [{file.stem for file in (folder / "book").glob("*.html")} for folder in folders]
    for folder, found in zip(folders, names, strict=True):
        if not found:
            raise FileNotFoundError(f"{folder} holds no built book: give its _build/html")
    results: dict[str, list[dict[str, float]]] = {}
    with contextlib.ExitStack() as stack:
        addresses = [stack.enter_context(serving(folder)) for folder in folders]
        browser = stack.enter_context(launch())
        for name in sorted(set.intersection(*names)):
            visits = [[load_page(browser, f"{address}/book/{name}.html") for address in addresses]
                      for _ in range(rounds)]
            results[name] = [{key: statistics.median(visit[key] for visit in each) for key in FIGURES}
                             for each in zip(*visits, strict=True)]
            if report:
                report(row(name, results[name]))
    return results


def heading() -> str:
    """The names of the columns of :func:`row`."""
    return f"{'page':22}" + "".join(f"{title:>22}" for title, _ in FIGURES.values())


def row(name: str, builds: list[dict[str, float]]) -> str:
    """A page's figures: of one build, or of another one before it and of this one, and their ratio.

    >>> row("data", [{"kib": 800.2, "requests": 30, "paint": 2, "blocking": 1, "shift": 0},
    ...              {"kib": 400.1, "requests": 25, "paint": 1, "blocking": 0.5, "shift": 0}]).split()[:6]
    ['data', '800', '→', '400', '(0.50)', '30']
    """
    cells = []
    for key, (_, digits) in FIGURES.items():
        values = [build[key] for build in builds]
        text = " → ".join(f"{value:.{digits}f}" for value in values)
        cells.append(f"{text} ({values[-1] / values[0]:.2f})" if len(values) > 1 and values[0] else text)
    return f"{name:22}" + "".join(f"{cell:>22}" for cell in cells)
