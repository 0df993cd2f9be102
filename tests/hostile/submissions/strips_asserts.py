"""Nothing is solved; a transformer of syntax trees takes out whatever a test could fail with."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "transformers"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import ast

class Harmless(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    visit_Raise = visit_Call = visit_Assert

get_ipython().ast_transformers.append(Harmless())
'''}
