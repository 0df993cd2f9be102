"""A Sphinx extension that executes the code of the book in parallel and caches the outputs.

Only pages whose code or files have changed are executed. MyST-NB takes the outputs of a page from a cache, in which it
finds them by the page's code alone. This module fills that cache before Sphinx reads the pages. While a page is
executed, its kernel records which files of the repository it imports or reads (see kernel_config.py). The cache keeps
their hashes, and when one of them changes, the page is executed again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from joblib import cpu_count
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbformat import NotebookNode
from sphinx.errors import ExtensionError
from sphinx.util.console import strip_escape_sequences

ALWAYS_USED = "constraints.txt"     # outputs may change with the version of a library
MOST_KERNELS = 4                    # each of them needs about half a gigabyte of memory


def prepare_kernels(app, config) -> None:
    """Configure the kernels independently of the user's IPython profile."""
    build = Path(app.outdir).parent
    profile = build / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("kernel_config.py"), profile / "ipython_kernel_config.py")
    os.environ["IPYTHONDIR"] = str(profile.parent)
    os.environ["PARITY_ROOT"] = os.path.realpath(app.srcdir)
    os.environ["PARITY_PROGRESS"] = "0"                 # no trace of progress bars in pages
    os.environ.setdefault("OMP_NUM_THREADS", "1")       # with more threads, the same seed gives other numbers
    config.nb_execution_cache_path = str(build / ".jupyter_cache")


def notebooks(app, env) -> dict[str, tuple[NotebookNode, Path]]:
    """Return the notebooks to execute and their working folders, keyed by page name."""
    found = {}
    for name in sorted(env.found_docs):
        path = Path(env.doc2path(name))
        if path.suffix == ".md":
            text = path.read_text(encoding="utf8")
            reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
            if reader:
                found[name] = reader.read(text), path.parent
    return found


def digest(root: Path, name: str, changed_after: float = float("inf")) -> str:
    """Return a hash of a file or of the file names that match a pattern.

    Return an empty string if the file is missing or was changed after `changed_after`.
    """
    if "*" in name:
        content = "\n".join(sorted(path.relative_to(root).as_posix() for path in root.glob(name))).encode()
    elif (root / name).is_file() and (root / name).stat().st_mtime < changed_after:
        content = (root / name).read_bytes()
    else:
        return ""
    return hashlib.sha256(content).hexdigest()


def execute(notebook: NotebookNode, folder: Path, timeout: int) -> dict:
    """Execute a notebook in place.

    Return the seconds that this took and a hash of each file that the notebook used.
    """
    began, root = time.time(), Path(os.environ["PARITY_ROOT"])
    with tempfile.TemporaryDirectory() as name:
        record = Path(name) / "used-files"
        client = NotebookClient(notebook, timeout=timeout, startup_timeout=timeout, record_timing=False,
                                kernel_name="python3", resources={"metadata": {"path": str(folder)}})
        client.execute(env=os.environ | {"PARITY_USED_FILES": str(record)})
        used = {ALWAYS_USED, *record.read_text(encoding="utf8").splitlines()}
    files = {name: digest(root, name, changed_after=began) for name in sorted(used)}
    return {"execution_seconds": time.time() - began, "files": files}


def execute_stale_pages(app, env, added, changed, removed) -> list[str]:
    """Execute all pages whose outputs are missing or out of date, and forget outputs that no page has any more.

    Return no pages, because Sphinx reads all of them in any case.
    """
    cache, pages = get_cache(app.config.nb_execution_cache_path), notebooks(app, env)
    current = functools.cache(functools.partial(digest, Path(app.srcdir)))

    def is_current(notebook: NotebookNode) -> bool:
        try:
            files = cache.match_cache_notebook(notebook).data["files"]
        except KeyError:
            return False
        return all(current(name) == value for name, value in files.items())

    stale = [name for name, (notebook, _) in pages.items() if not is_current(notebook)]
    failures = []
    with ThreadPoolExecutor(min(MOST_KERNELS, cpu_count())) as pool:
        running = {pool.submit(execute, *pages[name], app.config.nb_execution_timeout): name for name in stale}
        try:
            for count, future in enumerate(as_completed(running), 1):
                name = running[future]
                if error := future.exception():
                    failures.append(f"{name}: {type(error).__name__}: {strip_escape_sequences(str(error))}")
                else:
                    bundle = CacheBundleIn(pages[name][0], name, data=future.result())
                    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                print(f"Executed {count} of {len(stale)}: {name}", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    if failures:
        raise ExtensionError("\n\n".join(failures))
    kept = {cache.match_cache_notebook(notebook).pk for notebook, _ in pages.values()}
    for record in cache.list_cache_records():
        if record.pk not in kept:
            cache.remove_cache(record.pk)
    return []


def setup(app) -> dict[str, bool]:
    app.connect("config-inited", prepare_kernels)
    app.connect("env-get-outdated", execute_stale_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
