"""The widget in a real JupyterLab with a live kernel: Python hears of what the reader does, and answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.browser

CELLS = [
    "from parity_figures.widgets import UnrolledRNN\nw = UnrolledRNN(bits='1011', step=1)\nw",
    "print('python has', w.bits, w.step, w.states.shape)",
    "w.bits, w.step = '000111', 6",
]
TRAINS = [
    "from parity_figures.widgets import Playground\nw = Playground('tanh', 8, lengths=3, lr=0.03)\nw",
    "print('python has', [(run['seed'], run['solved']) for run in w.runs], w.settings['seed'])",
    "w.settings = w.settings | {'cell': 'gru', 'hidden': 4}",
]
GATES = [
    "from parity_figures.widgets import GatedUnit\nw = GatedUnit(bits='1011', step=1)\nw",
    "print('python has', w.bits, w.net, w.step, w.logits.shape)",
    "w.bits, w.net, w.step = '100', 'GRU by hand', 3",
]
TURNS = [
    "from parity_figures.widgets import GradientStrip\nw = GradientStrip(gain=1.5)\nw",
    "print('python has', round(w.gain, 2))",
    "w.gain = 0.5",
]

WALKS = [
    "from parity_lib import by_hand\nfrom parity_figures.widgets import StateMachine\n"
    "w = StateMachine({'K = 3': by_hand(), 'K = 1.15': by_hand('tanh', 1.15)}, bits='1')\nw",
    "print('python has', w.bits, w.path, w.states.shape)",
    "w.net, w.bits = 'K = 1.15', '1' + 60 * '0'",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab with none of the user's settings, and the folder that it sees."""
    place = tmp_path_factory.mktemp("lab")
    (place / "work").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
               "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(place / name) for name in folders}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
               "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.open_browser=False",
               "--LabApp.extension_manager=readonly", f"--ServerApp.root_dir={place / 'work'}"]
    with (place / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log, cwd=place)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", place / "lab.log")
            yield f"http://127.0.0.1:{port}", place / "work"
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture
def live(lab, browser, request):
    """A notebook with its kernel up, and its cells; at the end no script may have failed."""
    (address, folder), name = lab, request.node.originalname
    notebook = new_notebook(cells=[new_code_cell(source) for source in request.param])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / f"{name}.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 1600}, reduced_motion="reduce")
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")     # a workspace remembers what was open
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(2).wait_for(timeout=30_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=30_000)
    yield page, cells
    assert errors == []
    context.close()


def wait_for(address: str, log) -> None:
    for _ in range(600):     # two minutes: a busy machine is no error
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.mark.parametrize("live", [CELLS], indirect=True)
def test_bits_step_and_states_follow_the_reader_and_python(live):
    page, cells = live
    run(page, cells.nth(0))
    widget = page.locator(".parity-widget")
    widget.wait_for(timeout=90_000)
    widget.get_by_role("button", name="Bit 2 is 0").click()
    widget.get_by_role("button", name="Step", exact=True).click()
    page.keyboard.press("Enter")  # on the focused button: the notebook must not take the key
    assert widget.locator(".pw-count").inner_text() == "step 3 of 4"
    for focusable in (widget.locator(".pw-graph"), widget.get_by_role("button", name="Bit 2 is 1"),
                      widget.get_by_role("button", name="Step", exact=True)):
        focusable.focus()
        for key in ("x", "d", "d", "m", "0", "0"):   # the notebook's: cut, delete, Markdown, restart
            page.keyboard.press(key)
    assert page.locator(".jp-Dialog").count() == 0
    assert (cells.count(), widget.count()) == (3, 1)

    run(page, cells.nth(1))
    page.get_by_text("python has 1111 3 (5, 2)").wait_for(timeout=15_000)

    run(page, cells.nth(2))
    widget.get_by_text("step 6 of 6").wait_for(timeout=15_000)
    assert widget.get_by_role("textbox", name="Bits").input_value() == "000111"


@pytest.mark.parametrize("live", [TRAINS], indirect=True)
def test_a_network_that_trained_in_the_figure_is_known_to_python(live):
    page, cells = live
    run(page, cells.nth(0))
    widget = page.locator(".parity-widget")
    widget.get_by_role("button", name="Train", exact=True).click(timeout=90_000)
    widget.get_by_text("Solved after").wait_for(timeout=60_000)
    run(page, cells.nth(1))
    page.get_by_text("python has [(0, True)] 0").wait_for(timeout=15_000)

    run(page, cells.nth(2))
    widget.get_by_text("0 updates").first.wait_for(timeout=15_000)
    assert widget.get_by_role("combobox", name="Begin with").evaluate("e => e.selectedOptions[0].text") == (
        "settings of your own")


@pytest.mark.parametrize("live", [GATES], indirect=True)
def test_a_gated_unit_follows_the_reader_and_python(live):
    page, cells = live
    run(page, cells.nth(0))
    widget = page.locator(".parity-widget")
    slider = widget.get_by_role("slider", name="Step")
    slider.wait_for(timeout=90_000)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")     # the notebook's: cut
    widget.get_by_role("button", name="Flip this bit").click()
    widget.get_by_role("combobox", name="Net").select_option("LSTM by hand")
    run(page, cells.nth(1))
    page.get_by_text("python has 1111 LSTM by hand 2 (4,)").wait_for(timeout=15_000)

    run(page, cells.nth(2))
    widget.get_by_text("step 3 of 3").wait_for(timeout=15_000)
    assert widget.get_by_role("combobox", name="Net").input_value() == "GRU by hand"
    assert "100 holds 1 one" in widget.locator(".pw-said").inner_text()


@pytest.mark.parametrize("live", [WALKS], indirect=True)
def test_bits_read_beside_the_machine_are_known_to_python_and_python_reads_on(live):
    page, cells = live
    run(page, cells.nth(0))
    widget = page.locator(".parity-widget")
    widget.get_by_role("button", name="Read a 0").click(timeout=90_000)
    page.keyboard.press("0")      # the figure's, not the notebook's
    page.keyboard.press("0")
    page.keyboard.press("1")
    assert page.locator(".jp-Dialog").count() == 0
    run(page, cells.nth(1))
    page.get_by_text("python has 10001 [0, 1, 1, 1, 1, 3] (6, 2)").wait_for(timeout=15_000)

    run(page, cells.nth(2))
    widget.get_by_text("Net and parity parted at bit").wait_for(timeout=15_000)
    assert widget.get_by_role("combobox", name="Net").input_value() == "K = 1.15"


@pytest.mark.parametrize("live", [TURNS], indirect=True)
def test_a_knob_that_the_reader_turns_is_known_to_python_and_the_other_way_round(live):
    page, cells = live
    run(page, cells.nth(0))
    page.get_by_role("slider", name="Gain of V").focus(timeout=90_000)
    page.keyboard.press("ArrowLeft")
    run(page, cells.nth(1))
    page.get_by_text("python has 1.45").wait_for(timeout=15_000)

    run(page, cells.nth(2))
    page.get_by_text("It vanishes").wait_for(timeout=15_000)
    assert page.locator(".pw-value").inner_text() == "× 0.50"


def run(page, cell) -> None:
    """Run a cell; again where JupyterLab, still busy with itself, did not take the keys."""
    for _ in range(5):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        for _ in range(20):
            if cell.locator(".jp-InputPrompt").inner_text().strip() != "[ ]:":
                return
            page.wait_for_timeout(100)
    raise AssertionError("JupyterLab did not run the cell")
