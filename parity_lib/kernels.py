"""The ensemble's arithmetic compiled by Numba: one network's whole way forward and back, without leaving the cache.

:mod:`~parity_lib.cells` says what is computed, and NumPy's path through it is the reference
for this one; ``tests/test_kernels.py`` compares them. Here it is ordered for a
processor: ``LANES`` strings at a time, all time steps of one network, so that its
states never go to main memory; and loops over the lanes are plain enough for
LLVM to use vector instructions. Products run in tiles of four rows by four columns. This file
uses nothing of another one that is compiled, so that Numba's cache, which looks at
its date alone, is never stale.

The hyperbolic tangent in float32 is the rational function of degree 13 by 6 of
Eigen (``generic_fast_tanh_float``, Eigen 3.4, ``MathFunctionsImpl.h``): a minimax
fit on -7.9..7.9 and constant beyond, wrong by less than 3e-7 everywhere.
In float64 it is the C library's.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, types
from numba.extending import overload

LANES = 64
STEPS = 8  # of the way back whose gradients are gathered before they meet the states: so many stay in the cache
PARTS = 7  # of LANES numbers that a block keeps of a step: four rows, and for a unit with gates c, tanh(c) and h
TANH, RELU, LSTM, GRU = range(4)
KINDS = {"tanh": TANH, "relu": RELU, "lstm": LSTM, "gru": GRU}

FAST = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz", "arcp"}}
_compiled = njit(cache=True, **FAST)
# Within its caller, and never from the cache: a function that stands both alone and in its caller's
# code is optimised twice, and which of the two is called, with its own rounding, depends on what was cached.
_inlined = njit(forceinline=True, **FAST)


def tanh(x: float) -> float:
    """In compiled code alone: fast in float32, exact in float64."""
    return math.tanh(x)


@overload(tanh)
def _tanh(x):
    if x != types.float32:
        return lambda x: math.tanh(x)
    largest = np.float32(7.90531110763549805)
    a1, a3, a5, a7 = map(np.float32, (4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05,
                                      5.12229709037114e-08))
    a9, a11, a13 = map(np.float32, (-8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16))
    b0, b2, b4, b6 = map(np.float32, (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04,
                                      1.19825839466702e-06))

    def rational(x):
        x = min(max(x, -largest), largest)
        s = x * x
        return x * ((((((a13 * s + a11) * s + a9) * s + a7) * s + a5) * s + a3) * s + a1) / (
            ((b6 * s + b4) * s + b2) * s + b0)
    return rational


@_compiled
def tanh_of(values, result):
    """The tangent as the kernels have it, for the test of its error."""
    for place in range(len(values)):
        result[place] = tanh(values[place])


@_inlined
def _add_product(tiles, rows, result):
    """Four rows of a product: ``tiles [count x 16]``, ``rows [count x 4 x LANES]`` -> ``result [4 x LANES]``."""
    for tile in range(len(tiles) // 16):
        w = tiles[16 * tile:16 * tile + 16]
        x = rows[4 * LANES * tile:4 * LANES * (tile + 1)]
        for lane in range(LANES):
            for row in range(4):
                result[row * LANES + lane] += (
                    w[4 * row] * x[lane] + w[4 * row + 1] * x[LANES + lane]
                    + w[4 * row + 2] * x[2 * LANES + lane] + w[4 * row + 3] * x[3 * LANES + lane])


# ---------------------------------------------------------------- one block of four rows, forward and back


@_inlined
def _step(kind, z, before, half, one):
    """Like ``Cell.step``: ``z [PARTS x LANES]`` begins with the product; ``before`` is the block a step earlier."""
    if kind == TANH:
        for k in range(4 * LANES):
            z[k] = tanh(z[k])
    elif kind == RELU:
        for k in range(4 * LANES):
            z[k] = max(z[k], half - half)
    elif kind == LSTM:
        for k in range(LANES):
            i, f, o = half * tanh(z[k]) + half, half * tanh(z[LANES + k]) + half, half * tanh(z[3 * LANES + k]) + half
            g = tanh(z[2 * LANES + k])
            c = f * before[4 * LANES + k] + i * g
            tanh_c = tanh(c)
            z[k], z[LANES + k], z[2 * LANES + k], z[3 * LANES + k] = i, f, g, o
            z[4 * LANES + k], z[5 * LANES + k], z[6 * LANES + k] = c, tanh_c, o * tanh_c
    else:
        for k in range(LANES):
            r, u = half * tanh(z[k]) + half, half * tanh(z[LANES + k]) + half
            n = tanh(z[2 * LANES + k] + r * z[3 * LANES + k])
            z[k], z[LANES + k], z[2 * LANES + k] = r, u, n
            z[6 * LANES + k] = u * (before[6 * LANES + k] - n) + n


@_inlined
def _back(kind, z, before, d_h, carry, d, half, one):
    """Like ``Cell.back``, into ``d [4 x LANES]``; ``d_h`` and ``carry`` are of the block's units."""
    if kind == TANH:
        for k in range(4 * LANES):
            d[k] = d_h[k] * (one - z[k] * z[k])
    elif kind == RELU:
        for k in range(4 * LANES):
            d[k] = d_h[k] if z[k] > half - half else half - half
    elif kind == LSTM:
        for k in range(LANES):
            i, f, g, o, tanh_c = z[k], z[LANES + k], z[2 * LANES + k], z[3 * LANES + k], z[5 * LANES + k]
            d_c = carry[k] + d_h[k] * o * (one - tanh_c * tanh_c)
            carry[k] = d_c * f
            d[k] = d_c * g * i * (one - i)
            d[LANES + k] = d_c * before[4 * LANES + k] * f * (one - f)
            d[2 * LANES + k] = d_c * i * (one - g * g)
            d[3 * LANES + k] = d_h[k] * tanh_c * o * (one - o)
    else:
        for k in range(LANES):
            r, u, n, n_state = z[k], z[LANES + k], z[2 * LANES + k], z[3 * LANES + k]
            d_new = d_h[k] + carry[k]
            carry[k] = d_new * u
            d_n = (d_new - d_new * u) * (one - n * n)
            d[k] = d_n * n_state * r * (one - r)
            d[LANES + k] = d_new * (before[6 * LANES + k] - n) * u * (one - u)
            d[2 * LANES + k] = d_n
            d[3 * LANES + k] = d_n * r


# ---------------------------------------------------------------- one network, all time steps


@_inlined
def _forward(kind, tiles, edge, units, now, kept, states, half, one):
    """A layer along its strings, whose inputs and constant 1 are in ``states``.

    ``edge [blocks, 8]`` are the weights of the bit and of the 1 for each row of a block. Fills ``kept [steps + 1,
    blocks, PARTS x LANES]``, what the way back needs, and ``states [columns, (steps + 1) x LANES]``, the
    state before each step in a long row a unit. ``now`` has room for what the tiles multiply.
    """
    steps, blocks = len(kept) - 1, kept.shape[1]
    gated = kind == LSTM or kind == GRU
    now[:units * LANES] = half - half
    states[:units, :LANES] = half - half
    kept[0] = half - half
    for t in range(steps):
        here = slice(t * LANES, (t + 1) * LANES)
        for column in range(units, len(states) - 2):
            _copy(states[column, here], now[column * LANES:(column + 1) * LANES])
        bit = states[-2, here]
        for block in range(blocks):
            z, w = kept[t + 1, block], edge[block]
            for row in range(4):
                z_row, of_bit, of_1 = z[row * LANES:(row + 1) * LANES], w[2 * row], w[2 * row + 1]
                for k in range(LANES):
                    z_row[k] = of_bit * bit[k] + of_1
            _add_product(tiles[block], now, z[:4 * LANES])
            _step(kind, z, kept[t, block], half, one)
        for unit in range(units):
            block, part = (unit, 6) if gated else (unit // 4, unit % 4)
            h = kept[t + 1, block, part * LANES:(part + 1) * LANES]
            _copy(h, now[unit * LANES:(unit + 1) * LANES])
            _copy(h, states[unit, (t + 1) * LANES:(t + 2) * LANES])


@_inlined
def _copy(values, place):
    for k in range(LANES):
        place[k] = values[k]


@_inlined
def _add_sums(left, right, start, count, result):
    """Add to ``result [rows, columns]`` the products of each row of ``left`` with each of ``right``, from ``start``."""
    for row in range(0, len(left), 4):
        l0, l1, l2, l3 = left[row], left[row + 1], left[row + 2], left[row + 3]
        for column in range(len(right)):
            other = right[column, start:start + count]
            s0 = s1 = s2 = s3 = l0[0] - l0[0]
            for k in range(count):
                s0 += l0[k] * other[k]
                s1 += l1[k] * other[k]
                s2 += l2[k] * other[k]
                s3 += l3[k] * other[k]
            result[row, column] += s0
            result[row + 1, column] += s1
            result[row + 2, column] += s2
            result[row + 3, column] += s3


@_inlined
def _backward(kind, tiles, units, kept, states, d_states, slopes, gradient, half, one):
    """The way back through a layer: ``d_states [steps, units x LANES]`` comes from above.

    ``tiles`` are those of the transposed matrix. Adds to ``gradient [rows, columns]``.
    Where ``slopes [steps, units x LANES]`` has room, the gradient at the inputs goes there.
    """
    steps, blocks = len(kept) - 1, kept.shape[1]
    per_block = units // blocks
    carry = np.zeros(units * LANES, states.dtype)
    d_h = np.zeros(units * LANES, states.dtype)
    d = np.empty(4 * blocks * LANES, states.dtype)
    d_rows = np.empty((4 * blocks, STEPS * LANES), states.dtype)
    for t in range(steps - 1, -1, -1):
        above = d_states[t]
        for k in range(units * LANES):
            d_h[k] += above[k]
        for block in range(blocks):
            of_units = slice(block * per_block * LANES, (block + 1) * per_block * LANES)
            _back(kind, kept[t + 1, block], kept[t, block], d_h[of_units], carry[of_units],
                  d[4 * block * LANES:4 * (block + 1) * LANES], half, one)
        for row in range(4 * blocks):
            _copy(d[row * LANES:(row + 1) * LANES], d_rows[row, t % STEPS * LANES:(t % STEPS + 1) * LANES])
        if t % STEPS == 0:
            _add_sums(d_rows, states, t * LANES, min(STEPS, steps - t) * LANES, gradient)
        d_h[:] = half - half
        slopes[t] = half - half
        for four in range(units // 4):
            place = slice(4 * four * LANES, 4 * (four + 1) * LANES)
            _add_product(tiles[four], d, d_h[place])
            if slopes.shape[1] > 0:
                _add_product(tiles[units // 4 + four], d, slopes[t, place])


@_inlined
def _answers(readout, states, logits, row, seed, start, lanes):
    """Write the logits of one network's strings into ``logits``, and into ``row [steps x LANES]``."""
    units, steps = len(readout) - 1, len(logits)
    row[:] = readout[-1]
    for unit in range(units):
        w, h = readout[unit], states[unit, LANES:]
        for k in range(steps * LANES):
            row[k] += w * h[k]
    for t in range(steps):
        logits[t, seed, start:start + lanes] = row[t * LANES:t * LANES + lanes]


@_inlined
def _slopes_of_loss(row, targets, weights, seed, start, lanes, half):
    """In place of the logits in ``row``: the gradient of the cross-entropy there, 0 where no string is."""
    for t in range(len(targets)):
        of_step = row[t * LANES:(t + 1) * LANES]
        y, w = targets[t, seed, start:start + lanes], weights[t, seed, start:start + lanes]
        for k in range(lanes):
            of_step[k] = (half * tanh(half * of_step[k]) + half - y[k]) * w[k]
        of_step[lanes:] = half - half


@_inlined
def _add_readout(row, states, d_readout):
    units = len(d_readout) - 1
    for unit in range(units):
        h, total = states[unit, LANES:], row[0] - row[0]
        for k in range(len(row)):
            total += row[k] * h[k]
        d_readout[unit] += total
    d_readout[-1] += row.sum()


@_compiled
def run(kind, forward, backward, edge, readout, inputs, targets, weights, logits, gradient, d_readout, half, one):
    """Logits of every network and, where ``gradient`` has room for it, the gradient of its loss.

    ``forward [layers, seeds, blocks, 16 x tiles]`` and ``backward`` are the tiles of the
    matrices and of what they are transposed; ``edge [layers, seeds, blocks, 8]`` their last
    two columns, of the bit and of the constant 1; ``readout [seeds, units + 1]``;
    ``inputs [steps, seeds, 1, batch]``; ``targets`` and ``weights`` like ``logits [steps,
    seeds, batch]``, and a position's weight is 0 where it does not count.
    ``gradient [layers, seeds, rows, columns]`` and ``d_readout`` like ``readout`` are added to.
    """
    layers, seeds, blocks = forward.shape[:3]
    units, columns = readout.shape[1] - 1, forward.shape[3] // 4 + 2
    steps, batch, learns = len(logits), logits.shape[2], len(gradient) > 0
    kept = np.empty((layers, steps + 1, blocks, PARTS * LANES), readout.dtype)
    states = np.zeros((layers, columns, (steps + 1) * LANES), readout.dtype)
    states[:, -1] = one
    now = np.zeros(columns * LANES, readout.dtype)
    row = np.empty(steps * LANES, readout.dtype)
    d_states = np.empty((steps, units * LANES), readout.dtype)
    nothing = np.empty((steps, 0), readout.dtype)
    for seed in range(seeds):
        for start in range(0, batch, LANES):
            lanes = min(LANES, batch - start)
            for t in range(steps):
                states[0, -2, t * LANES:t * LANES + lanes] = inputs[t, seed, 0, start:start + lanes]
            for layer in range(layers):
                if layer > 0:
                    states[layer, units:2 * units, :steps * LANES] = states[layer - 1, :units, LANES:]
                _forward(kind, forward[layer, seed], edge[layer, seed], units, now, kept[layer], states[layer],
                         half, one)
            _answers(readout[seed], states[-1], logits, row, seed, start, lanes)
            if not learns:
                continue
            _slopes_of_loss(row, targets, weights, seed, start, lanes, half)
            _add_readout(row, states[-1], d_readout[seed])
            for t in range(steps):
                for unit in range(units):
                    w, to = readout[seed, unit], d_states[t, unit * LANES:(unit + 1) * LANES]
                    d_logits = row[t * LANES:(t + 1) * LANES]
                    for k in range(LANES):
                        to[k] = w * d_logits[k]
            for layer in range(layers - 1, -1, -1):
                slopes = nothing if layer == 0 else d_states
                _backward(kind, backward[layer, seed], units, kept[layer], states[layer], d_states, slopes,
                          gradient[layer, seed], half, one)
