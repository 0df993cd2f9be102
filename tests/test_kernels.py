"""The compiled arithmetic against NumPy's: in float64 to its rounding, in float32 to a stated tolerance."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
import torch
from llvmlite import binding as llvm

from parity_lib import kernels
from parity_lib.cells import CELLS
from parity_lib.models import ParityRNN
from parity_lib.nets import Compiled, Ensemble

each_cell = pytest.mark.parametrize("cell", CELLS)


def both(cell, dtype, hidden=5, layers=1, batch=7, steps=9, seeds=3):
    """Loss, logits and gradient by NumPy in float64, and compiled in ``dtype``, on the same weights and strings."""
    models = [ParityRNN(hidden, cell, layers, seed=seed) for seed in range(seeds)]
    rng = np.random.default_rng(0)
    inputs, targets = rng.integers(2, size=(2, steps, seeds, batch)).astype(np.float64)
    mask = rng.random((steps, seeds, batch)) < 0.7
    expected = Ensemble([model.double() for model in models]).gradients(inputs[:, :, None], targets, mask)
    nets = Compiled([model.to(dtype) for model in models])
    dtype = nets.parameters.dtype
    return expected, nets.gradients(inputs[:, :, None].astype(dtype), targets.astype(dtype), mask)


@each_cell
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("hidden", [1, 4, 6])
@pytest.mark.parametrize("batch", [1, kernels.LANES, kernels.LANES + 3])
def test_both_paths_agree_in_every_shape(cell, layers, hidden, batch):
    for one, other in zip(*both(cell, torch.float64, hidden, layers, batch), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-13)


@each_cell
def test_single_precision_is_right_to_its_rounding(cell):
    (loss, logits, gradient), found = both(cell, torch.float32, hidden=8, batch=64, steps=50)
    for one, other, far in zip((loss, logits, gradient), found, (1e-6, 5e-6, 2e-6), strict=True):
        assert other.dtype == np.float32
        np.testing.assert_allclose(other, one, rtol=0, atol=far)


@each_cell
def test_the_same_run_gives_the_same_bits(cell):
    (_, first), (_, second) = (both(cell, torch.float32) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def fuses() -> bool:
    """Whether code that Numba compiles here multiplies and adds with one rounding."""
    chosen = os.environ.get("NUMBA_CPU_NAME")
    arm = platform.machine().lower() in ("arm64", "aarch64")
    return not chosen and (arm or llvm.get_host_cpu_features().get("fma", False))


def test_the_tangent_is_wrong_by_less_than_it_says():
    most = 3e-7 if fuses() else 4e-7
    values = np.concatenate([np.linspace(-12, 12, 2_000_001), np.geomspace(1e-30, 3e38, 200_001)]).astype(np.float32)
    result = np.empty_like(values)
    kernels.tanh_of(values, result)
    exact = np.tanh(values.astype(np.float64))
    assert np.abs(result - exact).max() < most
    assert np.abs(result).max() <= 1
    assert (np.abs(result - exact) <= 1e-6 * np.abs(exact)).all()
    kernels.tanh_of(-values, result)
    assert np.abs(result + exact).max() < most


def test_the_tangent_of_double_precision_is_the_c_librarys():
    values = np.linspace(-12, 12, 1001)
    result = np.empty_like(values)
    kernels.tanh_of(values, result)
    np.testing.assert_allclose(result, np.tanh(values), rtol=1e-15)


def test_without_numba_numpy_computes():
    program = ("import sys; sys.modules['numba'] = None; import importlib.util as u; find = u.find_spec;"
               "u.find_spec = lambda name: None if name == 'numba' else find(name);"
               "from parity_lib import ParityRNN, ParityTask; from parity_lib.ensemble import train_together;"
               "print(train_together([ParityRNN(2, 'lstm')], ParityTask(3), max_steps=1, seeds=[0])[0].backend)")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "numpy\n"


def test_code_from_the_cache_gives_the_bits_of_code_just_compiled(tmp_path):
    program = ("import hashlib; from tests.test_kernels import both; import torch;"
               "print([hashlib.sha256(both(cell, torch.float32)[1][2].tobytes()).hexdigest()"
               " for cell in ('tanh', 'lstm', 'gru')])")
    compiled, cached = (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                       env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}).stdout for _ in range(2))
    assert any(tmp_path.rglob("*.nbc"))
    assert compiled == cached
