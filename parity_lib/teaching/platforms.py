"""What the names in a platform's download say: whose a file is, what the student called it, whether it came late.

Chapter: *For instructors*.

Moodle, *Download all submissions* (moodle/moodle at da5455238d1a: mod/assign/classes/downloader.php; older versions,
3.1 and later, in mod/assign/locallib.php). In folders, the default::

    Ada Lovelace_881207_assignsubmission_file/unrolling.ipynb       with downloader.php
    Ada Lovelace_881207_assignsubmission_file_/unrolling.ipynb      before
    Ada Lovelace_881207_assignsubmission_file_unrolling.ipynb       not in folders

The name is the one that the site shows, without ``_`` and what ``PARAM_FILE`` (lib/classes/param.php) strips, so
``O'Connor`` is ``OConnor``; in blind marking it is the word for *Participant*. The number is the hand-in's, another one
in each exercise; it ends the first column of the grading worksheet (mod/assign/gradingtable.php, ``col_recordid``).

Canvas, *Download Submissions* (instructure/canvas-lms at 05e9653c12ef: lib/content_zipper.rb, ``get_filename`` and
``add_upload_submission``)::

    lovelaceada_5301_99121_unrolling.ipynb          lovelaceada_LATE_5301_99121_unrolling-1.ipynb
    anon_x7Kf2_99121_unrolling.ipynb                LATE_anon_x7Kf2_99121_unrolling.ipynb

The sortable name in lower case without anything but letters, digits and ``_``; the user; the attachment. Without a
file: ``lovelaceada_5301_text.html``, ``lovelaceada_5301_link.html``. A file sent again gets ``-1`` (app/models/
attachment.rb, ``make_unique_filename``).

Neither says when a file came, and the times within their zips are those of the download (Moodle: files/classes/local/
archive_writer/zip_writer.php sets none; Canvas: the same file as above). They are never taken for the student's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import PurePosixPath

from dateutil import parser, tz

from parity_lib.errors import require

MOODLE = re.compile(r"(?P<who>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
CANVAS = re.compile(r"(?P<who>.+?)(?P<late>_LATE)?_(?P<number>\d+)_(?:(?P<order>\d+)_(?P<file>.+)|(?:text|link)\.html)")
CANVAS_ANONYMOUS = re.compile(r"(?:LATE_)?anon_[A-Za-z0-9]+_.+")
NUMERIC = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
DIGITS = re.compile(r"(\d{4})\D?(\d\d)\D?(\d\d)\D?(\d\d)\D?(\d\d)(?:\D?(\d\d))?(?:\.\d+)?")


@dataclass(frozen=True)
class Sent:
    """What a name says of a file. ``who`` is an id or a name."""

    who: str
    file: str
    number: str = ""        # the platform's own, of the hand-in (Moodle) or the student (Canvas)
    late: bool = False      # the platform says so
    order: int = 0          # larger for what was uploaded later
    when: datetime | None = None    # in UTC, without a zone


Reads = Callable[[str, str], Sent]


def reader(platform: str, zone: tzinfo, ids: Callable[[str], bool]) -> Reads:
    """A function of a path and its archive's name, which raises ValueError with the reason where it is not one's form.

    ``ids`` says whether a text is the id of a student; a pattern may fit a path in more than one way.
    """
    if platform == "moodle":
        return _moodle
    if platform == "canvas":
        return _canvas
    try:
        pattern = re.compile(platform)
    except re.error as error:
        raise ValueError(f"--from must be moodle, canvas or a regular expression, but {platform!r} is none: "
                         f"{error}") from None
    require("student_id" in pattern.groupindex, "--from", platform,
            "moodle, canvas or a regular expression with (?P<student_id>...)")
    return lambda path, archive: _by_pattern(pattern, path, archive, zone, ids)


def _moodle(path: str, _: str) -> Sent:
    *folders, name = PurePosixPath(path).parts
    for part in reversed([*folders, name]):
        if (found := MOODLE.fullmatch(part)) is None:
            continue
        file = found["file"] if part == name else name
        if found["kind"] != "file" or not file:
            raise ValueError(f"it is no file that was handed in, but Moodle's {found['kind']}")
        return Sent(found["who"], file, found["number"])
    raise ValueError("its name has not Moodle's form, NAME_NUMBER_assignsubmission_file")


def _canvas(path: str, _: str) -> Sent:
    name = PurePosixPath(path).name
    if CANVAS_ANONYMOUS.fullmatch(name):
        raise ValueError("it is anonymous: hide no names in Canvas while you download")
    if (found := CANVAS.fullmatch(name)) is None:
        raise ValueError("its name has not Canvas's form, NAME_USER_ATTACHMENT_FILE")
    if not found["file"]:
        raise ValueError("it is no file that was handed in, but Canvas's page of a text or a link")
    return Sent(found["who"], found["file"], found["number"], bool(found["late"]), int(found["order"]))


def _by_pattern(pattern: re.Pattern, path: str, archive: str, zone: tzinfo, ids: Callable[[str], bool]) -> Sent:
    """As nbgrader's FileNameCollectorPlugin: from the beginning of the path, which here is the archive's own."""
    fits = [found for text in (path, PurePosixPath(path).name, f"/{archive}/{path}")
            if (found := pattern.match(text)) is not None and found["student_id"]]
    if not fits:
        raise ValueError("the pattern does not fit its name")
    found = next((one for one in fits if ids(one["student_id"])), fits[0]).groupdict()
    text = found.get("timestamp")
    file = found.get("file_id") or PurePosixPath(path).name
    if not PurePosixPath(file).suffix:
        file += "".join(PurePosixPath(path).suffixes[-1:])
    return Sent(found["student_id"], PurePosixPath(file).name, when=in_utc(text, zone) if text else None)


def in_utc(text: str, zone: tzinfo) -> datetime:
    """A time, of ``zone`` where it names none. Raises ValueError where it cannot be read, or in two ways."""
    text = text.strip()
    require(not NUMERIC.search(text), "a time", text, "in one order only, such as 2026-11-20 17:02")
    try:
        if (plain := DIGITS.fullmatch(text)) is not None:
            found = datetime(*(int(one or 0) for one in plain.groups()))
        else:
            found = parser.parse(text[:100], tzinfos=_zone)
    except (ValueError, OverflowError, TypeError):
        raise ValueError(f"a time must be one that can be read, such as 2026-11-20 17:02, but it is {text!r}") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found.astimezone(tz.UTC).replace(tzinfo=None)


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    return tz.gettz(name) if offset is None else tz.tzoffset(name, offset)


def time_zone(name: str | None, platform: str) -> tzinfo:
    """The zone of times that name none: in file names UTC, as for nbgrader; in a platform's list this machine's."""
    if name is None:
        return tz.tzlocal() if platform in ("moodle", "canvas") else tz.UTC
    found = tz.gettz(name) if name else None
    require(found is not None, "--zone", name, "the name of a time zone, such as Europe/Berlin or UTC")
    return found
