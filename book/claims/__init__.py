"""The measured claims of the book, with a dictionary for each results file, which has its name in capitals.

A chapter writes ``{claim}`words <id>` ``, and the words lead to the page *Evidence*, which lists the claims of this
package. The tests check each condition of each claim against the committed results. They also check that each condition
fails on altered results for which the other conditions hold.
"""

import html
import importlib
from dataclasses import replace
from pathlib import Path

from IPython.display import HTML

from parity_lib.training import VALIDATION_STRETCH
from parity_study.experiments import names

from .claim import Claim
from .same_runs import show_same_runs as show_same_runs

MODULES = [importlib.import_module(f".{file.stem}", __package__) for file in Path(__file__).parent.glob("[!_]*.py")]
CLAIMS: tuple[Claim, ...] = tuple(
    replace(claim, id=id, source=source) for source in (*names(), "bench") for module in MODULES
    for id, claim in vars(module).get(source.upper(), {}).items())
TRAINED_ALONE = ("recipes", "course_loop", "optimizers", "one_unit", "longer_strings", "gradients", "certificates")


def show_claims(source: str) -> HTML:
    """Return the claims about one results file as HTML for the page *Evidence*."""
    means = solved_means(source)
    claims = [as_html(claim) for claim in CLAIMS if claim.source == source]
    return HTML("\n".join([f"<p>{html.escape(means)}</p>"] * bool(means) + claims))


def solved_means(source: str) -> str:
    """Describe when a run of an experiment counts as solved.

    Return an empty string if the experiment does not train until then.
    """
    claim = next(claim for claim in CLAIMS if claim.source == source)
    results = claim.results()
    defaults = results.get("defaults", {})
    if "bits" in defaults or source == "signal_in_training":
        return ("Solved: the network is correct on every string of that length. There are fewer than 5,000 such "
                "strings, and we test all of them.")
    stretch = VALIDATION_STRETCH if source in TRAINED_ALONE else defaults.get("stretch")
    if stretch is None:
        return ""
    long = "as long as those in training" if stretch == 1 else f"{stretch:g} times as long as those in training"
    return ("Solved: the network is correct at every labelled position of 5,000 new strings of the task's own kind, "
            f"{long}.")


def as_html(claim: Claim) -> str:
    """Format a claim as HTML, with its anchor, figures and conditions."""
    results = claim.results()
    failing = claim.failing(results)
    verdict = f"does not hold ({html.escape('; '.join(failing))})" if failing else "holds"
    conditions = "".join(f"<li>{html.escape(condition.name)}</li>" for condition in claim.conditions)
    count = len(claim.conditions)
    return (
        f'<div class="evidence" id="claim-{claim.id}">\n'
        f"<p><strong>{html.escape(claim.says)}</strong></p>\n"
        f"<p>{html.escape(claim.shows(results))}</p>\n"
        f"<details><summary>{count} condition{'s' * (count > 1)}, each tested separately</summary>"
        f"<ul>{conditions}</ul></details>\n"
        f"<p><small><code>{claim.id}</code> {verdict} on "
        f"<code>packages/parity_study/experiments/results/{claim.source}.json</code>, "
        f"made by <code>{claim.command}</code></small></p>\n</div>"
    )
