"""The parts that widgets share: their files, and how they write numbers."""

import re

import pytest

from parity_figures.picture import SHEET
from parity_figures.widgets.base import FOLDER, front_end


def test_a_front_end_begins_with_the_shared_part_and_imports_nothing():
    module, style = front_end("unrolled_rnn")
    for suffix, joined in ((".js", module), (".css", style.removeprefix(SHEET + "\n"))):
        shared, own = ((FOLDER / f"{name}{suffix}").read_text(encoding="utf-8") for name in ("shared", "unrolled_rnn"))
        assert joined.startswith(shared)
        assert joined.endswith(own)
    assert module.count("export ") == 1
    assert not any(line.startswith("import ") for line in module.splitlines())


def test_a_style_sheet_applies_to_widgets_only():
    assert all(name.startswith("--parity-") for name in re.findall(r"^  (\S+):", SHEET, re.MULTILINE))
    for file in FOLDER.iterdir():
        if file.name.endswith(".css"):
            rules = [line for line in file.read_text(encoding="utf-8").splitlines() if "{" in line]
            assert all(rule.lstrip().startswith((".parity-widget", "@media", "@keyframes")) for rule in rules), file


@pytest.mark.browser
def test_numbers_are_formatted(browser):
    shared = (FOLDER / "shared.js").read_text(encoding="utf-8")
    page = browser.new_page()
    written = page.evaluate(f"() => {{ {shared}\n return [fixed(-0.001), fixed(-1.5), fixed(12.345), fixed(123.4), "
                            "fixed(-2e6), vector([0.5]), vector([1, -1])]; }")
    page.close()
    assert written == ["0.00", "−1.50", "12.3", "123", "−2.0e+6", "0.50", "(1.00, −1.00)"]
