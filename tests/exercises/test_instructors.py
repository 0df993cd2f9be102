"""The instructors' chapter does what it says: its commands run in a copy of the repository, with a class of forty.

In `make test` twelve of the forty hand in, every slip among them, and commands start in forks of a process that has
PyTorch loaded; in `make test-full` all hand in, and each command starts by itself.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.exercises import course, preloaded
from tests.grading import archives
from tests.grading.archives import ADA, CLASS, EMMY, KURT, SOFJA
from tests.submissions import bank

pytestmark = pytest.mark.whole

PAGE, OWN = ((bank.ROOT / "book" / f"{name}.md").read_text(encoding="utf8")
             for name in ("instructors", "own-exercises"))
BLOCKS = [token.content for page in (PAGE, OWN) for token in bank.authoring.PARSER.parse(page)
          if token.type == "fence" and token.info.strip() == "bash"]
EXERCISE = "unrolling"
LATE, ZENO, CHLOE = "s204506", "s204541", "s204540"     # a day and an hour late; came later; sends by mail, too late
PRIVATE = "s204508"     # right but for a very long string
NO_POINTS = (KURT, SOFJA, ZENO)     # a page instead of a notebook; a file cut off; nothing

# What fetches from elsewhere, and what needs a person, is replaced; everything else is the real command. Status 1 of
# `parity` says that something waits for a person; an error says so in words, and a test looks for them.
STAND_INS = r"""
set -euo pipefail
git() { if [ "$1" = clone ]; then cp -R "$COPY" "$3"; else [ "$*" = pull ]; fi; }
python3() { [ "$*" = "-m venv .venv" ] && mkdir -p .venv/bin && echo 'hash -r' > .venv/bin/activate; }
pip() { [ "$*" = 'install -c constraints.txt -e .[course]' ] && grep -q "^course = " pyproject.toml; }
mkdir() { command mkdir "${@//\/srv\//$HOME/srv/}"; }
cat() { command cat "$@" | sed "s|/srv/|$HOME/srv/|"; }
jupyter() { [ "$*" = lab ] && "$PYTHON" "$GRADER" gradebook.db; }
run() { if [ -n "${PRELOADED-}" ]; then "$PYTHON" -SE "$PRELOADED" "$SOCKET" "$@"; else command "$@"; fi; }
parity() { run parity "$@" || [ $? = 1 ]; }
nbgrader() { run nbgrader "$@"; }
tar() { cp -R . "$KEPT"; command tar "$@"; }
"""
# What the instructor types in the formgrader: 2 points for each answer that waits, and a comment.
GRADER = """
import os, sys
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


def done_by(student):
    """The hand-in of the bank that a student sends."""
    everybody = [one for one in bank.bank(EXERCISE) if one.path.stem != "wrong_ready_answers"]
    return everybody[(int(student[-2:]) - 1) % len(everybody)]


def hand_ins(number):
    """What the first students send, by student and file name: answers of the bank, with the slips of a class."""
    files = {(student, name): data for (student, name), data in archives.slips().items()
             if student in [*CLASS][:number]}
    whole = {"": course.solution(EXERCISE), PRIVATE: course.solution(EXERCISE)}
    next(cell for cell in whole[PRIVATE].cells if cell.id == "parity").source = (
        "def parity(bits):\n    def odd(row):\n        return int(row[0]) ^ odd(row[1:]) if len(row) else 0\n"
        "    return np.array([odd(row) for row in bits])")

    def written(student):
        notebook = whole.get(student) or course.hand_in(done_by(student))
        return nbformat.writes(notebook).encode()
    for (student, name), data in files.items():
        if student in NO_POINTS or name.endswith(".pdf"):
            continue
        if name == "unrolling.zip":
            files[student, name] = archives.zip_bytes({"unrolling/unrolling.ipynb": written(student)})
        elif (student, name) != (EMMY, "unrolling (1).ipynb"):
            files[student, name] = written(student)
        else:
            files[student, name] = data
    return files


def download(home, number):
    """What the platforms give: archives, lists, a folder of files that came by mail, the list of the class."""
    folder = home / "Downloads"
    (folder / "by-mail").mkdir(parents=True)
    files = hand_ins(number)
    archives.zipped(folder / "RNN-Unrolling-4711.zip", archives.moodle(files))
    archives.worksheet(folder / "Grades-RNN-Unrolling-4711.csv", {LATE: timedelta(days=1, hours=2)})
    archives.zipped(folder / "submissions.zip", archives.canvas(files))
    archives.canvas_gradebook(folder / "Grades-RNN.csv")
    (folder / "by-mail" / f"{CHLOE}_20261122T1702_unrolling.ipynb").write_bytes(files[ADA, "unrolling (1).ipynb"])
    (folder / "my-unrolling.ipynb").write_bytes(files[ADA, "unrolling (1).ipynb"])
    with (folder / "students.csv").open("w", encoding="utf8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "first_name", "last_name", "email"])
        table.writerows([one.id, one.first_name, one.last_name, one.email] for one in CLASS.values())


@contextmanager
def preloading(place, environment):
    """What the commands have to know of a process that waits to fork for them."""
    server = subprocess.Popen([sys.executable, "-m", preloaded.__name__, place], cwd=bank.ROOT, env=environment)
    while not place.exists():
        assert server.poll() is None
        time.sleep(0.05)
    yield {"PRELOADED": preloaded.__file__, "SOCKET": str(place)}
    place.unlink()
    server.wait()


@pytest.fixture(scope="module", params=[12, pytest.param(40, marks=pytest.mark.slow)])
def transcript(tmp_path_factory, request):
    """The chapter's blocks, run in one shell; the course before the year ends, and what was said after each block."""
    folder = tmp_path_factory.mktemp("instructor")
    download(folder / "home", request.param)
    (folder / "grader.py").write_text(GRADER, encoding="utf8")
    marked = [f"echo '=== block {i}'\n{block}" for i, block in enumerate(BLOCKS)]
    script = "\n".join([STAND_INS, *marked, "echo '=== end'"])
    environment = course.environment(folder / "one-bit-of-memory") | {
        "HOME": str(folder / "home"), "COPY": str(repository(folder / "copy")), "PYTHON": sys.executable,
        "GRADER": str(folder / "grader.py"), "KEPT": str(folder / "kept"), "PARITY_PROGRESS": "0"}
    with preloading(folder / "socket", environment) if request.param < len(CLASS) else nullcontext({}) as more:
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment | more, text=True, encoding="utf8",
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    parts = re.split(r"^=== (?:block \d+|end)\n", done.stdout, flags=re.MULTILINE)[1:]
    assert done.returncode == 0, f"{BLOCKS[len(parts) - 1]}\n{parts[-1][-4000:]}"
    sent = [student for student in [*CLASS][:request.param] if student not in (*NO_POINTS, CHLOE)]
    return Year(folder / "kept", folder / "one-bit-of-memory", dict(zip(BLOCKS, parts, strict=False)), sent)


@dataclass(frozen=True)
class Year:
    """A year with a class: the course before it ends, the clone after it, what was said after each block.

    ``graded`` are those whose hand-in can be graded.
    """

    kept: Path
    clone: Path
    said: dict[str, str]
    graded: list[str]


def said(transcript, words):
    return next(text for block, text in transcript.said.items() if words in block)


def grades(transcript):
    """Points in the gradebook, by student and cell."""
    with Gradebook(f"sqlite:///{transcript.kept / 'gradebook.db'}") as book:
        return {one.student.id: {grade.name: grade.score for notebook in one.notebooks for grade in notebook.grades}
                for one in book.assignment_submissions(EXERCISE) if one.notebooks}


def text_of(page):
    return re.sub(r"<[^>]*>", "", page)


def test_the_chapter_covers_the_year(transcript):
    stock = ["db student import", "db student add", "generate_assignment", "db assignment add", "release_assignment",
             "collect", "autograde", "generate_feedback"]
    own = ["check", "collect", "status", "extend", "grade", "regrade", "report", "export"]
    commands = ["git clone", "jupyter lab", *(f"parity {one}" for one in own), *(f"nbgrader {one}" for one in stock)]
    assert [one for one in commands if one not in "".join(transcript.said)] == []


def test_no_command_ends_in_an_error(transcript):
    assert re.findall(r"^(?:Error|Usage|Traceback)\b.*\n.*", "\n".join(transcript.said.values()), re.MULTILINE) == []


def test_the_class_is_in_the_gradebook(transcript):
    listed = said(transcript, "student import")
    assert "There are 41 students" in listed
    assert f"{ZENO} (Elea, Zeno) -- {ZENO}@example.org" in listed


def test_releasing_leaves_the_files_of_the_repository_as_they_were(transcript):
    path = f"exercises/{EXERCISE}/{EXERCISE}.ipynb"
    assert (transcript.kept / path).read_bytes() == (bank.ROOT / path).read_bytes()


def test_everybody_is_collected_with_a_time_and_what_is_none_has_a_reason(transcript):
    collected = said(transcript, "--from moodle")
    there = (transcript.kept / "submitted").glob(f"*/{EXERCISE}")
    assert sorted(path.parent.name for path in there) == transcript.graded
    for student in transcript.graded:
        folder = transcript.kept / "submitted" / student / EXERCISE
        berlin = archives.DUE + (timedelta(days=1, hours=2) if student == LATE else timedelta(hours=-1))
        came = f"{berlin - timedelta(hours=1):%Y-%m-%d %H:%M:%S} UTC\n"
        assert (folder / "timestamp.txt").read_text(encoding="utf8") == came
    assert len(re.findall("^left out: ", collected, re.MULTILINE)) == 3     # of Kurt, Sofja and Emmy
    assert re.search(f"^{KURT} .*nothing", collected, re.MULTILINE)


def test_the_list_says_where_everybody_stands(transcript):
    rows = dict(re.findall(r"^(s2045\d\d) +(missing|unusable|collected|needs reading|read|failed)",
                           said(transcript, "parity status unrolling"), re.MULTILINE))
    assert rows == {student: "collected" if student in transcript.graded else "unusable" if student in (KURT, SOFJA)
                    else "missing" for student in [*CLASS, ZENO]}


def test_a_student_learns_before_handing_in_what_is_missing(transcript):
    assert "11 of 11" in said(transcript, "parity check")


def test_points_are_what_the_class_should_get(transcript):
    most = {cell.id: cell.metadata.nbgrader.points for cell in course.release(EXERCISE).cells
            if cell.metadata.get("nbgrader", {}).get("grade")}
    found = grades(transcript)
    for student in transcript.graded:
        lost = {"parity-check"} if student == PRIVATE else set(done_by(student).loses)
        if student == EMMY:
            continue        # of two files of one time, either may be taken
        expected = {cell: 2 if not cell.endswith("-check") else points * (cell not in lost)
                    for cell, points in most.items()}
        assert found[student] == expected, (student, done_by(student).name)


def test_who_was_late_pays_a_tenth_a_day(transcript):
    with Gradebook(f"sqlite:///{transcript.kept / 'gradebook.db'}") as book:
        late = {one.student.id: one.late_submission_penalty for one in book.assignment_submissions(EXERCISE)
                if one.late_submission_penalty}
    points = sum(grades(transcript)[LATE].values())
    assert late == {LATE: pytest.approx(points * 2 / 10)}


def test_the_private_test_ran_and_its_message_is_in_the_feedback(transcript):
    page = (transcript.kept / f"feedback/{PRIVATE}/{EXERCISE}/{EXERCISE}.html").read_text(encoding="utf8")
    assert re.search("your instructor(&#39;|')s own test: .parity. stopped with RecursionError", text_of(page))
    assert "private(" not in text_of(page)
    assert "Read." in page, "the instructor's comment"


def test_feedback_is_there_for_everybody(transcript):
    for student in transcript.graded:
        assert (transcript.kept / f"feedback/{student}/{EXERCISE}/{EXERCISE}.html").is_file()


def test_differences_are_listed_and_applied(transcript):
    first = said(transcript, "parity regrade unrolling --jobs 2")
    assert f"1 would change, {len(transcript.graded) - 1} unchanged" in first
    assert re.search(rf"^{LATE} +would change +.* late penalty ", first, re.MULTILINE)
    assert "The new grades are in place" in said(transcript, "parity regrade unrolling --apply")
    assert "two-unit-weights-check is dropped" in said(transcript, "--drop two_unit_weights")


def test_the_pages_about_the_class_are_there(transcript):
    place = transcript.kept / "private" / "report"
    assert {path.suffix for path in place.iterdir()} == {".html"}
    assert "Erdős" not in (place / f"{EXERCISE}.html").read_text(encoding="utf8")


def test_the_platforms_get_their_own_files_with_grades_in_them(transcript):
    place, points = transcript.kept / "private" / "export", grades(transcript)
    with (place / f"{EXERCISE}-moodle.csv").open(encoding="utf-8-sig", newline="") as file:
        moodle = {row["ID number"]: row["Grade"] for row in csv.DictReader(file)}
    with (place / f"{EXERCISE}-canvas.csv").open(encoding="utf8", newline="") as file:
        canvas = {row["SIS User ID"]: row["Unrolling (1234)"] for row in csv.DictReader(file) if row["SIS User ID"]}
    assert moodle == canvas
    for student in CLASS:
        total = None
        if student in transcript.graded:
            total = sum(points[student].values()) * (0.8 if student == LATE else 1)
        assert (float(moodle[student]) if moodle[student] else None) == (total and pytest.approx(total)), student
    with zipfile.ZipFile(place / f"{EXERCISE}-moodle-feedback.zip") as archive:
        assert len(archive.namelist()) == len(transcript.graded)
    # The submissions came from Moodle, so the names that Canvas needs are not known.
    assert "give out the feedback page by hand" in said(transcript, "--to canvas")


def test_the_next_year_begins_with_an_empty_course_and_the_settings(transcript):
    left = set(os.listdir(transcript.clone))
    assert not {"gradebook.db", "submitted", "autograded", "feedback"} & left
    assert (transcript.clone / "private" / "nbgrader_config.py").is_file()
    assert (transcript.clone.parent / "class-of-2026.tar.gz").is_file()


def test_the_new_exercise_is_written_and_its_bank_is_graded(transcript):
    words = said(transcript, "pytest tests/submissions")
    assert "7 of them rewritten" in words, "two notebooks, cells, model answers, two tables, the contents"
    assert len(re.findall(r"\b[1-9]\d* passed", words)) == 2
    assert not re.search(r"\b\d+ (?:failed|errors?|skipped)\b", words)
    release = (transcript.clone / "exercises/ones/ones.ipynb").read_text(encoding="utf8")
    assert "raise NotImplementedError" in release
    assert "HIDDEN" not in release
    assert "Rubric" not in release
    assert "**Chapter:** 1, [One bit of memory](../../book/one-bit.md). **Time:** about 5 minutes. " in release
    assert " **Points:** 3." in release
    assert "## Task 1: the count (2 points)" in release


def test_the_new_exercise_stands_in_the_book_without_a_word_by_hand(transcript):
    clone = transcript.clone
    assert "| {doc}`one-bit` | 5 | 3 | count the ones" in (clone / "book/exercises.md").read_text(encoding="utf8")
    assert "</exercises/ones/ones>`, 5 minutes | 1 |" in (clone / "book/instructors.md").read_text(encoding="utf8")
    assert "- file: exercises/ones/ones" in (clone / "_toc.yml").read_text(encoding="utf8")
    assert '"check": "ones", "points": 2}' in (clone / "packages/parity_checks/cells.json").read_text(encoding="utf8")


def test_nothing_of_the_class_would_reach_git(transcript):
    kept = {"gradebook.db", "private", "submitted", "autograded", "feedback"}
    assert kept <= set(os.listdir(transcript.kept))
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=transcript.kept, text=True, capture_output=True,
                              check=True).stdout
    git("init", "-q", ".")
    untracked = {line.split("/")[0] for line in git("ls-files", "-o", "--exclude-standard").splitlines()}
    assert "nbgrader_config.py" in untracked
    assert not kept & untracked
    assert not untracked - set(os.listdir(bank.ROOT))


def test_the_rubric_stands_where_the_chapter_says():
    source = (bank.ROOT / "solutions" / f"{EXERCISE}.md").read_text(encoding="utf8")
    assert "**Rubric.**" in source
    assert f"`solutions/{EXERCISE}.md`" in PAGE
