"""Before each run of a cell all objects, the history and the namespaces are searched for the source of hidden tests."""

KIND = "search"
LOSES = ("parity-check",)
CELLS = {"parity": "def parity(bits):\n    return bits[:, 0]", "my-strings": '''
import gc, sys
texts = [*In, *globals().values(), *(text for one in gc.get_objects() if type(one) is dict for text in one.values())]
marks = "HIDDEN" + " TESTS", "check.private" + "("
print("hidden tests found:", sum(type(text) is str and any(mark in text for mark in marks)
                                  and "import gc" not in text for text in texts))
'''}
SAYS = "hidden tests found: 0"
