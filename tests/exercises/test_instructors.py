"""The instructors' chapters do what they say: their commands run in a copy of the repository, with a class of forty.

Twelve of the forty hand in, and every kind of slip is among these.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from tests.exercises import course
from tests.grading import archives
from tests.grading.archives import CLASS, EMMY, KURT, SOFJA
from tests.submissions import bank

pytestmark = [pytest.mark.whole, pytest.mark.slow]

PAGES = [(bank.ROOT / "book" / f"{name}.md").read_text(encoding="utf8")
         for name in ("instructors", "instructors-reference", "own-exercises")]
BLOCKS = [token.content for page in PAGES for token in bank.authoring.PARSER.parse(page)
          if token.type == "fence" and token.info.strip() == "bash"]
EXERCISE = "unrolling"
SUBMITTING = list(CLASS)[:12]
LATE, ZENO = "s204506", "s204541"     # a day and an hour late; came later
PRIVATE = "s204508"     # correct except on a very long string
NO_POINTS = (KURT, SOFJA, ZENO)     # a page instead of a notebook; a file cut off; nothing
GRADED = [student for student in SUBMITTING if student not in NO_POINTS]

# Stand-ins for commands that need the network or a person; all others are real. Before each `git pull` the repository
# changes, also in files that `parity exercises` writes. Status 1 of `parity` says that something waits for a person;
# errors have a message, and a test looks for it.
STAND_INS = r"""
set -euo pipefail
commit() { command git -C "$COPY" -c user.name=A -c user.email=a@example.org commit -qam "$1"; }
git() {
  if [ "$1" = clone ]; then command git clone -q "$COPY" "$3"; return; fi
  if [ "$1" = restore ]; then command git "$@"; return; fi
  [ "$*" = pull ]
  for file in book/exercises.md book/instructors.md; do printf '\n%% A remark.\n' >> "$COPY/$file"; done
  echo '# A remark.' >> "$COPY/_toc.yml"
  commit "Add remarks"
  command git pull -q
}
python3() { [ "$*" = "-m venv .venv" ] && mkdir -p .venv/bin && echo 'hash -r' > .venv/bin/activate; }
pip() { [ "$*" = 'install -c constraints.txt -e .[course]' ] && grep -q "^course = " pyproject.toml; }
jupyter() { [ "$*" = lab ] && "$PYTHON" "$GRADER" gradebook.db; }
parity() { command parity "$@" || [ $? = 1 ]; }
tar() { cp -R . "$KEPT"; command tar "$@"; }
"""
# What the instructor types in the formgrader: 2 points for each answer that waits, and a comment.
GRADER = """
import os, sys
from nbclient import NotebookClient
from nbgrader.api import Gradebook
with Gradebook(f"sqlite:///{sys.argv[1]}") as book:
    for submission in book.assignment_submissions("unrolling"):
        student = submission.student.id
        for grade in submission.notebooks[0].grades if os.path.isdir(f"autograded/{student}/unrolling") else ():
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = 2, False
                book.find_comment(grade.name, "unrolling", "unrolling", student).manual_comment = "Read."
    book.db.commit()
"""


def git(folder, *arguments):
    return subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments], cwd=folder,
                          text=True, capture_output=True, check=True).stdout


def repository(folder):
    """Copy the files of the repository that a clone would have, as they are now, into a repository of their own."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=bank.ROOT, text=True,
                            stdout=subprocess.PIPE)
    if listed.returncode:  # no clone, but a copy of the files
        ignore = shutil.ignore_patterns(".git", ".venv", ".*cache*", "_build", "__pycache__", "private")
        shutil.copytree(bank.ROOT, folder, ignore=ignore)
    for name in filter(None, listed.stdout.split("\n")):
        if (bank.ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(bank.ROOT / name, folder / name)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "The book"]):
        git(folder, *command)
    return folder


def done_by(student):
    """Return the submission of the bank that a student hands in."""
    submissions = [item for item in bank.bank(EXERCISE) if item.path.stem != "wrong_ready_answers"]
    return submissions[(int(student[-2:]) - 1) % len(submissions)]


def hand_ins():
    """Return the files that students submit, by student and file name: answers of the bank, with typical mistakes."""
    files = {(student, name): data for (student, name), data in archives.files_with_mistakes().items()
             if student in SUBMITTING}
    recursive = course.solution(EXERCISE)
    next(cell for cell in recursive.cells if cell.id == "parity").source = (
        "import sys\n\nsys.setrecursionlimit(8000)\n\ndef parity(bits):\n    def odd(row):\n"
        "        return int(row[0]) ^ odd(row[1:]) if len(row) else 0\n"
        "    return np.array([odd(row) for row in bits])")

    def written(student):
        return nbformat.writes(recursive if student == PRIVATE else course.hand_in(done_by(student))).encode()
    for student, name in list(files):
        if student in NO_POINTS or name.endswith(".pdf"):
            continue
        if name == "unrolling.zip":
            files[student, name] = archives.zip_bytes({"unrolling/unrolling.ipynb": written(student)})
        elif (student, name) != (EMMY, "unrolling (1).ipynb"):
            files[student, name] = written(student)
    return files


def download(home):
    """Write the files that an instructor downloads: archives, lists, the list of the class."""
    folder = home / "Downloads"
    folder.mkdir(parents=True)
    files = hand_ins()
    archives.zipped(folder / "RNN-Unrolling-4711.zip", archives.moodle(files))
    archives.worksheet(folder / "Grades-RNN-Unrolling-4711.csv", {LATE: timedelta(days=1, hours=2)})
    archives.zipped(folder / "submissions.zip", archives.canvas(files))
    archives.canvas_gradebook(folder / "Grades-RNN.csv")
    with (folder / "students.csv").open("w", encoding="utf8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "first_name", "last_name", "email"])
        table.writerows([student.id, student.first_name, student.last_name, student.email]
                        for student in CLASS.values())


@dataclass(frozen=True)
class Year:
    """A year with a class: the course before it ends, the clone after it, and the output of each block of commands."""

    kept: Path
    clone: Path
    outputs: dict[str, str]


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The blocks of all pages, run in one shell."""
    folder = tmp_path_factory.mktemp("instructor")
    download(folder / "home")
    (folder / "grader.py").write_text(GRADER, encoding="utf8")
    marked = [f"echo '=== block {i}'\n{block}" for i, block in enumerate(BLOCKS)]
    environment = course.environment(folder / "one-bit-of-memory") | {
        "HOME": str(folder / "home"), "COPY": str(repository(folder / "copy")), "PYTHON": sys.executable,
        "GRADER": str(folder / "grader.py"), "KEPT": str(folder / "kept"), "PARITY_PROGRESS": "0"}
    done = subprocess.run(["bash", "-c", "\n".join([STAND_INS, *marked, "echo '=== end'"])], cwd=folder,
                          env=environment, text=True, encoding="utf8", errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    parts = re.split(r"^=== (?:block \d+|end)\n", done.stdout, flags=re.MULTILINE)[1:]
    assert done.returncode == 0, f"{BLOCKS[len(parts) - 1]}\n{parts[-1][-4000:]}"
    return Year(folder / "kept", folder / "one-bit-of-memory", dict(zip(BLOCKS, parts, strict=False)))


def said(year, words):
    return next(text for block, text in year.outputs.items() if words in block)


def grades(year):
    """Return the points in the gradebook, by student and cell."""
    with Gradebook(f"sqlite:///{year.kept / 'gradebook.db'}") as book:
        return {entry.student.id: {grade.name: grade.score for notebook in entry.notebooks for grade in notebook.grades}
                for entry in book.assignment_submissions(EXERCISE) if entry.notebooks}


def text_of(page):
    return re.sub(r"<[^>]*>", "", page)


def test_an_instructor_needs_one_page_of_1500_words_for_an_exercise():
    assert len(PAGES[0].split()) <= 1500


@pytest.mark.parametrize("comma", [",", ";"])
def test_the_list_of_the_class_is_imported_with_the_columns_that_it_has(tmp_path, comma):
    """Moodle lets students choose their own names, so a name must not become columns."""
    block = next(block for block in BLOCKS if "db student import" in block)
    names = ["Mal;M;ada@example.org;x", "Mal,M,ada@example.org,x", 'Mal";"M"', "M\u2028al\x0bM", "Zo\xeb"]
    table = [["id", "first_name", "last_name", "email"],
             *([f"s{row}", name, "", f"s{row}@example.org"] for row, name in enumerate(names))]
    (tmp_path / "Downloads").mkdir()
    with (tmp_path / "Downloads" / "students.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=comma).writerows(table)
    subprocess.run(["bash", "-euc", f"nbgrader() {{ true; }}\n{block}"], cwd=tmp_path, check=True,
                   env=course.environment(tmp_path) | {"HOME": str(tmp_path)})
    with (tmp_path / "private" / "students.csv").open(encoding="utf8", newline="") as file:
        assert list(csv.reader(file)) == table


def test_the_pages_cover_the_year(year):
    stock = ["db student import", "db student add", "generate_assignment", "db assignment add", "generate_feedback"]
    own = ["collect", "status", "grade", "report", "export"]
    names = ["git clone", "jupyter lab", *(f"parity {name}" for name in own), *(f"nbgrader {name}" for name in stock)]
    assert [name for name in names if name not in "".join(year.outputs)] == []


def test_no_command_ends_in_an_error(year):
    assert re.findall(r"^(?:Error|Usage|Traceback)\b.*\n.*", "\n".join(year.outputs.values()), re.MULTILINE) == []


def test_points_are_what_the_class_should_get(year):
    most = {cell.id: cell.metadata.nbgrader.points for cell in course.release(EXERCISE).cells
            if cell.metadata.get("nbgrader", {}).get("grade")}
    found = grades(year)
    for student in GRADED:
        lost = {"parity-check"} if student == PRIVATE else set(done_by(student).loses)
        if student == EMMY:
            continue        # of two files of one time, either may be taken
        expected = {cell: 2 if not cell.endswith("-check") else points * (cell not in lost)
                    for cell, points in most.items()}
        assert found[student] == expected, (student, done_by(student).name)


def test_the_private_test_ran_and_its_message_is_in_the_feedback(year):
    page = (year.kept / f"feedback/{PRIVATE}/{EXERCISE}/{EXERCISE}.html").read_text(encoding="utf8")
    assert re.search("your instructor(&#39;|')s own test: .parity. stopped with RecursionError", text_of(page))
    assert "private(" not in text_of(page)
    assert "Read." in page, "the instructor's comment"


def test_what_a_second_grading_changes_is_listed(year):
    printed = said(year, "parity grade unrolling --force")
    assert f"The points of 2 of {len(GRADED)} submissions have changed." in printed
    assert re.search(rf"^{PRIVATE} .* parity-check 2 → 0$", printed, re.MULTILINE), "there was no private test before"
    assert re.search(rf"^{LATE} .* late penalty 0 → \S+$", printed, re.MULTILINE)
    kept, = (year.kept / "private").glob(f"before-{EXERCISE}-*.db")
    assert f"The earlier gradebook is private/{kept.name}." in printed


def test_the_platforms_get_their_own_files_with_grades_in_them(year):
    place, points = year.kept / "private" / "export", grades(year)
    with (place / f"{EXERCISE}-moodle.csv").open(encoding="utf-8-sig", newline="") as file:
        moodle = {row["ID number"]: row["Grade"] for row in csv.DictReader(file)}
    with (place / f"{EXERCISE}-canvas.csv").open(encoding="utf8", newline="") as file:
        canvas = {row["SIS User ID"]: row["Unrolling (1234)"] for row in csv.DictReader(file) if row["SIS User ID"]}
    assert moodle == canvas
    for student in CLASS:
        total = None
        if student in GRADED:
            total = sum(points[student].values()) * (0.8 if student == LATE else 1)
        assert (float(moodle[student]) if moodle[student] else None) == (total and pytest.approx(total)), student
    # The pages collect the same notebooks from Moodle and then from Canvas, so both have names for the feedback.
    for platform in ("moodle", "canvas"):
        with zipfile.ZipFile(place / f"{EXERCISE}-{platform}-feedback.zip") as archive:
            assert len(archive.namelist()) == len(GRADED), platform


def test_the_next_year_begins_with_an_empty_course_and_the_settings(year):
    left = set(os.listdir(year.clone))
    assert not {"gradebook.db", "submitted", "autograded", "feedback"} & left
    assert (year.clone / "private" / "nbgrader_config.py").is_file()
    assert not list((year.clone / "private").glob("before-*"))
    assert (year.clone.parent / "class-of-2026.tar.gz").is_file()


def test_the_new_exercise_is_written_and_its_bank_is_graded(year):
    words = said(year, "parity rehearse ones")
    assert "model-answer: ok\nuntouched-notebook: ok\n" in words
    assert "6 of them rewritten" in words, "two notebooks with lists of cells, and students' checks and .gitignore"
    assert "5 of 5 submissions have exactly the points that they deserve" in words
    release = (year.clone / "exercises/ones/ones.ipynb").read_text(encoding="utf8")
    assert "raise NotImplementedError" in release
    assert "HIDDEN" not in release
    assert "Rubric" not in release
    assert "**Chapter:** 1, *One bit of memory*. **Time:** about 5 minutes. **Points:** 3." in release
    assert "## Task 1: the count (2 points)" in release


def test_the_new_exercise_changes_no_tracked_file_so_that_a_new_version_can_be_pulled(year):
    assert "all up to date" in year.outputs[next(block for block in year.outputs if block.startswith("git pull"))]
    assert git(year.clone, "status", "--porcelain") == ""
    assert git(year.clone, "log", "--format=%s").splitlines() == ["Add remarks", "Add remarks", "The book"]
    names = [f"{kind}/ones/ones{end}" for kind in ("exercises", "solutions") for end in (
        ".ipynb", "_checks.py", "_checks.json")]
    assert [name for name in names if not (year.clone / name).is_file()] == []


def test_students_check_their_own_copy_of_the_new_exercise(year, tmp_path):
    shutil.copytree(year.clone / "exercises/ones", tmp_path / "ones")
    notebook = nbformat.read(tmp_path / "ones/ones.ipynb", as_version=4)
    NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(tmp_path / "ones")}}).execute()
    words = " ".join(notebook.cells[-1].outputs[0].text.split())
    assert "0 of 2 `ones` is not written yet" in words
    assert "0 of 2 points in the public checks, and 1 more for written answers" in words


def test_nothing_of_the_class_would_reach_git(year):
    assert {"gradebook.db", "private", "submitted", "autograded", "feedback"} <= set(os.listdir(year.kept))
    # `nbgrader generate_assignment` has written the due date into the exercise.
    assert git(year.kept, "status", "--porcelain").split() == ["M", f"exercises/{EXERCISE}/{EXERCISE}.ipynb"]
