"""Build the book with other last digits and other processor instructions: `python -m tests.anywhere`.

No page may depend on the last digits of a weight or on the instructions of one processor. Each setting builds the
book from scratch in a copy of the repository. Settings can be named; otherwise all of them run, one after another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from numpy._core import _multiarray_umath as compiled

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache")
# The optional instructions that NumPy uses on this processor.
FEATURES = [name for name in compiled.__cpu_dispatch__ if compiled.__cpu_features__.get(name)]
SETTINGS = {
    "disturbed-1": {"PARITY_DISTURBANCE": "1"},
    "disturbed-2": {"PARITY_DISTURBANCE": "2"},
    "generic-instructions": {"ATEN_CPU_CAPABILITY": "default", "OPENBLAS_CORETYPE": "Prescott",
                             "NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES)},
}
# Python imports this module when it starts. It changes every weight that PyTorch draws by about a millionth.
DISTURB = '''
import os
if seed := os.environ.get("PARITY_DISTURBANCE"):
    import torch
    generator = torch.Generator().manual_seed(int(seed))
    uniform_, rand = torch.Tensor.uniform_, torch.rand
    def disturbed(tensor):
        with torch.no_grad():
            return tensor.mul_(1 + 1e-6 * torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype))
    torch.Tensor.uniform_ = lambda self, *bounds, **settings: disturbed(uniform_(self, *bounds, **settings))
    torch.rand = lambda *sizes, requires_grad=False, **settings: (
        disturbed(rand(*sizes, **settings)).requires_grad_(requires_grad))
'''


def passes(setting: str) -> bool:
    """Build the book with a setting and print the result."""
    with tempfile.TemporaryDirectory(prefix="anywhere-") as name:
        copy, site = Path(name, "copy"), Path(name, "site")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        site.mkdir()
        (site / "sitecustomize.py").write_text(DISTURB, encoding="utf8")
        environment = os.environ | SETTINGS[setting] | {"PYTHONPATH": os.pathsep.join([str(copy), str(site)])}
        began = time.monotonic()
        done = subprocess.run([sys.executable, "book/_ext/build_book.py"], cwd=copy, env=environment, text=True,
                              encoding="utf8", errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    result = "FAILED" if done.returncode else "passed"
    print(f"{setting:22} {result} {time.monotonic() - began:5.0f} s", flush=True)
    if done.returncode:
        print(done.stdout[-4000:], flush=True)
    return not done.returncode


def main(names: list[str]) -> int:
    """Build the book with the named settings, or with all; return 0 if all of them pass."""
    if unknown := set(names) - set(SETTINGS):
        print(f"There is no setting {', '.join(sorted(unknown))}. There are: {', '.join(SETTINGS)}", file=sys.stderr)
        return 2
    return int(not all([passes(name) for name in names or SETTINGS]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
