"""The weight and the speed of the built pages.

Each page is loaded in Chromium as on a phone with a slow connection: the processor is four
times slower, and the network has 1.6 megabits per second and a latency of 150 ms.
"""

import contextlib
import gzip
import http.server
import statistics
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

SLOWDOWN = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
COMPRESSED = (".html", ".css", ".js", ".json", ".svg", ".ttf")
SECONDS = 6     # for which a page is observed after it has loaded
OBSERVE = """() => {
  window.seen = { paint: 0, blocking: 0, shift: 0 };
  const observe = (type, note) =>
    new PerformanceObserver(list => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe("largest-contentful-paint", entry => { seen.paint = entry.startTime / 1000; });
  observe("longtask", entry => { seen.blocking += Math.max(0, entry.duration - 50) / 1000; });
  observe("layout-shift", entry => { seen.shift += entry.hadRecentInput ? 0 : entry.value; });
}"""
COLUMNS = {"kib": ("KiB", 0), "requests": ("requests", 0), "paint": ("paint, s", 2), "blocking": ("blocking, s", 2),
           "shift": ("layout shift", 3)}


class CompressingHandler(http.server.SimpleHTTPRequestHandler):
    """A request handler that compresses files, as the servers of published books do."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            return self.send_error(404)
        content, compressed = file.read_bytes(), file.suffix in COMPRESSED
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if compressed:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content)
        return None

    def log_message(self, *words: Any) -> None:
        """Do not log requests."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on this machine, and provide its address."""
    handler = partial(CompressingHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def load_page(browser: Any, address: str) -> dict[str, float]:
    """Visit a page with an empty cache, and return the values of ``COLUMNS``."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    lengths: list[float] = []
    session.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.add_init_script(f"({OBSERVE})()")
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1000 * SECONDS)
    seen = page.evaluate("seen")
    context.close()
    return {"kib": sum(lengths) / 1024, "requests": len(lengths), **seen}


def measure(folder: Path, rounds: int, report: Callable[[str], Any]) -> None:
    """Report a line for each page of a built book, with the medians of several visits.

    Raises FileNotFoundError if the folder contains no built book, or no Chromium is found.
    """
    from parity_book.browser import launch

    names = sorted(file.stem for file in (folder / "book").glob("*.html"))
    if not names:
        raise FileNotFoundError(f"{folder} contains no built book; build it with: parity book")
    report(f"{'page':22}" + "".join(f"{title:>14}" for title, _ in COLUMNS.values()))
    with serving(folder) as address, launch() as browser:
        for name in names:
            visits = [load_page(browser, f"{address}/book/{name}.html") for _ in range(rounds)]
            report(f"{name:22}" + "".join(f"{statistics.median(visit[key] for visit in visits):14.{digits}f}"
                                          for key, (_, digits) in COLUMNS.items()))
