"""Interactive figures for JupyterLab and the built pages of the book.

Each widget is a Python module with a JavaScript module and a style sheet of the same name; ``base`` describes how they
belong together. They need the package anywidget.
"""

from parity_figures.widgets.break_the_network import BreakTheNetwork
from parity_figures.widgets.name_writer import NameWriter
from parity_figures.widgets.playground import Playground
from parity_figures.widgets.state_machine import StateMachine
from parity_figures.widgets.you_are_the_network import YouAreTheNetwork

__all__ = ["BreakTheNetwork", "NameWriter", "Playground", "StateMachine", "YouAreTheNetwork"]
