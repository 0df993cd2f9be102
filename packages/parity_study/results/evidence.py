"""The claims of the book and the numbers behind them, for the page *Evidence*."""

import html
from functools import cache
from typing import Any

from IPython.display import HTML

from parity_study.results import load


@cache
def claims() -> dict[str, list[dict[str, Any]]]:
    """Return the claims, grouped by results file; see :func:`parity_study.claims.as_data`."""
    return load("claims", "claims")


def show_claims(source: str) -> HTML:
    """Return the claims about one results file as HTML."""
    return HTML("\n".join(as_html(source, claim) for claim in claims()[source]))


def as_html(source: str, claim: dict[str, Any]) -> str:
    """Format a claim as HTML, with its anchor, figures and conditions."""
    failing, count = claim["failing"], len(claim["conditions"])
    verdict = f"does not hold ({html.escape('; '.join(failing))})" if failing else "holds"
    conditions = "".join(f"<li>{html.escape(name)}</li>" for name in claim["conditions"])
    return (
        f'<div class="evidence" id="claim-{claim["id"]}">\n'
        f"<p><strong>{html.escape(claim['says'])}</strong></p>\n"
        f"<p>{html.escape(claim['shows'])}</p>\n"
        f"<details><summary>{count} condition{'s' * (count > 1)}, each tested separately</summary>"
        f"<ul>{conditions}</ul></details>\n"
        f"<p><small><code>{claim['id']}</code> {verdict} on <code>packages/parity_study/results/{source}.json</code>, "
        f"made by <code>parity experiment {source}</code></small></p>\n</div>"
    )
