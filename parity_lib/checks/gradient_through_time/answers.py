"""Calls of a student's function through a function of the notebook, and answers of yes or no."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from parity_lib.checks import expect
from parity_lib.checks.plain import CheckFailed


def ask_through(helper: str, name: str, what: str, *args: Any, see: str, **options: Any) -> Any:
    """Return the result of the notebook's function ``helper``, which calls the student's ``name``.

    If the call stops, the message names ``name``, because that is what the student has written.
    """
    try:
        return expect.ask(helper, what, *args, see=see, **options)
    except CheckFailed as failure:
        raise CheckFailed(str(failure).replace(f"`{helper}` stopped", f"`{name}` stopped")) from None


def as_bool(answer: Any, what: str, see: str) -> bool:
    """Return the answer as a bool, also from an array or tensor with one entry; raise CheckFailed for anything else."""
    if isinstance(answer, (np.ndarray, np.bool_, torch.Tensor, bool)):
        values = expect.numpy(answer) if isinstance(answer, torch.Tensor) else np.asarray(answer)
        if values.dtype == bool and values.size == 1:
            return bool(values.all())
        expect.fail(what, "True or False", f"an array of shape {tuple(values.shape)} and dtype {values.dtype}",
                    "Join all comparisons into one answer with `.all()`.", see)
    expect.fail(what, "True or False", answer if isinstance(answer, (int, float, str)) else expect.kind_of(answer), "",
                see)
