"""`parity export`: the grades and feedback pages for each platform, blanks, and the list of things to do."""

import csv
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from parity_grading.course import load_course
from parity_grading.export import FORMULA, rounded
from parity_grading.submission_store import CollectedSubmission, SubmissionStore
from tests.exercises import course
from tests.exercises.course import parity
from tests.grading import archives, classroom
from tests.grading.archives import CLASS, NAME

UNGRADED = {"s204533", "s204534", "s204535", "s204538", "s204539", "s204540"}
GRADED = set(CLASS) - UNGRADED


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return classroom.fill(course.copy_course(tmp_path_factory.mktemp("export") / "course", NAME))


@pytest.fixture
def root(template, tmp_path) -> Path:
    """A course with the submissions of a class for *Unrolling*, all but six of them graded."""
    return shutil.copytree(template, tmp_path / "course")


def export(root: Path, platform: str, *arguments: str | Path) -> tuple[int, list[str], dict[str, str]]:
    """Return the exit status of the command, the lines of its output, and the grades that it wrote by student."""
    code, output = parity(root, "export", NAME, "--to", platform, *arguments)
    key, column = {"moodle": ("ID number", "Grade"), "canvas": ("SIS User ID", "Unrolling (1234)"),
                   "csv": ("student_id", NAME)}[platform]
    path, grades = root / "private" / "export" / f"{NAME}-{platform}.csv", {}
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            grades = {row[key]: row.get(column) for row in csv.DictReader(file)}
    return code, output.splitlines(), grades


# ---------------------------------------------------------------- grades

def test_a_blank_is_not_a_zero_and_what_is_left_to_do_is_listed(root):
    shutil.copytree(root / "submitted" / "s204501", root / "submitted" / "s999999")
    code, lines, grades = export(root, "csv")
    assert {student for student in CLASS if not grades[student]} == UNGRADED
    assert grades["s204518"] == "0", "the code stops and there are no words, so the zero was earned"
    assert (code, lines[-1]) == (1, "34 grades, 5 things to do")
    assert "to do  s204533: 1 answer to be read" in lines
    assert "to do  s204540: submitted, but not graded yet: parity grade" in lines
    assert "to do  s999999: submitted, but not graded yet: parity grade; not in the list of students" in lines
    assert "2 of 41 students submitted nothing and have a blank" in lines
    code, output = parity(root, "export", "--to", "csv")       # for all exercises, and the course has one
    with (root / "private" / "export" / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: (row[NAME], row["total"]) for student, row in rows.items()} == {
        student: (grade, grade) for student, grade in grades.items()}
    assert rows["s204533"]["to_do"] == f"{NAME}: 1 answer to be read"
    assert (code, output.splitlines()[-1]) == (1, "34 grades, 5 things to do")
    assert parity(root, "export", "--to", "canvas")[0] != 0


def test_nothing_to_do_is_status_0(root):
    with classroom.opened(root) as book:
        for entry in book.assignment_submissions(NAME):
            for grade in entry.notebooks[0].grades:
                grade.needs_manual_grade = False
        book.remove_student("s204540")
        book.db.commit()
    shutil.rmtree(root / "submitted" / "s204540")
    assert export(root, "csv")[0] == 0


def test_submissions_that_are_unusable_or_changed_have_a_blank(root):
    store = SubmissionStore(load_course(root), NAME)
    store.remember("s204538", CollectedSubmission(refused="unrolling.html: it is not a notebook"))
    path = root / "submitted" / "s204501" / NAME / f"{NAME}.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    with classroom.opened(root) as book:
        book.remove_submission(NAME, "s204502")
    _, lines, grades = export(root, "csv")
    assert ("to do  s204538: unusable; unrolling.html: it is not a notebook; save their notebook, or the released one "
            f"for 0 points, as submitted/s204538/{NAME}/{NAME}.ipynb, and run parity grade") in lines
    assert any(line.startswith("to do  s204501: changed since") for line in lines)
    assert any(line.startswith("to do  s204502: submitted, but not graded yet") for line in lines)
    assert not grades["s204501"] + grades["s204502"] + grades["s204538"]
    course.submit(root, "s204538", NAME, course.release(NAME))
    assert "to do  s204538: submitted, but not graded yet: parity grade" in export(root, "csv")[1]


def test_penalties_are_subtracted_and_cells_are_private_and_no_formulas(root):
    with classroom.opened(root) as book:
        book.find_submission(NAME, "s204501").notebooks[0].late_submission_penalty = 1.1
        book.find_submission(NAME, "s204502").notebooks[0].late_submission_penalty = 99
        book.update_or_create_student("s204501", first_name='=HYPERLINK("http://x")', last_name="\n＝SUM(1)")
        book.db.commit()
    grades = export(root, "csv")[2]
    assert (grades["s204501"], grades["s204502"]) == ("4.4", "0")
    path = root / "private" / "export" / f"{NAME}-csv.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["first_name"], row["last_name"], row["penalty"]) == ("'=HYPERLINK(\"http://x\")", "'\n＝SUM(1)", "1.1")
    assert os.name == "nt" or not (path.stat().st_mode | (root / "private").stat().st_mode) & 0o077


@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\v", "\ufeff", "\u2060\u202e\t"])
@pytest.mark.parametrize("sign", "=+-@＝﹦")
def test_what_a_spreadsheet_may_take_for_a_formula_is_marked_as_text(before, sign):
    assert FORMULA.match(f"{before}{sign}1+1")
    assert not FORMULA.match(f"a{before}{sign}1")


def test_a_spreadsheet_that_splits_at_semicolons_sees_no_formula(root):
    with classroom.opened(root) as book:
        book.update_or_create_student("s204501", first_name="a;=1+1")
        book.db.commit()
    export(root, "csv")
    assert '"a;=1+1"' in (root / "private" / "export" / f"{NAME}-csv.csv").read_text(encoding="utf-8-sig")


# ---------------------------------------------------------------- the platforms' lists

@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")])
def test_moodles_worksheet_comes_back_with_nothing_but_grades_added(root, tmp_path, separator, encoding):
    path = archives.worksheet(tmp_path / "list.csv", separator=separator, encoding=encoding)
    code, lines, grades = export(root, "moodle", "--list", path)
    assert (code, grades["s204515"], {student for student in CLASS if not grades[student]}) == (1, "10", UNGRADED)
    assert "to do  s204538: the platform has a submission, but it was not collected" in lines
    result = root / "private" / "export" / f"{NAME}-moodle.csv"
    assert result.read_bytes().startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    with path.open(encoding=encoding, newline="") as before, result.open(encoding="utf-8-sig", newline="") as after:
        for old, new in zip(csv.DictReader(before, delimiter=separator), csv.DictReader(after), strict=True):
            assert old | {"Grade": new["Grade"]} == new


def test_canvas_gets_its_gradebook_back_and_keeps_what_it_had(root, tmp_path):
    path = archives.canvas_gradebook(tmp_path / "list.csv", grades={
        "s204501": "EX", "s204502": "7.5", "s204538": "8", "s204539": "N/A"})
    _, lines, grades = export(root, "canvas", "--list", path)
    assert grades["s204515"] == "10"
    assert [grades[student] for student in ("s204501", "s204502", "s204538", "s204539")] == ["EX", "6", "8", "N/A"]
    assert "s204502: 6 replaces 7.5" in lines
    assert "s204538: 8 stays in the platform's list" in lines
    result = (root / "private" / "export" / f"{NAME}-canvas.csv").read_text().splitlines()
    before = path.read_text().splitlines()
    assert (result[:3], result[-1]) == (before[:3], before[-1])


def test_students_in_one_list_only_are_named_and_namesakes_get_no_grade(root, tmp_path):
    ada, *others = CLASS.values()
    namesake = replace(ada, id="s999999", email="s999999@example.org")
    path = archives.worksheet(tmp_path / "list.csv", students=[namesake, *others])
    code, lines, grades = export(root, "moodle", "--list", path)
    assert (code, grades["s999999"]) == (1, "")
    assert "to do  no student has an id or email address of 'Ada Lovelace' in list.csv" in lines
    assert "to do  s204501: Ada Lovelace is not in the platform's list, and has 5.5 points" in lines


def test_another_maximum_stops_the_export(root, tmp_path):
    path = archives.worksheet(tmp_path / "list.csv", most="100,00")
    code, lines, grades = export(root, "moodle", "--list", path)
    assert (code, grades) == (1, {})
    assert "unrolling has 15 points, but the platform's maximum is 100" in lines[0]


def test_a_grade_above_the_maximum_is_left_out_because_moodle_would_skip_it(root, tmp_path):
    with classroom.opened(root) as book:
        for grade in book.find_submission(NAME, "s204501").notebooks[0].grades:
            grade.extra_credit = 10
        book.db.commit()
    code, lines, grades = export(root, "moodle", "--list", archives.worksheet(tmp_path / "list.csv"))
    assert (code, grades["s204501"]) == (1, "")
    assert any("s204501" in line and "is more than the maximum of 15 and was left out" in line for line in lines)


@pytest.mark.parametrize(("arguments", "message"), [
    (("csv", "--list", "canvas.csv"), "--list must be left out with --to csv"),
    (("moodle",), "--list must be Moodle's grading worksheet, a CSV file: it holds the platform's own numbers"),
    (("canvas", "--list", "untitled.csv"), "--column must be one of Warm-up (900), Week 5 (1234), but it is None"),
    (("moodle", "--list", "german.csv"), "--column must be the heading of one column")])
def test_wrong_arguments_are_explained_in_a_line(root, tmp_path, arguments, message):
    text = archives.canvas_gradebook(tmp_path / "canvas.csv").read_text()
    (tmp_path / "untitled.csv").write_text(text.replace("Unrolling", "Week 5"))
    text = archives.worksheet(tmp_path / "moodle.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "german.csv").write_text(text.replace(",Grade,", ",Bewertung,"))
    code, lines, _ = export(root, *(tmp_path / item if (tmp_path / item).is_file() else item for item in arguments))
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith(f"Error: {message}")


def test_another_column_can_be_named(root, tmp_path):
    path = archives.worksheet(tmp_path / "list.csv")
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",Grade,", ",Bewertung,"))
    assert export(root, "moodle", "--list", path, "--column", "Bewertung")[1][-1].startswith("34 grades")


# ---------------------------------------------------------------- feedback

def write_feedback(root: Path) -> None:
    """Write pages with the names and the scores of nbgrader's; two submissions were late, one by far too much."""
    with classroom.opened(root) as book:
        book.find_submission(NAME, "s204509").notebooks[0].late_submission_penalty = 1.1
        book.find_submission(NAME, "s204510").notebooks[0].late_submission_penalty = 99
        book.db.commit()
        for entry in book.assignment_submissions(NAME):
            score = round(entry.score - (entry.late_submission_penalty or 0), 2)
            page = root / "feedback" / entry.student.id / NAME / f"{NAME}.html"
            page.parent.mkdir(parents=True)
            page.write_text(f"<h1>Unrolling: {rounded(score)} of 15 points</h1>")


def pages(root: Path, platform: str) -> list[str]:
    with zipfile.ZipFile(root / "private" / "export" / f"{NAME}-{platform}-feedback.zip") as archive:
        return archive.namelist()


def test_moodle_takes_feedback_by_the_number_of_the_participant(root, tmp_path):
    write_feedback(root)
    export(root, "moodle", "--list", archives.worksheet(tmp_path / "list.csv"))
    names = pages(root, "moodle")
    assert len(names) == len(GRADED)
    assert f"Sinéad O Connor_{CLASS['s204518'].moodle}_assignsubmission_file/{NAME}.html" in names
    for name in names:      # as Moodle's importziplib.php reads it
        parts = name.partition("/")[0].split("_", 4)
        assert (parts[1].isdigit(), parts[2:4]) == (True, ["assignsubmission", "file"])


def test_canvas_takes_feedback_under_the_names_of_its_own_download(root, tmp_path):
    write_feedback(root)
    shutil.rmtree(root / "submitted")
    files = {(student, "unrolling.zip" if student == "s204504" else "unrolling.ipynb"): archives.notebook(student)
             for student in GRADED - {"s204505"}}
    files["s204504", "unrolling.zip"] = archives.zip_bytes({"unrolling.ipynb": files["s204504", "unrolling.zip"]})
    download = archives.canvas(files, late=("s204503",))
    listing = archives.canvas_gradebook(tmp_path / "list.csv")
    parity(root, "collect", NAME, archives.zipped(tmp_path / "c.zip", download), "--from", "canvas", "--list", listing)
    for page in (root / "autograded").glob(f"*/{NAME}/{NAME}.ipynb"):
        student = page.parent.parent.name
        classroom.write_graded(root, student, nbformat.read(page, as_version=4))
        os.utime(root / "feedback" / student / NAME / f"{NAME}.html", (4e9, 4e9))
    lines = export(root, "canvas", "--list", listing)[1]
    assert sorted(pages(root, "canvas")) == sorted(f"{path.rpartition('.')[0]}.html" for path in download)
    assert any(line.startswith("to do  s204505: hand out the feedback page yourself") for line in lines)


def test_pages_that_are_missing_or_older_than_the_grades_are_named(root, tmp_path):
    write_feedback(root)
    (root / "feedback" / "s204501" / NAME / f"{NAME}.html").unlink()
    os.utime(root / "feedback" / "s204502" / NAME / f"{NAME}.html", (1, 1))
    with classroom.opened(root) as book:
        next(grade for grade in book.find_submission(NAME, "s204503").notebooks[0].grades
             if grade.name == classroom.TASK).manual_score = 4
        book.db.commit()
    listing = archives.worksheet(tmp_path / "list.csv")
    code, lines, _ = export(root, "moodle", "--list", listing)
    assert code == 1
    for start in ("s204501: there is no feedback page; nbgrader generate_feedback unrolling --force",
                  "s204502: the feedback page is older than the grading",
                  "s204503: the feedback page says 6.5 points, but the gradebook has 9"):
        assert any(line.startswith(f"to do  {start}") for line in lines), lines
    assert len(pages(root, "moodle")) == 31
