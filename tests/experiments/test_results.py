"""Files of results: where they are, how they are written, and what is said of one that cannot be read."""

import json

import pytest

from parity_lib.experiments import results


def test_results_are_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert results.load("recipes")["relu 32"]["seeds"] == 20


def test_only_a_checkout_is_written_to(tmp_path, monkeypatch):
    assert results.writable_folder() == results.FOLDER
    monkeypatch.setattr(results, "CHECKOUT", tmp_path / "pyproject.toml")
    with pytest.raises(FileNotFoundError, match="--out FOLDER"):
        results.writable_folder()


def test_load_says_how_to_make_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"parity experiment recipes$"):
        results.load("recipes", folder=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"parity bench --save$"):
        results.load("bench", folder=tmp_path)


@pytest.mark.parametrize(("text", "wrong"), [
    ('{"results": {"a"', "line 1"), ("", "line 1"), ("[]", "list"), ('{"provenance": {}}', "it has no block 'results'"),
])
def test_a_damaged_file_is_named(tmp_path, text, wrong):
    path = tmp_path / "recipes.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"damaged .*; make it again with: parity experiment recipes$") as caught:
        results.load("recipes", folder=tmp_path)
    assert str(path) in str(caught.value)
    assert wrong in str(caught.value)


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


def test_cpu_model_is_named_without_proc_too(monkeypatch):
    assert results.cpu_model()
    monkeypatch.setattr(results.Path, "is_file", lambda self: False)
    assert results.cpu_model()
