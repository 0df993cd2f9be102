"""Tables have the same cells as HTML and as text, and numbers are aligned and formatted together."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import parity_figures as figures

ROWS = [{"net": "tanh <2>", "solved": 12000, "rate": 0.123456}, {"net": "LSTM", "solved": np.int64(3), "rate": None}]


def test_html_and_text_have_the_same_cells():
    table = figures.table(ROWS, "What & how often")
    root = ET.fromstring(table._repr_html_())
    assert [[cell.text for cell in row] for row in root.iter("tr")] == [
        ["net", "solved", "rate"], ["tanh <2>", "12,000", "0.1235"], ["LSTM", "3", "–"]]
    assert root.find("table/caption").text == "What & how often"
    assert repr(table) == ("What & how often\nnet       solved    rate\ntanh <2>  12,000  0.1235\n"
                           "LSTM           3       –")


def test_rows_and_columns_have_headers_and_numbers_are_marked():
    root = ET.fromstring(figures.table(ROWS)._repr_html_())
    assert [cell.get("scope") for cell in root.iter("th")] == ["col", "col", "col", "row", "row"]
    assert [cell.get("class") for cell in next(root.iter("tr"))] == [None, "number", "number"]
    assert (root.get("tabindex"), root.get("aria-label")) == ("0", "Table: net, solved, rate")


def test_a_column_with_a_word_is_not_numeric_missing_values_are_dashes_and_the_first_row_has_every_column():
    table = figures.table([{"a": "x", "b": 1, "c": None}, {"a": "y", "b": "none"}])
    assert table.numeric == [False, False, False]
    assert table.cells[1] == ["y", "none", "–"]
    assert figures.table([{"right": True}]).cells == [["True"]]

    for rows in ([], [{"a": 1}, {"b": 2}]):
        with pytest.raises(ValueError, match="rows"):
            figures.table(rows)


@pytest.mark.parametrize(("column", "shown"), [
    ([1.0, 1.1, 1.15], ["1.00", "1.10", "1.15"]), ([0.02197, -0.9595], ["0.0220", "-0.9595"]),
    ([12345.678, -1e-5], ["12,346", "0"]), ([float("nan"), 1.5], ["nan", "1.5"]), ([0.0, 0.0], ["0", "0"]),
    ([np.float32(0.5), 2], ["0.5", "2.0"])])
def test_the_numbers_of_a_column_share_their_decimals(column, shown):
    assert [row[0] for row in figures.table([{"a": value} for value in column]).cells] == shown
