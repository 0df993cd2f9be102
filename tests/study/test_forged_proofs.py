"""Change every field of stored proofs in the ways that the format allows: each change is rejected, or leaves a truth.

The fields of a proof are changed by other types, shapes and values. Boxes for a network that errs may never pass, nor
strings for one that is correct. Where weights change, the network may have become another one, so its answers are
computed by PyTorch on every string of up to 14 bits, and on longer ones with long runs.
"""

import json
import signal
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from parity_book.cli import main
from parity_lib.data import random_bits, running_parity
from parity_study import study_commands, verify
from parity_study.certificate_store import read_store, write_store
from parity_study.verify import Network
from tests.study.test_verify import as_stored, right, wrong  # noqa: F401

pytest.importorskip("flint")

VALUES = [0, 1, -1, 2, 0.5, 1e30, 3.4e38, -3.4e38, np.nan, np.inf, -np.inf]
TYPES = [np.int8, np.int64, np.uint8, np.float16, np.float64, np.complex64, bool, str, object]
SHAPES = [lambda array: array[None], lambda array: array[..., None], lambda array: array[:1], lambda array: array[:0],
          np.ravel, lambda array: array[::-1].copy(), lambda array: np.concatenate([array, array])]


def changes(array, rng, count=6):
    """Yield altered copies of an array: of another type or shape, or with another value in one place or in all."""
    for dtype in TYPES:
        yield array.astype(dtype)
    for reshape in SHAPES:
        yield reshape(array)
    for _ in range(count):
        altered = array.astype(float)
        place = tuple(rng.integers(size) for size in array.shape) if rng.random() < 0.7 else ...
        change = rng.choice(VALUES) if rng.random() < 0.4 else altered[place] * rng.normal(1, 0.5)
        altered[place] = change if rng.random() < 0.8 else altered[place] + rng.normal(0, 0.1)
        with np.errstate(all="ignore"):
            yield altered.astype(array.dtype)


def accepted(stored) -> bool:
    """Return True if a checker accepts a stored verdict; an error that names what is wrong rejects it."""
    try:
        return verify.check(stored) is None
    except (ValueError, TypeError):
        return False


def is_correct(stored) -> bool:
    """Return True if a network answers correctly, in float32, on all short strings and on some longer ones."""
    rnn, readout = Network(stored.cell, stored.hidden_size, stored.weights).layers
    rng = np.random.default_rng(0)
    short = (np.arange(2**14)[:, None] >> np.arange(14)) & 1
    long = random_bits(200, 500, rng) * (random_bits(200, 500, rng) & random_bits(200, 500, rng))
    for bits in (short, long):
        with torch.no_grad():
            logits = readout(rnn(torch.from_numpy(bits[..., None].astype(np.float32)))[0])[..., 0].numpy()
        if not ((logits > 0) == (running_parity(bits) == 1)).all() or np.isnan(logits).any():
            return False
    return True


@pytest.mark.parametrize("field", ["low", "high", "odd"])
def test_no_change_of_boxes_certifies_a_network_that_errs(field, right, wrong):  # noqa: F811
    rng = np.random.default_rng(0)
    forged = replace(wrong, verdict="certified", string=None, low=right.low, high=right.high, odd=right.odd)
    for altered in changes(getattr(forged, field), rng):
        assert not accepted(replace(forged, **{field: altered})), altered


def test_integers_are_no_parities(right):  # noqa: F811
    """As ``~2`` and ``bool(2)`` are both true, a box with 2 once was one of even at the start and of odd afterwards."""
    weights, even = right.weights.copy(), ~right.odd
    weights[-3:] *= -1      # the readout says the opposite
    forged = replace(right, weights=weights, low=np.concatenate([right.low, right.low[even]]),
                     high=np.concatenate([right.high, right.high[even]]),
                     odd=np.concatenate([even.astype(np.int64), np.full(even.sum(), 2)]))
    assert not is_correct(forged)
    assert not accepted(forged)
    assert not accepted(replace(forged, odd=forged.odd == 1))


@pytest.mark.parametrize("verdict", ["certified", "refuted"])
def test_a_verdict_on_other_weights_is_rejected_or_true(verdict, right, wrong):  # noqa: F811
    rng = np.random.default_rng(1)
    stored, passed = right if verdict == "certified" else wrong, 0
    for altered in changes(stored.weights, rng, 25):
        mutant = replace(stored, weights=altered)
        if accepted(mutant):
            passed += 1
            assert is_correct(mutant) == (verdict == "certified"), altered
    assert passed > 3, "some small changes leave the verdict true"


def test_a_network_whose_sums_may_overflow_is_not_certified(right):  # noqa: F811
    passed = []
    for scale in (1e30, 2e37):      # with 10 * 2e37, the sum of two products exceeds the largest float32
        weights = right.weights.copy()
        weights[-3:] *= np.float32(scale)
        passed.append(verify.check(replace(right, weights=weights)))
    assert passed == [None, "box 0: a sum may overflow"]


def test_no_string_refutes_a_network_that_is_correct(right):  # noqa: F811
    rng = np.random.default_rng(2)
    for length in (0, 1, 2, 5, 30, 300):
        for string in ("".join(map(str, rng.integers(0, 2, length))), "1" * length, "0" * length, "²" * length, "12"):
            assert not accepted(replace(right, verdict="refuted", string=string))


@pytest.mark.parametrize(("name", "values"), {
    "verdict": ["Certified", "", None, 1, True, ["certified"]], "seed": [None, "0", 0.5, True],
    "sha256": [None, 0, ""], "string": [None, 1, ["1"]]}.items())
def test_a_listing_with_other_types_is_refused(name, values, right, tmp_path):  # noqa: F811
    write_store([right], tmp_path)
    listing = tmp_path / "verdicts.json"
    content = json.loads(listing.read_text())
    for value in values:
        content["kind"]["nets"][0][name] = value
        listing.write_text(json.dumps(content))
        with pytest.raises(ValueError, match="SHA-256|sha256" if name == "sha256" else name):
            verify.check(next(read_store(tmp_path)))


@pytest.mark.parametrize("name", ["weights", "low", "high", "odd", "net"])
def test_a_file_with_other_types_or_shapes_is_refused(name, right, tmp_path):  # noqa: F811
    write_store([right], tmp_path)
    path, = tmp_path.glob("*.npz")
    with np.load(path) as file:
        arrays = {key: file[key] for key in file.files}
    for altered in (*(arrays[name].astype(kind) for kind in TYPES if kind not in (object, arrays[name].dtype.type)),
                    arrays[name][None], arrays[name][..., None], np.array(0)):
        if altered.dtype == arrays[name].dtype and altered.shape == arrays[name].shape:
            continue
        np.savez(path, **arrays | {name: altered})
        with pytest.raises(ValueError, match=f"^{name} of kind must be"):
            list(read_store(tmp_path))


def listed(folder, right):  # noqa: F811
    """Write a network to a folder and return the text of its list."""
    write_store([right], folder)
    return (folder / "verdicts.json").read_text(encoding="utf8")


@pytest.mark.parametrize(("change", "words"), [
    (lambda text: "{}", "an object with networks"), (lambda text: "[]", "an object with networks"),
    (lambda text: "1e400", "an object with networks"), (lambda text: "[" * 100_000, "cannot be read"),
    (lambda text: text.replace('"kind"', '"kind\\ngru 8 20 certified"'), "kind must be"),
    (lambda text: text.replace('"verdict"', '"seed": 5, "verdict"'), "different"),
    (lambda text: text.replace('"hidden_size": 2', '"hidden_size": 4611686018427387904'), "from 1 to"),
    (lambda text: json.dumps({"kind": json.loads(text)["kind"] | {"nets": []}}), "a list of networks"),
    (lambda text: json.dumps(dict.fromkeys(("kind", "other"), json.loads(text)["kind"])), "listed only once"),
])
def test_a_list_that_says_more_than_was_checked_is_refused(change, words, right, tmp_path):  # noqa: F811
    (tmp_path / "verdicts.json").write_text(change(listed(tmp_path, right)), encoding="utf8")
    done = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert (done.exit_code, "Traceback" in done.output) == (1, False)
    assert words in done.output
    assert "certified," not in done.output


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no such limit on Windows")
def test_a_network_that_takes_too_long_is_not_proved_and_the_next_is_checked(right, tmp_path, monkeypatch):  # noqa: F811
    write_store([right, replace(right, seed=1, weights=2 * right.weights)], tmp_path)

    def check(network):
        while network.seed == 0:
            pass
    monkeypatch.setattr(verify, "check", check)
    monkeypatch.setattr(study_commands, "LONGEST", 0.2)
    done = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert done.exit_code == 1
    assert "seed 0: it is not proved in time" in done.output
    assert ("1 certified" in done.output, "Every certified network" in done.output) == (True, False)


def test_a_small_file_that_needs_much_memory_is_refused_before_it_is_read(right, tmp_path):  # noqa: F811
    listed(tmp_path, right)
    with np.load(tmp_path / "kind.npz") as file:
        np.savez_compressed(tmp_path / "kind.npz", **file, more=np.zeros(200_000_000, dtype=np.int8))
    assert (tmp_path / "kind.npz").stat().st_size < 1_000_000
    tracemalloc.start()
    with pytest.raises(ValueError, match="at most 50,000,000 bytes"):
        list(read_store(tmp_path))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_archive_is_named(content, right, tmp_path):  # noqa: F811
    listed(tmp_path, right)
    (tmp_path / "kind.npz").write_bytes(content)
    done = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert done.exit_code == 1
    assert "kind" in done.output
    assert "Traceback" not in done.output
