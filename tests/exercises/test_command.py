"""`parity exercises`: the files in git are made from the sources, and the command writes those that are not."""

import contextlib
import shutil
import sys

import pytest
from click.testing import CliRunner

from parity_book.cli import main
from parity_checks.points import POINTS
from parity_teaching import manifest
from tests.exercises import course
from tests.submissions import bank

NAME = next(iter(POINTS))


def exercises(folder):
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["exercises"])


@pytest.fixture
def folder(tmp_path):
    """Return a book with one exercise and the files that are derived from it."""
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(bank.ROOT / name, tmp_path)
    shutil.copytree(bank.ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns("_*", "results", "claims*"))
    course.copy_course(tmp_path, NAME)
    for path, text in manifest.derived(tmp_path).items():
        (tmp_path / path).write_text(text, encoding="utf8")
    return tmp_path


def test_the_committed_files_are_what_the_sources_make():
    files = manifest.generated(bank.ROOT)
    assert [path for path, content in files.items() if (bank.ROOT / path).read_bytes() != content] == []
    assert len(files) == 2 * len(POINTS) + len(manifest.derived(bank.ROOT))


@pytest.mark.slow
def test_a_changed_source_or_notebook_is_noticed_and_written_anew(folder):
    source, release = folder / f"solutions/{NAME}/{NAME}.md", folder / f"exercises/{NAME}/{NAME}.ipynb"
    source.write_text(source.read_text(encoding="utf8").replace("# Exercise: ", "# Exercise on ", 1), encoding="utf8")
    assert "2 of them rewritten" in exercises(folder).output
    assert b"# Exercise on " in release.read_bytes()
    assert "all up to date" in exercises(folder).output


@pytest.mark.slow
def test_a_missing_notebook_is_written_and_others_are_kept(folder):
    (folder / f"exercises/{NAME}/{NAME}.ipynb").unlink()
    own = folder / f"exercises/{NAME}/scratch.ipynb"     # a student's
    own.write_text("{}")
    assert "1 of them rewritten" in exercises(folder).output
    assert own.read_text() == "{}"


def test_without_nbgrader_it_says_how_to_get_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader.apps", None)
    result = exercises(folder)
    assert result.exit_code == 1
    assert "pip install" in result.output
