"""Points, minutes and chapters are written in the sources alone; the files that repeat them are derived from them."""

import importlib
import shutil

import pytest

from parity_checks.points import IN_WORDS, POINTS
from parity_teaching import authoring, manifest
from parity_teaching.addresses import chapters
from tests.submissions import bank

ROOT = bank.ROOT
SOURCES = authoring.sources(ROOT)
NAMES = [source.name for source in SOURCES]
FIRST = SOURCES[0]
CELLS, OVERVIEW, SYLLABUS, CONTENTS, INDEX, ANSWERS = (path.as_posix() for path in (
    manifest.CELLS, manifest.OVERVIEW, manifest.SYLLABUS, manifest.CONTENTS, manifest.INDEX, manifest.ANSWERS))


@pytest.fixture
def root(tmp_path):
    """A copy of the sources and of all derived files, which a test may change."""
    for pattern in ("book/*.md", "solutions/*/*.md", ANSWERS, CELLS, CONTENTS):
        for path in ROOT.glob(pattern):
            (tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / path.relative_to(ROOT))
    return tmp_path


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def stale(root):
    """Return the derived files that differ from what the sources make."""
    return {path for path, text in manifest.derived(root).items() if (root / path).read_text(encoding="utf-8") != text}


# ---------------------------------------------------------------- the course


@pytest.mark.parametrize("name", NAMES)
def test_every_check_belongs_to_a_graded_cell(name):
    module = importlib.import_module(f"parity_checks.{name}")
    checks = {key for key, value in vars(module).items() if callable(value) and hasattr(value, "says")}
    assert checks == set(POINTS[name])


def test_the_exercises_come_in_order_with_points_for_checks_and_for_words():
    assert NAMES == list(POINTS)
    for source in SOURCES:
        assert source.points == sum(POINTS[source.name].values()) + IN_WORDS[source.name]
        assert min(IN_WORDS[source.name], *POINTS[source.name].values()) > 0
        assert {*source.settings["chapters"], *source.setting("session", list, [])} <= set(chapters(ROOT))


# ---------------------------------------------------------------- a disagreement fails


@pytest.mark.parametrize(("path", "before", "after"), [
    (CELLS, '"check": "parity", "points": 2', '"check": "parity", "points": 7'),
    (OVERVIEW, f"| {FIRST.minutes} | {FIRST.points} |", f"| {FIRST.minutes} | {FIRST.points + 5} |"),
    (OVERVIEW, f"| {FIRST.minutes} | {FIRST.points} |", f"| {FIRST.minutes + 5} | {FIRST.points} |"),
    (SYLLABUS, f", {FIRST.minutes} minutes |", f", {FIRST.minutes + 5} minutes |"),
    (CONTENTS, f"          - file: exercises/{FIRST.name}/{FIRST.name}\n", ""),
    (INDEX, "| 1 | {doc}`one-bit` |", "| 2 | {doc}`one-bit` |"),
    (ANSWERS, "- 1 point: the count", "- 2 points: the count"),
])
def test_a_change_by_hand_is_noticed(root, path, before, after):
    assert stale(root) == set()
    change(root / path, before, after)
    assert stale(root) == {path}


def test_points_that_change_in_the_source_change_everywhere(root):
    source = root / f"solutions/{FIRST.name}/{FIRST.name}.md"
    change(source, "points: 2}", "points: 7}")
    text = authoring.read(source)
    assert "(7 points)" in "".join(cell["source"] for cell in text.cells)
    assert f"**Points:** {FIRST.points + 5}." in text.cells[0]["source"]
    assert stale(root) == {CELLS, OVERVIEW}


def test_minutes_and_chapters_that_change_in_the_source_change_everywhere(root):
    source = root / f"solutions/{FIRST.name}/{FIRST.name}.md"
    change(source, f"minutes: {FIRST.minutes}", "minutes: 200")
    assert "about 200 minutes" in authoring.read(source).cells[0]["source"]
    assert stale(root) == {OVERVIEW, SYLLABUS}
    change(source, f"chapters: [{', '.join(FIRST.settings['chapters'])}]", "chapters: [data, training]")
    about = authoring.read(source).cells[0]["source"]
    assert "**Chapters:** 3, *Generating the data*; 5, *Training*." in about


def test_links_to_chapters_lead_to_the_published_book_where_there_is_one(root):
    source = root / "solutions/varying_lengths/varying_lengths.md"
    (root / "_config.yml").write_text("html: {baseurl: 'https://example.org/bits/'}", encoding="utf-8")
    text = "".join(cell["source"] for cell in authoring.read(source).cells)
    assert "[*Packing strings of different lengths*](https://example.org/bits/book/packing.html)" in text
    section = "(chapter 4, *Packing strings of different lengths*)"
    assert f'["The loss lies too"](https://example.org/bits/book/packing.html#the-loss-lies-too) {section}' in text
    assert 'os.environ.setdefault("PARITY_BOOK", "https://example.org/bits")' in text
    (root / "_config.yml").write_text("", encoding="utf-8")
    text = "".join(cell["source"] for cell in authoring.read(source).cells)
    assert f'"The loss lies too" {section}' in text
    assert "](../" not in text, "Jupyter would show the source of a page"
    assert "PARITY_BOOK" not in text


def test_a_chapter_of_no_session_is_optional_and_hours_leave_room(root):
    session = f"session: [{', '.join(FIRST.settings['session'])}]"
    change(root / f"solutions/{FIRST.name}/{FIRST.name}.md", session, "session: [one-bit]")
    table = manifest.derived(root)[SYLLABUS]
    assert f"| 1 | {{doc}}`one-bit` | {chapters(ROOT)['one-bit'].minutes} minutes |" in table
    assert "| optional | {doc}`unrolling`, " in table
    rows = [line for line in table.splitlines() if "</exercises/" in line]
    for source, row in list(zip(SOURCES, rows, strict=True))[1:]:
        reading = sum(chapters(ROOT)[page].minutes for page in source.setting("session", list, []))
        assert 60 * int(row.split("|")[-2]) > reading + source.minutes


# ---------------------------------------------------------------- exercises of one's own


@pytest.fixture
def own(root):
    """The folder of an instructor's own exercise, which is a copy of the first one."""
    folder = root / "solutions/mine"
    folder.mkdir()
    shutil.copy(ROOT / f"solutions/{FIRST.name}/{FIRST.name}.md", folder / "mine.md")
    (folder / "mine_checks.py").write_text("from parity_checks.unrolling import *\n", encoding="utf-8")
    return folder


def test_an_exercise_of_ones_own_changes_nothing_but_the_folders_of_its_notebooks(root, own):
    assert stale(root) == set()
    names = ("mine.ipynb", "mine_checks.py", "mine_checks.json", ".gitignore")
    assert {path for path in manifest.generated(root) if "mine" in path} == {
        f"{tree}/mine/{name}" for tree in manifest.TREES for name in names}


def test_model_answers_of_ones_own_exercise_stay_with_the_instructor(own):
    assert "checks.model_answer(" in str(authoring.notebook(FIRST))
    assert "checks.model_answer(" not in str(authoring.notebook(authoring.read(own / "mine.md")))


@pytest.mark.parametrize(("before", "after", "words"), [
    ("mine.md", "yours.md", "mine.md"), ("mine_checks.py", "checks.py", "mine_checks.py")])
def test_an_exercise_of_ones_own_with_a_wrong_name_is_refused(root, own, before, after, words):
    (own / before).rename(own / after)
    with pytest.raises(FileNotFoundError, match=words):
        manifest.generated(root)


def test_an_assignment_without_a_source_is_left_to_nbgrader(root):
    (root / "solutions/exam").mkdir()
    (root / "solutions/exam/notes.md").write_text("Bring a pen.\n", encoding="utf-8")
    assert [source.name for source in authoring.sources(root)] == NAMES


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(("before", "after", "words"), [
    ("title: ", "name: ", "title"),
    (f"minutes: {FIRST.minutes}\n", "minutes: some\n", "minutes"),
    ("chapters: [", "before: [", "chapters"),
    ("chapters: [", "chapters: [no-page, ", "a list of numbered chapters"),
    ("chapters: [unrolling]", "chapters: unrolling", "chapters"),
    ("summary: ", "about: ", "summary"),
    ("check.rnn_step()\n", "check.parity()\n", "one for each test"),
])
def test_a_mistake_in_a_source_names_the_file(root, before, after, words):
    path = root / f"solutions/{FIRST.name}/{FIRST.name}.md"
    change(path, before, after)
    with pytest.raises(ValueError, match=words) as caught:
        manifest.derived(root)
    assert f"{FIRST.name}.md" in str(caught.value)


def test_a_page_without_its_table_or_time_is_named(root):
    (root / manifest.OVERVIEW).write_text("# Exercises\n", encoding="utf-8")
    with pytest.raises(ValueError, match="tables with a column `exercise`"):
        manifest.derived(root)
    change(root / "book/data.md", "- **Time:**", "- Time:")
    with pytest.raises(ValueError, match=r"book/data\.md needs a title"):
        chapters(root)
