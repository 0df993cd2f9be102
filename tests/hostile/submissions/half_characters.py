"""An honest solution with halves of characters in a comment, in a text, in outputs and in the answer in words."""

KIND = "characters"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import cell
    cell(notebook, "parity").source += "\n# \ud83d and \ude00\nhalf = '\udfff'\nprint(chr(0xd800), '\\udc80')"
    cell(notebook, "unroll").outputs = [{"output_type": "stream", "name": "stdout", "text": "\ud800"}]
    cell(notebook, "what-convinces").source = "I am convinced. \ud83d \x00 \x1b[31m \u202e"
    return notebook
