"""A store of trained networks and of verdicts on their correctness.

The networks are those of the chapter *What did it learn?*. The data that prove the verdicts are stored with them.
``verdicts.json`` lists the networks of each kind and the name of the kind's file, which :func:`numpy.load` reads. In
this file, ``weights [networks, weights]`` (float32) has a row for each network, in the order of the list, with the
parameters in PyTorch's order. ``low`` and ``high [boxes, size]`` (float32) and ``odd [boxes]`` (bool) are the boxes of
all certified networks, and ``net [boxes]`` is the row of the network to which a box belongs. ``verdicts.json`` also
contains the strings that refute networks. Undecided networks are stored too, so that others can try to decide them.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity_lib.errors import require
from parity_study.results import write

STORE = Path(__file__).parent
KIND = re.compile(r"[\w, .-]+")
MOST_UNITS = 1000
MOST_BYTES = 50_000_000  # of all arrays in a file; a certificate of the book needs a quarter of a million


@dataclass(frozen=True)
class StoredNetwork:
    """A trained network with a verdict on its correctness for strings of every length.

    ``string`` refutes a refuted network, and the boxes ``low``, ``high`` and ``odd`` prove a certified one correct.
    ``blocked`` says why there is no proof for an undecided network; see :class:`~parity_study.certify.Certificate`.
    """

    kind: str
    cell: str
    hidden_size: int
    seed: int
    weights: np.ndarray
    verdict: str = "undecided"
    string: str | None = None
    blocked: str | None = None
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    odd: np.ndarray | None = None


def fingerprint(weights: np.ndarray) -> str:
    """Return the SHA-256 hash of a network's weights.

    The weights are hashed as little-endian float32 numbers in PyTorch's order.

    >>> fingerprint(np.zeros(3, dtype=np.float32))[:8]
    '15ec7bf0'
    """
    return hashlib.sha256(weights.astype("<f4").tobytes()).hexdigest()


def read_store(folder: Path = STORE) -> Iterator[StoredNetwork]:
    """Yield all networks stored in a folder.

    They are ordered by kind. Raises ValueError if there are none, if a file is missing or cannot be read, if a field or
    an array has another type or shape than the one above, if a network is listed twice, or if the SHA-256 of a
    network's weights is not the listed one.
    """
    listing, seen = folder / "verdicts.json", set()
    require(listing.is_file(), "folder", str(folder), "a folder that contains verdicts.json")
    content = _read(listing, lambda path: json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique))
    require(type(content) is dict and bool(content), listing.name, type(content).__name__, "an object with networks")
    for kind, entry in content.items():
        require(KIND.fullmatch(kind) is not None, "kind", kind, "a name of letters, digits, commas and blanks")
        _require_types(f"entry {kind}", entry, {"file": str, "cell": str, "hidden_size": int, "nets": list})
        require(1 <= entry["hidden_size"] <= MOST_UNITS, f"hidden_size of {kind}", entry["hidden_size"],
                f"from 1 to {MOST_UNITS}")
        require(bool(entry["nets"]), f"nets of {kind}", [], "a list of networks")
        arrays = _read(folder / Path(entry["file"]).name, _load)
        _require_arrays(kind, arrays, len(entry["nets"]))
        for row, network in enumerate(entry["nets"]):
            _require_types(f"network {row} of {kind}", network, {"seed": int, "sha256": str, "verdict": str})
            weights, is_own_box = arrays["weights"][row], arrays["net"] == row
            require(fingerprint(weights) == network["sha256"], f"weights of {kind}, seed {network['seed']},",
                    fingerprint(weights), f"those with SHA-256 {network['sha256']}")
            require(network["sha256"] not in seen, f"network {row} of {kind}", network["sha256"], "listed only once")
            seen.add(network["sha256"])
            boxes = {name: arrays[name][is_own_box] for name in ("low", "high", "odd")} if is_own_box.any() else {}
            yield StoredNetwork(kind, entry["cell"], entry["hidden_size"], network["seed"], weights,
                                network["verdict"], network.get("string"), network.get("blocked"), **boxes)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Convert the fields of a JSON object to a dict. Raises ValueError if a name occurs twice."""
    names = [name for name, _ in pairs]
    require(len(set(names)) == len(names), "the names of an object", names, "different")
    return dict(pairs)


def _load(path: Path) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())     # no more than this is unpacked
    require(size <= MOST_BYTES, "the size of its arrays", size, f"at most {MOST_BYTES:,} bytes")
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _read(path: Path, read: Callable[[Path], Any]) -> Any:
    """Read an untrusted file by calling ``read(path)``. Raises ValueError if this fails for any reason."""
    try:
        return read(path)
    except Exception as error:  # NumPy and zipfile raise more than a dozen kinds
        raise ValueError(f"{path.name} cannot be read: {error or type(error).__name__}") from None


def _require_types(name: str, entry: dict, types: dict[str, type]) -> None:
    """Raise ValueError unless an entry of ``verdicts.json`` has the required fields with values of the given types."""
    require(type(entry) is dict, name, type(entry).__name__, "an object")
    for field, kind in types.items():
        require(type(entry.get(field)) is kind, f"{field} of {name}", repr(entry.get(field)), kind.__name__)
    for field in ("string", "blocked"):
        require(type(entry.get(field, "")) is str, f"{field} of {name}", repr(entry.get(field)), "str")


def _require_arrays(kind: str, arrays: dict[str, np.ndarray], networks: int) -> None:
    """Raise ValueError unless the arrays in a file have the types and shapes described in the module docstring."""
    boxes = len(arrays["net"]) if arrays.get("net", np.array(0)).ndim == 1 else 0
    for name, dtypes, shape in (("net", "i2", (boxes,)), ("weights", "f4", (networks, None)),
                                ("low", "f4", (boxes, None)), ("high", "f4", (boxes, None)), ("odd", "b1", (boxes,))):
        array = arrays.get(name, np.array(None))
        fits = array.ndim == len(shape) and all(size in (None, actual) for size, actual in zip(shape, array.shape))
        require(array.dtype == np.dtype(dtypes) and fits, f"{name} of {kind}", f"{array.dtype} {array.shape}",
                f"{np.dtype(dtypes)} {shape}")


def write_store(networks: Sequence[StoredNetwork], folder: Path = STORE) -> None:
    """Write networks to a folder, replacing all stored networks of the same kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "verdicts.json"
    listing = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for kind in dict.fromkeys(network.kind for network in networks):
        listing[kind] = _write_kind(folder / f"{kind.replace(',', '').replace(' ', '-')}.npz",
                                    [network for network in networks if network.kind == kind])
    write(path, listing)


def _write_kind(path: Path, networks: list[StoredNetwork]) -> dict:
    """Save the networks of one kind to ``path`` and return their entry for ``verdicts.json``."""
    certified: list[Any] = [(row, network) for row, network in enumerate(networks) if network.low is not None]
    size = networks[0].hidden_size * (2 if networks[0].cell == "lstm" else 1)

    def join(parts: list[np.ndarray], *shape: int, dtype: type) -> np.ndarray:
        return np.concatenate([np.zeros((0, *shape), dtype), *parts]).astype(dtype)

    np.savez_compressed(
        path, weights=np.stack([network.weights for network in networks]),
        low=join([network.low for _, network in certified], size, dtype=np.float32),
        high=join([network.high for _, network in certified], size, dtype=np.float32),
        odd=join([network.odd for _, network in certified], dtype=bool),
        net=join([np.full(len(network.low), row) for row, network in certified], dtype=np.int16))
    rows = [{"seed": network.seed, "sha256": fingerprint(network.weights), "verdict": network.verdict}
            | {name: value for name in ("string", "blocked") if (value := getattr(network, name))}
            for network in networks]
    return {"file": path.name, "cell": networks[0].cell, "hidden_size": networks[0].hidden_size, "nets": rows}
