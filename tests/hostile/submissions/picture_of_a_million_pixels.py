"""An honest solution that shows a picture as a million times a million pixels large, and one of a size that is none."""

KIND = "display"
LOSES = ()
CELLS = {"my-strings": '''
from IPython.display import display
dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
for size in (10**6, 1e300, float("nan"), -5, 10**4000, True, "9999px; position: fixed"):
    display({"image/png": dot}, metadata={"image/png": {"width": size, "height": size}}, raw=True)
'''}
