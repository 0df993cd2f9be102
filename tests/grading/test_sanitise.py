"""A hostile submission is harmless on nbgrader's pages, and an honest one looks as before."""

import html
import re
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from traitlets.config import PyFileConfigLoader
from traitlets.utils.importstring import import_item

from parity_grading import sanitise
from tests.exercises import course
from tests.grading import payloads
from tests.submissions import bank

TEMPLATES = ("formgrade", "feedback")
FRAME = {"html", "head", "body", "title", "main", "button", "textarea"}
FORMULA = re.compile(r"vertical-align: -?\d+\.\d+pt")
ADDRESS = {"href": re.compile(r"(?i)https?://(?!localhost|127)|mailto:|#"), "src": re.compile(r"data:image/")}
ACTIVE = payloads.MARKDOWN | payloads.PAGE


@pytest.fixture(scope="module")
def show(tmp_path_factory):
    """A function that returns the page of a notebook, as the formgrader or generate_feedback makes it."""
    folder = course.copy_course(tmp_path_factory.mktemp("settings"))
    makers = {(stock, template): course.exporter(folder, template, stock)
              for stock in (False, True) for template in TEMPLATES}

    def page(notebook, template="formgrade", stock=False, **names):
        return course.page(makers[stock, template], notebook, **names)
    return page


def active(page):
    """Return every element and attribute of a page that could run, load, cover or send something."""
    found = []
    for tag in BeautifulSoup(page, "html.parser").find_all(True):
        checkbox = tag.name == "input" and tag.attrs.get("type") == "checkbox" and "disabled" in tag.attrs
        if tag.name not in sanitise.TAGS - {"input"} | FRAME and not checkbox:
            found.append(tag.name + re.sub(r"\s+", " ", tag.get_text())[:200])
        for name, value in tag.attrs.items():
            if tag.name == "img" and name == "style" and FORMULA.fullmatch(value):
                continue
            leads = name in ADDRESS and not ADDRESS[name].match(value)
            if (leads or name.startswith(("on", "data-")) or name in ("id", "style", "background", "srcdoc", "action")
                    or (name == "class" and "modal-backdrop" in value)):
                found.append((tag.name, name, str(value)))
    return sorted(map(str, found))


def answer(source):
    return new_markdown_cell(source, id="one", attachments={"pasted.png": {"image/png": payloads.PIXEL}})


@pytest.mark.parametrize("source", [
    pytest.param(source, id=name) for name, source in (ACTIVE | payloads.QUIET_MARKDOWN).items()])
def test_nothing_active_remains_of_an_answer(show, source):
    assert active(show(new_notebook(cells=[answer(source)]))) == active(show(new_notebook(cells=[answer("")])))


def test_nothing_active_remains_in_feedback(show):
    written = new_notebook(cells=[answer(source) for source in (ACTIVE | payloads.QUIET_MARKDOWN).values()])
    assert active(show(written, "feedback")) == active(show(new_notebook(), "feedback"))


@pytest.mark.parametrize("source", [pytest.param(source, id=name) for name, source in ACTIVE.items()])
def test_the_same_answer_is_active_on_a_stock_page(show, source):
    """Without this control the tests above could not fail."""
    empty = show(new_notebook(cells=[answer("")]), stock=True)
    assert active(show(new_notebook(cells=[answer(source)]), stock=True)) != active(empty)


PIECES = ["<", ">", "/", "\"", "'", "=", " ", "\n", "\n\n", "    ", "`", "```\n", "$", "$$", "&lt;", "&#60;",
          "&Tab;", "\\", "](", ")", "[x", "![x", "]: ", "<!--", "-->", "<![CDATA[", "a", "b", "x", "script", "img",
          "svg", "math", "style", "details", "iframe", "noscript", "textarea", "template", "table", "<td", "onerror",
          "onload", "src", "href", "id", "class", "javascript:", "data:text/html,", "https://", "localhost", "ran(1)",
          "\x00", "\u2028", "| a |\n|---|\n"]


@settings(max_examples=200, deadline=None)
@example(["<", "img", " ", "src", "=", "x", " ", "onerror", "=", "ran(1)", ">"])
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_nothing_active_remains_of_any_text(pieces):
    page = sanitise.markdown2html({}, "".join(pieces))
    assert active(page) == []
    assert BeautifulSoup(sanitise.clean(page), "html.parser") == BeautifulSoup(page, "html.parser")


@pytest.mark.parametrize(("address", "stays"), [
    ("https://example.org", True), ("http://example.org:81/a?b=1#c", True), ("mailto:ada@example.org", True),
    ("javascript:ran(1)", False), ("JAVASCRIPT:ran(1)", False), ("java\tscript:ran(1)", False),
    ("data:text/html,x", False), ("vbscript:x", False), ("blob:x", False), ("file:///etc/passwd", False),
    ("/formgrader/?path=x", False), ("plot.html", False), ("//example.org", False), ("#top", False),
    ("http://localhost:8888/", False), ("http://localhost./", False), ("http://ada.localhost/", False),
    ("http://hub.local/", False), ("http://hub/", False), ("http://127.0.0.1/", False), ("http://127.1/", False),
    ("http://0x7f.0x1/", False), ("http://2130706433/", False), ("http://[::1]/", False),
    ("http://\uff11\uff12\uff17.0.0.1/", False),
    ("http://example.org@localhost/", False), ("http://localhost\\@example.org/", False),
    ("http://x.localho\u017ft/", False), ("https://example.org/\nx", False)])
def test_a_link_leads_to_another_host_or_nowhere(address, stays):
    link = BeautifulSoup(sanitise.clean(f'<a href="{address}">x</a>'), "html.parser").a
    assert link.get_text() == "x"
    assert (link.get("href") == address) if stays else ("href" not in link.attrs)
    assert link["target"] == "_blank"
    assert link["rel"] == ["noopener", "noreferrer"]


@pytest.mark.parametrize(("address", "stays"), [
    (f"data:image/png;base64,{payloads.PIXEL}", True), ("plot.png", True), ("figures/loss_1.jpeg", True),
    ("data:image/svg+xml;base64,PHN2Zy8+", False), ("data:text/html;base64,AAAA", False), ("../gradebook.db", False),
    ("/api/terminals.png", False), ("plot.png?x", False), ("https://example.org/plot.png", False),
    ("data:image/png,<svg/onload=ran(1)>", False), ("data:image/svg+xml,<svg/onload=ran(1)>", False)])
def test_an_image_is_on_the_page_or_in_a_file_next_to_the_notebook(address, stays):
    image = BeautifulSoup(sanitise.clean(f'<img src="{address}" alt="x">'), "html.parser").img
    assert ("src" in image.attrs) == stays
    assert image["alt"] == "x"


@pytest.mark.parametrize("make", [
    lambda picture: f"![x]({picture})", lambda picture: f'<img src="{picture}">',
    lambda picture: f'<img alt="x^2" style="vertical-align: 0pt" src="{picture}">',
    lambda picture: f"<IMG\nsrc='{picture}' style='vertical-align: -1pt' width=9 alt='x^2'>"])
def test_the_only_vector_graphics_are_formulas_that_we_have_drawn(make):
    """An SVG of two kilobytes, with references to references, keeps a browser busy for minutes."""
    picture = "data:image/svg+xml;base64,PHN2Zy8+"
    page = sanitise.markdown2html({}, make(picture))
    assert "PHN2Zy8+" not in page
    assert page.count("image/svg+xml") == page.count(sanitise.formula_image("x^2")) == page.count("style")
    assert cleaned_output({"image/svg+xml": "<svg/>"}).data == {"text/plain": "(not shown: image/svg+xml)"}


def test_an_image_that_claims_to_be_a_formula_becomes_this_formula():
    for source in ('<img style="vertical-align: 0pt" alt="5 &lt; 6">', '<img alt="5 < 6" style="vertical-align: 0pt">'):
        assert sanitise.clean(source) == sanitise.formula_image("5 < 6")
    assert sanitise.clean('a<img style="vertical-align: 0pt">b<img alt="{" style="vertical-align: 0pt">c') == "abc"


def visible(page):
    """Return what a page shows, with formulas as they were typed and without invisible attributes."""
    soup = BeautifulSoup(page, "html.parser")
    for image in soup.find_all("img", style=FORMULA):
        image.replace_with(f"${image['alt']}$")
    for tag in soup.find_all(True):
        for name in ("target", "rel", "id", "title"):
            tag.attrs.pop(name, None)
        if tag.name in ("code", "li", "input"):
            tag.attrs.pop("class", None)
    text = re.sub(r"\s+", " ", str(soup)).replace("$$", "$")
    return re.sub(r"\$ ?([^$]*?) ?\$", r"$\1$", text)


def stock_html(cell):
    return HTMLExporter(exclude_anchor_links=True).markdown2html({"cell": cell}, cell.source)


def test_an_honest_answer_looks_as_before():
    cell = answer(payloads.HONEST)
    ours = sanitise.markdown2html({"cell": cell}, cell.source)
    assert visible(ours) == visible(stock_html(cell))
    images = BeautifulSoup(ours, "html.parser").find_all("img")
    assert "h_t = \\tanh(W h_{t-1} + x_t) < 1" in [image["alt"] for image in images if image.get("style")]
    assert len([image for image in images if not image.get("style")]) == 3


@pytest.mark.parametrize("path", [
    pytest.param(path, id=str(path.relative_to(bank.ROOT)))
    for tree in ("exercises", "solutions") for path in sorted((bank.ROOT / tree).glob("*/*.ipynb"))])
def test_the_exercises_look_as_before_without_links_within_the_course_and_all_formulas_are_drawn(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    assert cells
    for cell in cells:
        ours = sanitise.markdown2html({"cell": cell}, cell.source)
        assert visible(ours) == re.sub(r' href="\.\./[^"]*"', "", visible(stock_html(cell)))
        assert not re.search(r"\$[^$]+\$", BeautifulSoup(ours, "html.parser").get_text())


def cleaned(cell):
    notebook = new_notebook()
    notebook.cells = [cell]     # an argument would be validated, but a student's kernel writes invalid notebooks, too
    return sanitise.Sanitise().preprocess(notebook, {})[0].cells[0]


def cleaned_output(data, **metadata):
    output = new_output("display_data", metadata=metadata)
    output.data.update(data)
    cell = new_code_cell()
    cell.outputs = [output]
    return cleaned(cell).outputs[0]


def test_an_output_keeps_known_types_and_nothing_else():
    kept = {"text/plain": "<b>", "text/latex": "$x<1$", "image/png": payloads.PIXEL, "text/markdown": "<b>"}
    assert cleaned_output(kept | {"application/javascript": "ran(1)", "application/pdf": "x"}).data == kept
    assert cleaned_output({"text/html": "<b onclick=x>1</b><script>x</script>"}).data == {"text/html": "<b>1</b>"}
    assert cleaned_output({"image/png": {"a": 1}, "text/html": 5}).data == {
        "text/plain": "(not shown: image/png, text/html)"}
    number = new_output("execute_result", {"text/plain": "5"}, execution_count=7)
    assert cleaned(new_code_cell(outputs=[number])).outputs == [number]
    huge = {"image/png": {"width": 10**6, "height": float("nan")}}
    assert cleaned_output({"image/png": payloads.PIXEL}, **huge).metadata == {"image/png": {}}
    about = {"image/png": {"width": 5, "height": "1 onload=x", "unconfined": True}, "filenames": {"image/png": "/x"},
             "text/html": {"isolated": True}, "odd": "x"}
    assert cleaned_output({"image/png": payloads.PIXEL}, **about).metadata == {
        "image/png": {"width": 5}, "filenames": {}, "text/html": {}}


def test_a_cell_keeps_nbgraders_marks():
    marks = {"grade": True, "grade_id": "parity-check", "points": 2, "schema_version": 3, "checksum": "a1"}
    cell = new_code_cell(metadata={"nbgrader": marks | {"comment": "<script>"}, "tags": ["x modal-backdrop"]})
    cell["execution_count"] = "<script>"
    kept = cleaned(cell)
    assert (kept.metadata, kept.execution_count) == ({"nbgrader": marks}, None)
    assert cleaned(new_raw_cell("a <script>x</script><b>b</b>")).source == "a <b>b</b>"
    assert cleaned(new_code_cell("'<script>'", execution_count=5)).execution_count == 5


def test_code_reads_as_it_runs():
    """Signs that turn the direction of writing would show the call of the first line as a part of a comment."""
    for make in (new_code_cell, new_markdown_cell, new_raw_cell):
        shown = cleaned(make("x = 1 \u202e\u2066# nn.RNN()\u2069 \u05d0 \u200f")).source
        assert shown == "x = 1 \ufffd\ufffd# nn.RNN()\ufffd \u05d0 \u200f"


@pytest.mark.parametrize("template", TEMPLATES)
def test_hostile_metadata_changes_nothing_on_the_page(show, template):
    harmless = show(new_notebook(cells=[new_code_cell("1", id="one", execution_count=5)]), template)
    hostile = new_code_cell("1", id="one", metadata={
        "tags": ["\" onclick=\"ran(1)"], "magics_language": "\"><script>", "alt": "\"><script>"}, execution_count=5)
    hostile.metadata["nbgrader"] = {"grade_id": "\"><script>ran(1)</script>", "comment": "<script>ran(1)</script>"}
    metadata = {"title": "</title><script>ran(1)</script>", "widgets": payloads.WIDGETS,
                "language_info": {"name": "\"><script>ran(1)</script>"}}
    page = show(new_notebook(cells=[hostile], metadata=metadata), template)
    assert active(page) == active(harmless)
    assert "ran(1)" not in page


def test_elements_within_elements_are_cleaned_once(show):
    """nbconvert's own filter needs 7 s for 100 KB of them and more than 40 s for 1 MB."""
    name = PyFileConfigLoader("nbgrader_config.py", str(course.ROOT)).load_config().HTMLExporter.filters["clean_html"]
    start = time.process_time()
    import_item(name)(sanitise.clean("<b>" * 9000))
    assert time.process_time() - start < 0.5
    assert "<b>deep</b>" in show(new_notebook(cells=[new_raw_cell("<b>deep")]))


@pytest.mark.parametrize("source", [r"\begin{a}" * 100_000, "<div>" * 100_000, r"\\(" * 100_000],
                         ids=["formulas", "elements", "brackets"])
def test_a_text_that_would_take_hours_is_shown_unrendered(source):
    for page in (sanitise.markdown2html({}, source), sanitise.clean("<i>" * 20_000 + source)):
        assert page.startswith("<pre>")
        assert html.escape(source) in page


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_brackets_and_code_of_a_megabyte_do_not_delay_a_page(show, template):
    """nbconvert's filters would take hours for the brackets, and gigabytes for the code."""
    code = [new_code_cell("x=1\n" * 5_000) for _ in range(50)]
    page = show(new_notebook(cells=[new_markdown_cell("[" * 1_000_000), *code]), template)
    assert page.count("[") > 1_000_000
    assert page.count("x=1") == 240_000     # after 40,000 characters with colours


def work():
    while True:
        pass


@pytest.mark.skipif(not sanitise.FORK, reason="only Linux has limits for a page")
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(("limit", "value", "draw"), [
    ("PAGE_SECONDS", 1, work), ("PAGE_WAIT", 1, lambda: time.sleep(60)),
    ("PAGE_MEMORY", 10**9, lambda: "x" * 2 * 10**9), ("LARGEST_PAGE", 10**6, lambda: "x" * 2 * 10**6),
], ids=["time", "sleep", "memory", "size"])
def test_a_page_beyond_a_limit_says_so_and_keeps_the_marks(show, monkeypatch, template, limit, value, draw):
    monkeypatch.setattr(sanitise, limit, value)
    monkeypatch.setattr(sanitise, "formula_image", lambda tex: draw())
    marks = {"grade": True, "grade_id": "words", "points": 2, "solution": True, "locked": False, "score": 1}
    cells = [new_markdown_cell("My answer: $x$", metadata={"nbgrader": marks}), new_code_cell("secret=1")]
    page = show(new_notebook(cells=cells), template)
    assert "This submission is not shown" in page
    assert "My answer" not in page
    assert "secret" not in page
    assert ("words" in page) or template == "feedback"


@pytest.mark.parametrize("piece", ["a.", "x=1\n", "(", "@", "0x", "f'{", "\\", "#"])
def test_code_is_coloured_in_a_time_that_does_not_depend_on_its_author(piece):
    start = time.process_time()
    sanitise.highlight_code(piece * (sanitise.MOST_CODE // len(piece)), "ipython3")
    assert time.process_time() - start < 5


def test_an_output_with_too_many_colours_is_shown_without_any(show):
    red = "\x1b[31m<red>\x1b[0m"
    few, many = (new_code_cell(outputs=[
        new_output("stream", text=red * count), new_output("display_data", {"text/plain": red * count}),
        new_output("error", ename="E", evalue="", traceback=[red * count])]) for count in (5, 3000))
    page = BeautifulSoup(show(new_notebook(cells=[few, many])), "html.parser")
    assert len(page.find_all("span", class_="ansi-red-fg")) == 15
    assert page.get_text().count("<red>") == 9015
    assert "\x1b" not in page.get_text()


@pytest.mark.parametrize("hidden", [
    "<!-- my seed is 7 -->", "<!--\n\n<b>my seed\nis 7</b>\n\n-->", "<!-- my seed is 7"])
@pytest.mark.parametrize("before", ["", "It is odd. ", "It is odd.\n\n", "- "])
def test_a_comment_in_an_answer_is_shown_as_text(before, hidden):
    text = BeautifulSoup(sanitise.markdown2html({}, before + hidden), "html.parser").get_text()
    assert "<!--" in text
    assert "my seed is 7" in " ".join(text.split())


def test_a_students_name_is_text(show):
    page = show(new_notebook(), first_name="<script>ran(1)</script>", last_name="O'Neil <i>", student="<b>")
    assert active(page) == active(show(new_notebook(), first_name="Ada", last_name="Lovelace", student="ada"))
    assert "O'Neil <i>, <script>ran(1)</script>" in re.sub(r"\s+", " ", BeautifulSoup(page, "html.parser").get_text())


def test_the_formgrader_forbids_other_hosts_and_replaces_mathjax_before_the_template_requests_it(show):
    page = show(new_notebook())
    assert "default-src 'self' data:" in page
    policy, replacement, request = map(page.index, ("Content-Security-Policy", "window.MathJax =", "mathjax/"))
    assert policy < replacement < request


def test_a_feedback_page_has_no_script_and_forbids_all(show):
    page = show(new_notebook(), "feedback")
    assert "<script" not in page
    assert page.index("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'") < page.index("<style")


@pytest.mark.parametrize(("tex", "known"), [
    (r"h_t = \tanh(U x_t + V h_{t-1} + b)", True), (r"\frac12", True), (r"\frac kn + \frac{\kappa^2}{2n}", True),
    (r"\href{javascript:ran(1)}{x}", False), (r"\begin{aligned} a \end{aligned}", False), (r"{", False),
    ("x" * 1000, False), (r'a" onload="ran(1)', False), (r"\includegraphics{/etc/passwd}", False)])
def test_a_formula_is_an_image_if_it_can_be_drawn_and_else_stays_as_it_was_typed(tex, known):
    page = sanitise.markdown2html({}, f"A formula: ${tex}$.")
    assert ("data:image/svg+xml" in page) == known
    assert active(page) == []
    image = BeautifulSoup(page, "html.parser").find("img")
    assert image["alt"] == tex if known else image is None
