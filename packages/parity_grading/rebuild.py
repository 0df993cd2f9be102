"""Tools for rebuilding an exercise notebook from a student's file.

Locked cells and tests come from the gradebook, whatever the submission contains. An answer is recognised by nbgrader's
mark, or else by the cell's id, by the functions that it defines or by the text before it. Cells that the student added
keep their place.
"""

import mimetypes
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SourceCell
from nbgrader.converters.base import NbGraderException
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import NbGraderPreprocessor

from parity_grading.before_grading import try_course
from parity_grading.course import protect
from parity_grading.normalise_submission import is_link
from parity_grading.untrusted import NEW, make_ids_unique, mark, read_notebook, visible

LARGEST = 50_000_000        # bytes of a file
SCRIPTED = re.compile("html|xml|xsl")               # types of files in which a browser runs scripts
MISSING = "This cell was missing in the submission."


class LenientExporter(NotebookExporter):
    """An exporter that can also read submissions in an older format or with incomplete cells."""

    parent: Any

    def __init__(self, **options: Any) -> None:
        """Test the course. Raise NbGraderException if a private test or a correct submission fails."""
        super().__init__(**options)
        if not getattr(self.parent, "single", False):       # `parity grade` has tried them before
            try:
                try_course(self.parent.coursedir, self.config, self.parent.coursedir.assignment_id)
            except ValueError as error:
                self.log.error(error)
                raise NbGraderException(str(error)) from None

    def from_filename(self, filename: str, resources: dict | None = None, **options: Any) -> tuple[Any, dict]:
        """Read and convert a notebook. Raise ValueError if the file does not contain a notebook."""
        if not self.parent._sanitizing:     # nbgrader's second pass reads a file that this class has written
            return super().from_filename(filename, resources, **options)
        resources, path = self._init_resources({**(resources or {})}), Path(filename)
        resources["metadata"] |= {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(read(path), resources=resources, **options)


def read(path: Path) -> NotebookNode:
    """Read a notebook from a student's file. Raise ValueError if the file does not contain one."""
    if path.is_symlink() or is_link(path.parent):
        raise ValueError(f"{path.name} is a link, or its folder is one")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST:,} bytes")
    try:
        return read_notebook(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


class Rebuild(NbGraderPreprocessor):
    """A preprocessor that restores the cells of an exercise and keeps the student's answers and added cells."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nbgrader, course = resources["nbgrader"], self.parent.parent.coursedir
        protect(course)
        drop_unsafe_files(*(Path(course.format_path(folder, student, nbgrader["assignment"])) for folder, student in (
            (course.submitted_directory, nbgrader["student"]), (course.autograded_directory, nbgrader["student"]),
            (course.source_directory, "."))))
        release = Path(course.format_path(course.release_directory, ".", nbgrader["assignment"]),
                       f"{nbgrader['notebook']}.ipynb")
        # The release also contains the texts between the graded cells.
        released = nbformat.read(release, as_version=4).cells if release.is_file() else []
        with Gradebook(nbgrader["db_url"]) as book:
            notebook = book.find_notebook(nbgrader["notebook"], nbgrader["assignment"])
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            solutions = {cell.name for cell in notebook.solution_cells}
            sources = {cell.name: cell for cell in notebook.source_cells}
            matches = match(nb.cells, sources, released)
            nb.cells = [absent(sources[cell], cell in solutions) if isinstance(cell, str) else cell
                        for cell in in_order(nb.cells, matches, list(sources))]
            for cell in nb.cells:
                if (name := mark(cell)) in sources:
                    restore(cell, sources[name], points.get(name), name in solutions)
        make_ids_unique(nb.cells)
        return nb, resources


def drop_unsafe_files(submitted: Path, copied: Path, source: Path) -> None:
    """Remove copies of a student's files if nbgrader made them by following links or if they can contain scripts.

    The formgrader would send them to the browser from Jupyter's own address. The course's files are kept.
    """
    for path in submitted.rglob("*"):
        name = path.relative_to(submitted)
        kind = mimetypes.guess_type(f"/{name.name}")[0] or ""       # and not the type of an address such as "data:,x"
        scripted = SCRIPTED.search(kind) and not (source / name).is_file() and not path.is_dir()
        if path.is_symlink() or scripted:
            (copied / name).unlink(missing_ok=True)


def match(cells: list[NotebookNode], sources: dict[str, SourceCell], release: list[NotebookNode]) -> dict[int, str]:
    """Map positions in a submission to the names of the exercise's cells, with "" for a superfluous copy.

    If several cells have the same name, the last edited one is the answer, and the others stay as added cells. An added
    text directly below an empty answer counts as the answer.
    """
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        given = cell.metadata.pop("nbgrader", {}).get("grade_id")
        name = given if given in sources else cell.id if cell.id in sources else None
        if name is not None:
            places.setdefault(name, []).append(place)
    for place, name in _recognise(cells, sources, release, places).items():
        places.setdefault(name, []).append(place)
    taken, given = {place for found in places.values() for place in found}, {cell.id for cell in release}
    given |= {cell.source for cell in release}
    matches = {}
    for name, candidates in places.items():
        below = {candidates[-1] + 1} - taken - {len(cells)}
        if sources[name].cell_type == "markdown" and not sources[name].locked and all(
                visible(cells[place].source).strip() in ("", sources[name].source) for place in candidates):
            candidates += [place for place in below if cells[place].cell_type == "markdown"
                           and not given & {cells[place].id, cells[place].source}]
        changed = [place for place in candidates if cells[place].source != sources[name].source]
        chosen = candidates[0] if sources[name].locked or not changed else changed[-1]
        matches |= dict.fromkeys(candidates, "") if sources[name].locked else {}
        matches[chosen] = name
    return matches


def _recognise(cells: list[NotebookNode], sources: dict[str, SourceCell], release: list[NotebookNode],
               known: dict[str, list[int]]) -> dict[int, str]:
    """Use text, function names and preceding cells to identify the cells that have lost their metadata."""
    taken = {place for places in known.values() for place in places}
    free = {place: cell for place, cell in enumerate(cells) if place not in taken}
    matches: dict[int, str] = {}
    before = ""
    for original in release:
        name = mark(original)
        if name in sources and name not in known:
            locked, source = sources[name].locked, original.source
            defined = definitions(source) if original.cell_type == "code" and not locked else set()
            for place, cell in free.items():
                same = cell.source == source and (locked or len(source) > 20)
                follows = (original.cell_type == "markdown" and place > 0 and before != ""
                           and cells[place - 1].source == before)
                if place not in matches and (same or follows or (defined and defined <= definitions(cell.source))):
                    matches[place] = name
                    break
        before = original.source
    return matches


def definitions(source: str) -> set[str]:
    """Return the names of the functions and classes defined in a cell. The cell need not be valid Python."""
    return set(re.findall(r"^(?:async )?(?:def|class) +(\w+)", source, re.MULTILINE))


def in_order(cells: list[NotebookNode], matches: dict[int, str], names: list[str]) -> Iterable[NotebookNode | str]:
    """Yield a submission's cells in the order of the exercise, with the name of each missing cell in its place.

    Added cells come in front of the cell that followed them.
    """
    blocks: dict[str, list[NotebookNode]] = {}
    added: list[NotebookNode] = []
    for place, cell in enumerate(cells):
        name = matches.get(place)
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
    """Create a replacement for a cell that is missing from a submission. A missing answer is left empty."""
    text = source.source
    if solution:
        text = f"# {MISSING}" if source.cell_type == "code" else ""
    return NEW[source.cell_type](text, id=source.name, metadata={"nbgrader": {"grade_id": source.name}})


def restore(cell: NotebookNode, source: SourceCell, points: float | None, solution: bool) -> None:
    """Restore a cell's type and metadata from the gradebook, and the text of a locked cell or empty answer."""
    if cell.cell_type != source.cell_type:
        kept = {"attachments": cell.attachments} if "attachments" in cell and source.cell_type != "code" else {}
        converted = NEW[source.cell_type](cell.source, id=cell.id, **kept)
        cell.clear()
        cell.update(converted)
    # nbgrader gives 0 points, and nothing to read, only to an answer with the released text.
    if source.locked or (solution and cell.cell_type == "markdown" and not visible(cell.source).strip()):
        cell.source = source.source
    cell.metadata["nbgrader"] = {
        "grade_id": source.name, "grade": points is not None, "solution": solution, "task": False,
        "locked": source.locked, "checksum": source.checksum, "cell_type": source.cell_type,
        "schema_version": MetadataValidator.schema_version} | ({"points": points} if points is not None else {})
