"""A table: rows of words and numbers that a page shows as HTML, and a terminal as aligned text."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from parity_lib.errors import require


@dataclass(frozen=True)
class Table:
    """What :func:`table` returns: ``columns``, and a list of cells in words for each row."""

    columns: list[str]
    cells: list[list[str]]
    numeric: list[bool]
    caption: str = ""

    def __repr__(self) -> str:
        lines = [self.columns, *self.cells]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  ".join(cell.rjust(width) if right else cell.ljust(width)
                          for cell, width, right in zip(line, widths, self.numeric, strict=True)).rstrip()
                for line in lines]
        return "\n".join([self.caption, *text] if self.caption else text)

    def _repr_html_(self) -> str:
        head = "".join(_cell("th", name, right, "col")
                       for name, right in zip(self.columns, self.numeric, strict=True))
        body = "".join(
            "<tr>" + "".join(_cell("td" if place else "th", cell, right, "" if place else "row")
                             for place, (cell, right) in enumerate(zip(row, self.numeric, strict=True))) + "</tr>"
            for row in self.cells)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        label = html.escape(self.caption or "Table: " + ", ".join(self.columns), quote=True)
        return (f'<div class="parity-rows" tabindex="0" role="group" aria-label="{label}">'
                f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def table(rows: Sequence[Mapping[str, Any]], caption: str = "") -> Table:
    """A table of ``rows``, each a mapping of a column's name to what it holds, in the order of the first.

    The first column names the rows. Whole numbers are grouped by commas; of others the
    largest of a column has four digits, and all have its decimals, so numbers that span
    powers of ten are better given as words. None and what a row lacks is a dash; words
    and arrays are shown as they are. Columns of numbers are aligned at their right.
    Raises ValueError where there is no row, or where the first row lacks a column that a later one has.

    >>> from parity_figures import table
    >>> table([{"net": "tanh", "solved": 20, "loss": 0.69312}, {"net": "LSTM", "solved": 1200, "loss": None}])
    net   solved    loss
    tanh      20  0.6931
    LSTM   1,200       –
    """
    require(len(rows) > 0, "rows", rows, "a mapping of columns to values for at least one row")
    columns = list(rows[0])
    unknown = [name for row in rows for name in row if name not in columns]
    require(not unknown, "rows", unknown, f"columns that the first row has: {columns}")
    values = [[row.get(name) for name in columns] for row in rows]
    numeric = [any(map(_is_number, column)) and all(value is None or _is_number(value) for value in column)
               for column in zip(*values, strict=True)]
    words = [_numbers(column) if right else ["–" if value is None else str(value) for value in column]
             for column, right in zip(zip(*values, strict=True), numeric, strict=True)]
    return Table(list(map(str, columns)), [list(row) for row in zip(*words, strict=True)], numeric, caption)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _numbers(column: Sequence[Any]) -> list[str]:
    """A column's numbers with as many decimals each as the largest needs for four digits, fewer where all end in 0."""
    present = [value for value in column if value is not None]
    if all(isinstance(value, Integral) for value in present):
        decimals = 0
    else:
        largest = max((abs(value) for value in present if math.isfinite(value)), default=1) or 1
        decimals = max(0, 3 - math.floor(math.log10(largest)))
        while decimals and all(f"{value:.{decimals}f}".endswith(("0", "nan", "inf")) for value in present):
            decimals -= 1
    return ["–" if value is None else f"{value:z,.{decimals}f}" for value in column]


def _cell(tag: str, text: str, right: bool, scope: str) -> str:
    opening = tag + (f' scope="{scope}"' if scope else "") + (' class="number"' if right else "")
    return f"<{opening}>{html.escape(text)}</{tag}>"
