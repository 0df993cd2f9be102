"""The size of the library and of its modules, unique names, the version, documents, and the checks of `make lint`."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

import parity_lib

ROOT = Path(__file__).parents[1]
MODULES = [path for folder in ("parity_lib", "packages") for path in sorted((ROOT / folder).rglob("*.py"))]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_library_can_be_read_in_an_evening():
    assert sum(lines(path) for path in MODULES if path.is_relative_to(ROOT / "parity_lib")) <= 1200


def test_no_module_is_longer_than_one_sitting():
    assert {path.relative_to(ROOT).as_posix(): lines(path) for path in MODULES if lines(path) > 400} == {}


def test_no_two_modules_and_no_two_public_classes_share_a_name():
    modules = Counter(path.stem for path in MODULES if path.stem != "__init__")
    classes = Counter(node.name for path in MODULES for node in ast.parse(path.read_text(encoding="utf-8")).body
                      if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    assert [name for name, count in (modules + classes).items() if count > 1] == []


def test_the_changelog_and_the_citation_have_the_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (?!Unreleased$)(\S+)", changes, re.MULTILINE)[1]
    cited = re.search(r"^version: (\S+)", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert newest == cited == parity_lib.__version__


def test_the_first_page_cites_the_title_and_the_authors_of_the_citation_file():
    book = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    cited = (ROOT / "book" / "index.md").read_text(encoding="utf-8").partition("```bibtex\n")[2]
    assert f"title  = {{{book['title']}}}," in cited
    assert all(f"{{{author['name']}}}" in cited for author in book["authors"])


def test_the_readme_can_be_read_in_three_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 700


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")), ids=lambda document: document.name)
def test_the_links_of_a_document_resolve(document):
    links = re.findall(r'(?:\]\(|src=")(?!https?:)([^#)"]*)#?([^)"]*)', document.read_text(encoding="utf-8"))
    assert [(path, anchor) for path, anchor in links if not (ROOT / path).exists()
            or (anchor and anchor not in anchors(ROOT / path if path else document))] == []


def test_make_lint_checks_all_types_and_a_wrong_type_fails(tmp_path):
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert recipe.split() == ["$(BIN)/ruff", "check", ".", "$(BIN)/lint-imports", "$(BIN)/mypy"]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["files"] == ["parity_lib", "packages"]
    wrong = tmp_path / "wrong.py"
    wrong.write_text('from parity_lib.errors import require_int\n\nrequire_int("count", 5, least="one")\n')
    done = subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", tmp_path / "cache", wrong], cwd=ROOT, text=True,
                          capture_output=True)
    assert done.returncode == 1
    assert 'incompatible type "str"; expected "int"' in done.stdout, done.stdout + done.stderr
