"""`parity export --feedback`: nbgrader's feedback pages in one archive, named as the platform gives them back.

Chapter: *For instructors*. The names are what counts:

- Moodle (moodle/moodle, mod/assign/feedback/file/importziplib.php at commit 0203d8f26027) takes a folder
  ``Full name_NUMBER_assignsubmission_file``, with the participant's number of the grading worksheet.
- Canvas (instructure/canvas-lms, app/models/abstract_assignment.rb at commit 028f76bb2b8c) looks for two numbers
  between underscores, the user's and the submitted file's, as in the names of its own download of submissions. Without
  that download there is a folder by student id, to hand out in another way.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath

from nbgrader.apps import NbGraderApp

from parity_lib.errors import require
from parity_lib.teaching import regrade
from parity_lib.teaching.export import Exported, Standing, matched, rounded
from parity_lib.teaching.worksheet import Form, plain

SCORE = re.compile(r"\(Score: (-?\d+(?:\.\d+)?) / ")      # the first is the whole, less the penalty
HALF_A_DIGIT = 0.006     # of a score with two digits
NOT_IN_NAMES = re.compile(r'[\x00-\x1f_/\\:*?"<>|&\']')


def pack(app: NbGraderApp, name: str, standings: list[Standing], names: dict[str, PurePosixPath], path: Path,
         done: Exported) -> None:
    """Write the archive; ``names`` has the place in it of each student's page, without the page's own ending."""
    content: dict[str, Path] = {}
    amiss: dict[str, list[str]] = {}
    for one in (one for one in standings if one.points is not None):
        page = Path(app.coursedir.root, app.coursedir.format_path(
            app.coursedir.feedback_directory, one.student, name), f"{name}.html")
        if why := _amiss(app, name, one, page):
            amiss.setdefault(why, []).append(one.student)
        elif one.student not in names:
            done.todo.append(f"{one.student}: no place for a feedback page in the archive is known")
        else:
            content[f"{names[one.student]}.html"] = page
    done.todo += [f"{', '.join(ids)}: {why}; nbgrader generate_feedback {name} --force"
                  + (f" --student={ids[0]}" if len(ids) == 1 else "") for why, ids in amiss.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        done.notes.append(f"{path.name} takes the place of an earlier one")
    path.touch(0o600)
    path.chmod(0o600)       # it may have been there
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, page in sorted(content.items()):
            archive.write(page, inside)
    done.files.append(path)
    done.notes.append(f"{len(content)} feedback pages in {path.name}")


def _amiss(app: NbGraderApp, name: str, one: Standing, page: Path) -> str:
    """Why a feedback page should not go out, or ""."""
    if not page.is_file():
        return "no feedback page"
    graded = Path(app.coursedir.root, app.coursedir.format_path(
        app.coursedir.autograded_directory, one.student, name), f"{name}.ipynb")
    regraded = Path(app.coursedir.root, regrade.FOLDER).glob(f"{name}.before*.db")     # puts in place what may be older
    since = max((path.stat().st_mtime for path in (graded, *regraded) if path.is_file()), default=0.0)
    shown = SCORE.search(page.read_text(encoding="utf-8", errors="replace"))
    if page.stat().st_mtime < since:
        return "the feedback page is older than the grading"
    if shown and abs(max(float(shown[1]), 0.0) - one.points) > HALF_A_DIGIT:
        return f"the feedback page says {float(shown[1]):g} points, the gradebook {rounded(one.points)}"
    return ""


def moodle_names(form: Form, standings: list[Standing], name: str) -> dict[str, PurePosixPath]:
    """Folders as in Moodle's own download, with the numbers of its worksheet."""
    rows, _ = matched(form, standings)
    shown = {one.student: NOT_IN_NAMES.sub(" ", one.full_name or one.student) for one in standings}
    return {student: PurePosixPath(f"{shown[student]}_{form.number_of(row)}_assignsubmission_file", name)
            for student, row in rows.items()}


def canvas_names(form: Form, standings: list[Standing], downloaded: Path) -> dict[str, PurePosixPath]:
    """The names of the files in Canvas's download of submissions, by the user's number in the gradebook."""
    require(zipfile.is_zipfile(downloaded), "--downloaded", downloaded.name, "the archive of submissions from Canvas")
    rows, _ = matched(form, standings)
    owner = {form.number_of(row): student for student, row in rows.items()}
    names: dict[str, PurePosixPath] = {}
    with zipfile.ZipFile(downloaded) as archive:
        for inside in archive.namelist():
            stem = PurePosixPath(inside).name.rpartition(".")[0]
            numbers = [part for part in stem.split("_") if part != "LATE" and re.fullmatch(r"\d+", part, re.ASCII)]
            if len(numbers) > 1 and plain(inside).endswith(".ipynb") and numbers[0] in owner:
                names[owner[numbers[0]]] = PurePosixPath(stem)
    return names


def by_student(standings: list[Standing], name: str) -> dict[str, PurePosixPath]:
    """A folder for each student, under their id."""
    return {one.student: PurePosixPath(one.student, name) for one in standings}
