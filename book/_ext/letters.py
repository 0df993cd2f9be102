"""A Sphinx extension that gives letters instead of numbers to the chapters of all numbered parts but the first.

Sphinx numbers the chapters of all parts in one sequence. After it has numbered them, the numbers are replaced wherever
it keeps them.
"""

from string import ascii_uppercase

from docutils import nodes
from sphinx import addnodes


def lettered_pages(env) -> list[str]:
    """Return the pages that get letters, in the order of the table of contents."""
    parts = [part for part in env.get_doctree(env.config.root_doc).findall(addnodes.toctree) if part.get("numbered")]
    return [page for part in parts[1:] for page in part["includefiles"]]


def write_letters(app, env) -> list[str]:
    """Replace the number of each lettered page in the numbers of its sections, figures and equations.

    No further page needs rewriting.
    """
    for letter, page in zip(ascii_uppercase, lettered_pages(env)):
        for table in (env.toc_secnumbers.get(page, {}), *env.toc_fignumbers.get(page, {}).values()):
            table.update({key: (letter, *number[1:]) for key, number in table.items() if number})
        for entry in (*env.tocs[page].findall(nodes.reference), env.titles[page]):
            if number := entry.get("secnumber"):
                entry["secnumber"] = [letter, *number[1:]]
    return []


def setup(app) -> dict[str, bool]:
    app.connect("env-get-updated", write_letters, priority=900)
    return {"parallel_read_safe": False}
