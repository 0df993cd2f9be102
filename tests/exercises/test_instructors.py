"""The instructors' chapter does what it says: its commands run in a copy of the repository, with a class of five."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.exercises import course
from tests.submissions import bank

pytestmark = pytest.mark.whole

PAGE = (bank.ROOT / "book" / "instructors.md").read_text(encoding="utf8")
BLOCKS = [token.content for token in bank.authoring.PARSER.parse(PAGE)
          if token.type == "fence" and token.info.strip() == "bash"]
EXERCISE = "unrolling"

# What fetches from elsewhere, and what needs a person, is replaced; everything else is the real command.
STAND_INS = r"""
set -euo pipefail
git() { [ "$1" = clone ] && cp -R "$COPY" "$3"; }
python3() { [ "$*" = "-m venv .venv" ] && mkdir -p .venv/bin && echo 'hash -r' > .venv/bin/activate; }
pip() { [ "$*" = 'install -c constraints.txt -e .[course]' ] && grep -q "^course = " pyproject.toml; }
jupyter() { [ "$*" = lab ] && "$PYTHON" "$GRADER" gradebook.db; }
"""
# What the instructor types in the formgrader: 2 points for each answer that waits, and a comment.
GRADER = """
import sys
from nbgrader.api import Gradebook
with Gradebook(f"sqlite:///{sys.argv[1]}") as book:
    for submission in book.assignment_submissions("unrolling"):
        for grade in submission.notebooks[0].grades:
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = 2, False
                book.find_comment(grade.name, "unrolling", "unrolling", submission.student.id).manual_comment = "Read."
    book.db.commit()
"""


def repository(folder):
    """The files of the repository that a clone would have, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=bank.ROOT, text=True,
                            stdout=subprocess.PIPE)
    if listed.returncode:  # no clone, but a copy of the files
        ignore = shutil.ignore_patterns(".git", ".venv", ".*cache*", "_build", "__pycache__", "private")
        return shutil.copytree(bank.ROOT, folder, ignore=ignore)
    for name in filter(None, listed.stdout.split("\n")):
        if (bank.ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(bank.ROOT / name, folder / name)
    return folder


def the_class():
    """Five hand-ins by student, and when each came."""
    submissions = bank.bank(EXERCISE)
    right = [one for one in submissions if not one.loses]
    wrong = [one for one in submissions if one.loses]
    fails_on_nothing = course.solution(EXERCISE)
    next(cell for cell in fails_on_nothing.cells if cell.id == "parity").source = (
        "from functools import reduce\n\ndef parity(bits):\n"
        "    return np.array([reduce(lambda a, b: a ^ b, [int(bit) for bit in row]) for row in bits])")
    return {"ada": (course.solution(EXERCISE), "20261119T1200"), "emmy": (course.hand_in(right[0]), "20261120T1759"),
            "grace": (course.hand_in(wrong[0]), "20261118T0900"), "kurt": (fails_on_nothing, "20261120T1030"),
            "sofia": (course.solution(EXERCISE), "20261122T1000")}


def download(home):
    """What the learning platform gives: an archive of files; Ada's first attempt was empty."""
    folder = home / "Downloads"
    folder.mkdir(parents=True)
    files = {f"{student}_{when}_{EXERCISE}.ipynb": notebook for student, (notebook, when) in the_class().items()}
    files[f"ada_20261118T0800_{EXERCISE} (1).ipynb"] = course.release(EXERCISE)
    with zipfile.ZipFile(folder / f"{EXERCISE}.zip", "w") as archive:
        for name, notebook in files.items():
            archive.writestr(name, nbformat.writes(notebook))


@pytest.fixture(scope="module")
def transcript(tmp_path_factory):
    """The chapter's blocks, run in one shell; the folder of the clone and what was said after each block."""
    folder = tmp_path_factory.mktemp("instructor")
    download(folder / "home")
    (folder / "grader.py").write_text(GRADER, encoding="utf8")
    marked = [f"echo '=== block {i}'\n{block}" for i, block in enumerate(BLOCKS)]
    script = "\n".join([STAND_INS, *marked, "echo '=== end'"])
    clone = folder / "one-bit-of-memory"
    environment = course.environment(clone) | {
        "HOME": str(folder / "home"), "COPY": str(repository(folder / "copy")), "PYTHON": sys.executable,
        "GRADER": str(folder / "grader.py")}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, text=True, encoding="utf8",
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    parts = re.split(r"^=== (?:block \d+|end)\n", done.stdout, flags=re.MULTILINE)[1:]
    assert done.returncode == 0, f"{BLOCKS[len(parts) - 1]}\n{parts[-1][-4000:]}"
    return clone, dict(zip(BLOCKS, parts, strict=False))


def said(transcript, words):
    return next(text for block, text in transcript[1].items() if words in block)


def grades(transcript):
    with (transcript[0] / "grades.csv").open(encoding="utf8", newline="") as table:
        return {row["student_id"]: row for row in csv.DictReader(table) if row["assignment"] == EXERCISE}


def test_the_chapter_covers_the_way(transcript):
    stock = ["db student import", "db student add", "generate_assignment", "db assignment add", "zip_collect",
             "autograde", "generate_feedback", "export"]
    commands = ["git clone", "jupyter lab", "parity exercises", *(f"nbgrader {one}" for one in stock)]
    assert [one for one in commands if one not in "".join(transcript[1])] == []


def test_the_class_is_in_the_gradebook(transcript):
    listed = said(transcript, "student import")
    assert "There are 5 students" in listed
    assert "sofia (Kovalevskaya, Sofia) -- sofia@example.org" in listed


def test_releasing_leaves_the_files_of_the_repository_as_they_were(transcript):
    path = f"exercises/{EXERCISE}/{EXERCISE}.ipynb"
    assert (transcript[0] / path).read_bytes() == (bank.ROOT / path).read_bytes()


def test_everybody_is_collected_with_a_time_and_the_later_of_two_files(transcript):
    submitted = transcript[0] / "submitted"
    assert sorted(os.listdir(submitted)) == ["ada", "emmy", "grace", "kurt", "sofia"]
    for student, (notebook, when) in the_class().items():
        folder = submitted / student / EXERCISE
        stamp = (folder / "timestamp.txt").read_text(encoding="utf8")
        assert re.sub(r"[-:]", "", stamp).replace(" ", "T").startswith(when), stamp
        collected = nbformat.read(folder / f"{EXERCISE}.ipynb", as_version=4)
        assert [cell.source for cell in collected.cells] == [cell.source for cell in notebook.cells]


def test_grades_are_what_the_class_should_get(transcript):
    table = grades(transcript)
    full = float(table["ada"]["max_score"])
    most = {cell.id: cell.metadata.nbgrader.points for cell in course.release(EXERCISE).cells
            if cell.metadata.get("nbgrader", {}).get("grade")}
    answers = sum(points - 2 for cell, points in most.items() if not cell.endswith("-check"))
    wrong = next(one for one in bank.bank(EXERCISE) if one.loses)
    lost = {"ada": 0, "emmy": 0, "grace": sum(most[cell] for cell in wrong.loses), "kurt": most["parity-check"],
            "sofia": 0}
    assert {student: float(row["raw_score"]) for student, row in table.items()} == {
        student: full - answers - points for student, points in lost.items()}
    penalties = {student: float(row["late_submission_penalty"]) for student, row in table.items()}
    assert penalties == {"ada": 0, "emmy": 0, "grace": 0, "kurt": 0, "sofia": pytest.approx((full - answers) / 5)}


def test_the_private_test_ran_and_its_message_is_in_the_feedback(transcript):
    page = (transcript[0] / f"feedback/kurt/{EXERCISE}/{EXERCISE}.html").read_text(encoding="utf8")
    assert "`parity` stopped with TypeError" in page
    assert "private(" not in re.sub(r"<[^>]*>", "", page)
    assert "Read." in page, "the instructor's comment"


def test_feedback_is_there_for_everybody(transcript):
    for student in the_class():
        assert (transcript[0] / f"feedback/{student}/{EXERCISE}/{EXERCISE}.html").is_file()
    with Gradebook(f"sqlite:///{transcript[0] / 'gradebook.db'}") as book:
        assert not [grade.name for one in book.assignment_submissions(EXERCISE) if one.student.id != "sofia"
                    for grade in one.notebooks[0].grades if grade.needs_manual_grade]


def test_the_new_exercise_is_written_and_its_bank_is_graded(transcript):
    words = said(transcript, "pytest tests/submissions")
    assert "7 of them written anew" in words, "two notebooks, points, model answers, two tables, the contents"
    assert len(re.findall(r"\b[1-9]\d* passed", words)) == 2
    assert not re.search(r"\b\d+ (?:failed|errors?|skipped)\b", words)
    release = (transcript[0] / "exercises/ones/ones.ipynb").read_text(encoding="utf8")
    assert "raise NotImplementedError" in release
    assert "HIDDEN" not in release
    assert "Rubric" not in release
    assert "**Chapter:** 1, [One bit of memory](../../book/one-bit.md). **Time:** about 5 minutes. " in release
    assert " **Points:** 3." in release
    assert "## Task 1: the count (2 points)" in release


def test_the_new_exercise_stands_in_the_book_without_a_word_by_hand(transcript):
    clone = transcript[0]
    assert "| {doc}`one-bit` | 5 | 3 | count the ones" in (clone / "book/exercises.md").read_text(encoding="utf8")
    assert "</exercises/ones/ones>`, 5 minutes | 1 |" in (clone / "book/instructors.md").read_text(encoding="utf8")
    assert "- file: exercises/ones/ones" in (clone / "_toc.yml").read_text(encoding="utf8")
    assert '"ones": 2,' in (clone / "parity_lib/checks/points.py").read_text(encoding="utf8")


def test_nothing_of_the_class_would_reach_git(transcript):
    kept = {"grades.csv", "gradebook.db", "private", "downloaded", "submitted", "autograded", "feedback"}
    assert kept <= set(os.listdir(transcript[0]))
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=transcript[0], text=True, capture_output=True, check=True).stdout
    git("init", "-q", ".")
    untracked = {line.split("/")[0] for line in git("ls-files", "-o", "--exclude-standard").splitlines()}
    assert "nbgrader_config.py" in untracked
    assert not kept & untracked


def test_the_rubric_stands_where_the_chapter_says():
    source = (bank.ROOT / "solutions" / f"{EXERCISE}.md").read_text(encoding="utf8")
    assert "**Rubric.**" in source
    assert f"`solutions/{EXERCISE}.md`" in PAGE
