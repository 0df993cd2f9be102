"""The store behind the verdicts of chapter *What did it learn?*: weights, boxes and wrong strings, to be checked.

``verdicts.json`` lists the nets of each kind and names the kind's file. In that
file, which :func:`numpy.load` reads, ``weights [nets, weights]`` (float32) has a row
a net, in the list's order, each with PyTorch's parameters in PyTorch's order. ``low``
and ``high [boxes, size]`` (float32) and ``odd [boxes]`` (bool) hold the boxes of all
certified nets, and ``net [boxes]`` says whose each box is. A refuted net's string is
in the list. Nets that are undecided are kept too, for others to decide.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parity_lib.errors import require

STORE = Path(__file__).parent


@dataclass(frozen=True)
class Stored:
    """A net and its verdict, with ``string`` where it is refuted, and ``low``, ``high``, ``odd`` where certified.

    ``blocked`` says why an undecided net has no proof, as :class:`~parity_lib.certify.Certificate` does.
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
    """The SHA-256 of float32 weights, little-endian, in PyTorch's order; it names a net.

    >>> fingerprint(np.zeros(3, dtype=np.float32))[:8]
    '15ec7bf0'
    """
    return hashlib.sha256(weights.astype("<f4").tobytes()).hexdigest()


def stored(folder: Path = STORE) -> Iterator[Stored]:
    """The nets of a store, kind by kind.

    Raises ValueError where the folder is no store, or weights are not those of their SHA-256.
    """
    require((folder / "verdicts.json").is_file(), "folder", str(folder), "one with a file verdicts.json")
    for kind, about in json.loads((folder / "verdicts.json").read_text(encoding="utf-8")).items():
        with np.load(folder / about["file"], allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        for row, each in enumerate(about["nets"]):
            weights, mine = arrays["weights"][row], arrays["net"] == row
            require(fingerprint(weights) == each["sha256"], f"weights of {kind}, seed {each['seed']},",
                    fingerprint(weights), f"those with SHA-256 {each['sha256']}")
            boxes = {name: arrays[name][mine] for name in ("low", "high", "odd")} if mine.any() else {}
            yield Stored(kind, about["cell"], about["hidden_size"], each["seed"], weights, each["verdict"],
                         each.get("string"), each.get("blocked"), **boxes)


def write_store(nets: Iterable[Stored], folder: Path = STORE) -> None:
    """Write nets and their verdicts as :func:`stored` reads them; kinds of which none is given stay as they are."""
    kinds: dict[str, list[Stored]] = {}
    for each in nets:
        kinds.setdefault(each.kind, []).append(each)
    folder.mkdir(parents=True, exist_ok=True)
    before = folder / "verdicts.json"
    listing = json.loads(before.read_text(encoding="utf-8")) if before.is_file() else {}
    listing |= {kind: _write_kind(folder, kind.replace(",", "").replace(" ", "-"), group)
                for kind, group in kinds.items()}
    unfinished = folder / f"verdicts.{os.getpid()}.tmp"
    unfinished.write_text(json.dumps(listing, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, before)


def _write_kind(folder: Path, name: str, nets: list[Stored]) -> dict:
    size = nets[0].hidden_size * (2 if nets[0].cell == "lstm" else 1)
    proved = [(row, each) for row, each in enumerate(nets) if each.low is not None]
    np.savez_compressed(
        folder / f"{name}.npz", weights=np.stack([each.weights for each in nets]),
        low=np.concatenate([np.zeros((0, size)), *(each.low for _, each in proved)]).astype(np.float32),
        high=np.concatenate([np.zeros((0, size)), *(each.high for _, each in proved)]).astype(np.float32),
        odd=np.concatenate([np.zeros(0, dtype=bool), *(each.odd for _, each in proved)]),
        net=np.concatenate([np.zeros(0, dtype=np.int16),
                            *(np.full(len(each.low), row, dtype=np.int16) for row, each in proved)]))
    rows = [{"seed": each.seed, "sha256": fingerprint(each.weights), "verdict": each.verdict}
            | {name: value for name in ("string", "blocked") if (value := getattr(each, name))} for each in nets]
    return {"file": f"{name}.npz", "cell": nets[0].cell, "hidden_size": nets[0].hidden_size, "nets": rows}
