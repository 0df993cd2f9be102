"""Make of what a student sent the notebook that was meant: the course's cells from the gradebook, answers from there.

Chapter: *For instructors*. :class:`Lenient` reads the file, :class:`Rebuild` puts its cells in order; both stand in
nbgrader_config.py. Locked cells and tests come from the gradebook, whatever stands in the hand-in. Answers are found
by their marks, else by the cell's id, else by what they define or follow. Cells that the student added stay where they
are, in front of the same cell as there.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook, SourceCell
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import NbGraderPreprocessor

from parity_lib.teaching import unfinished

NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
LARGEST = 50_000_000        # bytes of a file
MOST_CELLS = 2000           # each takes a thousand times the memory of the two characters that it may have
MOST_OUTPUTS = 1000         # of a cell
ID = re.compile(r"[\w-]{1,64}", re.ASCII)        # what nbformat allows
MISSING = "This cell was missing in what was handed in."


# ---------------------------------------------------------------- the file


class Lenient(NotebookExporter):
    """Reads a hand-in as far as it can be read: an older format, a newer one, cells without what a cell has."""

    def __init__(self, **options: Any) -> None:
        """Remove unfinished submissions: nbgrader makes its exporter just before it looks which are graded already."""
        super().__init__(**options)
        if not self.parent.force:       # with --force it looks at none
            for name in unfinished.remove(Path(self.parent.coursedir.root, self.parent.coursedir.autograded_directory)):
                self.log.warning("%s was not finished, and is graded again", name)

    def from_filename(self, filename: str, resources: dict | None = None, **options: Any) -> tuple[str, dict]:
        """Read the file and convert it. Raises ValueError, in words, where there is no notebook in it."""
        if not self.parent._sanitizing:     # the second time it is our own file, with what the first has noted in it
            return super().from_filename(filename, resources, **options)
        resources = self._init_resources({**(resources or {})})
        path = Path(filename)
        resources["metadata"] |= {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(read(path), resources=resources, **options)


def read(path: Path) -> NotebookNode:
    """The notebook in a file. Raises ValueError, in words, where there is none."""
    if path.is_symlink():
        raise ValueError(f"{path.name} is a link, and no file of its own")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST:,} bytes")
    try:
        text = path.read_bytes()
        raw = json.loads(text.decode(json.detect_encoding(text), errors="replace"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} is no notebook: it cannot be read as JSON ({error})") from None
    if not isinstance(raw, dict):
        raise ValueError(f"{path.name} is no notebook: its text is JSON, but no object with cells")
    sheets = raw.get("worksheets") if isinstance(raw.get("worksheets"), list) else []
    parts = [raw, *(sheet for sheet in sheets if isinstance(sheet, dict))]
    cells = [cell for part in parts for cell in _list(part.get("cells")) if isinstance(cell, dict)]
    if not cells:
        raise ValueError(f"{path.name} is no notebook: there are no cells in it")
    if len(cells) > MOST_CELLS:
        raise ValueError(f"{path.name} has {len(cells):,} cells; at most {MOST_CELLS:,} are read")
    notebook = new_notebook(cells=[_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _cell(raw: dict) -> NotebookNode:
    """A valid cell with a stranger's source, outputs and id."""
    kind = {"heading": "markdown"}.get(raw.get("cell_type"), raw.get("cell_type"))
    cell = NEW.get(kind, new_markdown_cell)(storable(_text(raw.get("source", raw.get("input", "")))))
    if isinstance(raw.get("id"), str) and ID.fullmatch(raw["id"]):
        cell.id = raw["id"]
    marks = raw.get("metadata", {}).get("nbgrader") if isinstance(raw.get("metadata"), dict) else None
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        cell.metadata["nbgrader"] = {"grade_id": marks["grade_id"]}
    if cell.cell_type == "code":
        cell.outputs = list(_outputs(_list(raw.get("outputs"))))
    elif isinstance(raw.get("attachments"), dict):
        cell.attachments = nbformat.from_dict({
            name: {kind: _text(value) for kind, value in data.items()}
            for name, data in storable(raw["attachments"]).items() if isinstance(data, dict)})
    return cell


def _text(value: Any) -> str:
    """Text that nbformat allows to be a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _outputs(raw: list) -> Iterable[NotebookNode]:
    """Those outputs that are valid; they are shown, and count for nothing."""
    for one in raw[:MOST_OUTPUTS]:
        try:
            output = nbformat.from_dict(storable(one))
            if "data" in output:
                output.data = {kind: "".join(value) if isinstance(value, list) and kind != "application/json" else value
                               for kind, value in output.data.items()}
            if isinstance(output.get("text"), list):
                output.text = "".join(output.text)
            nbformat.validate(output, ref="output", version=4)
        except Exception:       # a stranger's data: what is no output is none
            continue
        yield output


def storable(value: Any) -> Any:
    """Text that a file can hold: half a character, which JSON allows, is replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(str(key)): storable(part) for key, part in value.items()}
    return [storable(part) for part in value] if isinstance(value, list) else value


# ---------------------------------------------------------------- its cells


class Rebuild(NbGraderPreprocessor):
    """Put the gradebook's cells in their order and places, and the student's answers and own cells between them."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """A cell of the course is there once, as the gradebook has it; nothing that the student wrote is lost."""
        about, course = resources["nbgrader"], self.parent.parent.coursedir
        drop_links(*(Path(course.format_path(place, about["student"], about["assignment"])) for place in (
            course.submitted_directory, course.autograded_directory)))
        with Gradebook(about["db_url"]) as book:
            notebook = book.find_notebook(about["notebook"], about["assignment"])
            points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
            solutions = {cell.name for cell in notebook.solution_cells}
            tasks = {cell.name for cell in notebook.task_cells}
            sources = {cell.name: cell for cell in notebook.source_cells}
            release = Path(course.format_path(course.release_directory, ".", about["assignment"]))
            found = match(nb.cells, sources, cells_of(release / f"{about['notebook']}.ipynb"))
            nb.cells = list(in_order(nb.cells, found, list(sources)))
            nb.cells = [cell if isinstance(cell, NotebookNode) else absent(sources[cell], cell in solutions)
                        for cell in nb.cells]
            for cell in nb.cells:
                if (name := cell.metadata.get("nbgrader", {}).get("grade_id")) in sources:
                    restore(cell, sources[name], points.get(name), name in solutions, name in tasks)
        give_ids(nb.cells)
        return nb, resources


def cells_of(release: Path) -> list[NotebookNode]:
    """The cells as students got them, if the file is there: it knows the texts between the cells to be graded."""
    return nbformat.read(release, as_version=4).cells if release.is_file() else []


def drop_links(submitted: Path, copied: Path) -> None:
    """Remove what nbgrader has copied through a link, which may lead to anything: feedback would give it back."""
    for path in submitted.rglob("*"):
        if path.is_symlink():
            (copied / path.relative_to(submitted)).unlink(missing_ok=True)


def give_ids(cells: list[NotebookNode]) -> None:
    """Each id once."""
    taken = {cell.id for cell in cells}
    free, seen = (name for name in map("cell-{}".format, itertools.count()) if name not in taken), set()
    for cell in cells:
        if cell.id in seen:
            cell.id = next(free)
        seen.add(cell.id)


def match(cells: list[NotebookNode], sources: dict[str, SourceCell], release: list[NotebookNode]) -> dict[int, str]:
    """Which of the hand-in's cells stand for which of the course's, by position; "" for a copy that is left out.

    They are known by their mark, else by their id, else by what is in them or before them, as in ``release``. Of
    several with one name the last that was worked on is meant; other answers stay, as cells that the student added.
    """
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        mark = cell.metadata.pop("nbgrader", {}).get("grade_id")
        name = mark if mark in sources else cell.id if cell.id in sources else None
        if name is not None:
            places.setdefault(name, []).append(place)
    for place, name in _recognised(cells, sources, release, places).items():
        places.setdefault(name, []).append(place)
    found = {}
    for name, candidates in places.items():
        changed = [place for place in candidates if cells[place].source != sources[name].source]
        chosen = candidates[0] if sources[name].locked or not changed else changed[-1]
        found |= dict.fromkeys(candidates, "") if sources[name].locked else {}
        found[chosen] = name
    return found


def _recognised(cells: list[NotebookNode], sources: dict[str, SourceCell], release: list[NotebookNode],
                known: dict[str, list[int]]) -> dict[int, str]:
    """Cells without mark and id: by an unchanged text, by the functions they define, by the text in front of them."""
    taken = {place for places in known.values() for place in places}
    free = {place: cell for place, cell in enumerate(cells) if place not in taken}
    found: dict[int, str] = {}
    before = ""
    for own in release:
        name = own.metadata.get("nbgrader", {}).get("grade_id")
        if name in sources and name not in known:
            defined = definitions(own.source) if own.cell_type == "code" and not sources[name].locked else set()
            for place, cell in free.items():
                same = cell.source == own.source and (sources[name].locked or len(own.source) > 20)
                behind = own.cell_type == "markdown" and place and before and cells[place - 1].source == before
                if place not in found and (same or behind or (defined and defined <= definitions(cell.source))):
                    found[place] = name
                    break
        before = own.source
    return found


def definitions(source: str) -> set[str]:
    """The names of the functions and classes that a cell defines, even if it cannot be compiled."""
    return set(re.findall(r"^(?:async )?(?:def|class) +(\w+)", source, re.MULTILINE))


def in_order(cells: list[NotebookNode], found: dict[int, str], names: list[str]) -> Iterable[NotebookNode | str]:
    """The cells in the course's order, each behind what the student added in front of it; a name where one is missing.

    What is missing comes before what was added at its place: an answer may have been given in a cell of one's own.
    """
    blocks: dict[str, list[NotebookNode]] = {}
    added: list[NotebookNode] = []
    for place, cell in enumerate(cells):
        name = found.get(place)
        if name is None:
            added.append(cell)
        elif name:
            cell.metadata["nbgrader"] = {"grade_id": name}
            blocks[name] = [*added, cell]
            added = []
    for name in names:
        yield from blocks.get(name, [name])
    yield from added


def absent(source: SourceCell, solution: bool) -> NotebookNode:
    """A cell of the course that is not in the hand-in; an answer that is not there is empty."""
    text = source.source
    if solution:
        text = f"# {MISSING}" if source.cell_type == "code" else ""
    return NEW[source.cell_type](text, id=source.name, metadata={"nbgrader": {"grade_id": source.name}})


def restore(cell: NotebookNode, source: SourceCell, points: float | None, solution: bool, task: bool) -> None:
    """Type, marks and, where it is locked or an answer left blank, text of a cell as the gradebook has them."""
    if cell.cell_type != source.cell_type:
        own = {"attachments": cell.attachments} if "attachments" in cell and source.cell_type != "code" else {}
        other = NEW[source.cell_type](cell.source, id=cell.id, **own)
        cell.clear()
        cell.update(other)
    blank = solution and cell.cell_type == "markdown" and not cell.source.strip()   # nbgrader knows it untouched only
    if source.locked or blank:
        cell.source = source.source
    marks = {"grade_id": source.name, "grade": points is not None and not task, "solution": solution, "task": task,
             "locked": source.locked, "checksum": source.checksum, "cell_type": source.cell_type,
             "schema_version": MetadataValidator.schema_version}
    cell.metadata["nbgrader"] = marks | ({"points": points} if points is not None else {})
