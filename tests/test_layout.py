"""The library reads from top to bottom: a module imports only from modules above it."""

import ast
import re
from pathlib import Path

import pytest

import parity_lib

LIBRARY = Path(parity_lib.__file__).parent
ORDER = ("version", "errors", "data", "padding", "cells", "models", "training", "kernels", "nets", "strings",
         "ensemble", "all_strings", "machine", "zonotopes", "boxes", "certify", "certificates", "verify",
         "experiments", "figures", "browser", "bench", "widgets", "checks", "teaching", "pdf", "book_commands",
         "cli")
READ_IN_ONE_SITTING = ("data", "padding", "cells", "models", "training")
AT_MOST_LINES = 1100
MAY_IMPORT_ALL = ("cli", "__init__")


def parts_of_the_library():
    """Each file with the module, or the package, of ORDER that it belongs to."""
    files = sorted(LIBRARY.rglob("*.py"))
    return [(path, (path.relative_to(LIBRARY).parts[0]).removesuffix(".py")) for path in files]


def imported_parts(source, depth=1):
    """The parts of parity_lib that a source imports, at its head or inside a function; ``depth`` counts its folders."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level and node.level < depth:  # stays within its own package
                continue
            base = ".".join(filter(None, ["parity_lib" if node.level else "", node.module]))
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] if "." in name else "__init__"
                  for name in names if name.split(".")[0] == "parity_lib"}
    return found


def forbidden_imports(part, source, depth=1):
    """What ``part`` imports and must not: anything that does not stand above it in ORDER."""
    if part in MAY_IMPORT_ALL:
        return set()
    return imported_parts(source, depth) - set(ORDER[:ORDER.index(part)]) - ({part} if depth > 1 else set())


@pytest.mark.parametrize(("path", "part"), parts_of_the_library(),
                         ids=[str(path.relative_to(LIBRARY)) for path, _ in parts_of_the_library()])
def test_a_module_imports_only_from_modules_above_it(path, part):
    assert part in (*ORDER, *MAY_IMPORT_ALL), f"{path.name} has no place in the reading order yet: give it one in ORDER"
    depth = len(path.relative_to(LIBRARY).parts)
    assert not forbidden_imports(part, path.read_text(encoding="utf-8"), depth)


@pytest.mark.parametrize(("part", "source", "forbidden"), [
    ("padding", "from parity_lib.data import Batch", set()),
    ("padding", "from parity_lib.models import ParityRNN", {"models"}),
    ("padding", "from parity_lib import training", {"training"}),
    ("padding", "import parity_lib.training as later", {"training"}),
    ("padding", "from .training import train", {"training"}),
    ("padding", "from . import training", {"training"}),
    ("padding", "def late():\n    from parity_lib.training import train", {"training"}),
    ("padding", "import parity_lib", {"__init__"}),
    ("padding", "from parity_lib import ParityRNN", {"ParityRNN"}),
    ("padding", "from parity_lib.padding import pack", {"padding"}),
    ("errors", "from parity_lib.data import Batch", {"data"}),
    ("bench", "from parity_lib.figures import curve", set()),
    ("figures", "from parity_lib.bench import table", {"bench"}),
    ("training", "import torch\nfrom tqdm.auto import tqdm", set()),
    ("cli", "from parity_lib.teaching import grade", set()),
])
def test_the_rule_sees_every_way_to_import(part, source, forbidden):
    assert forbidden_imports(part, source) == forbidden


@pytest.mark.parametrize(("source", "forbidden"), [
    ("from parity_lib.teaching.report import table", set()),
    ("from .report import table", set()),
    ("from ..models import ParityRNN", set()),
    ("from ..cli import main", {"cli"}),
])
def test_a_package_may_import_from_itself(source, forbidden):
    assert forbidden_imports("teaching", source, depth=2) == forbidden


def test_the_core_is_short_enough_to_be_read():
    lines = {name: len((LIBRARY / f"{name}.py").read_text(encoding="utf-8").splitlines())
             for name in READ_IN_ONE_SITTING}
    assert all(lines.values())
    assert sum(lines.values()) <= AT_MOST_LINES, lines


def test_the_version_stands_in_the_changelog_and_in_the_citation():
    root = LIBRARY.parent
    newest = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    cited = re.search(r"^version: (\S+)", (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert newest == cited == parity_lib.__version__


def test_no_module_is_longer_than_one_sitting():
    longest = {file.relative_to(LIBRARY).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
               for file in LIBRARY.rglob("*.py")}
    assert {name: lines for name, lines in longest.items() if lines > 400} == {}
