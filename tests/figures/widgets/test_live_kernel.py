"""Widgets in a real JupyterLab with a live kernel: Python follows the reader, and the widget follows Python."""

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

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab with none of the user's settings, and the folder that it serves."""
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


def wait_for(address: str, log) -> None:
    for _ in range(600):     # two minutes, for a busy machine
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab did not start:\n{log.read_text()}")


def run(page, cell) -> None:
    """Run a cell, and try again if JupyterLab was busy and ignored the keys."""
    for _ in range(5):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        for _ in range(20):
            if cell.locator(".jp-InputPrompt").inner_text().strip() != "[ ]:":
                return
            page.wait_for_timeout(100)
    raise AssertionError("JupyterLab did not run the cell")


def read_bits(page, widget):
    one = widget.get_by_role("button", name="1", exact=True)
    one.click(timeout=90_000)
    page.keyboard.press("Enter")  # on the focused button
    for focusable in (one, widget.get_by_role("combobox", name="Network")):
        focusable.focus()
        for key in ("x", "d", "d", "m"):   # JupyterLab's shortcuts: cut, delete, Markdown
            page.keyboard.press(key)


def test_python_follows_the_reader_and_the_widget_follows_python(lab, browser):
    address, folder = lab
    cells = ["from parity_figures.widgets import StateMachine\nfrom parity_lib.models import by_hand\n"
             "w = StateMachine({'one': by_hand(), 'two': by_hand('relu')}, bits='10')\nw",
             "print('python has', (w.bits, w.states.shape))", "w.bits = '000111'"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "widget.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 1600}, reduced_motion="reduce")
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/lab/workspaces/own/tree/widget.ipynb")
    # On a busy machine JupyterLab may ask which kernel it should use.
    question = page.locator(".jp-Dialog")
    page.add_locator_handler(question, lambda dialog: dialog.locator(".jp-mod-accept").click())
    code = page.locator(".jp-Notebook .jp-CodeCell")
    code.nth(2).wait_for(timeout=30_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=30_000)
    run(page, code.nth(0))
    widget = page.locator(".parity-widget")
    widget.wait_for(timeout=90_000)
    page.remove_locator_handler(question)
    read_bits(page, widget)
    assert question.count() == 0
    assert (code.count(), widget.count()) == (3, 1)     # the widget's keys are not JupyterLab's
    run(page, code.nth(1))
    page.get_by_text("python has ('1011', (5, 2))").wait_for(timeout=15_000)
    run(page, code.nth(2))
    widget.get_by_text("Bit 6 is a 1").first.wait_for(timeout=15_000)
    assert errors == []
    context.close()
