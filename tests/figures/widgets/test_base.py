"""The parts that widgets share: their files, and how they write numbers."""

import re

import pytest

from parity_figures.picture import SHEET
from parity_figures.widgets.base import EXPORT, FOLDER, IMPORT
from tests.book.conftest import ROOT
from tests.figures.widgets.static_page import in_one_scope


def test_a_module_imports_names_that_exist_and_uses_all_of_them():
    texts = {file.name.removesuffix(".js"): file.read_text(encoding="utf-8")
             for file in FOLDER.iterdir() if file.name.endswith(".js")}
    for name, text in texts.items():
        body = IMPORT.sub("", text)
        for names, module in IMPORT.findall(text):
            imported = {each.strip() for each in names.split(",") if each.strip()}
            assert imported <= {each for _, each in EXPORT.findall(texts[module])}, (name, module)
            assert {each for each in imported if not re.search(rf"\b{each}\b", body)} == set(), (name, module)


def test_a_style_sheet_applies_to_widgets_only():
    assert all(name.startswith("--parity-") for name in re.findall(r"^  (\S+):", SHEET, re.MULTILINE))
    for file in FOLDER.iterdir():
        if file.name.endswith(".css"):
            rules = [line for line in file.read_text(encoding="utf-8").splitlines() if "{" in line]
            starts = (".parity-widget", ".widget-host", "@media", "@container", "@keyframes")
            assert all(rule.lstrip().startswith(starts) for rule in rules), file


@pytest.mark.parametrize("page", [page for page in sorted((ROOT / "book").glob("*.md"))
                                  if page.read_text(encoding="utf8").count("from parity_figures.widgets import") > 1])
def test_widgets_of_one_page_do_not_style_each_other(page):
    """Compare the classes that a widget's own style sheet styles with those that other widgets of the page have."""
    classes = re.findall(r"from parity_figures.widgets import (\w+)", page.read_text(encoding="utf8"))
    names = [re.sub("(?<!^)(?=[A-Z])", "_", name).lower() for name in classes]
    assert len(names) > 1
    for name in names:
        styled = set(re.findall(r"^ *\.parity-widget \.(pw-[\w-]+) \{",
                                (FOLDER / f"{name}.css").read_text(encoding="utf8"), re.MULTILINE))
        for other in {*names} - {name}:
            used = set(re.findall(r"pw-[\w-]+", (FOLDER / f"{other}.js").read_text(encoding="utf8")))
            assert styled & used == set(), (name, other)


@pytest.mark.browser
def test_numbers_are_formatted(browser):
    shared = in_one_scope("shared")
    page = browser.new_page()
    written = page.evaluate(f"() => {{ {shared}\n return [fixed(-0.001), fixed(-1.5), fixed(12.345), fixed(123.4), "
                            "fixed(-2e6), vector([0.5]), vector([1, -1])]; }")
    page.close()
    assert written == ["0.00", "−1.50", "12.3", "123", "−2.0e+6", "0.50", "(1.00, −1.00)"]
