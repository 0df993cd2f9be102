"""Results of quick runs of all experiments, which several tests share."""

import pytest
from click.testing import CliRunner

from parity_book.cli import main


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """Run all experiments quickly by the command, and return the folder with their results."""
    folder = tmp_path_factory.mktemp("quick")
    done = CliRunner().invoke(main, ["experiment", "--all", "--quick", "--jobs", "1", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder
