"""Can we reproduce the published results on OpenAI's parity problem?

``PUBLISHED`` lists the reports.
"""

from dataclasses import dataclass

from parity_study.experiments.condition import LONGEST, Condition, Settings

SEEDS = 5
POOL = 100_000
FIFTY: Settings = {"lengths": LONGEST, "label": "every_step"}
UP_TO_FIFTY: Settings = {"lengths": (1, LONGEST), "label": "every_step"}
KERAS: Settings = {"label": "end", "lr": 0.001, "batch_size": 32, "clip": None, "pool": POOL,
                   "max_steps": 20 * POOL // 32}
SGD: Settings = {"optimizer": "sgd", "lr": 1.0, "batch_size": 8, "clip": None, "pool": POOL, "max_steps": POOL // 8}
ADAM: Settings = {"batch_size": 8, "clip": None, "pool": POOL, "max_steps": POOL // 8}
CONDITIONS = {
    "hedgehoglabs, fixed": Condition(**FIFTY, **SGD, momentum=0.99, hidden_size=2),
    "hedgehoglabs, varying": Condition(**UP_TO_FIFTY | {"lengths": (1, LONGEST - 1)}, **SGD, momentum=0.9,
                                       padding="scored", hidden_size=2),
    "andrewsagio, two units": Condition(**FIFTY, **ADAM, hidden_size=2),
    "andrewsagio, three layers": Condition(**FIFTY, **ADAM, num_layers=3),
    "blog of 2020": Condition(**UP_TO_FIFTY, **ADAM | {"pool": None}, hidden_size=2),
    "vitez": Condition(**FIFTY, **ADAM | {"lr": 0.001, "batch_size": 128, "max_steps": 10 * POOL // 128},
                       hidden_size=1),
    "enerrio, fixed": Condition(**KERAS, lengths=LONGEST, hidden_size=32),
    "enerrio, padding before": Condition(**KERAS, padding="before", hidden_size=32),
    "enerrio, padding after": Condition(**KERAS, padding="carried", hidden_size=32),
    "Ariel-Perez, fixed": Condition(**KERAS, lengths=LONGEST, hidden_size=10),
    "Ariel-Perez, varying": Condition(**KERAS, padding="before", hidden_size=10),
    "Flux model zoo": Condition(**KERAS | {"batch_size": 1, "pool": 2000, "max_steps": 40_000}, lengths=(1, 10),
                                hidden_size=20),
}


@dataclass(frozen=True)
class Report:
    """A summary of a published report.

    ``works`` says whether the authors report success, and ``left_open`` names the settings that they do not report,
    with our choice.
    """

    authors: str
    summary: str
    works: bool
    left_open: str = ""


PUBLISHED: dict[str, Report] = {
    "hedgehoglabs, fixed": Report(
        "hedgehoglabs, 2018", "LSTM of 2 units, a label at every step, 50 bits: converges after 16,000 examples", True),
    "hedgehoglabs, varying": Report(
        "hedgehoglabs, 2018", "the same, lengths 1 to 49 and padding scored: converges after 4,000 examples", True,
        "the labels on padding; here they repeat the parity of the string"),
    "andrewsagio, two units": Report(
        "andrewsagio", "LSTM of 2 units, a label at every step, 50 bits: not converged", False,
        "Adam's rate; here 0.01"),
    "andrewsagio, three layers": Report(
        "andrewsagio", "LSTM of three layers, a label at every step, 50 bits, Adam: not converged", False,
        "units and rate; here 8 and 0.01"),
    "blog of 2020": Report(
        "Learning the XOR function with an LSTM, 2020",
        "LSTM of 2 units, a label at every step, lengths up to 50, Adam: all correct after 1,500 steps", True),
    "vitez": Report(
        "vitez.me, 2020", "LSTM of one unit, a label at every step, 50 bits, 10 epochs: works", True),
    "enerrio, fixed": Report(
        "enerrio", "LSTM of 32 units, a label at the end, 50 bits, 20 epochs: no better than chance", False),
    "enerrio, padding before": Report(
        "enerrio", "the same, varying lengths with zeros before the string: all correct", True),
    "enerrio, padding after": Report(
        "enerrio", "the same, varying lengths with zeros after the string: no better than chance", False),
    "Ariel-Perez, fixed": Report(
        "Ariel-Perez", "LSTM of 10 units, a label at the end, 50 bits, 20 epochs: no better than chance", False,
        "the size of a batch; here 32"),
    "Ariel-Perez, varying": Report(
        "Ariel-Perez", "the same, varying lengths: most strings correct", True,
        "the size of a batch and the side of the padding; here 32, and before"),
    "Flux model zoo": Report(
        "FluxML model zoo", "LSTM of 20 units, a label at the end, 2,000 strings of 1 to 10 bits, 20 epochs: correct "
        "on longer strings too", True, "the size of a batch; here 1"),
}
