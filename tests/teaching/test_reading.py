"""Answers in words: the rubric beside them, numbers of the student's own, readers without names, how they agree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config, PyFileConfigLoader

from parity_lib.checks import number_for, seed_of
from parity_lib.teaching import authoring, reading, rubric, second_reader, whose
from parity_lib.teaching.handed_in import NOTE
from tests.exercises import course
from tests.submissions import bank
from tests.teaching import forty
from tests.teaching.forty import NAME, TASK, hand_in, kind_of, read
from tests.teaching.roster import the_class

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")      # of nbgrader's own code
STUDENTS = [one.id for one in the_class()]
SOURCES = [(source.name, cell) for source in authoring.sources(bank.ROOT) for cell in source.graded
           if cell["cell_type"] == "markdown"]
FEW = the_class()[:10]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The answers of ten to one exercise, graded but for the words."""
    folder = course.copy_course(tmp_path_factory.mktemp("ten") / "course", NAME)
    forty.forty(folder, students=FEW)
    return folder


@pytest.fixture
def few(kept, tmp_path, monkeypatch):
    """A copy of their course, in which commands run."""
    return entered(kept, tmp_path, monkeypatch)


def entered(course_of, tmp_path, monkeypatch):
    folder = shutil.copytree(course_of, tmp_path / "course")
    monkeypatch.chdir(folder)
    return folder


def parity(*arguments):
    """(exit status, what is printed)"""
    return course.parity(Path.cwd(), "reading", *arguments)


def book_of(folder):
    return Gradebook(f"sqlite:///{folder / 'gradebook.db'}")


def grade_of(folder, student, task=TASK):
    with book_of(folder) as book:
        grade = book.find_grade(task, NAME, NAME, student)
        return grade.manual_score, grade.needs_manual_grade


def one(folder, student):
    return next(answer for answer in reading.answers(folder, NAME) if answer.student == student)


def rewrite(folder, student, text):
    """Another text in the graded copy, as after a second hand-in."""
    path = folder / "autograded" / student / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if rubric.in_words(cell)).source = text
    nbformat.write(notebook, path)


# ---------------------------------------------------------------- rubrics


@pytest.mark.parametrize(("name", "cell"), SOURCES, ids=[cell["id"] for _, cell in SOURCES])
def test_a_rubric_has_one_demand_a_point(name, cell):
    found = rubric.parse(cell["source"])
    assert [worth for worth, _ in found.demands] == [1.0] * cell["metadata"]["nbgrader"]["points"]
    assert found.model
    assert "Rubric" not in found.model + found.remarks
    for _, demand in found.demands:
        joins = " and " in demand.partition("Half a point")[0].partition(". ")[0]
        assert not joins or "Half a point" in demand or "gets nothing" in demand or name in (
            "gradient_through_time", "unrolling"), demand


@pytest.mark.parametrize(("source", "demands", "remarks"), [
    ("No rubric at all.", (), ""),
    ("M.\n\n**Rubric.** 1 point: a and b. 2 points: c.", ((1, "a and b."), (2, "c.")), ""),
    ("M.\n\n**Rubric.** 0.5 points: a\n  goes on.\n\nNot b.", ((0.5, "a goes on."),), "Not b."),
    ("M.\n\n**Rubric**\n\nBe kind.\n\n- 1 point: a.\n- 1 point: b.\n\nNot c.", ((1, "a."), (1, "b.")),
     "Be kind.\n\nNot c."),
    ("M.\n\n**Rubric.** 1 point each.", (), "1 point each."),
])
def test_rubrics_are_read_in_either_form(source, demands, remarks):
    found = rubric.parse(source)
    assert found.demands == demands
    assert found.remarks == remarks


def test_a_source_that_changes_is_read_again(tmp_path):
    path = tmp_path / "one.ipynb"
    assert rubric.rubrics(path) == {}
    for text in ("1 point: a.", "1 point: another."):
        cell = new_markdown_cell("M.\n\n**Rubric.** " + text, metadata={"nbgrader": {
            "grade": True, "solution": True, "grade_id": "why", "points": 1}})
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
        assert rubric.rubrics(path)["why"].demands == ((1, text.partition(": ")[2]),)


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("written", ["17753", "17,753", "17 753", "17.753", "17'753", "17\u202f753", "(17753)",
                                     "=17753.", "17753!"])
def test_a_number_is_found_however_it_is_written(written):
    assert 17753 in whose.numbers_in(f"I count {written} of them")


@pytest.mark.parametrize("written", ["117753", "177530", "0.17753", "17753.5", "x17753", "17753a", "1 7753"])
def test_another_number_is_not(written):
    assert 17753 not in whose.numbers_in(f"I count {written} of them")


@pytest.mark.parametrize(("student", "words"), [
    ("s204501", ""), ("s204502", "likely generic; neither its seed nor its count"),
    ("s204504", "its count, "), ("s204506", ""),
    ("s204507", "likely generic; neither its seed nor its count"), ("s204507", "the notebook's example, s1234567"),
    ("s204508", "it has the seed of s204507"), ("s204510", ""),
])
def test_what_deserves_a_look_is_named(kept, student, words):
    look = one(kept, student).look
    assert (words in look) if words else (look == "")


def test_a_copied_seed_is_not_called_generic(kept):
    assert "generic" not in one(kept, "s204508").look


def test_tasks_and_ids_without_numbers_are_left_alone():
    assert whose.quoted("one-tanh-unit", "words", 1) is None
    assert whose.quoted(TASK, " YOUR ANSWER HERE ", 1) is None
    assert whose.seed_or_none("?!") is None


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def show(kept):
    """(student, template, settings, change) -> the page of a hand-in; ``change`` may touch the notebook."""
    def page(student, template="formgrade", change=lambda notebook: None, folder=kept, **settings):
        config = PyFileConfigLoader("nbgrader_config.py", str(folder)).load_config()
        config = Config({"HTMLExporter": config.HTMLExporter, "CourseDirectory": config.CourseDirectory,
                         "Rubric": settings})
        config.CourseDirectory.root = str(folder)
        config.HTMLExporter.template_name = template
        config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
        config.HTMLExporter.extra_template_paths = [
            str(next(Path(handlers.static_path).rglob("bootstrap.min.css")).parent)]
        who = next((one for one in the_class() if one.id == student),
                   SimpleNamespace(first_name=None, last_name=None))
        resources = {"base_url": "", "submission_id": "5", "notebook_id": NAME, "assignment_id": NAME, "index": 2,
                     "total": 40, "notebook_path": f"autograded/{student}/x.ipynb", "student": student,
                     "first_name": who.first_name, "last_name": who.last_name}
        if template == "feedback":
            resources = {"nbgrader": {"notebook": NAME, "score": 1, "max_score": 2, "late_penalty": 0,
                                      "student": student}}
        notebook = nbformat.read(folder / "autograded" / student / NAME / f"{NAME}.ipynb", as_version=4)
        change(notebook)
        return HTMLExporter(config=config).from_notebook_node(notebook, resources)[0]
    return page


def test_the_rubric_the_numbers_and_the_own_runs_are_beside_the_answer(show):
    page = show("s204501")
    beside = page[page.index('<section class="parity-answer">'):page.index("</section>")]
    seed = seed_of("s204501")
    assert beside.index(forty.TABLE) < beside.index("A state is flipped") < beside.index("Rubric, 4 points")
    assert beside.count('<th scope="row">1</th>') == 4
    assert f"<td>{seed}</td><td>in the answer</td>" in beside
    assert f"<td>{number_for('what_convinces', seed)}</td><td>in the answer</td>" in beside
    assert "What would convince me is an argument about the states" in beside    # the model answer
    assert "Have a look" not in beside
    assert "Ctrl+Shift+F" in page


@pytest.mark.parametrize(("student", "words"), [
    ("s204502", "Likely generic: no number in it comes from this student's seed. Have a look.</p>"),
    ("s204504", "Have a look: its count, "), ("s204507", "It has the seed of the notebook's example, s1234567."),
])
def test_what_looks_generic_is_marked_and_not_judged(show, student, words):
    page = show(student)
    assert words in page
    assert "<strong>not in the answer</strong>" in page


def test_an_empty_answer_and_an_answer_without_a_rubric(show):
    assert "Numbers of this student" not in show("s204510")

    def another(notebook):
        for cell in notebook.cells:
            if rubric.in_words(cell):
                cell.metadata["nbgrader"]["grade_id"] = "my-own"
    assert f"The source, {NAME}.ipynb, has no rubric for <code>my-own</code>." in show("s204501", change=another)


def test_points_that_do_not_add_up_are_said(show):
    def more(notebook):
        next(cell for cell in notebook.cells if rubric.in_words(cell)).metadata["nbgrader"]["points"] = 5
    assert "The demands add up to 4." in show("s204501", change=more)


def test_a_notebook_without_answers_in_words_stays_as_it_is(show):
    def none(notebook):
        notebook.cells = [cell for cell in notebook.cells if not rubric.in_words(cell)]
    assert 'class="parity-' not in show("s204501", change=none)


def test_feedback_has_no_rubric(show):
    def scored(notebook):
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata["nbgrader"].update(score=1, comment="fine")
    page = show("s204501", "feedback", scored)
    assert "A state is flipped" in page
    for word in ('class="parity-', "Rubric", "an argument about the states"):
        assert word not in page


def test_outputs_of_every_kind_are_in_view_and_no_hand_in_makes_a_page_of_ours(show):
    def shown(notebook):
        place = next(place for place, cell in enumerate(notebook.cells) if rubric.in_words(cell))
        outputs = [new_output("stream", text=NOTE), new_output("stream", text="\x1b[31m<b>red</b>"),
                   new_output("display_data", data={"text/html": "<table><td>5</td></table><script>x</script>"}),
                   new_output("display_data", data={"image/png": "iVBORw0K", "text/plain": "p"}),
                   new_output("display_data", data={"image/svg+xml": "<svg/>"}),
                   new_output("display_data", data={"text/plain": "plain"})]
        notebook.cells.insert(place, new_code_cell("sweep()", id="sweep", outputs=outputs))
        notebook.cells.insert(place, nbformat.v4.new_raw_cell("<section class='x'>mine</section><script>y</script>",
                                                              metadata={rubric.OURS: True}))
    page = show("s204501", change=shown)
    own = page.partition('class="parity-own"')[2].partition("</details>")[0]
    for part in ("<code>sweep</code>", "<pre>&lt;b&gt;red&lt;/b&gt;</pre>", "<td>5</td>",
                 'src="data:image/png;base64,iVBORw0K"', 'src="data:image/svg+xml;base64,PHN2Zy8+"',
                 "<pre>plain</pre>"):
        assert part in own
    assert "<script>x" not in page
    assert '<section class="x"' not in page
    assert "<script>y" not in page


def test_a_blind_page_has_no_name_and_no_id(show):
    before, page = show("s204501"), show("s204501", blind=True)
    for word in ("Lovelace", "s204501"):
        assert word in before
        assert word not in page
    assert whose.HIDDEN in page
    assert f"<td>{seed_of('s204501')}</td><td>in the answer</td>" in page


def test_names_are_hidden_as_a_whole_and_images_stay():
    names = whose.names_of("s1", "Li", "Na", "li@x.org") + whose.names_of("7", None, "Suharto")
    said = whose.without({"a": "Li Na, Na Li; Na, Li (S1 li@x.org) is Natural", "image/png": "s1"}, names)
    assert said["a"] == f"{whose.HIDDEN}, {whose.HIDDEN}; {whose.HIDDEN} (S1 {whose.HIDDEN}) is Natural"
    assert whose.without("Suharto wrote this", names) == f"{whose.HIDDEN} wrote this"
    assert said["image/png"] == "s1"
    assert whose.without("text", []) == "text"


# ---------------------------------------------------------------- one more reader


def test_a_readers_folder_has_no_names_and_nobody_elses_points(few):
    read(few, NAME, lambda number, student, task: 3, comment="fine")
    status, said = parity(NAME, "--as", "anna")
    assert (status, "10 hand-ins are new in" in said) == (0, True)
    folder = few / "private" / "reading" / "anna"
    for path in (few / "private" / "reading", folder, folder / "gradebook.db"):
        assert path.stat().st_mode & 0o077 == 0
    known = [word for one in FEW for word in (one.id, one.email, one.full_name)]
    for path in folder.rglob("*"):
        assert not any(word in str(path) for word in known)
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in known if word.encode() in content or json.dumps(word).encode() in content]
    with book_of(folder) as own:
        grades = [grade for one in own.assignment_submissions(NAME) for grade in one.notebooks[0].grades]
        assert len([grade for grade in grades if grade.name == TASK and grade.needs_manual_grade]) == 9
        assert all(grade.manual_score is None for grade in grades)
        assert {grade.auto_score for grade in grades if grade.name != TASK} == {
            grade.max_score for grade in grades if grade.name != TASK}
        assert not any(comment.manual_comment for one in own.assignment_submissions(NAME)
                       for comment in one.notebooks[0].comments)


def test_the_readers_page_has_the_students_numbers(few, show):
    parity(NAME, "--as", "anna")
    folder = few / "private" / "reading" / "anna"
    with book_of(few) as book:
        hashed = book.find_submission(NAME, "s204503").id
    page = show(hashed, folder=folder)
    assert f"<td>{seed_of('s204503')}</td><td>in the answer</td>" in page
    assert "Rubric, 4 points" in page


def test_a_second_time_adds_what_is_new_and_keeps_what_was_read(few):
    shutil.move(few / "autograded" / "s204509", few / "later")
    course.submit(few, "s204509", NAME, course.solution(NAME))
    assert parity(NAME, "--as", "anna") == (1, parity(NAME, "--as", "anna")[1].replace(
        "0 hand-ins are new in", "9 hand-ins are new in").replace("9 were there", "0 were there"))
    folder = few / "private" / "reading" / "anna"
    read(folder, NAME, lambda number, student, task: 2)
    shutil.move(few / "later", few / "autograded" / "s204509")
    rewrite(few, "s204501", "Something else.")
    assert [student.student for student in reading.answers(few, NAME) if student.stale] == ["s204501"]
    status, said = parity(NAME, "--as", "anna")
    assert status == 0
    assert "1 hand-ins are new" in said
    assert "Changed since, to be read again: s204501" in said
    with book_of(few) as book:
        ids = {one.student.id: one.id for one in book.assignment_submissions(NAME)}
    assert grade_of(folder, ids["s204501"]) == (2, True)
    assert grade_of(folder, ids["s204502"]) == (2, False)
    assert one(few, "s204501").read == {}


@pytest.mark.parametrize(("arguments", "words"), [
    (("nothing",), "'nothing'"), (("nothing", "--as", "anna"), "nothing"),
    ((NAME, "--as", "../anna"), "'../anna'"), ((NAME, "--as", "mean"), "'mean'"),
    ((NAME, "--settle", "mean"), "--settle must be used once there is a second reader"),
    ((NAME, "--settle", "mean", "--as", "anna"), "--settle must be given without --as"),
])
def test_bad_input_is_named(few, arguments, words):
    status, said = parity(*arguments)
    assert status == 1
    assert said.startswith("Error: ")
    assert words in said


# ---------------------------------------------------------------- agreement


@pytest.fixture(scope="module")
def kept_read(kept, tmp_path_factory):
    """Anna and Ben have read: apart by one point at every third answer, and at one more."""
    few = tmp_path_factory.mktemp("read") / "course"
    shutil.copytree(kept, few)
    for reader, points in (("anna", lambda number: 3), ("ben", lambda number: 3 - (number % 3 == 0) - (number == 8))):
        second_reader.make(few, NAME, reader)
        folder = few / "private" / "reading" / reader
        with book_of(few) as book:
            number_of = {one.id: STUDENTS.index(one.student.id) for one in book.assignment_submissions(NAME)}
        read(folder, NAME, lambda _, student, task, points=points, of=number_of: points(of[student]),
             comment=f"{reader} says why")
    return few


@pytest.fixture
def two(kept_read, tmp_path, monkeypatch):
    """A copy of it, in which commands run."""
    return entered(kept_read, tmp_path, monkeypatch)


def test_agreement_counts_what_both_have_read(two):
    (row,) = reading.agreement(two, NAME)
    assert (row.task, row.first, row.second, row.both, row.equal) == (TASK, "anna", "ben", 9, 5)
    assert row.low < 5 / 9 < row.high
    assert row.difference == pytest.approx(-4 / 9)
    assert row.kappa == pytest.approx(0)     # one of them gives everybody the same
    status, said = parity(NAME)
    assert status == 1
    assert "anna and ben: both read 9, equal 5 (0.27 to 0.81); ben gives -0.44 on average; kappa 0.00" in said
    assert "s204501       anna 3, ben 2; waits" in said
    assert "have a look" in said
    assert f"{TASK}, 4 points: 10 hand-ins, 1 empty, 9 to be read in the gradebook" in said


def test_the_courses_own_reading_is_a_reading(few):
    second_reader.make(few, NAME, "anna")
    read(few, NAME, lambda number, student, task: number % 4)
    assert reading.agreement(few, NAME) == []
    with book_of(few) as book:
        of = {one.id: STUDENTS.index(one.student.id) for one in book.assignment_submissions(NAME)}
    read(few / "private" / "reading" / "anna", NAME, lambda _, student, task: of[student] % 4)
    (row,) = reading.agreement(few, NAME)
    assert (row.first, row.second, row.equal, row.kappa) == ("gradebook", "anna", 9, 1)
    assert parity(NAME)[0] == 0


def test_kappa_is_cohens():
    points = [(0, 0)] * 5 + [(0, 1)] * 2 + [(1, 1)] * 4 + [(2, 1)] * 3 + [(2, 2)] * 6
    table = [[sum(pair == (a, b) for pair in points) for b in range(3)] for a in range(3)]
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    count = len(points)
    seen = sum(abs(a - b) * table[a][b] for a in range(3) for b in range(3)) / count
    chance = sum(abs(a - b) * rows[a] * columns[b] for a in range(3) for b in range(3)) / count ** 2
    assert reading.kappa(points) == pytest.approx(1 - seen / chance)
    assert reading.kappa([(2, 2), (2, 2)]) is None
    assert reading.kappa([(0, 3), (3, 0)]) == -1


# ---------------------------------------------------------------- settling


def test_agreed_points_are_taken_and_the_others_wait(two):
    status, said = parity(NAME, "--settle", "agreed")
    assert status == 1
    assert said.count("no points -> 3, agreed") == 5
    assert grade_of(two, "s204502") == (3, False)
    assert grade_of(two, "s204501") == (None, True)
    with book_of(two) as book:
        assert book.find_comment(TASK, NAME, NAME, "s204502").manual_comment == "anna says why\n\nben says why"
    assert parity(NAME, "--settle", "agreed")[1].count("->") == 0
    assert [row.both for row in reading.agreement(two, NAME)] == [9]     # what was settled is nobody's reading


@pytest.mark.parametrize(("rule", "points"), [("mean", 2.5), ("ben", 2)])
def test_the_others_get_the_mean_or_a_readers_points(two, rule, points):
    status, said = parity(NAME, "--settle", rule)
    assert f"s204501       {TASK}: no points -> {points}, {rule}" in said
    assert status == 0
    assert grade_of(two, "s204501") == (points, False)


@pytest.mark.parametrize(("most", "points"), [(2, (2, False)), (0, (None, True))])
def test_points_of_before_are_no_more_than_there_are_now_and_none_for_a_dropped_task(two, most, points):
    with book_of(two) as book:
        book.find_grade_cell(TASK, NAME, NAME).max_score = most
        book.db.commit()
    parity(NAME, "--settle", "agreed")
    assert grade_of(two, "s204502") == points


def test_what_was_read_in_the_course_is_not_lost_and_what_was_settled_by_hand_stays(two):
    shutil.rmtree(two / "private" / "reading" / "anna")
    read(two, NAME, lambda number, student, task: 3)
    apart = reading.agreement(two, NAME)
    said = parity(NAME, "--settle", "agreed")[1]
    assert "3 -> 3, waits for a person" in said
    assert grade_of(two, "s204501") == (3, True)
    with book_of(two) as book:
        grade = book.find_grade(TASK, NAME, NAME, "s204501")
        grade.manual_score, grade.needs_manual_grade = 4, False
        book.db.commit()
    said = parity(NAME, "--settle", "mean")[1]
    assert f"s204504       {TASK}: 3 -> 2.5, mean" in said
    assert grade_of(two, "s204501") == (4, False)
    assert "the gradebook has 4" in said
    assert reading.agreement(two, NAME) == apart


def test_a_reader_who_is_none_settles_nothing(two):
    status, said = parity(NAME, "--settle", "carl")
    assert (status, said) == (1, "Error: --settle must be agreed or mean or anna or ben, but it is 'carl'\n")


def test_a_reading_of_an_older_text_counts_no_more(two):
    shutil.rmtree(two / "private" / "reading" / "anna")
    read(two, NAME, lambda number, student, task: 3)
    parity(NAME, "--settle", "mean")
    rewrite(two, "s204502", "Another text.")
    with book_of(two) as book:
        book.find_grade(TASK, NAME, NAME, "s204502").needs_manual_grade = True      # as autograde leaves it
        book.db.commit()
    assert one(two, "s204502").read == {}
    assert one(two, "s204503").read == {"gradebook": 3, "ben": 3}


def test_what_is_not_taken_over_is_said(two):
    folder = two / "private" / "reading" / "anna"
    with book_of(two) as book:
        hashed = book.find_submission(NAME, "s204502").id
    with book_of(folder) as own:
        own.find_grade(TASK, NAME, NAME, hashed).extra_credit = 1
        own.find_grade("rnn-step-check", NAME, NAME, hashed).manual_score = 0
        own.db.commit()
    said = parity(NAME)[1]
    assert "s204502       anna gives 1 extra credit; anna gives points to rnn-step-check; that is not taken" in said


def test_a_reader_of_another_exercise_or_of_a_student_who_left_counts_for_nothing(two):
    with book_of(two) as book:
        book.remove_submission(NAME, "s204503")
        book.add_assignment("another")
    assert [row.both for row in reading.agreement(two, NAME)] == [8]
    assert reading.answers(two, "another") == []


def test_ids_without_a_letter_and_hand_ins_that_are_not_graded_are_no_trouble(few):
    with book_of(few) as book:
        book.add_student("--")
        hand_in(few, book, NAME, "--", "words")
        book.add_student("late")
        book.add_submission(NAME, "late")
        book.add_student("ill")
        book.add_submission(NAME, "ill")
        book.grant_extension(NAME, "ill", days=2)
    course.submit(few, "late", NAME, course.solution(NAME))
    assert one(few, "--").look == ""
    assert "late" not in {answer.student for answer in reading.answers(few, NAME)}
    status, said = parity(NAME, "--as", "anna")
    assert (status, "Not graded yet, and left out: late\n" in said) == (1, True)
    shutil.rmtree(few / "submitted" / "late")
    assert parity(NAME, "--as", "anna")[0] == 0     # an extension alone waits for nobody


def test_the_ten_are_of_every_kind():
    assert {kind_of(number) for number in range(len(FEW))} == set(forty.KINDS)
