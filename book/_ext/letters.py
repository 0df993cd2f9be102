"""A Sphinx extension that gives letters instead of numbers to the chapters of all numbered parts but the first.

Sphinx numbers the chapters of all parts in one sequence. After it has numbered them, the numbers are replaced wherever
it keeps them. Before it numbers them again in a later build, they are put back, so that it sees which have changed.
"""

from collections.abc import Callable

from docutils import nodes
from sphinx import addnodes


def lettered_pages(env) -> list[str]:
    """Return the pages that get letters, in the order of the table of contents."""
    parts = [part for part in env.get_doctree(env.config.root_doc).findall(addnodes.toctree) if part.get("numbered")]
    return [page for part in parts[1:] for page in part["includefiles"]]


def replace_numbers(env, new: Callable[[str, object], object]) -> None:
    """Replace the number of each lettered page in the numbers of its sections, figures and equations."""
    for page in lettered_pages(env):
        for table in (env.toc_secnumbers.get(page, {}), *env.toc_fignumbers.get(page, {}).values()):
            table.update({key: (new(page, number[0]), *number[1:]) for key, number in table.items() if number})
        for entry in (*env.tocs[page].findall(nodes.reference), env.titles[page]):
            if number := entry.get("secnumber"):
                entry["secnumber"] = [new(page, number[0]), *number[1:]]


def put_numbers_back(app, env) -> list[str]:
    """Replace the letters of an earlier build with the numbers that Sphinx had given. No page needs rewriting."""
    replace_numbers(env, lambda page, letter: getattr(env, "parity_numbers", {}).get(page, letter))
    return []


def write_letters(app, env) -> list[str]:
    """Replace the numbers that Sphinx has given with letters. No further page needs rewriting."""
    pages = lettered_pages(env)
    env.parity_numbers = {page: env.toc_secnumbers[page][""][0] for page in pages}
    replace_numbers(env, lambda page, number: chr(ord("A") + pages.index(page)))
    return []


def setup(app) -> dict[str, bool]:
    app.connect("env-get-updated", put_numbers_back, priority=100)
    app.connect("env-get-updated", write_letters, priority=900)
    return {"parallel_read_safe": False}
