"""The source of one answer is a dict, of another a list in lists; the two others are right."""

KIND = "format"
LOSES = ("rnn-step-check", "unroll-check")


def hand_in(folder, notebook):
    from tests.hostile.bank import cell
    deep = []
    for _ in range(930):
        deep = [deep]
    cell(notebook, "rnn-step")["source"] = {"a": ["def rnn_step(): pass"]}
    cell(notebook, "unroll")["source"] = deep
    return notebook
