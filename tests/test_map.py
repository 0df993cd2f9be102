"""The table "Where to change what" in CONTRIBUTING.md names files that exist, and three of its changes are tried.

Each test changes only the files that the row of the table names, and then asks whether the change has arrived.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from parity_teaching import manifest
from tests.exercises import course
from tests.grading import archives
from tests.submissions import bank

ROOT = course.ROOT
DOCUMENT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
TABLE = re.search(r"^\| change \|.*\n.*\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE)[1]
ROWS = dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", TABLE, re.MULTILINE))
NO_CODE = shutil.ignore_patterns("_*", "claims")


def places(change: str) -> list[str]:
    """Return the files and folders that a row of the table names, with `*` in place of NAME."""
    return [name.replace("NAME", "*") for name in re.findall(r"`([\w./-]*[/.][\w./-]*)`", ROWS[change])]


def write(folder: Path, change: str, name: str, text: str) -> None:
    """Write a file below a folder. Fail unless the row for this change names the file, or the folder it is in."""
    assert [place for place in places(change) if fnmatch(name, place + "*" * place.endswith("/"))], ROWS[change]
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf8")


def run(folder: Path, *command: str) -> str:
    """Run Python in a folder, with the packages of the folder before those of the repository. Return its output."""
    environment = course.environment(folder)
    environment["PYTHONPATH"] += f":{ROOT}:{ROOT / 'packages'}"
    done = subprocess.run([sys.executable, *command], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf8")
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.mark.parametrize("change", ROWS)
def test_the_files_of_a_row_exist(change):
    named = places(change)
    folders = [place for place in named if place.endswith("/")]
    assert named
    assert [place for place in named if not any(
        any(ROOT.glob(f"{folder}{place}")) for folder in ["", *folders] if not place.startswith("/"))] == []


def test_a_new_platform_needs_the_files_of_its_row(tmp_path):
    root = archives.make_course(tmp_path / "course")
    (module,) = places("a learning platform")
    shutil.copytree((ROOT / module).parent, (root / module).parent)
    text = (root / module).read_text(encoding="utf8")
    write(root, "a learning platform", module,
          text + '\n\nclass Ilias(Moodle):\n    list_title = "ILIAS\'s list"\n\n\nPLATFORMS["ilias"] = Ilias()\n')
    archives.zipped(root / "all.zip", archives.moodle({(archives.ADA, "unrolling.ipynb"): archives.notebook("Ada")}))
    archives.worksheet(root / "list.csv")
    commands = "from parity_book.cli import main; main()"
    assert "ILIAS's list" in " ".join(run(root, "-c", commands, "collect", "--help").split())
    assert archives.ADA in run(root, "-c", commands, "collect", "unrolling", "all.zip", "--from", "ilias", "--list",
                               "list.csv")
    assert "ilias|csv" in run(root, "-c", commands, "export", "--help")


def test_a_new_chapter_needs_the_files_of_its_row_and_the_message_names_the_one_that_is_missing(tmp_path):
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=NO_CODE)
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    shutil.copy(ROOT / "_toc.yml", tmp_path)

    def change(name, *replacement):
        write(tmp_path, "a chapter", name, (tmp_path / name).read_text(encoding="utf8").replace(*replacement, 1))

    last = "      - file: book/then-and-now\n"
    change("_toc.yml", last, last + last.replace("then-and-now", "attention"))
    with pytest.raises(FileNotFoundError, match=re.escape("book/attention.md")):
        manifest.derived(tmp_path)
    write(tmp_path, "a chapter", "book/attention.md", "# Attention\n\nA new chapter.\n")
    with pytest.raises(ValueError, match=r"^book/attention.md needs a title and a line"):
        manifest.derived(tmp_path)
    change("book/attention.md", "A new", "- **Time:** 5 minutes.\n\nA new")
    with pytest.raises(ValueError, match=r"^book/index.md: chapters .*'attention'"):
        manifest.derived(tmp_path)
    index = (tmp_path / "book/index.md").read_text(encoding="utf8")
    row, number = re.search(r"\| (\d+) \| {doc}`then-and-now`", index).group(0, 1)
    new = f"| {int(number) + 1} | {{doc}}`attention` | attend |"
    change("book/index.md", row, f"{new} 0 |\n{row}")
    made = manifest.derived(tmp_path)
    assert f"{new} 5 |" in made["book/index.md"]
    assert "{doc}`attention`" in made["book/instructors.md"]


@pytest.mark.slow
def test_a_new_exercise_needs_the_files_of_its_row(tmp_path):
    """The exercise is that of the page *Exercises of your own*, moved into the book as the page describes."""
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns("_s*", "claims", "__pycache__"))
    shutil.copytree(ROOT / "packages/parity_checks", tmp_path / "packages/parity_checks",
                    ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests/submissions").mkdir(parents=True)
    for name in ("_toc.yml", "tests/__init__.py", "tests/submissions/__init__.py", "tests/submissions/bank.py",
                 "tests/submissions/described.py", "tests/submissions/test_bank.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    page = (tmp_path / "book/own-exercises.md").read_text(encoding="utf8")
    blocks = [token.content for token in bank.authoring.PARSER.parse(page) if token.info.strip() == "bash"]
    write_files = "\n".join(block for block in blocks if "<<'END'" in block)
    subprocess.run(["bash", "-ec", write_files], cwd=tmp_path, check=True)

    front = "title: Ones\norder: 9\nsummary: count\n"
    source, checks = tmp_path / "solutions/ones/ones.md", tmp_path / "solutions/ones/ones_checks.py"
    text = source.read_text(encoding="utf8").replace("import ones_checks as", "from parity_checks import ones as")
    write(tmp_path, "an exercise", "solutions/ones/ones.md", text.replace("title: Ones\n", front))
    write(tmp_path, "an exercise", "packages/parity_checks/ones/__init__.py", checks.read_text(encoding="utf8"))
    for path in (checks, source.with_name(".gitignore")):
        path.unlink()
    words = ("order: 9", "summary: ", "from parity_checks import ones as")
    assert all(f"`{word}" in page for word in words)

    run(tmp_path, "-c", "from parity_book.cli import main; main()", "exercises")
    assert "- file: exercises/ones/ones\n" in (tmp_path / "_toc.yml").read_text(encoding="utf8")
    done = run(tmp_path, "-c", "import sys, pytest\n"
               "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', 'tests/submissions/test_bank.py']))")
    assert " passed" in done
