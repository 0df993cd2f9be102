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
    assert sum(lines(path) for path in MODULES if path.is_relative_to(ROOT / "parity_lib")) <= 800


def test_no_module_is_longer_than_one_sitting():
    assert {path.relative_to(ROOT).as_posix(): lines(path) for path in MODULES if lines(path) > 400} == {}


def test_no_two_modules_and_no_two_public_classes_share_a_name():
    extensions = sorted((ROOT / "book" / "_ext").glob("*.py"))      # a build imports them by their names alone
    modules = Counter(path.parent.name if path.stem == "__init__" else path.stem for path in [*MODULES, *extensions])
    classes = Counter(node.name for path in MODULES for node in ast.parse(path.read_text(encoding="utf-8")).body
                      if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    # The exercise *Town names* has the name of the module whose names it trains on.
    assert [name for name, count in (modules + classes).items() if count > 1 and name != "town_names"] == []


def test_no_import_hides_in_a_string():
    """import-linter reads statements only. A module of another package may be named only where it may be imported."""
    named = set()
    for path in MODULES:
        tree, package = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(ROOT).parts[:2]
        prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in prose]
        named |= {(path.stem if path.stem == "cli" else package[package[0] == "packages"], name) for text in texts
                  if isinstance(text, str) for name in re.findall(r"\b(parity_\w+)[.:]\w", text)}
    assert {(package, name) for package, name in named if package != name} == {
        ("cli", "parity_teaching"), ("cli", "parity_study"), ("cli", "parity_book"),
        ("parity_grading", "parity_checks"), ("parity_checks", "parity_lib")}


def test_a_docstring_names_pages_and_exercises_by_their_titles():
    titles = {re.search("^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)[1].replace("`", "")
              for page in (ROOT / "book").glob("*.md")}
    titles |= {re.search("^title: (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE)[1]
               for source in (ROOT / "solutions").glob("*/*.md")}
    named = {(path.name, title) for path in [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]
             for named in re.findall(r"(?:[Cc]hapter|[Pp]age|[Ee]xercise)s?:?((?:(?: and)?\s+\*[^*\n]+\*)+)",
                                     ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
             for title in re.findall(r"\*([^*\n]+)\*", named)}
    assert len(named) > 20
    assert {(path, title) for path, title in named if title not in titles} == set()


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


def test_every_package_and_every_action_is_pinned_to_its_content():
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text(encoding="utf8").lower()
        return {package.replace("_", "-"): version for package, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.M)}
    pinned, hashed = versions("constraints.txt"), versions("hashes.txt")
    assert {name: hashed.get(name) for name in pinned} == pinned, "the beginning of hashes.txt says how to renew it"
    for workflow in (ROOT / ".github" / "workflows").iterdir():
        text = workflow.read_text(encoding="utf8")
        assert re.findall(r"uses: (?!actions/[\w-]+@[0-9a-f]{40} +# v\d).*", text) == []
        assert "unsafe-best-match" not in text
        assert not re.search("extra.index", text, re.IGNORECASE)
