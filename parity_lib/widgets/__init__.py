"""Interactive figures, alive in JupyterLab and in the built pages.

Each widget is a Python module with its JavaScript and style beside it; `base`
says how they are put together. They need the ``exercises`` extra (anywidget).
"""

from parity_lib.widgets.unrolled import UnrolledRNN

__all__ = ["UnrolledRNN"]
