"""An honest solution, saved with so many outputs that the file is larger than what is read."""

KIND = "outputs saved"
LOSES = "ungraded"
SAYS = "larger than"


def hand_in(folder, notebook):
    from tests.hostile.bank import cell
    cell(notebook, "summary").outputs = [{"output_type": "stream", "name": "stdout", "text": "0 1 0 1\n" * 7_000_000}]
    return notebook
