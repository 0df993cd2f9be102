"""Tables that are displayed as HTML on a page and as aligned text in a terminal."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from parity_lib.errors import require


@dataclass(frozen=True)
class Table:
    """A table of formatted values with an optional caption.

    It is created by :func:`table`. ``cells`` has a list of formatted cells for each row. ``numeric`` says for each
    column whether it holds numbers, which are aligned on the right.
    """

    columns: list[str]
    cells: list[list[str]]
    numeric: list[bool]
    caption: str = ""

    def __repr__(self) -> str:
        lines = [self.columns, *self.cells]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  ".join(cell.rjust(width) if number else cell.ljust(width)
                          for cell, width, number in zip(line, widths, self.numeric, strict=True)).rstrip()
                for line in lines]
        return "\n".join([self.caption, *text] if self.caption else text)

    def _repr_html_(self) -> str:
        head = "".join(_cell("th", name, number, "col")
                       for name, number in zip(self.columns, self.numeric, strict=True))
        body = "".join(
            "<tr>" + "".join(_cell("td" if place else "th", cell, number, "" if place else "row")
                             for place, (cell, number) in enumerate(zip(row, self.numeric, strict=True))) + "</tr>"
            for row in self.cells)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        label = html.escape(self.caption or "Table: " + ", ".join(self.columns), quote=True)
        return (f'<div class="parity-rows" tabindex="0" role="group" aria-label="{label}">'
                f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def table(rows: Sequence[Mapping[str, Any]], caption: str = "") -> Table:
    """Create a table from rows that map column names to values.

    The first row sets the order of the columns, and the first column names the rows. Integers are grouped by commas.
    Other numbers of a column share the number of decimals that gives the largest of them four digits, so pass numbers
    that span many powers of ten as strings. None and missing values become a dash; all other values are converted with
    ``str``. Raises ValueError if there is no row or if a later row has a column that the first row lacks.

    >>> from parity_figures import table
    >>> table([{"network": "tanh", "solved": 20, "loss": 0.69312}, {"network": "LSTM", "solved": 1200, "loss": None}])
    network  solved    loss
    tanh         20  0.6931
    LSTM      1,200       –
    """
    require(len(rows) > 0, "rows", rows, "a mapping of columns to values for at least one row")
    columns = list(rows[0])
    unknown = [name for row in rows for name in row if name not in columns]
    require(not unknown, "rows", unknown, f"columns that the first row has: {columns}")
    values = list(zip(*([row.get(name) for name in columns] for row in rows), strict=True))
    numeric = [any(map(_is_number, column)) and all(value is None or _is_number(value) for value in column)
               for column in values]
    words = [_format_numbers(column) if number else ["–" if value is None else str(value) for value in column]
             for column, number in zip(values, numeric, strict=True)]
    return Table(list(map(str, columns)), [list(row) for row in zip(*words, strict=True)], numeric, caption)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _format_numbers(column: Sequence[Any]) -> list[str]:
    """Format the numbers in a column with the same number of decimals and no unnecessary trailing zeros."""
    present = [value for value in column if value is not None]
    if all(isinstance(value, Integral) for value in present):
        decimals = 0
    else:
        largest = max((abs(value) for value in present if math.isfinite(value)), default=1) or 1
        decimals = max(0, 3 - math.floor(math.log10(largest)))
        while decimals and all(f"{value:.{decimals}f}".endswith(("0", "nan", "inf")) for value in present):
            decimals -= 1
    return ["–" if value is None else f"{value:z,.{decimals}f}" for value in column]


def _cell(tag: str, text: str, number: bool, scope: str) -> str:
    opening = tag + (f' scope="{scope}"' if scope else "") + (' class="number"' if number else "")
    return f"<{opening}>{html.escape(text)}</{tag}>"
