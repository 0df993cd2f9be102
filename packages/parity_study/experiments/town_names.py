"""How well do recurrent networks write and read the names of towns, compared with counts?

Bits are bits per character. Returns ``{"ngrams": {"order", "bits": {"one table" | "a table for each country":
{"validation", "test"}}, "country"}, "writing": {rate: {"tanh" | "gru" | "lstm": {"training", "test", "validation",
"best_epoch", "gap", "gap_error"}}}, "few": the same for a GRU, "reading": {"label at the end" | "label at every
character": {setting: {cell: {"test", "by_epoch", "by_characters"}}}}, "with_end": {label: the same for a GRU},
"invented", "by_few": {"temperature", "written", "training", "held_out"}}``.

The networks of ``with_end`` also read a mark for the end of the name, after its last character. The lists of a network
have an entry for each seed, which is a list for ``validation`` and ``by_epoch`` (with a number for each epoch) and for
``by_characters``. After ``best_epoch`` the bits in validation are lowest. ``gap`` is how many bits fewer a network
needs at the end than the n-grams that are best on the validation names, on the same test names, and ``gap_error`` its
standard error over these names. ``few`` is trained on a tenth of the names, for three times as many epochs. ``country``
(a number for each order) and ``reading`` are shares of correct countries of the test names; those of ``by_characters``
are read after so many characters of each test name that has them, at the end of training. ``invented`` and ``by_few``
count, for each temperature and seed, the written names that are training names, or validation or test names. The
predictions are on the page *Evidence*.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from joblib import Parallel, delayed

from parity_lib.padding import last_real_step
from parity_study.experiments.summaries import rounded
from parity_study.town_names import (
    COUNTRIES,
    END,
    PARTS,
    Name,
    NameNetwork,
    NGrams,
    bits_per_character,
    read_names,
    reading_loss,
    to_read,
    train_epochs,
    write_names,
    writing_loss,
)

CELLS = ("tanh", "gru", "lstm")
WRITING = ((0.01, "tanh"), (0.01, "gru"), (0.01, "lstm"), (0.004, "tanh"))
LABELS = {"label at the end": False, "label at every character": True}
TEMPERATURES = (0.2, 0.5, 0.8, 1.0, 1.3)
MOST = 12   # the reading is measured up to this character
QUICK: dict[str, Any] = {"seeds": 1, "readers": 1, "names": 40, "epochs": 1, "hidden_size": 4}

Tables = dict[str, NGrams]


def run(seeds: int = 5, writing: tuple[tuple[float, str], ...] = WRITING, epochs: int = 12, readers: int = 5,
        reading: tuple[tuple[float, int], ...] = ((0.01, 6), (0.004, 6)), hidden_size: int = 128,
        names: int | None = None, first_seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    ``seeds`` and ``epochs`` are those of the networks that write, and ``writing`` has their rates and cells.
    ``readers`` is the number of seeds of the networks that read, which have half as many units, and ``reading`` has
    their rates and epochs. ``names`` shortens all parts of the data, for a test.
    """
    parts = {part: read_names(part)[:names] for part in PARTS}
    few = parts | {"training": parts["training"][:-(-len(parts["training"]) // 10)]}
    all_seeds = range(first_seed, first_seed + seeds)
    counted, best = count_all(parts)
    parallel = Parallel(n_jobs=-1)

    def train_writers(parts: dict[str, list[Name]], cell: str, rate: float, epochs: int) -> tuple[Any, Any]:
        models, rows = zip(*parallel(delayed(train_writer)(parts, best, cell, rate, epochs, hidden_size, seed)
                                     for seed in all_seeds), strict=True)
        return models, together(rows)

    writers = {(rate, cell): train_writers(parts, cell, rate, epochs) for rate, cell in writing}
    writers_of_few, found_few = train_writers(few, "gru", writing[0][0], 3 * epochs)
    marked = {part: [(country, name + END) for country, name in each] for part, each in parts.items()}

    def train_readers(parts: dict[str, list[Name]], cell: str, rate: float, epochs: int, label: str) -> dict[str, list]:
        return together(parallel(delayed(train_reader)(parts, cell, rate, epochs, hidden_size // 2, LABELS[label], seed)
                                 for seed in range(first_seed, first_seed + readers)))

    by_label = {label: {f"{count} epochs, rate {rate}": {cell: train_readers(parts, cell, rate, count, label)
                                                         for cell in CELLS} for rate, count in reading}
                for label in LABELS}
    grus = writers[writing[0][0], "gru"][0]
    return {"ngrams": counted, "few": found_few, "reading": by_label,
            "with_end": {label: train_readers(marked, "gru", *reading[0], label) for label in LABELS},
            "writing": {str(rate): {cell: found for (its, cell), (_, found) in writers.items() if its == rate}
                        for rate, _ in writing},
            "invented": count_invented(grus, parts, TEMPERATURES),
            "by_few": count_invented(writers_of_few, few, TEMPERATURES)}


def count_tables(names: list[Name], order: int, each_country: bool = True) -> Tables:
    """Return n-grams for each country, counted either in the country's own names only or in all names."""
    if not each_country:
        return dict.fromkeys(COUNTRIES, NGrams([name for _, name in names], order))
    return {country: NGrams([name for its, name in names if its == country], order) for country in COUNTRIES}


def bits_of(tables: Tables, names: list[Name]) -> np.ndarray:
    """Return the total number of bits ``[names]`` for each name."""
    return np.array([sum(tables[country].bits(name)) for country, name in names])


def symbols_in(names: list[Name]) -> np.ndarray:
    """Return the length ``[names]`` of each name in characters, including the end mark."""
    return np.array([len(name) + 1 for _, name in names])


def count_all(parts: dict[str, list[Name]]) -> tuple[dict[str, Any], np.ndarray]:
    """Measure n-grams of orders 0 to 5. Return the results, and the test bits ``[names]`` of the best in validation."""
    bits: dict[str, dict[str, list]] = {}
    country, best, lowest = [], np.array([]), float("inf")
    for order in range(6):
        for words, each_country in (("one table", False), ("a table for each country", True)):
            tables = count_tables(parts["training"], order, each_country)
            for part in ("validation", "test"):
                of_names = bits_of(tables, parts[part])
                mean = of_names.sum() / symbols_in(parts[part]).sum()
                bits.setdefault(words, {"validation": [], "test": []})[part].append(rounded(mean))
                if part == "validation" and mean < lowest:
                    best, lowest = bits_of(tables, parts["test"]), mean
        country.append(rounded(np.mean([most_likely(tables, parts["training"], name) == its     # the last tables
                                        for its, name in parts["test"]])))
    return {"order": list(range(6)), "bits": bits, "country": country}, best


def most_likely(tables: Tables, training: list[Name], name: str) -> str:
    """Return the most likely country of a name by Bayes' rule. The prior is its share of the training names."""
    prior = Counter(country for country, _ in training)
    return min(prior, key=lambda country: sum(tables[country].bits(name)) - np.log2(prior[country]))


def train_writer(parts: dict[str, list[Name]], best: np.ndarray, cell: str, rate: float, epochs: int,
                 hidden_size: int, seed: int) -> tuple[NameNetwork, dict[str, Any]]:
    """Train a network that writes, and return it with its results. ``best`` has the n-grams' bits on each test name."""
    model = NameNetwork(hidden_size, cell, seed=seed)
    validation: list[float] = []
    train_epochs(model, parts["training"], writing_loss, epochs, seed=seed, lr=rate,
                 after=lambda epoch: validation.append(rounded(bits_per_character(model, parts["validation"]))))
    symbols = symbols_in(parts["test"])
    gaps = best - symbols * [bits_per_character(model, [name]) for name in parts["test"]]
    gap = gaps.sum() / symbols.sum()
    return model, {"training": rounded(bits_per_character(model, parts["training"])), "validation": validation,
                   "test": rounded(bits_per_character(model, parts["test"])),
                   "best_epoch": int(np.argmin(validation)) + 1, "gap": rounded(gap),
                   "gap_error": rounded(np.std(gaps - gap * symbols) * np.sqrt(len(symbols)) / symbols.sum())}


@torch.no_grad()
def right_countries(model: NameNetwork, names: list[Name], characters: int | None = None) -> float:
    """Return the fraction of names whose country is correct after ``characters`` characters or the whole name.

    Only names with that many characters count. The fraction is 0 if there are none.
    """
    names = [(country, name[:characters]) for country, name in names if len(name) >= (characters or 0)]
    if not names:
        return 0.0
    inputs, countries, lengths = to_read(names)
    logits = last_real_step(model(inputs, lengths)[0], lengths)
    return rounded((logits.argmax(dim=1) == countries).double().mean().item())


def train_reader(parts: dict[str, list[Name]], cell: str, rate: float, epochs: int, hidden_size: int,
                 every_step: bool, seed: int) -> dict[str, Any]:
    """Train a network to tell which country a name comes from. Return the fractions of correct answers."""
    model = NameNetwork(hidden_size, cell, len(COUNTRIES), seed=seed)
    curve: list[float] = []
    train_epochs(model, parts["training"], partial(reading_loss, every_step=every_step), epochs, seed=seed, lr=rate,
                 after=lambda epoch: curve.append(right_countries(model, parts["test"])))
    return {"test": curve[-1], "by_epoch": curve,
            "by_characters": [right_countries(model, parts["test"], count) for count in range(1, MOST + 1)]}


def together(rows: Sequence[dict[str, Any]]) -> dict[str, list]:
    """Combine the results of several seeds into lists with an entry for each seed."""
    return {key: [row[key] for row in rows] for key in rows[0]}


def count_invented(models: Sequence[NameNetwork], parts: dict[str, list[Name]],
                   temperatures: tuple[float, ...]) -> dict[str, Any]:
    """Count how many invented names are real. Return one list per temperature, with one count per network."""
    known = {part: {name for _, name in names} for part, names in parts.items()}
    countries = [country for country, _ in parts["test"]]
    found: dict[str, Any] = {"temperature": list(temperatures), "written": len(parts["test"]), "training": [],
                             "held_out": []}
    for temperature in temperatures:
        all_written = [write_names(model, countries, torch.Generator().manual_seed(seed), temperature)
                       for seed, model in enumerate(models)]
        found["training"].append([sum(name in known["training"] for name in names) for names in all_written])
        found["held_out"].append([sum(name in known["validation"] | known["test"] for name in names)
                                  for names in all_written])
    return found
