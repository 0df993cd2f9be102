"""Do others' reports on OpenAI's question hold when they are run as described? (See PUBLISHED.)"""

from __future__ import annotations

from dataclasses import dataclass, replace

from parity_lib.experiments.condition import LONGEST, Condition, Conditions

SEEDS = 5
QUICK = {"seeds": 2, "pool": 200, "shorten": 10_000}


def conditions(pool: int = 100_000, shorten: int = 1) -> Conditions:
    """The conditions by name."""
    fifty, up_to_fifty = {"lengths": LONGEST, "label": "every_step"}, {"lengths": (1, LONGEST), "label": "every_step"}
    keras = {"label": "end", "lr": 0.001, "batch_size": 32, "clip": None, "pool": pool, "max_steps": 20 * pool // 32}
    sgd = {"optimizer": "sgd", "lr": 1.0, "batch_size": 8, "clip": None, "pool": pool, "max_steps": pool // 8}
    adam = {"batch_size": 8, "clip": None, "pool": pool, "max_steps": pool // 8}
    described = {
        "hedgehoglabs, fixed": Condition(**fifty, **sgd, momentum=0.99, hidden_size=2),
        "hedgehoglabs, varying": Condition(**up_to_fifty | {"lengths": (1, LONGEST - 1)}, **sgd, momentum=0.9,
                                           padding="scored", hidden_size=2),
        "andrewsagio, two units": Condition(**fifty, **adam, hidden_size=2),
        "andrewsagio, three layers": Condition(**fifty, **adam, num_layers=3),
        "blog of 2020": Condition(**up_to_fifty, **adam | {"pool": None}, hidden_size=2),
        "vitez": Condition(**fifty, **adam | {"lr": 0.001, "batch_size": 128, "max_steps": 10 * pool // 128},
                           hidden_size=1),
        "enerrio, fixed": Condition(**keras, lengths=LONGEST, hidden_size=32),
        "enerrio, padding before": Condition(**keras, padding="before", hidden_size=32),
        "enerrio, padding after": Condition(**keras, padding="carried", hidden_size=32),
        "Ariel-Perez, fixed": Condition(**keras, lengths=LONGEST, hidden_size=10),
        "Ariel-Perez, varying": Condition(**keras, padding="before", hidden_size=10),
        "Flux model zoo": Condition(**keras | {"batch_size": 1, "pool": pool // 50, "max_steps": 20 * pool // 50},
                                    lengths=(1, 10), hidden_size=20),
    }
    return {name: replace(one, max_steps=max(5, one.max_steps // shorten))
            for name, one in described.items()}


@dataclass(frozen=True)
class Statement:
    """What somebody reported, in our words: whether they say that it ``works``, and what they leave open."""

    who: str
    said: str
    works: bool
    unsaid: str = ""


PUBLISHED: dict[str, Statement] = {
    "hedgehoglabs, fixed": Statement(
        "hedgehoglabs, 2018", "LSTM of 2 units, a label at every step, 50 bits: converges after 16,000 examples", True),
    "hedgehoglabs, varying": Statement(
        "hedgehoglabs, 2018", "the same, lengths 1 to 49 and padding scored: converges after 4,000 examples", True,
        "the labels on padding; here the parity stands"),
    "andrewsagio, two units": Statement(
        "andrewsagio", "LSTM of 2 units, a label at every step, 50 bits: not converged", False,
        "Adam's rate; here 0.01"),
    "andrewsagio, three layers": Statement(
        "andrewsagio", "LSTM of three layers, a label at every step, 50 bits, Adam: not converged", False,
        "units and rate; here 8 and 0.01"),
    "blog of 2020": Statement(
        "Learning the XOR function with an LSTM, 2020",
        "LSTM of 2 units, a label at every step, lengths up to 50, Adam: all right after 1,500 steps", True),
    "vitez": Statement(
        "vitez.me, 2020", "LSTM of one unit, a label at every step, 50 bits, 10 epochs: works", True),
    "enerrio, fixed": Statement(
        "enerrio", "LSTM of 32 units, a label at the end, 50 bits, 20 epochs: a coin", False),
    "enerrio, padding before": Statement(
        "enerrio", "the same, varying lengths with zeros before the string: all right", True),
    "enerrio, padding after": Statement(
        "enerrio", "the same, varying lengths with zeros after the string: a coin", False),
    "Ariel-Perez, fixed": Statement(
        "Ariel-Perez", "LSTM of 10 units, a label at the end, 50 bits, 20 epochs: no better than a coin", False,
        "the size of a batch; here 32"),
    "Ariel-Perez, varying": Statement(
        "Ariel-Perez", "the same, varying lengths: most strings right", True,
        "the size of a batch and the side of the padding; here 32, and before"),
    "Flux model zoo": Statement(
        "FluxML model zoo", "LSTM of 20 units, a label at the end, 2,000 strings of 1 to 10 bits, 20 epochs: right on "
        "longer strings too", True, "the size of a batch; here 1"),
}
