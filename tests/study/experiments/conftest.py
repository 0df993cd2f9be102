"""Quick runs of all experiments, made once by the command."""

import pytest
from click.testing import CliRunner

from parity_book.cli import main


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """Return the folder with the results of the quick runs."""
    folder = tmp_path_factory.mktemp("quick")
    done = CliRunner().invoke(main, ["experiment", "--all", "--quick", "--jobs", "1", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder
