"""Yes or no: what a student's function says, as a bool."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from parity_lib.checks import expect
from parity_lib.checks.plain import CheckFailed


def asked(by: str, name: str, what: str, *args: Any, see: str, **options: Any) -> Any:
    """What the student's ``name`` says when the notebook's own function ``by`` asks it.

    Where it stops, the message speaks of ``name``, which the student has written.
    """
    try:
        return expect.ask(by, what, *args, see=see, **options)
    except CheckFailed as failure:
        raise CheckFailed(str(failure).replace(f"`{by}` stopped", f"`{name}` stopped")) from None


def yes(answer: Any, what: str, see: str) -> bool:
    """The answer as a bool, also from a boolean array or tensor with one entry; CheckFailed for anything else."""
    if isinstance(answer, (bool, np.bool_)):
        return bool(answer)
    if isinstance(answer, (np.ndarray, torch.Tensor)):
        values = expect.numpy(answer) if isinstance(answer, torch.Tensor) else answer
        if values.dtype == bool and values.size == 1:
            return bool(values.all())
        expect.fail(what, "True or False", f"an array of shape {tuple(values.shape)} and dtype {values.dtype}",
                    "all that was compared makes one answer: `.all()` joins it", see)
    expect.fail(what, "True or False", answer if isinstance(answer, (int, float, str)) else expect.kind_of(answer), "",
                see)
