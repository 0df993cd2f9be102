"""`parity export`: what the platforms get back, who has a blank, and what is left for a person to do."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from parity_lib.cli import main
from parity_lib.teaching import worksheet
from parity_lib.teaching.export import Standing, matched
from tests.exercises import course
from tests.teaching import classroom
from tests.teaching.classroom import NAME
from tests.teaching.roster import the_class

STUDENTS = {one.id: one for one in the_class()}
HEAD = ("Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade",
        "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments")


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A course that no test changes, but for what it exports."""
    return classroom.fill(tmp_path_factory.mktemp("export") / "course")


@pytest.fixture
def root(filled, tmp_path) -> Path:
    """A course of its own for a test."""
    return shutil.copytree(filled, tmp_path / "course")


def export(root: Path, *arguments: str) -> tuple[int, list[str]]:
    """The command's status and its lines."""
    code, said = course.parity(root, "export", NAME, *arguments)
    return code, said.splitlines()


def moodle_worksheet(path: Path, separator: str = ",", end: str = "\n", encoding: str = "utf-8-sig", head=HEAD,
                     students=None, most: str = "15.00") -> Path:
    """What Moodle's "Download grading worksheet" gives."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator=end)
    writer.writerow(head)
    for one in students or STUDENTS.values():
        writer.writerow([f"Participant {one.moodle}", one.full_name, one.id, one.email, "Submitted for grading - ", "",
                         most, "Yes", "Thursday, 1 October 2026, 9:12 AM", "-", 'Said "no", then left'])
    path.write_bytes(file.getvalue().encode(encoding))
    return path


def canvas_gradebook(path: Path, end: str = "\n", possible: str = "15.00") -> Path:
    """What Canvas's "Export Entire Gradebook" gives."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator=end)
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Warm-up (900)", "Unrolling (911)",
                     "Varying lengths (912)", "Current Score", "Final Score"])
    writer.writerow(["", "", "", "", "", "", "Manual Posting", "", "", ""])
    writer.writerow(["    Points Possible", "", "", "", "", "10.00", possible, "15.00", "(read only)", "(read only)"])
    for one in STUDENTS.values():
        name = f"{one.last_name}, {one.first_name}" if one.last_name else one.first_name
        writer.writerow([name, one.canvas, one.id, one.email, "Section 1", "9.50", "", "", "95.00", "12.00"])
    writer.writerow(["Student, Test", 9999, "", "abc", "Section 1", "", "", "", "", ""])
    path.write_bytes(file.getvalue().encode("utf-8"))
    return path


def grades(path: Path, column: str, key: str, encoding: str = "utf-8-sig", separator: str = ",") -> dict[str, str]:
    with path.open(encoding=encoding, newline="") as file:
        return {row[key]: row[column] for row in csv.DictReader(file, delimiter=separator)}


# ---------------------------------------------------------------- grades


def test_a_blank_is_not_a_zero_and_what_a_person_has_to_do_is_said(filled):
    status, said = export(filled, "--to", "csv")
    got = grades(filled / "private" / "export" / f"{NAME}-csv.csv", "points", "student_id")
    assert len(got) == 40
    assert [one for one, points in got.items() if not points] == [
        "s204533", "s204534", "s204535", "s204538", "s204539", "s204540"]
    assert got["s204518"] == "0", "code that stops, and no words: an honest zero"
    assert (status, said[-1]) == (1, "34 grades, 4 things to do")
    assert "to do  s204533: 1 answer to be read" in said
    assert any(line.startswith("to do  s204540: handed in, and not graded yet") for line in said)
    assert "2 of 40 students handed in nothing, and have a blank" in said


def test_partial_points_are_given_where_they_are_asked_for(filled):
    status, said = export(filled, "--to", "csv", "--partial")
    got = grades(filled / "private" / "export" / f"{NAME}-csv.csv", "points", "student_id")
    assert got["s204533"] == "11"
    assert status == 1
    assert said[-1].startswith("37 grades")


def test_nothing_to_do_is_status_0(root):
    with classroom.opened(root) as book:
        for entry in book.assignment_submissions(NAME):
            for grade in entry.notebooks[0].grades:
                grade.needs_manual_grade = False
        book.remove_student("s204540")
        book.db.commit()
    shutil.rmtree(root / "submitted" / "s204540")
    assert export(root, "--to", "csv")[0] == 0


def test_one_who_was_graded_and_is_not_in_the_gradebook_is_named(root):
    with classroom.opened(root) as book:
        book.remove_submission(NAME, "s204501")
    said = export(root, "--to", "csv")[1]
    assert "to do  s204501: handed in, and not graded yet: parity grade" in said


def test_the_penalty_is_taken_off_and_no_number_has_seventeen_digits(root):
    with classroom.opened(root) as book:
        book.find_submission(NAME, "s204501").notebooks[0].late_submission_penalty = 1.1
        book.find_submission(NAME, "s204502").notebooks[0].late_submission_penalty = 99
        book.db.commit()
    export(root, "--to", "csv")
    path = root / "private" / "export" / f"{NAME}-csv.csv"
    got = grades(path, "points", "student_id")
    assert (got["s204501"], got["s204502"]) == ("1.4", "0")
    assert grades(path, "penalty", "student_id")["s204501"] == "1.1"


def test_a_stranger_and_a_second_hand_in_are_named(root):
    shutil.copytree(root / "submitted" / "s204501", root / "submitted" / "s999999")
    path = root / "submitted" / "s204501" / NAME / f"{NAME}.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    os.utime(path, (4e9, 4e9))
    _, said = export(root, "--to", "csv")
    assert any(line.startswith("to do  s999999: not in the list of students") for line in said)
    assert any(line.startswith("to do  s204501: changed since") for line in said)
    assert not grades(root / "private" / "export" / f"{NAME}-csv.csv", "points", "student_id")["s204501"]


def test_an_earlier_file_is_not_replaced_without_a_word_and_nobody_else_reads_it(root):
    export(root, "--to", "csv")
    path = root / "private" / "export" / f"{NAME}-csv.csv"
    assert path.stat().st_mode & 0o077 == 0 or os.name == "nt"
    path.write_text("mine")
    path.chmod(0o644)
    assert f"{path.name} takes the place of an earlier one" in export(root, "--to", "csv")[1]
    assert os.name == "nt" or not (path.stat().st_mode | (root / "private").stat().st_mode) & 0o077


def test_a_name_is_no_formula(root):
    with classroom.opened(root) as book:
        book.update_or_create_student("s204501", first_name='=HYPERLINK("http://x")', last_name="@SUM(1)")
        book.db.commit()
    export(root, "--to", "csv")
    path = root / "private" / "export" / f"{NAME}-csv.csv"
    assert grades(path, "first_name", "student_id")["s204501"] == "'=HYPERLINK(\"http://x\")"
    assert grades(path, "last_name", "student_id")["s204501"] == "'@SUM(1)"


# ---------------------------------------------------------------- Moodle


@pytest.mark.parametrize(("separator", "end", "encoding"), [
    (",", "\n", "utf-8-sig"), (";", "\r\n", "utf-8"), ("\t", "\r\n", "utf-16")])
def test_moodles_worksheet_comes_back_as_it_was_with_grades(filled, tmp_path, separator, end, encoding):
    listed = moodle_worksheet(tmp_path / "worksheet.csv", separator, end, encoding)
    export(filled, "--to", "moodle", "--list", listed, "--out", tmp_path / "back.csv")
    before, after = listed.read_bytes().decode(encoding), (tmp_path / "back.csv").read_bytes().decode(encoding)
    assert (tmp_path / "back.csv").read_bytes()[:3] == listed.read_bytes()[:3]
    was, now = (list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) for text in (before, after))
    grade = HEAD.index("Grade")
    assert [row[:grade] + row[grade + 1:] for row in was] == [row[:grade] + row[grade + 1:] for row in now]
    assert before.count(end) == after.count(end)
    assert {row[2]: row[grade] for row in now}["s204515"] == "10"
    assert [row[grade] for row in now].count("") == 6


def test_a_worksheet_without_ids_is_matched_by_names_that_only_one_has(filled, tmp_path):
    head = tuple(one for one in HEAD)
    listed = moodle_worksheet(tmp_path / "worksheet.csv", head=head, students=[
        type(one)("", one.first_name, one.last_name, "", one.moodle, one.canvas) for one in STUDENTS.values()])
    status, said = export(filled, "--to", "moodle", "--list", listed, "--out", tmp_path / "back.csv")
    got = grades(tmp_path / "back.csv", "Grade", "Identifier")
    assert got[f"Participant {STUDENTS['s204504'].moodle}"] == "4", "Kurt Gödel"
    assert not got[f"Participant {STUDENTS['s204515'].moodle}"], "one of two Anna Müllers"
    assert status == 1
    assert sum("Anna Müller" in line and "no student" in line for line in said) == 2
    assert sum("Anna Müller is not in the platform's file" in line for line in said) == 2
    assert got[f"Participant {STUDENTS['s204532'].moodle}"] == "13.5", "Li Na, since all have their given name first"
    assert not any("Li Na" in line for line in said)


def test_who_is_in_one_list_only_is_named(filled, tmp_path):
    some = [one for one in STUDENTS.values() if one.id != "s204507"]
    guest = type(some[0])("s777777", "Gast", "Hörerin", "gast@example.org", 5, 5)
    listed = moodle_worksheet(tmp_path / "worksheet.csv", students=[*some, guest])
    _, said = export(filled, "--to", "moodle", "--list", listed, "--out", tmp_path / "back.csv")
    assert any("Gast Hörerin" in line and "no student of the course" in line for line in said)
    assert any(line.startswith("to do  s204507: Évariste Galois is not in the platform's file, and") for line in said)


def test_a_worksheet_in_another_language_has_its_own_headings(filled, tmp_path):
    german = ("Teilnehmer/in", "Vollständiger Name", "ID-Nummer", "E-Mail-Adresse", "Status", "Bewertung",
              "Höchstbewertung", *HEAD[7:])
    listed = moodle_worksheet(tmp_path / "german.csv", head=german)
    assert export(filled, "--to", "moodle", "--list", listed, "--out", tmp_path / "back.csv")[1][-1].startswith("34")
    odd = moodle_worksheet(tmp_path / "odd.csv", head=(*HEAD[:5], "Arvosana", *HEAD[6:]))
    status, said = export(filled, "--to", "moodle", "--list", odd)
    assert status == 1
    assert "--column must be the heading of the column with the grade, one of Identifier," in said[0]
    assert export(filled, "--to", "moodle", "--list", odd, "--column", "Arvosana")[1][-1].startswith("34")


def test_what_the_platform_has_and_the_course_has_not_is_said(filled, tmp_path):
    status, said = export(filled, "--to", "moodle", "--list", moodle_worksheet(tmp_path / "worksheet.csv"), "--out",
                          tmp_path / "back.csv")
    assert status == 1
    assert "to do  s204538: handed in, as the platform has it, and nothing is here" in said
    assert not [line for line in said if "names alone" in line]


def test_a_list_of_another_course_whose_names_fit_is_doubted(filled, tmp_path):
    others = [dataclasses.replace(one, id=f"x{one.id}", email=f"x{one.email}") for one in STUDENTS.values()]
    status, said = export(filled, "--to", "moodle", "--list", moodle_worksheet(tmp_path / "list.csv", students=others),
                          "--out", tmp_path / "back.csv")
    assert status == 1
    assert [line for line in said if "no id and no email in the platform's file is one of the class" in line]


def test_another_maximum_needs_a_decision(filled, tmp_path):
    listed = moodle_worksheet(tmp_path / "worksheet.csv", most="100,00")
    status, said = export(filled, "--to", "moodle", "--list", listed)
    assert status == 1
    assert "unrolling has 15 points, and the platform's maximum is 100: say --scale" in said[0]
    back = tmp_path / "back.csv"
    export(filled, "--to", "moodle", "--list", listed, "--out", back, "--scale")
    assert grades(back, "Grade", "ID number")["s204501"] == "16.67"
    export(filled, "--to", "moodle", "--list", listed, "--out", back, "--no-scale")
    assert grades(back, "Grade", "ID number")["s204501"] == "2.5"


def test_a_grade_above_the_maximum_is_not_written_for_moodle_and_noted_for_canvas(filled, tmp_path):
    back = tmp_path / "back.csv"
    export(filled, "--to", "moodle", "--list", moodle_worksheet(tmp_path / "worksheet.csv", most="9.00"), "--out", back,
           "--no-scale")
    got = grades(back, "Grade", "ID number")
    assert (got["s204515"], got["s204501"]) == ("", "2.5")
    status, said = export(filled, "--to", "moodle", "--list", tmp_path / "worksheet.csv", "--out", back, "--no-scale")
    assert status == 1
    assert "to do  s204515: 10 is more than the platform's 9, and Moodle would pass over it" in said
    said = export(filled, "--to", "canvas", "--list", canvas_gradebook(tmp_path / "gradebook.csv", possible="9.00"),
                  "--out", back, "--no-scale")[1]
    assert "s204515: 10 is more than the platform's 9" in said
    assert grades(back, "Unrolling (911)", "SIS User ID")["s204515"] == "10"


def test_without_a_worksheet_moodles_gradebook_gets_those_who_have_a_grade(filled):
    export(filled, "--to", "moodle")
    got = grades(filled / "private" / "export" / f"{NAME}-moodle.csv", NAME, "ID number")
    assert len(got) == 34
    assert all(got.values())


# ---------------------------------------------------------------- Canvas


def test_canvas_gets_its_gradebook_back(filled, tmp_path):
    listed = canvas_gradebook(tmp_path / "gradebook.csv")
    export(filled, "--to", "canvas", "--list", listed, "--out", tmp_path / "back.csv")
    back = tmp_path / "back.csv"
    assert grades(back, "Unrolling (911)", "SIS User ID")["s204515"] == "10"
    assert grades(back, "Varying lengths (912)", "SIS User ID")["s204515"] == ""
    before, after = listed.read_text().splitlines(), back.read_text().splitlines()
    assert before[:3] == after[:3]
    assert before[-1] == after[-1], "Canvas's own test student"


def test_what_canvas_has_is_not_lost(filled, tmp_path):
    text = canvas_gradebook(tmp_path / "gradebook.csv").read_text().splitlines()
    for number, value in ((1, "EX"), (2, "7.5"), (38, "8"), (39, "N/A")):
        row = 2 + number
        assert f"s2045{number:02}" in text[row]
        text[row] = text[row].replace(",9.50,,", f",9.50,{value},")
    (tmp_path / "gradebook.csv").write_text("\n".join(text))
    _, said = export(filled, "--to", "canvas", "--list", tmp_path / "gradebook.csv", "--out", tmp_path / "back.csv")
    got = grades(tmp_path / "back.csv", "Unrolling (911)", "SIS User ID")
    assert (got["s204501"], got["s204502"], got["s204538"], got["s204539"]) == ("EX", "3", "8", "N/A")
    assert "s204502: 3 takes the place of 7.5" in said
    assert "s204538: 8 in the platform's file stays" in said


def test_a_namesake_outside_the_class_gets_no_grade(filled, tmp_path):
    """The one of the class is not in the platform's file, and the other has an id and an email of their own."""
    ada, *others = STUDENTS.values()
    listed = moodle_worksheet(tmp_path / "worksheet.csv",
                              students=[replace(ada, id="s999999", email="s999999@example.org"), *others])
    status, said = export(filled, "--to", "moodle", "--list", listed, "--out", tmp_path / "back.csv")
    assert status == 1
    assert grades(tmp_path / "back.csv", "Grade", "ID number")["s999999"] == ""
    assert any(line.startswith(f"to do  {ada.full_name}, s999999, ") and "no student" in line for line in said), said
    assert any(line.startswith(f"to do  {ada.id}: {ada.full_name} is not in the platform's file") for line in said)


@pytest.mark.parametrize(("arguments", "words"), [
    (("--to", "canvas"), "--list must be Canvas's gradebook"),
    (("--to", "csv", "--list", "HERE"), "--list must be given with --to moodle or --to canvas"),
    (("--to", "moodle", "--list", "HERE"), "--column must be the heading of the column with the grade"),
    (("--to", "canvas", "--list", "HERE", "--column", "Nope (1)"), "--column must be the heading of the column"),
    (("--to", "canvas", "--list", "HERE", "--out", "HERE"), "--out must be another file than --list"),
    (("--to", "canvas", "--list", "ZIP"), "--list must be a text file with separated values"),
    (("--to", "canvas", "--list", "TEXT"), "--list must be a table with a heading"),
])
def test_what_cannot_be_read_is_said_in_a_line(filled, tmp_path, arguments, words):
    here = canvas_gradebook(tmp_path / "gradebook.csv")
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "text.csv").write_text("hello\n")
    places = {"HERE": here, "ZIP": tmp_path / "book.xlsx", "TEXT": tmp_path / "text.csv"}
    status, said = export(filled, *(places.get(one, one) for one in arguments))
    assert status == 1
    assert said[0].startswith(f"Error: {words}"), said
    assert len(said) == 1


def test_an_unknown_exercise_is_said(filled):
    with contextlib.chdir(filled):
        done = CliRunner().invoke(main, ["export", "unroling", "--to", "csv"])
    assert done.exit_code == 1
    assert "name must be an exercise in the gradebook (unrolling)" in done.output


@pytest.mark.parametrize("text", ["a,b\n1,2", 'a,b\r\n"x, ""y""",\r\n', "a,b\n\n1,2\n", 'a,b\nit"s,"2"x\n'])
def test_a_table_comes_back_byte_for_byte(tmp_path, text):
    (tmp_path / "one.csv").write_bytes(text.encode())
    assert worksheet.read(tmp_path / "one.csv").bytes() == text.encode()


def test_an_older_windows_table_is_read_and_written_in_its_own_letters(tmp_path):
    (tmp_path / "one.csv").write_bytes("Name;Punkte\nGödel €;\n".encode("cp1252"))
    sheet = worksheet.read(tmp_path / "one.csv")
    assert sheet.cell(1, 0) == "Gödel €"
    sheet.put(1, 1, "3")
    assert sheet.bytes() == "Name;Punkte\nGödel €;3\n".encode("cp1252")


def test_two_rows_of_one_student_belong_to_nobody(tmp_path):
    (tmp_path / "one.csv").write_text("Identifier,ID number,Grade\nParticipant 1,ada,\nParticipant 2,ADA,\n")
    rows, strangers = matched(worksheet.moodle(worksheet.read(tmp_path / "one.csv")), [Standing("ada", "", "", "")])
    assert (rows, strangers) == ({}, [1, 2])


# ---------------------------------------------------------------- feedback


def write_feedback(root: Path) -> None:
    """Pages as nbgrader names them, with the score that they show; two are late, one of them for ever."""
    with classroom.opened(root) as book:
        book.find_submission(NAME, "s204509").notebooks[0].late_submission_penalty = 1.1
        book.find_submission(NAME, "s204510").notebooks[0].late_submission_penalty = 99
        book.db.commit()
        for entry in book.assignment_submissions(NAME):
            score = round(entry.score - (entry.late_submission_penalty or 0), 2)
            page = root / "feedback" / entry.student.id / NAME / f"{NAME}.html"
            page.parent.mkdir(parents=True)
            page.write_text(f"<h4>{NAME} (Score: {score} / 15.0)</h4>")


def test_moodle_takes_feedback_by_the_number_of_the_participant(root, tmp_path):
    write_feedback(root)
    listed = moodle_worksheet(tmp_path / "worksheet.csv")
    export(root, "--to", "moodle", "--list", listed, "--feedback")
    with zipfile.ZipFile(root / "private" / "export" / f"{NAME}-moodle-feedback.zip") as archive:
        names = archive.namelist()
        assert len(names) == 34
        assert f"Sinéad O Connor_{STUDENTS['s204518'].moodle}_assignsubmission_file/{NAME}.html" in names
        for name in names:      # as importziplib.php reads it
            parts = name.partition("/")[0].split("_", 4)
            assert parts[1].isdigit()
            assert parts[2:4] == ["assignsubmission", "file"]


def test_a_page_that_is_missing_or_older_than_the_grades_is_named(root, tmp_path):
    write_feedback(root)
    (root / "feedback" / "s204501" / NAME / f"{NAME}.html").unlink()
    os.utime(root / "feedback" / "s204502" / NAME / f"{NAME}.html", (1, 1))
    with classroom.opened(root) as book:
        next(one for one in book.find_submission(NAME, "s204503").notebooks[0].grades
             if one.name == classroom.WORDS).manual_score = 4
        book.db.commit()
    status, said = export(root, "--to", "moodle", "--list", moodle_worksheet(tmp_path / "w.csv"), "--feedback")
    assert status == 1
    assert any(line.startswith("to do  s204501: no feedback page; nbgrader generate_feedback") for line in said)
    assert any(line.startswith("to do  s204502: the feedback page is older than the grading") for line in said)
    assert any(line.startswith("to do  s204503: the feedback page says 3.5 points, the gradebook 6") for line in said)
    with zipfile.ZipFile(root / "private" / "export" / f"{NAME}-moodle-feedback.zip") as archive:
        assert len(archive.namelist()) == 31


@pytest.mark.parametrize("kept", [f"{NAME}.before.db", f"{NAME}.before-2.db"])
def test_a_page_from_before_a_second_grading_took_the_first_ones_place_is_old(root, kept):
    write_feedback(root)
    before = root / "private" / "regrade" / kept
    before.parent.mkdir(parents=True)
    before.touch()
    os.utime(before, (4e9, 4e9))
    said = export(root, "--to", "csv", "--feedback")[1]
    assert any(line.startswith("to do  s204501, ") and "is older than the grading" in line for line in said)


def test_pages_that_nobody_has_made_yet_are_one_thing_to_do(root):
    said = [line for line in export(root, "--to", "csv", "--feedback")[1] if "no feedback page" in line]
    assert len(said) == 1
    assert said[0].startswith("to do  s204501, s204502, ")
    assert said[0].endswith(": no feedback page; nbgrader generate_feedback unrolling --force")


def test_canvas_takes_feedback_under_the_names_of_its_download(root, tmp_path):
    write_feedback(root)
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        for one in STUDENTS.values():
            late = "LATE_" * (one.id == "s204503")
            archive.writestr(f"{one.last_name.lower()}{one.first_name.lower()}_{late}{one.canvas}_{one.moodle}_"
                             f"{NAME}.ipynb", "{}")
    export(root, "--to", "canvas", "--list", canvas_gradebook(tmp_path / "gradebook.csv"), "--feedback",
           "--downloaded", tmp_path / "submissions.zip")
    with zipfile.ZipFile(root / "private" / "export" / f"{NAME}-canvas-feedback.zip") as archive:
        names = archive.namelist()
    three = STUDENTS["s204503"]
    assert f"hoppergrace_LATE_{three.canvas}_{three.moodle}_{NAME}.html" in names
    assert len(names) == 34


def test_without_names_of_a_platform_pages_are_by_student_and_that_is_said(root):
    write_feedback(root)
    _, said = export(root, "--to", "csv", "--feedback")
    assert any("folders by student id, which no platform takes back" in line for line in said)
    export(root, "--to", "csv", "--feedback")
    with zipfile.ZipFile(root / "private" / "export" / f"{NAME}-csv-feedback.zip") as archive:
        assert f"s204501/{NAME}.html" in archive.namelist()
