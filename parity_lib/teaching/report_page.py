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
from parity_lib.figures.picture import SHEET, Picture
from parity_lib.statistics import wilson_interval
from parity_lib.teaching import report_charts
from parity_lib.teaching.report import Misconception, Report
from parity_lib.teaching.similar import LEAST_NODES, LEAST_WORDS, Alike

HERE = Path(__file__)
FOLDER = Path("private") / "report"     # git ignores it
SHOWN = 12      # misconceptions in full
SLOW = 2.0      # times the median
OWN_TEXT = re.compile(r"( stopped with [^:]*):.*", re.DOTALL)
WORDS = {"missing": "sent nothing", "collected": "not graded yet", "failed": "failed", "half graded": "half graded",
         "changed since": "changed since", "needs reading": "with words to be read", "read": "graded and read"}


def place(root: Path, name: str, names: bool = False) -> Path:
    """Where the page of an exercise is."""
    return root / FOLDER / f"{name}{'-with-names' * names}.html"


def write(root: Path, found: Report, names: bool = False) -> Path:
    """Write the page, which its owner alone can read, and return where it is."""
    path = place(root, found.name, names)
    (root / FOLDER).parent.mkdir(mode=0o700, exist_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.touch(0o600)
    path.chmod(0o600)       # it may have been there
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
        yield _figure(report_charts.histogram(values, found.most), "points")
    else:
        yield "<p>No hand-in has all of its points yet: answers in words are still to be read.</p>"
    yield "<h2>Task by task</h2>"
    yield _figure(report_charts.by_task(found.tasks), "tasks") if any(one.points for one in found.tasks) else ""
    waiting = found.states["needs reading"]
    if waiting:
        yield (f'<p class="quiet">Answers in words of {waiting} student{"s" * (waiting > 1)} are still to be read, and '
               "are in no bar.</p>")


def _figure(picture: Picture, name: str) -> str:
    """A picture; the region with its numbers has a name that no other has."""
    return picture._repr_html_().replace("The numbers of the figure", f"The numbers of the figure: {name}")


def _mistakes(found: Report, names: bool) -> Iterator[str]:
    yield "<h2>What was misunderstood</h2>"
    if not found.misconceptions:
        yield "<p>No test failed.</p>"
        return
    yield "<p>What the checks take for the likely cause, the most frequent first.</p>"
    shown, rest = found.misconceptions[:SHOWN], found.misconceptions[SHOWN:]
    yield '<ol class="entries">' + "".join(_mistake(one, found, names) for one in shown) + "</ol>"
    if rest:
        yield (f'<p class="quiet">{len(rest)} more, each of at most {len(rest[0].students)} '
               f'student{"s" * (len(rest[0].students) > 1)}.</p>')


def _mistake(one: Misconception, found: Report, names: bool) -> str:
    count = len(one.students)
    who = f"<p>{_people(one.students, found)}</p>" if names else ""
    quiet = "" if one.known else '<p class="quiet">The check knows no usual slip for this.</p>'
    own = not (names or one.known)      # an error's own text is a student's
    likely, example = (OWN_TEXT.sub(r"\1", one.likely), "") if own else (one.likely, one.example)
    where = ", ".join(f"<code>{text(task)}</code>{f' ({len(those)})' * (len(one.tasks) > 1)}"
                      for task, those in one.tasks.items())
    return _entry(count, _marked(_sentence(likely)), f"{quiet}<p>in {where}{_read(one.read)}</p>{who}"
                  + (f"<details><summary>An example</summary><pre>{text(example)}</pre></details>" if example else ""))


def _entry(count: int, head: str, body: str) -> str:
    """A number of students, and what is true of them; both texts are HTML already."""
    return (f'<li><div class="count">{count} <small>student{"s" * (count != 1)}</small></div>'
            f"<div><h3>{head}</h3>{body}</div></li>")


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
        yield '<ol class="entries">' + "".join(
            _entry(len(one.students), f"<code>{text(one.task)}</code>: {_how(one)}",
                   f"<p>{_people(one.students, found)}</p>") for one in telling) + "</ol>"
    else:
        yield "<p>No answer that is long enough to tell is shared.</p>"
    short: dict[str, list[str]] = {}
    for one in found.alike:
        if not one.telling and len(one.students) > 1:
            short.setdefault(one.task, []).append(str(len(one.students)))
    if short:
        yield ('<p class="quiet">Shorter answers are equal by chance (code under '
               f"{LEAST_NODES} nodes of its syntax tree, under {LEAST_WORDS} words) and are not marked. Students who "
               "share one: " + "; ".join(f"<code>{text(task)}</code> {', '.join(counts)}"
                                          for task, counts in short.items()) + ".</p>")


def _how(one: Alike) -> str:
    size = f"{one.size} {'nodes' if one.kind == 'code' else 'words'}"
    what = f"{'nearly ' * one.near}the same {one.kind}{' as the model answer' * one.model}"
    return f"{what} ({size})"


def _time(found: Report) -> Iterator[str]:
    yield "<h2>Time and repairs</h2>"
    if found.seconds:
        values = list(found.seconds.values())
        middle = float(np.median(values))
        slow = sorted((one for one in found.seconds if found.seconds[one] > SLOW * middle),
                      key=lambda one: -found.seconds[one])
        yield f"<p>Grading took {middle:.1f} s a hand-in (median of {len(values)}), {max(values):.1f} s at most.</p>"
        if slow:
            yield f"<p>More than {SLOW:g} times the median: " + "; ".join(
                f"{_people([one], found)} {found.seconds[one]:.1f} s" for one in slow) + ".</p>"
    else:
        yield '<p class="quiet">How long each took is not known.</p>'
    if found.notes:
        yield "<p>What was put in order, or was stopped:</p><dl>" + "".join(
            f"<dt>{_people([student], found)}</dt>" + "".join(f"<dd>{_marked(one)}</dd>" for one in said)
            for student, said in sorted(found.notes.items())) + "</dl>"


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
