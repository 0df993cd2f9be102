"""The rubric, the student's numbers and the outputs of their runs next to each answer in words in the formgrader."""

import json
import re

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_output, new_raw_cell

from parity_checks import answers, countries_for, seed_of, seeds_for, strings_for
from parity_checks.bug_hunt.script import faults_of
from parity_grading.unfinished import NOTE
from parity_study import town_names
from parity_teaching import authoring, rubric
from tests.exercises import course
from tests.grading import classroom
from tests.grading.classroom import NAME, TASK, the_class
from tests.submissions import bank

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")      # nbgrader's own code causes it
ANSWERS = [(source.name, cell) for source in authoring.sources(bank.ROOT) for cell in source.graded
           if cell["cell_type"] == "markdown"]


# ---------------------------------------------------------------- rubrics


@pytest.mark.parametrize(("name", "cell"), ANSWERS, ids=[cell["id"] for _, cell in ANSWERS])
def test_each_demand_of_our_rubrics_is_worth_one_point(name, cell):
    parsed = rubric.parse_rubric(cell["source"])
    assert [points for points, _ in parsed.demands] == [1.0] * cell["metadata"]["nbgrader"]["points"]
    assert parsed.model
    assert "Rubric" not in parsed.model + parsed.remarks
    for _, demand in parsed.demands:
        joins = " and " in demand.partition("Half a point")[0].partition(". ")[0]
        assert not joins or "Half a point" in demand or "gets nothing" in demand or name in (
            "gradient_through_time", "unrolling"), demand


@pytest.mark.parametrize(("source", "demands", "remarks"), [
    ("No rubric at all.", (), ""),
    ("M.\n\n**Rubric.**\n\n- 0.5 points: a\n  goes on.\n\nNot b.", ((0.5, "a goes on."),), "Not b."),
    ("M.\n\n**Rubric**\n\nBe kind.\n\n- 1 point: a.\n- 1 point: b.\n\nNot c.", ((1, "a."), (1, "b.")),
     "Be kind.\n\n\nNot c."),
    ("M.\n\n**Rubric.** 1 point each.", (), "1 point each."),
])
def test_a_rubric_is_parsed(source, demands, remarks):
    parsed = rubric.parse_rubric(source)
    assert (parsed.demands, parsed.remarks) == (demands, remarks)


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("written", ["17753", "17,753", "17 753", "17.753", "17'753", "17\u202f753", "(17753)",
                                     "=17753.", "17753!"])
def test_a_number_is_found_in_every_notation(written):
    assert 17753 in rubric.numbers_in(f"I count {written} of them")


@pytest.mark.parametrize("written", ["117753", "177530", "0.17753", "17753.5", "x17753", "17753a", "1 7753"])
def test_a_different_number_does_not_match(written):
    assert 17753 not in rubric.numbers_in(f"I count {written} of them")


@pytest.mark.parametrize(("task", "answer", "student"), [
    ("what-the-table-says", "words", "s1"), (TASK, " YOUR ANSWER HERE ", "s1"), (TASK, "words", "?!")])
def test_no_numbers_are_expected_of_other_tasks_empty_answers_and_unusable_ids(task, answer, student):
    assert rubric.quoted_numbers(task, answer, student) == []


@pytest.mark.parametrize("hidden", [
    "<!-- 36 -->", "<?x 36?>", "<!X 36>", "<![CDATA[ 36 ]]>", "<script>36</script>", "<style>36</style>",
    "<template>36</template>", '<b title="36">bold</b>', "<b\nid='36'>", "<!-- 36",
    '<b title="36 <!-- ">b</b>', "![36](x.png)", '<img alt="36" src="x.png">',
    r'<img alt="\phantom{36}" style="vertical-align: 0pt">',
    "<sub>" * 9 + "36" + "</sub>" * 9, "<sub><b><small><i><sup>36</sup></i></small></b></sub>",
    "<ruby>a<rt><ruby>b<rt><ruby>c<rt>36</ruby></ruby></ruby>", "$x^{x^{x^{36}}}$",
    r"$\frac{\frac{\frac{36}{5}}{5}}{5}$", r"$\phantom{36}$", r"$a\hspace{36}$"])
def test_what_is_invisible_on_the_page_does_not_count_as_quoted(hidden):
    for answer in (hidden, f"text {hidden} text", f"text\n\n{hidden}\n\ntext"):
        numbers = {name: found for name, _, found in rubric.quoted_numbers(TASK, answer, "s1234567")}
        assert not numbers.get("count"), answer


@pytest.mark.parametrize("definition", [
    "[x]: u (36)", '[x]:\n  u\n  "36"', "[x]:\nu '36'", '[x]: u\n"36"', '[x]: u\n"\n36"', "> [x\ny]: u (36)",
    "- [x]: u\n  (36)"])
def test_what_the_definition_of_a_link_contains_does_not_count_as_quoted(definition):
    assert not any(found for *_, found in rubric.quoted_numbers(TASK, f"text\n\n{definition}\n\ntext", "s1234567"))


@pytest.mark.parametrize("shown", ["36", "**36**", "$36$", "`36`", "- 36", "| a |\n|---|\n| 36 |", "<b>36</b>",
                                   "3&#54;", r"$36 \approx 4\%$", r"$\frac{36}{50}$",
                                   "<sub><sup>36</sup></sub>", "<small>2</small> 36", r"$x_{\text{36}}$",
                                   "[x]:\n36 of u", "[1]: Of u, 36", "7<br>36<br>of",
                                   "<table><tr><td>7</td><td>36</td></tr></table>", "<p>7</p><p>36</p>",
                                   "It is\n[1]: 36",
                                   '<img style="vertical-align: 0pt" alt="36">'])
def test_what_is_visible_on_the_page_counts_as_quoted(shown):
    numbers = {name: found for name, _, found in rubric.quoted_numbers(TASK, f"I count\n\n{shown}", "s1234567")}
    assert numbers["count"]


COUNTED = {"what_convinces": 36, "explanation": 17753, "what_truncation_cannot_teach": 515,
           "one_tanh_unit": 12971, "what_explains_the_difference": 552, "what_differs": 568}


def count_for(task, seed):
    return rubric.COUNTS[task](strings_for(seed))


def test_seed_and_counts_are_the_same_on_every_machine_and_the_model_answers_quote_them():
    seed, models = seed_of("s1234567"), json.loads(answers.ANSWERS.read_text(encoding="utf-8"))
    assert seed == seed_of(" S123 4567") == 2184681076
    assert strings_for(seed).shape == (1000, 24)
    assert {task: count_for(task, seed) for task in rubric.COUNTS} == COUNTED
    for task, count in COUNTED.items():
        assert f"My seed is {seed}" in models[task]
        assert f" {count} " in models[task]


def test_the_names_to_train_on_are_counted_and_the_model_answer_quotes_their_number():
    seed, model = seed_of("s1234567"), json.loads(answers.ANSWERS.read_text(encoding="utf-8"))["two_countries"]
    quoted = rubric.quoted_numbers("two-countries", model, "s1234567")
    assert [(name, value) for name, value, _ in quoted] == [("seed", seed), ("count", 2296)]
    assert all(found for *_, found in quoted)
    names = town_names.read_names("training")
    assert rubric.names_to_train_on(3) == sum(country in countries_for(3) for country, _ in names)
    assert len({countries_for(seed_of(f"s{n}")) for n in range(60)}) > 15
    assert all(first != second for first, second in map(countries_for, range(200)))


@pytest.mark.parametrize("task", COUNTED)
def test_numbers_differ_between_students(task):
    assert len({count_for(task, seed_of(f"s{n}")) for n in range(60)}) > 15


def test_the_seeds_of_runs_and_the_faulty_functions_differ_between_students():
    ids = [f"s{number}" for number in range(200)]
    for task in rubric.WITH_RUNS:
        facts = [rubric.facts_about(task, student) for student in ids]
        assert facts[7] == [("seeds of the runs", ", ".join(map(str, seeds_for(seed_of("s7")))))]
        assert len(set(map(tuple, facts))) == 200
    for student in ids:
        assert len(set(seeds_for(seed_of(student)))) == 5
        ((name, text),) = rubric.facts_about("what-none-proves", student)
        assert name == "faulty functions"
        assert [part.partition(" (")[0] for part in text.split("; ")] == [
            fault.function for fault in faults_of(seed_of(student))]
    assert rubric.facts_about("what-convinces", "s7") == rubric.facts_about("explanation", "?!") == []


def test_every_cell_with_runs_prints_the_students_own_seeds_and_every_rubric_asks_for_a_failed_attempt():
    for source in authoring.sources(course.ROOT):
        code = "\n".join(cell["source"] for cell in source.cells if cell["cell_type"] == "code")
        answers_here = [cell for cell in source.graded if cell["cell_type"] == "markdown"]
        assert any(cell["id"].replace("-", "_") in rubric.WITH_RUNS for cell in answers_here) == ("my_seeds" in code)
        assert not re.search(r"for seed in range\(\d", code)
        asks = [demand for cell in answers_here for demand in rubric.parse_rubric(cell["source"]).demands
                if re.search("of the student's own(.*Any honest mistake counts| that was wrong)", demand[1], re.DOTALL)]
        assert len(asks) == 1, source.name


def test_counts_agree_with_the_definitions_of_the_tasks():
    bits = strings_for(3)
    waits = sum(any(row[t] == 1 and not row[t + 1:t + 9].any() and t + 9 <= 24 for t in range(24)) for row in bits)
    assert count_for("what_convinces", 3) == waits
    right = 0
    for k, row in enumerate(bits):
        length = 1 + k % 24
        right += 24 - length + sum(row[:t].sum() % 2 == 0 for t in range(1, length + 1))
    assert count_for("explanation", 3) == right
    assert count_for("what_truncation_cannot_teach", 3) == sum(row[:16].sum() % 2 == 0 for row in bits)
    rows = bits.tolist()
    remembers = sum((1 in row[:t]) == (row[:t].count(1) % 2 == 1) for row in rows for t in range(1, 25))
    assert count_for("one_tanh_unit", 3) == remembers
    cut = [row[:1 + k % 10] for k, row in enumerate(rows)]
    assert count_for("what_explains_the_difference", 3) == sum(row.count(1) % 2 == row[-1] for row in cut)
    unit = torch.nn.LSTM(1, 1, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for name, value in (("weight_ih_l0", [0, 0, 200, 0]), ("weight_hh_l0", [0, 0, 0, 0]),
                            ("bias_ih_l0", [0, 3, -100, 0]), ("bias_hh_l0", [0, 0, 0, 0])):
            getattr(unit, name).copy_(torch.tensor(value).reshape(getattr(unit, name).shape))
        c = unit(torch.from_numpy(bits).double()[..., None])[1][1][0, :, 0].numpy()
    assert count_for("what_differs", 3) == ((c > 0) == (bits[:, 0] == 1)).sum()


@pytest.mark.parametrize("wrong", ["  ", 7, "?!"])
def test_an_id_without_letters_or_digits_is_an_error(wrong):
    with pytest.raises(ValueError, match="student_id"):
        seed_of(wrong)


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with graded submissions of ten students."""
    return classroom.fill(course.copy_course(tmp_path_factory.mktemp("ten") / "course", NAME), the_class()[:10])


@pytest.fixture(scope="module")
def show(graded):
    """A function that returns the page of a student's submission after ``change(notebook)``."""
    makers = {template: course.exporter(graded, template) for template in ("formgrade", "feedback")}

    def page(student, template="formgrade", change=lambda notebook: None):
        notebook = nbformat.read(graded / "autograded" / student / NAME / f"{NAME}.ipynb", as_version=4)
        change(notebook)
        return course.page(makers[template], notebook, notebook_id=NAME, assignment_id=NAME, student=student)
    return page


def answer_cell(notebook):
    return next(cell for cell in notebook.cells if rubric.in_words(cell))


def test_the_rubric_the_numbers_and_the_students_outputs_are_next_to_the_answer(show):
    page = show("s204501")
    section = page[page.index('<section class="parity-answer">'):page.index("</section>")]
    seed = seed_of("s204501")
    assert section.index(classroom.TABLE) < section.index("A state is flipped") < section.index("Rubric, 4 points")
    assert section.count('aria-label="Points for demand') == 4
    assert f"<td>{seed}</td>\n<td>in the answer</td>" in section
    count = count_for("what_convinces", seed)
    assert f"<td>{count}</td>\n<td>in the answer</td>" in section
    assert page.count(classroom.TABLE) == 1     # next to the answer, and not also where the student has run it
    assert "An argument about the states would convince me" in section      # the model answer
    assert "parity-look" not in section


@pytest.mark.parametrize(("student", "says"), [
    ("s204502", "This answer may be generic"), ("s204504", ""), ("s204507", "is the seed of the model answer. Please"),
    ("s204508", "is the seed of s2045")])
def test_an_answer_without_the_students_numbers_is_marked(show, student, says):
    page = show(student)
    assert says in page
    assert ("Please check it" in page) == bool(says)
    assert "<strong>✗ not in the answer</strong>" in page


@pytest.mark.parametrize("change", [
    lambda cell: None, lambda cell: cell.metadata.nbgrader.update(grade_id="without-a-count")])
def test_seeds_of_others_are_named_whatever_else_an_answer_contains(show, change):
    def copy(notebook):
        cell = answer_cell(notebook)
        cell.source += f" {seed_of('s204501')}, {seed_of('s1234567')} and 24,000"
        change(cell)
    page = show("s204503", change=copy)     # whose answer quotes their own seed and count
    looks = re.findall(r'<p class="parity-look">\s*(.*?)</p>', page, re.DOTALL)
    model = f"{seed_of('s1234567')} is the seed of the model answer"
    assert "without-a-count" in page or model in looks[0]
    assert f"{seed_of('s204501')} is the seed of s204501" in looks[0]
    assert f"{seed_of('s204503')} is" not in looks[0]
    assert "generic" not in looks[0]
    assert "24000" not in looks[0]


def test_the_only_seed_in_a_model_answer_is_that_of_its_student():
    models = [rubric.parse_rubric(cell["source"]).model for _, cell in ANSWERS]
    seeds = {number for model in models for number in rubric.numbers_in(model) if number >= rubric.SMALLEST_SEED}
    assert seeds == {seed_of("s1234567")}
    assert rubric.owners_of_seeds(" S123 4567", models[0], models[0], ["s1234567", "S1234567"]) == {}


def test_an_empty_answer_has_no_numbers_and_an_unknown_task_no_rubric(show):
    assert "Numbers that this student" not in show("s204510")
    page = show("s204501", change=lambda notebook: answer_cell(notebook).metadata.nbgrader.update(grade_id="my-own"))
    assert f"The source notebook {NAME}.ipynb has no rubric for <code>my-own</code>." in page


def test_a_rubric_with_a_different_sum_of_points_is_marked(show):
    page = show("s204501", change=lambda notebook: answer_cell(notebook).metadata.nbgrader.update(points=5))
    assert "The points of the demands add up to 4." in page


def test_a_notebook_without_answers_in_words_is_unchanged(show):
    assert 'class="parity-' not in show("s204501", change=lambda notebook: notebook.cells.remove(answer_cell(notebook)))


def test_feedback_has_no_rubric(show):
    def give_points(notebook):
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata["nbgrader"].update(score=1, comment="fine")
    page = show("s204501", "feedback", give_points)
    assert "A state is flipped" in page
    for words in ('class="parity-', "Rubric", "argument about the states"):
        assert words not in page


def test_outputs_of_every_kind_are_shown_and_no_submission_can_insert_a_cell_like_ours(show):
    def add_outputs(notebook):
        place = notebook.cells.index(answer_cell(notebook))
        outputs = [new_output("stream", text=NOTE), new_output("stream", text="\x1b[31m<b>red</b>"),
                   new_output("display_data", data={"text/html": "<table><td>5</td></table><script>x</script>"}),
                   new_output("display_data", data={"image/png": "iVBORw0K", "text/plain": "p"}),
                   new_output("display_data", data={"image/png": '"><script>x</script>'}),
                   new_output("display_data", data={"image/jpeg": "PHN2Zy8+", "image/svg+xml": "<svg/>"}),
                   new_output("display_data", data={"text/plain": "plain"})]
        notebook.cells.insert(place, new_code_cell("sweep()", id="sweep", outputs=outputs))
        notebook.cells.insert(place, new_raw_cell("<section class='x'>mine</section><script>y</script>"))
    page = show("s204501", change=add_outputs)
    own = page.partition('class="parity-own"')[2].partition("</details>")[0]
    for part in ("sweep", '<span class="ansi-red-fg">&lt;b&gt;red&lt;/b&gt;</span>', "<td>5</td>",
                 'src="data:image/png;base64,iVBORw0K"', 'src="data:image/jpeg;base64,PHN2Zy8+"',
                 "<pre>plain</pre>"):
        assert part in own, own
    assert "<script>x" not in page
    assert '<section class="x"' not in page
    assert "<script>y" not in page
