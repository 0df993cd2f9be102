"""Test where result files are, how they are written, and the messages about files that cannot be read."""

import json

import pytest

from parity_study import results


@pytest.mark.parametrize("package", ["parity_study", "repository/.venv/lib/python3.11/site-packages/parity_study"])
def test_only_a_repository_is_written_to(tmp_path, monkeypatch, package):
    assert results.writable_folder() == results.FOLDER
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "_config.yml").touch()
    monkeypatch.setattr(results, "FOLDER", tmp_path / package / "results")
    with pytest.raises(FileNotFoundError, match="--out FOLDER"):
        results.writable_folder()


def test_load_says_how_to_make_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"parity experiment recipes$"):
        results.load("recipes", folder=tmp_path)


@pytest.mark.parametrize(("text", "wrong"), [
    ('{"results": {"a"', "line 1"), ("[]", "list"), ('{"provenance": {}}', "it has no block 'results'"),
])
def test_a_damaged_file_is_named(tmp_path, text, wrong):
    path = tmp_path / "recipes.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"damaged .*; make it again with: parity experiment recipes$") as error:
        results.load("recipes", folder=tmp_path)
    assert str(path) in str(error.value)
    assert wrong in str(error.value)


def test_write_replaces_whole_files_and_keeps_plain_lists_on_a_line(tmp_path):
    path = tmp_path / "deep" / "x.json"
    results.write(path, {"a": 1})
    results.write(path, {"a": [1, 2, None], "b": [{"c": []}]})
    assert json.loads(path.read_text()) == {"a": [1, 2, None], "b": [{"c": []}]}
    assert '"a": [ 1, 2, null ]' in path.read_text()
    with pytest.raises(ValueError, match="JSON"):
        results.write(path, {"a": float("nan")})
    assert [file.name for file in path.parent.iterdir()] == ["x.json"]
    assert "null" in path.read_text()
