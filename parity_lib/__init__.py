"""A library for learning about recurrent neural networks through the parity problem.

It belongs to the book *One Bit of Memory*. Read the modules in this order, one chapter each: data, padding, models
(with numpy_rnn), training.
"""

from importlib import import_module

from parity_lib.version import __version__

# Each name is imported when it is first used, so that code which needs NumPy only does not load PyTorch.
_MODULES = {
    "data": ("Batch", "Curriculum", "ParityDataset", "ParityTask", "bits_and_parity", "final_parity", "random_bits",
             "running_parity"),
    "models": ("ParityRNN", "by_hand"),
    "numpy_rnn": ("NumpyRNN",),
    "padding": ("last_real_step", "length_mask", "masked_mean", "pack", "unpack"),
    "training": ("History", "evaluate", "masked_loss", "train"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
