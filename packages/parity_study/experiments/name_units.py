"""What do three hidden units of the network that writes names tell us, and what happens if we change them?

The units were chosen on the validation names. Here the network reads the test names, and one letter of each, drawn at
random, is counted. Then it writes names while a unit is held at a low or at a high value. Returns ``{"consonants" |
"length" | "French": {"unit", "after": {kind of letter: {"letters", "positive"}}, "held": {"values", "names", "means",
"difference"}}}``. ``positive`` counts the letters after which the unit is above zero. ``values`` are the 10th and the
90th percentile of the unit over the validation names. ``means`` has, for each of these values, the mean share of
vowels, the mean length, or the share of names for other countries that the n-grams take for French names.
``difference`` is the 95 % interval of the second mean minus the first.
"""

from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn.functional import one_hot

from parity_study.experiments.summaries import rounded
from parity_study.experiments.town_names import count_tables
from parity_study.town_names import COUNTRIES, SYMBOLS, encode, read_names, stored_writer, write_names

UNITS = {"consonants": 112, "length": 118, "French": 72}
VOWELS = "aeiou"
QUICK: dict[str, Any] = {"names": 2, "order": 1}


def kind_of(about: str, country: str, read: str) -> str:
    """Return the kind of the last letter that the network has read, or an empty string if the letter is left out."""
    letter, in_word = read[-1], len(read.translate(str.maketrans("-'", "  ")).rpartition(" ")[2])
    if about == "consonants":
        return "" if letter in " -'y" else "vowel" if letter in VOWELS else "consonant"
    if about == "length":
        return "first or second" if in_word in (1, 2) else "seventh or later" if in_word >= 7 else ""
    return "French" if country == "FR" else "foreign"


def hold(module: torch.nn.GRU, inputs: Any, output: tuple[torch.Tensor, torch.Tensor], unit: int, value: float) -> None:
    """Set a hidden unit to a value after each time step, as a forward hook of a GRU that reads one symbol at a time."""
    for states in output:
        states[..., unit] = value


@torch.no_grad()
def run(names: int = 200, order: int = 3, seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    ``names`` names are written for each country and each value. ``order`` is that of the n-grams of each country.
    """
    model, generator = stored_writer(), torch.Generator().manual_seed(seed)
    counted = count_tables(read_names("training"), order)

    def states(country: str, name: str) -> torch.Tensor:
        return model.rnn(one_hot(encode([country, *name]), len(SYMBOLS)).float())[0][1:]

    def measure(about: str, name: str) -> float:
        if about == "French":
            return min(COUNTRIES, key=lambda country: sum(counted[country].bits(name))) == "FR"
        return len(name) if about == "length" else sum(name.count(vowel) for vowel in VOWELS) / max(len(name), 1)

    usual = torch.cat([states(*name) for name in read_names("validation")]).numpy()
    drawn = [(country, name[:torch.randint(len(name), (), generator=generator) + 1])
             for country, name in read_names("test")]
    last = [states(*read)[-1] for read in drawn]
    results = {}
    for about, unit in UNITS.items():
        after: dict[str, dict[str, int]] = {}
        for read, state in zip(drawn, last, strict=True):
            if kind := kind_of(about, *read):
                row = after.setdefault(kind, {"letters": 0, "positive": 0})
                row["letters"] += 1
                row["positive"] += int(state[unit] > 0)
        values = np.quantile(usual[:, unit], [0.1, 0.9])
        measured = []
        for value in values:
            hook = model.rnn.register_forward_hook(partial(hold, unit=unit, value=value))
            countries = [country for country in COUNTRIES if (about, country) != ("French", "FR")] * names
            measured.append([measure(about, name) for name in write_names(model, countries, generator)])
            hook.remove()
        low, high = np.mean(measured, axis=1)
        error = 1.96 * np.sqrt(np.var(measured, axis=1).sum() / len(measured[0]))
        results[about] = {"unit": unit, "after": after, "held": {
            "values": rounded(values), "names": len(measured[0]), "means": rounded([low, high]),
            "difference": rounded([high - low - error, high - low + error])}}
    return results
