"""Does a recurrent network predict the next character of a text better than counts do?

Networks of three kinds and n-gram models learn from the text in ``parity_study/text`` and are tested on the part that
is held out. Returns ``{"characters": {"training", "held_out", "different"}, "ngrams": {"order", "contexts", "bits"},
"networks": {"tanh" | "lstm" | "gru": {"weights", "bits": [of each seed], "training_bits": [of each seed]}},
"by_context": {"characters": [...], "bits": [...]}}``. All bits are bits per character, of the held-out text except for
``training_bits``. ``contexts`` counts the contexts of an n-gram model. ``by_context`` has the median over the seeds of
the GRU that starts afresh and reads only so many characters before each prediction.
"""

from typing import Any

import numpy as np

from parity_study.characters import CHARACTERS, CharacterNetwork, NGrams, bits_per_character, read_text, train_on_text
from parity_study.experiments.summaries import rounded

CONTEXTS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 30, 50)
QUICK: dict[str, Any] = {"seeds": 1, "passes": 1, "orders": 2, "hidden_size": 4, "letters": 4000}


def run(seeds: int = 5, passes: int = 12, orders: int = 9, hidden_size: int = 128,
        letters: int | None = None) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    ``orders`` is the number of n-gram models. ``letters`` shortens both parts of the text, for a test.
    """
    training, held_out = (read_text(part)[:letters] for part in ("training", "held-out"))
    networks, contexts = {}, []
    for cell in ("tanh", "lstm", "gru"):
        models = [CharacterNetwork(hidden_size, cell, seed) for seed in range(seeds)]
        for model in models:
            train_on_text(model, training, passes)
        networks[cell] = {"weights": sum(weight.numel() for weight in models[0].parameters()),
                          "bits": rounded([bits_per_character(model, held_out) for model in models]),
                          "training_bits": rounded([bits_per_character(model, training) for model in models])}
        if cell == "gru":
            contexts = [np.median([bits_per_character(model, held_out, context) for model in models])
                        for context in CONTEXTS]
    ngrams = [NGrams(training, order) for order in range(orders)]
    return {"characters": {"training": len(training), "held_out": len(held_out), "different": len(CHARACTERS)},
            "ngrams": {"order": list(range(orders)),
                       "contexts": [len(model.total) for model in ngrams],
                       "bits": rounded([model.bits_per_character(held_out) for model in ngrams])},
            "networks": networks, "by_context": {"characters": list(CONTEXTS), "bits": rounded(contexts)}}
