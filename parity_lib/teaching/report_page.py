"""The page of `parity report`: one file that asks no host for anything, by day and by night, on paper too.

Chapter: *For instructors*. The page for the class names nobody and leaves out what is for a person to look at; with
``names`` it is the instructor's own copy. All that a hand-in says is text here, never HTML.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Template

import numpy as np

from parity_lib.checks.reading import PLACE
from parity_lib.experiments.statistics import wilson_interval
from parity_lib.figures.picture import SHEET
from parity_lib.teaching import report_charts
from parity_lib.teaching.report import Misconception, Report
from parity_lib.teaching.similar import LEAST_NODES, LEAST_WORDS, Alike

HERE = Path(__file__)
FOLDER = Path("private") / "report"     # git ignores it
SHOWN = 12      # misconceptions in full
SLOW = 2.0      # times the median
WORDS = {"missing": "sent nothing", "collected": "not graded yet", "failed": "failed", "half graded": "half graded",
         "changed since": "changed since", "needs reading": "with words to be read", "read": "graded and read"}


def write(root: Path, found: Report, names: bool = False) -> Path:
    """Write the page, which its owner alone can read, and return where it is."""
    path = root / FOLDER / f"{found.name}{'-with-names' if names else ''}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(page(found, names), encoding="utf-8")
    return path


def page(found: Report, names: bool = False) -> str:
    """The whole page."""
    parts = [*_head(found, names), *_points(found), *_mistakes(found, names)]
    if names:
        parts += [*_looked_at(found), *_time(found), *_agreement(found)]
    template = Template(HERE.with_name("report.html").read_text(encoding="utf-8"))
    return template.substitute(title=f"{_title(found)}: the class", style=_style(), body="\n".join(parts))


def _style() -> str:
    """The book's colours, dark where the reader's system is, and the page's own sheet."""
    light, dark = re.findall(r"\{(.*?)\}", SHEET, re.DOTALL)[:2]
    own = HERE.with_name("report.css").read_text(encoding="utf-8")
    return f":root {{{light}}}\n@media (prefers-color-scheme: dark) {{ :root {{{dark}}} }}\n{own}"


def text(value: object) -> str:
    """Anything as text of a page, without signs that cannot be seen."""
    return html.escape("".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}"
                               for sign in str(value)))


def _title(found: Report) -> str:
    return text(found.name.replace("_", " ").capitalize())


# ---------------------------------------------------------------- for the class


def _head(found: Report, names: bool) -> Iterator[str]:
    count = sum(found.states.values())
    yield f"<h1>{_title(found)}: the class</h1>"
    yield '<p class="quiet">For you alone: it has names.</p>' if names else ""
    yield '<ul class="states">' + "".join(
        f"<li><b>{found.states[state]}</b> {words}</li>" for state, words in WORDS.items() if found.states[state]
    ) + f'<li><b>{count}</b> students in all</li></ul>'


def _points(found: Report) -> Iterator[str]:
    yield "<h2>Points</h2>"
    if found.points:
        values = list(found.points.values())
        low, middle, high = np.percentile(values, (25, 50, 75))
        yield (f"<p>Half of the {len(values)} students whose answers are read have {low:.3g} to {high:.3g} of "
               f"{found.most:g} points; the median is {middle:.3g}.</p>")
        yield report_charts.histogram(values, found.most)._repr_html_()
    else:
        yield "<p>No hand-in has all of its points yet: answers in words are still to be read.</p>"
    yield "<h2>Task by task</h2>"
    yield report_charts.by_task(found.tasks)._repr_html_() if any(one.points for one in found.tasks) else ""
    waiting = found.states["needs reading"]
    if waiting:
        yield (f'<p class="quiet">Answers in words of {waiting} student{"s" * (waiting > 1)} are still to be read, and '
               "are in no bar.</p>")


def _mistakes(found: Report, names: bool) -> Iterator[str]:
    yield "<h2>What was misunderstood</h2>"
    if not found.misconceptions:
        yield "<p>No test failed.</p>"
        return
    yield "<p>What the checks take for the likely cause, the most frequent first.</p>"
    shown, rest = found.misconceptions[:SHOWN], found.misconceptions[SHOWN:]
    yield '<ol class="mistakes">' + "".join(_mistake(one, found, names) for one in shown) + "</ol>"
    if rest:
        yield (f'<p class="quiet">{len(rest)} more, each of at most {len(rest[0].students)} '
               f'student{"s" * (len(rest[0].students) > 1)}.</p>')


def _mistake(one: Misconception, found: Report, names: bool) -> str:
    count = len(one.students)
    who = f"<p>{_people(one.students, found)}</p>" if names else ""
    quiet = "" if one.known else '<p class="quiet">The check knows no usual slip for this.</p>'
    example = one.example if names or one.known else ""      # an error's own text is a student's
    where = ", ".join(f"<code>{text(task)}</code>{f' ({len(those)})' * (len(one.tasks) > 1)}"
                      for task, those in one.tasks.items())
    return (f'<li><div class="count">{count} <small>student{"s" * (count != 1)}</small></div><div>'
            f"<h3>{_marked(_sentence(one.likely))}</h3>{quiet}<p>in {where}{_read(one.read)}</p>{who}"
            + (f"<details><summary>An example</summary><pre>{text(example)}</pre></details>" if example else "")
            + "</div></li>")


def _marked(words: str) -> str:
    """Text with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(words))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _read(where: str) -> str:
    """Where to read, as the message says it; a link where the book's address is known."""
    if not where:
        return ""
    place, words = PLACE.search(where), text(PLACE.sub("", where).strip())
    base = os.environ.get("PARITY_BOOK", "")
    if place and re.match(r"https?://", base):
        address = text(f"{base.rstrip('/')}/book/{place[1]}.html{place[2] or ''}")
        words = f'<a href="{address}">{words}</a>'
    return f"; read {words}"


def _people(students: Iterable[str], found: Report) -> str:
    return ", ".join(text(f"{found.names.get(one) or 'without a name'} ({one})") for one in students)


# ---------------------------------------------------------------- for the instructor


def _looked_at(found: Report) -> Iterator[str]:
    yield "<h2>Hand-ins that are alike</h2>"
    yield ('<p class="hint">A hint for a person, never a verdict. Equal means: equal without layout, comments and '
           "docstrings, in words also without case and numbers. People who sat together, read the same page or asked "
           "the same tool write the same; so do two people who each found the shortest way. Read both, and ask.</p>")
    telling = found.telling
    if telling:
        yield _table(("task", "students", "what", "who"), [
            (f"<code>{text(one.task)}</code>", str(len(one.students)), _how(one), _people(one.students, found))
            for one in telling], numbers=(1,))
    else:
        yield "<p>No answer that is long enough to tell is shared.</p>"
    short = [one for one in found.alike if not one.telling and len(one.students) > 1]
    if short:
        yield ('<p class="quiet">Not marked, because short answers are equal by chance (code under '
               f"{LEAST_NODES} nodes of its syntax tree, under {LEAST_WORDS} words): "
               + "; ".join(f"<code>{text(one.task)}</code>, {len(one.students)} students with one answer of {one.size} "
                           f"{'nodes' if one.kind == 'code' else 'words'}" for one in short) + ".</p>")


def _how(one: Alike) -> str:
    near = "nearly the same" if one.near else "the same"
    kind = f"{'code' if one.kind == 'code' else 'words'}, {one.size} {'nodes' if one.kind == 'code' else 'words'}"
    return f"{near}{', and the model answer' if one.model else ''} ({kind})" if len(one.students) > 1 else (
        f"{near} as the model answer ({kind})")


def _time(found: Report) -> Iterator[str]:
    yield "<h2>Time and repairs</h2>"
    if found.seconds:
        values = list(found.seconds.values())
        middle = float(np.median(values))
        slow = sorted((one for one in found.seconds if found.seconds[one] > SLOW * middle),
                      key=lambda one: -found.seconds[one])
        yield f"<p>Grading took {middle:.1f} s a hand-in (median of {len(values)}), {max(values):.1f} s at most.</p>"
        if slow:
            yield _table(("seconds", "who"), [(f"{found.seconds[one]:.1f}", _people([one], found)) for one in slow],
                         numbers=(0,))
    else:
        yield '<p class="quiet">How long each took is not known.</p>'
    if found.notes:
        yield _table(("who", "what was put in order, or was stopped"), [
            (_people([student], found), "<br>".join(map(text, said))) for student, said in sorted(found.notes.items())])


def _agreement(found: Report) -> Iterator[str]:
    if found.agreement:
        yield "<h2>Two readers</h2>"
        yield _table(("task", "readers", "both read", "equal", "95 % interval", "second gives more by", "kappa"), [
            (f"<code>{text(one.task)}</code>", text(f"{one.first}, {one.second}"), str(one.both), str(one.equal),
             "{:.2f} to {:.2f}".format(*wilson_interval(one.equal, one.both)), f"{one.difference:+.2f}",
             "–" if one.kappa is None else f"{one.kappa:.2f}") for one in found.agreement], numbers=(2, 3, 5, 6))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> str:
    """A table of cells that are HTML already."""
    def row(cells: tuple[str, ...], tag: str, more: str = "") -> str:
        return "<tr>" + "".join(f'<{tag}{more}{" class=number" * (at in numbers)}>{cell}</{tag}>'
                                for at, cell in enumerate(cells)) + "</tr>"

    return (f'<div class="table" tabindex="0" role="region" aria-label="{text(", ".join(head))}"><table><thead>'
            + row(head, "th", ' scope="col"') + "</thead><tbody>" + "".join(row(one, "td") for one in rows)
            + "</tbody></table></div>")
