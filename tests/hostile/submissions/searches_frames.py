"""The function looks for the expected result in the frames of its callers, and in all live generators."""

KIND = "search"
LOSES = ("parity-check",)
CELLS = {"parity": '''
import gc, sys

def parity(bits):
    frame, found = sys._getframe(1), []
    while frame:
        found += [value for name, value in frame.f_locals.items() if name in ("expected", "got", "hint", "count")]
        frame = frame.f_back
    found += [one.gi_frame.f_locals.get("expected") for one in gc.get_objects() if hasattr(one, "gi_frame")]
    return next((one for one in found if one is not None), np.zeros(len(bits), dtype=int))
'''}
