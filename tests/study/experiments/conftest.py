"""Results of quick runs of experiments, which several tests share."""

import pytest
from click.testing import CliRunner

from parity_book.cli import main

REPRESENTATIVE = ("pools", "recipes")       # a series, and an experiment with settings of its own


def run_quickly(folder, *names):
    """Run experiments quickly by the command, and return the folder with their results."""
    done = CliRunner().invoke(main, ["experiment", *names, "--quick", "--jobs", "1", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """Return a folder with the results of the representative experiments."""
    return run_quickly(tmp_path_factory.mktemp("quick"), *REPRESENTATIVE)
