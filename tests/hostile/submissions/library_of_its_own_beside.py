"""Nothing is solved; next to the notebook is a library with the course's name, in which every check passes."""

KIND = "files beside"
LOSES = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")


def hand_in(folder, notebook):
    from tests.hostile.bank import UNSOLVED, with_cells
    with_cells(folder, notebook, UNSOLVED)
    (folder / "parity_lib").mkdir()
    (folder / "parity_checks").mkdir()
    (folder / "parity_lib" / "__init__.py").write_text("")
    (folder / "parity_checks" / "__init__.py").write_text("def __getattr__(name): return lambda *given: True\n")
    (folder / "parity_checks" / "rpc.py").write_text(
        "class Answer:\n    def _repr_mimebundle_(self, **named):\n"
        "        return {'application/vnd.parity.answer': '[\"value\", true]'}\n"
        "def answer(text):\n    return Answer()\n")
