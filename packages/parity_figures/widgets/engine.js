// Trains a small recurrent network in the page, without a server: strings, cells, backpropagation
// through time, optimisers, and the messages of a worker. What is computed is what parity_lib
// computes: data.py, cells.py, models.py, training.py and all_strings.py.
//
// A worker made from text can import nothing, so all of it stands inside one function whose text
// is the worker's whole program (startWorker, at the end). Called directly it does the same.
function engine() {
  "use strict";

  // --- settings ---------------------------------------------------------------

  const MOST_BITS = 10; // for all strings of a length at once: 1024 of them
  const STRETCH = 1.5; // validation strings are so many times as long as in training
  const VALIDATION = { strings: 500, atOnce: 50, every: 50 }; // strings in all and in one batch, steps between
  const THRESHOLD = 0.95; // the accuracy of a batch after which a curriculum grows by a bit

  /** The book's recipe. */
  const DEFAULTS = {
    cell: "relu", hidden: 32, forgetBias: null, // a forget gate's bias at the start; only an LSTM has one
    lengths: 50, // or [shortest, longest], uniform; or { curriculum: [start, stop] }
    label: "every", // a label after each bit, or at the "end" of a string
    batch: 32, // or "all": the 2^n strings of n bits
    optimizer: "adam", rate: 0.005, clip: 0.25, // clip null: no bound on the gradient's norm
    seed: 0, weights: null, // null: drawn from the seed; or one vector in the order of PyTorch's parameters()
  };

  function checked(settings) {
    const s = { ...DEFAULTS, ...settings };
    const require = (holds, name, allowed) => {
      if (!holds) throw new Error(`${name} must be ${allowed}, but it is ${JSON.stringify(s[name])}`);
    };
    const whole = (value, least, most = Infinity) => Number.isInteger(value) && value >= least && value <= most;
    const { shortest, first, longest } = bounds(s.lengths);
    require(Object.hasOwn(CELLS, s.cell), "cell", Object.keys(CELLS).join(", "));
    require(whole(s.hidden, 1), "hidden", "a whole number from 1");
    require(s.forgetBias === null || Number.isFinite(s.forgetBias), "forgetBias", "a number, or null");
    const inOrder = whole(shortest, 1) && whole(first, shortest) && whole(longest, first);
    require(inOrder, "lengths", "whole numbers from 1, in order");
    require(["every", "end"].includes(s.label), "label", "every or end");
    require(s.batch === "all" || whole(s.batch, 1), "batch", "a whole number from 1, or all");
    const few = whole(s.lengths, 1, MOST_BITS);
    require(s.batch !== "all" || few, "lengths", `one length up to ${MOST_BITS} for all strings`);
    require(["adam", "sgd"].includes(s.optimizer), "optimizer", "adam or sgd");
    require(s.rate > 0, "rate", "a number above 0");
    require(s.clip === null || s.clip > 0, "clip", "a number above 0, or null");
    require(whole(s.seed, 0, Number.MAX_SAFE_INTEGER), "seed", "a whole number from 0");
    return s;
  }

  /** The shortest length, and the longest at the first step and at last. */
  function bounds(lengths) {
    if (lengths?.curriculum) return { shortest: 1, first: lengths.curriculum[0], longest: lengths.curriculum[1] };
    const [shortest, longest] = Array.isArray(lengths) ? lengths : [lengths, lengths];
    return { shortest, first: longest, longest };
  }

  // --- random numbers ---------------------------------------------------------

  /** sfc32, "small fast counting", of Chris Doty-Humphrey's PractRand. Streams of one seed are independent. */
  function random(seed, stream) {
    let a = stream | 0, b = seed | 0, c = (seed / 2 ** 32) | 0, counter = 1;
    const word = () => {
      const sum = (a + b + counter++) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return sum >>> 0;
    };
    for (let i = 0; i < 15; i++) word(); // until every bit of the seed has reached every bit of the state
    return {
      word,
      uniform: (low, high) => low + ((high - low) * word()) / 2 ** 32,
      whole: (low, high) => low + Math.floor(((high - low + 1) * word()) / 2 ** 32), // both ends included
    };
  }

  // --- strings and batches ----------------------------------------------------

  /** `count` random strings, each a Uint8Array of bits, of lengths that are uniform from `shortest` to `longest`. */
  function drawStrings(rng, count, shortest, longest) {
    return Array.from({ length: count }, () => {
      let word = 0;
      const bits = new Uint8Array(rng.whole(shortest, longest));
      for (let t = 0; t < bits.length; t++, word >>>= 1) {
        if (t % 32 === 0) word = rng.word();
        bits[t] = word & 1;
      }
      return bits;
    });
  }

  /** The 2^n strings of n bits. */
  function allStrings(n) {
    return Array.from({ length: 2 ** n }, (_, number) => Uint8Array.from({ length: n }, (_, t) => (number >> t) & 1));
  }

  /**
   * What a network sees at once: `bits`, `labels` and `mask`, each flat [steps][count], time first. The mask is 1
   * where a label counts, `counted` times in all; padding stands after a string, and is 0 in all three.
   */
  function batchOf(strings, label) {
    const count = strings.length, steps = Math.max(...strings.map((string) => string.length));
    const [bits, labels, mask] = [0, 0, 0].map(() => new Uint8Array(steps * count));
    let counted = 0;
    strings.forEach((string, row) => {
      let parity = 0;
      for (let t = 0; t < string.length; t++) {
        const place = t * count + row;
        bits[place] = string[t];
        labels[place] = parity ^= string[t];
        counted += mask[place] = label === "every" || t === string.length - 1 ? 1 : 0;
      }
    });
    return { count, steps, bits, labels, mask, counted };
  }

  // --- the cells --------------------------------------------------------------

  // One time step and the way back, as in cells.py. Arrays are flat [rows][hidden][count]: row r of unit k and
  // string b stands at r * size + n, where size = hidden * count and n = k * count + b. `before` holds what goes into
  // the activations; step puts in its place what the way back needs, and back puts the gradient at it there.
  // `carry` takes along what goes back past the matrix: a GRU's gradient at h, an LSTM's at c. A row has its block of
  // PyTorch's weights, `gate`, and reads the input, the state, or both.

  const sigmoid = (v) => 1 / (1 + Math.exp(-v));
  const row = (gate, input = true, state = true) => ({ gate, input, state });

  const tanh = {
    rows: [row(0)],
    step({ before, next, size }) {
      for (let n = 0; n < size; n++) next[n] = before[n] = Math.tanh(before[n]);
    },
    back({ before, dHidden, size }) {
      for (let n = 0; n < size; n++) before[n] = dHidden[n] * (1 - before[n] * before[n]);
    },
  };

  const relu = {
    rows: [row(0)],
    step({ before, next, size }) {
      for (let n = 0; n < size; n++) next[n] = before[n] = before[n] < 0 ? 0 : before[n]; // NaN stays NaN
    },
    back({ before, dHidden, size }) {
      for (let n = 0; n < size; n++) before[n] = before[n] > 0 ? dHidden[n] : 0;
    },
  };

  const lstm = {
    rows: [row(0), row(1), row(2), row(3)], // i, f, g, o
    remembers: true,
    step({ before: a, next, c, cNext, tanhC, size }) {
      for (let n = 0; n < size; n++) {
        const i = (a[n] = sigmoid(a[n])), f = (a[n + size] = sigmoid(a[n + size]));
        const g = (a[n + 2 * size] = Math.tanh(a[n + 2 * size])), o = (a[n + 3 * size] = sigmoid(a[n + 3 * size]));
        cNext[n] = f * c[n] + i * g;
        tanhC[n] = Math.tanh(cNext[n]);
        next[n] = o * tanhC[n];
      }
    },
    back({ before: a, c, tanhC, dHidden, dMemory, carry, size }) {
      for (let n = 0; n < size; n++) {
        const i = a[n], f = a[n + size], g = a[n + 2 * size], o = a[n + 3 * size], tc = tanhC[n], dH = dHidden[n];
        const dC = (dMemory[n] = carry[n] + dH * o * (1 - tc * tc));
        carry[n] = dC * f;
        a[n] = dC * g * i * (1 - i);
        a[n + size] = dC * c[n] * f * (1 - f);
        a[n + 2 * size] = dC * i * (1 - g * g);
        a[n + 3 * size] = dH * tc * o * (1 - o);
      }
    },
  };

  const gru = {
    // r, z, and n in two rows: the reset gate scales what comes from the state, its bias included
    rows: [row(0), row(1), row(2, true, false), row(2, false, true)],
    step({ before: a, h, next, size }) {
      for (let n = 0; n < size; n++) {
        const r = (a[n] = sigmoid(a[n])), z = (a[n + size] = sigmoid(a[n + size]));
        const candidate = (a[n + 2 * size] = Math.tanh(a[n + 2 * size] + r * a[n + 3 * size]));
        next[n] = (1 - z) * candidate + z * h[n];
      }
    },
    back({ before: a, h, dHidden, carry, size }) {
      for (let n = 0; n < size; n++) {
        const r = a[n], z = a[n + size], candidate = a[n + 2 * size], dH = (dHidden[n] += carry[n]);
        const dCandidate = dH * (1 - z) * (1 - candidate * candidate);
        carry[n] = dH * z;
        a[n] = dCandidate * a[n + 3 * size] * r * (1 - r);
        a[n + size] = dH * (h[n] - candidate) * z * (1 - z);
        a[n + 2 * size] = dCandidate;
        a[n + 3 * size] = dCandidate * r;
      }
    },
  };

  const CELLS = { tanh, relu, lstm, gru };

  // --- products of matrices ---------------------------------------------------

  /** A flat array read as a matrix: entry [i][j] is values[i * down + j * across]. */
  const grid = (values, rows, columns, down = columns) => ({ values, rows, columns, down, across: 1 });
  const flip = (m) => ({ values: m.values, rows: m.columns, columns: m.rows, down: m.across, across: m.down });

  /**
   * out += left x right; nearly all of the time is spent here. Two rows by four columns at once: eight sums for six
   * numbers read. Where fewer are left, the last stand for the missing ones, and the same sum is written again.
   */
  function addProduct(left, right, out) {
    const { values: a, down, across, columns: inner } = left, { values: b, down: next } = right, c = out.values;
    for (let i = 0; i < left.rows; i += 2) {
      const a1 = i + 1 < left.rows ? down : 0, c0 = i * out.down, c1 = c0 + (a1 ? out.down : 0);
      for (let j = 0; j < right.columns; j += 4) {
        const j1 = Math.min(j + 1, right.columns - 1), j2 = Math.min(j + 2, right.columns - 1);
        const j3 = Math.min(j + 3, right.columns - 1), side = right.across;
        const b1 = (j1 - j) * side, b2 = (j2 - j) * side, b3 = (j3 - j) * side;
        let s0 = c[c0 + j], s1 = c[c0 + j1], s2 = c[c0 + j2], s3 = c[c0 + j3];
        let t0 = c[c1 + j], t1 = c[c1 + j1], t2 = c[c1 + j2], t3 = c[c1 + j3];
        for (let k = 0, p = i * down, q = j * side; k < inner; k++, p += across, q += next) {
          const v = a[p], w = a[p + a1], x0 = b[q], x1 = b[q + b1], x2 = b[q + b2], x3 = b[q + b3];
          s0 += v * x0; s1 += v * x1; s2 += v * x2; s3 += v * x3;
          t0 += w * x0; t1 += w * x1; t2 += w * x2; t3 += w * x3;
        }
        c[c0 + j] = s0; c[c0 + j1] = s1; c[c0 + j2] = s2; c[c0 + j3] = s3;
        c[c1 + j] = t0; c[c1 + j1] = t1; c[c1 + j2] = t2; c[c1 + j3] = t3;
      }
    }
  }

  // --- the network ------------------------------------------------------------

  /** PyTorch's names of the weights, in its order. */
  const NAMES = {
    input: "rnn.weight_ih_l0", state: "rnn.weight_hh_l0", inputBias: "rnn.bias_ih_l0", stateBias: "rnn.bias_hh_l0",
    readout: "hidden_to_logits.weight", readoutBias: "hidden_to_logits.bias",
  };

  /** One layer and its readout: weights, logits, loss and gradient. */
  class Network {
    constructor(cell, hidden) {
      this.cell = CELLS[cell];
      this.hidden = hidden;
      this.rows = this.cell.rows.length * hidden; // of the matrix; [h, x, 1] makes its columns
      const outputs = hidden * (1 + Math.max(...this.cell.rows.map((row) => row.gate)));
      this.sizes = [outputs, outputs * hidden, outputs, outputs, hidden, 1]; // of NAMES; the output's unit comes first
      const count = this.sizes.reduce((sum, size) => sum + size);
      this.parameters = new Float64Array(count);
      this.gradient = new Float64Array(count);
      this.weights = this.views(this.parameters);
      this.slopes = this.views(this.gradient);
      this.matrix = grid(new Float64Array(this.rows * (hidden + 2)), this.rows, hidden + 2);
      this.dMatrix = grid(new Float64Array(this.rows * (hidden + 2)), this.rows, hidden + 2);
      this.run = {};
    }

    /** Views into one vector, by the keys of NAMES. */
    views(vector) {
      let end = 0;
      const next = (key, i) => [key, vector.subarray(end, (end += this.sizes[i]))];
      return Object.fromEntries(Object.keys(NAMES).map(next));
    }

    /** Uniform on +-1/sqrt(hidden), as PyTorch draws these layers. */
    draw(rng, forgetBias) {
      const bound = this.hidden ** -0.5, forget = [this.hidden, 2 * this.hidden];
      this.parameters.forEach((_, i) => (this.parameters[i] = rng.uniform(-bound, bound)));
      if (forgetBias === null || !this.cell.remembers) return;
      this.weights.inputBias.fill(forgetBias, ...forget);
      this.weights.stateBias.fill(0, ...forget);
    }

    /** Calls visit(start of a row in the matrix, its unit's place in the weights, what it reads) for every row. */
    eachRow(visit) {
      this.cell.rows.forEach((row, number) => {
        for (let k = 0; k < this.hidden; k++)
          visit((number * this.hidden + k) * (this.hidden + 2), row.gate * this.hidden + k, row);
      });
    }

    /** The weights for h, for x and for a constant 1, side by side in one matrix. */
    stack() {
      const H = this.hidden, { input, state, inputBias, stateBias } = this.weights, to = this.matrix.values;
      to.fill(0);
      this.eachRow((at, unit, row) => {
        if (row.state) to.set(state.subarray(unit * H, (unit + 1) * H), at);
        if (row.input) to[at + H] = input[unit];
        to[at + H + 1] = (row.input ? inputBias[unit] : 0) + (row.state ? stateBias[unit] : 0);
      });
    }

    /** The matrix's gradient, back to where each weight's is. */
    unstack() {
      const H = this.hidden, { input, state, inputBias, stateBias } = this.slopes, from = this.dMatrix.values;
      this.eachRow((at, unit, row) => {
        if (row.state) state.set(from.subarray(at, at + H), unit * H);
        if (row.input) input[unit] = from[at + H];
        if (row.input) inputBias[unit] = from[at + H + 1];
        if (row.state) stateBias[unit] = from[at + H + 1];
      });
    }

    /** Room for a batch, with views for each time step; kept while batches have the same shape. */
    room(count, steps) {
      if (this.run.count === count && this.run.steps === steps) return this.run;
      const H = this.hidden, size = H * count;
      const cut = (units, times) => {
        const all = new Float64Array(times * units * count); // flat [times][units][count]
        return Array.from({ length: times }, (_, t) => all.subarray(t * units * count, (t + 1) * units * count));
      };
      const stacked = cut(H + 2, steps + 1); // h, x, 1: the state before each step (0 at first), with its input
      const before = cut(this.rows, steps), [dHidden, dMemory, carry] = cut(H, 3);
      const c = this.cell.remembers ? cut(H, steps + 1) : [], tanhC = this.cell.remembers ? cut(H, steps) : [];
      const at = before.map((_, t) => ({ before: before[t], h: stacked[t], next: stacked[t + 1], size, dHidden, dMemory,
                                         carry, c: c[t], cNext: c[t + 1], tanhC: tanhC[t] }));
      this.run = { count, steps, stacked, c, at, carry, logits: cut(1, steps), dLogits: cut(1, steps) };
      return this.run;
    }

    /** The batch's states and logits, in a run that the next batch overwrites. */
    forward({ count, steps, bits }) {
      const run = this.room(count, steps), H = this.hidden, { readout, readoutBias } = this.weights;
      this.stack();
      run.at.forEach((step, t) => {
        step.h.set(bits.subarray(t * count, (t + 1) * count), H * count);
        step.h.fill(1, (H + 1) * count);
        addProduct(this.matrix, grid(step.h, H + 2, count), grid(step.before.fill(0), this.rows, count));
        this.cell.step(step);
        addProduct(grid(readout, 1, H), grid(step.next, H, count), grid(run.logits[t].fill(readoutBias[0]), 1, count));
      });
      return run;
    }

    /** From the gradient at the logits to that at every parameter; `watch(t, step)` sees each state's on the way. */
    backward(run, watch = () => {}) {
      const H = this.hidden, count = run.count, { readout } = this.weights, slopes = this.slopes;
      const toState = flip(grid(this.matrix.values, this.rows, H, H + 2)); // without the columns for x and 1
      for (const sum of [this.gradient, this.dMatrix.values, run.carry]) sum.fill(0);
      for (let t = run.steps - 1; t >= 0; t--) {
        const step = run.at[t], dLogits = grid(run.dLogits[t], 1, count);
        const dHidden = grid(step.dHidden.fill(0), H, count);
        addProduct(grid(readout, H, 1), dLogits, dHidden);
        if (t + 1 < run.steps) addProduct(toState, grid(run.at[t + 1].before, this.rows, count), dHidden);
        this.cell.back(step);
        watch(t, step);
        addProduct(grid(step.before, this.rows, count), flip(grid(step.h, H + 2, count)), this.dMatrix);
        addProduct(dLogits, flip(grid(step.next, H, count)), grid(slopes.readout, 1, H));
        slopes.readoutBias[0] += run.dLogits[t].reduce((sum, slope) => sum + slope);
      }
      this.unstack();
    }

    /** Binary cross-entropy on logits and the share of right answers, means over what counts; fills `gradient`. */
    lossAndGradient(batch) {
      const run = this.forward(batch), score = scored(batch, run);
      this.backward(run);
      return score;
    }
  }

  /** The loss and the accuracy of a run; leaves the loss's gradient in run.dLogits. */
  function scored({ count, steps, labels, mask, counted }, run) {
    let loss = 0, right = 0;
    for (let t = 0; t < steps; t++)
      for (let b = 0; b < count; b++) {
        const z = run.logits[t][b], y = labels[t * count + b];
        run.dLogits[t][b] = 0;
        if (!mask[t * count + b]) continue; // no product with 0: a NaN that stands on padding must not reach the loss
        loss += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
        right += z > 0 === (y === 1);
        run.dLogits[t][b] = (sigmoid(z) - y) / counted;
      }
    return { loss: loss / counted, accuracy: right / counted };
  }

  // --- optimisers -------------------------------------------------------------

  /** Shrinks a gradient whose norm is above `most`, as torch's clip_grad_norm_ does. */
  function clip(gradient, most) {
    const norm = Math.sqrt(gradient.reduce((sum, slope) => sum + slope * slope, 0));
    const factor = Math.min(1, most / (norm + 1e-6));
    for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  }

  function sgd(parameters, gradient, rate) {
    for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * gradient[i];
  }

  /** Adam as torch has it: its means begin at 0, and are divided by the weight that they have gathered so far. */
  function adam(parameters, gradient, rate, memory) {
    const weight1 = 1 - 0.9 ** ++memory.steps, weight2 = Math.sqrt(1 - 0.999 ** memory.steps);
    for (let i = 0; i < parameters.length; i++) {
      const m = (memory.mean[i] += 0.1 * (gradient[i] - memory.mean[i]));
      const v = (memory.square[i] = 0.999 * memory.square[i] + 0.001 * gradient[i] * gradient[i]);
      parameters[i] -= ((rate / weight1) * m) / (Math.sqrt(v) / weight2 + 1e-8);
    }
  }

  // --- training ---------------------------------------------------------------

  /** A network, its task and its optimiser, all from one seed; measuring it leaves its training as it was. */
  class Trainer {
    constructor(settings) {
      const s = (this.settings = checked(settings)), stream = (number) => random(s.seed, number);
      this.net = new Network(s.cell, s.hidden);
      this.net.draw(stream(1), s.forgetBias);
      const count = this.net.parameters.length;
      if (s.weights && s.weights.length !== count) throw new Error(`weights must be ${count} numbers`);
      if (s.weights) this.net.parameters.set(s.weights);
      this.optimizer = { steps: 0, mean: new Float64Array(count), square: new Float64Array(count) };
      this.training = stream(2);
      this.probing = stream(3);
      this.steps = 0;
      Object.assign(this, bounds(s.lengths));
      this.reach = this.first; // the longest length that is drawn; a curriculum's grows
      this.everything = s.batch === "all" ? batchOf(allStrings(s.lengths), s.label) : null;
      this.validation = this.everything ? [this.everything] : this.validationBatches(stream(4));
    }

    /** As in training.py: strings 1.5 times as long as in training, tried part by part. */
    validationBatches(rng) {
      const stretched = Math.floor(this.longest * STRETCH);
      const shortest = this.shortest < this.longest ? this.shortest : stretched;
      return Array.from({ length: VALIDATION.strings / VALIDATION.atOnce }, () =>
        batchOf(drawStrings(rng, VALIDATION.atOnce, shortest, stretched), this.settings.label));
    }

    nextBatch() {
      const { batch, label } = this.settings;
      return this.everything ?? batchOf(drawStrings(this.training, batch, this.shortest, this.reach), label);
    }

    /** One update; loss and accuracy are those of the batch before it. */
    step(batch = this.nextBatch()) {
      const { optimizer, rate, clip: most } = this.settings, { parameters, gradient } = this.net;
      const score = this.net.lossAndGradient(batch);
      if (most !== null) clip(gradient, most);
      (optimizer === "adam" ? adam : sgd)(parameters, gradient, rate, this.optimizer);
      if (score.accuracy >= THRESHOLD) this.reach = Math.min(this.reach + 1, this.longest);
      this.steps++;
      return score;
    }

    /** Whether every label of the validation strings is answered right; of all strings, where those are the batch. */
    solved() {
      return this.validation.every((batch) => scored(batch, this.net.forward(batch)).accuracy === 1);
    }

    /** For each length the share of `count` random strings that are answered right at their last step. */
    accuracyByLength(lengths, count = 64) {
      // A net reads from the left: its answer to a beginning of a string stands in the run of the whole string.
      const longest = Math.max(...lengths);
      const batch = batchOf(drawStrings(this.probing, count, longest, longest), "every");
      const { logits } = this.net.forward(batch);
      const right = (t) => logits[t].filter((z, b) => z > 0 === (batch.labels[t * count + b] === 1)).length;
      return lengths.map((length) => right(length - 1) / count);
    }

    /** One string: `hidden` [steps + 1][H], the start first; an LSTM's cell state as `memory`, or null; `logits`. */
    statesOf(bits) {
      const { stacked, c, logits } = this.net.forward(batchOf([bits], "every"));
      return { hidden: stacked.map((part) => Array.from(part.subarray(0, this.net.hidden))),
               memory: c.length ? c.map((part) => Array.from(part)) : null, logits: logits.map((part) => part[0]) };
    }

    /** The norm of the last logit's gradient at the state after each step (an LSTM's: c), a mean over strings. */
    gradientThroughTime(steps, count = 16) {
      const run = this.net.forward(batchOf(drawStrings(this.probing, count, steps, steps), "end")), norms = [];
      run.dLogits.forEach((part, t) => part.fill(t === steps - 1 ? 1 : 0));
      const { hidden, cell } = this.net;
      this.net.backward(run, (t, { dHidden, dMemory }) => {
        norms[t] = meanNorm(cell.remembers ? dMemory : dHidden, hidden, count);
      });
      return Array.from(norms); // it was filled from its end
    }

    /** The weights by PyTorch's names, each a flat list. */
    weights() {
      return Object.fromEntries(Object.entries(this.net.weights).map(([key, view]) => [NAMES[key], Array.from(view)]));
    }
  }

  /** The mean over strings of the norm over units, of values [hidden][count]. */
  function meanNorm(values, hidden, count) {
    let sum = 0;
    for (let b = 0; b < count; b++) {
      let square = 0;
      for (let k = 0; k < hidden; k++) square += values[k * count + b] ** 2;
      sum += Math.sqrt(square);
    }
    return sum / count;
  }

  // --- the worker's messages --------------------------------------------------

  const SLICE = 30; // milliseconds of training between two reports
  const EVERY = { accuracyByLength: 300, states: 500, gradient: 500 }; // milliseconds between what costs more
  const QUESTIONS = ["accuracyByLength", "statesOf", "gradientThroughTime", "solved", "weights"];
  const ACTIONS = { start, pause, resume, step, ask };
  let job = null; // the run that goes on or stands still; a new one takes its place

  /**
   * Takes { kind: "start", run, settings, watch, paused }, { kind: "pause" }, { kind: "resume" },
   * { kind: "step", count } and { kind: "ask", method, args, id }. Posts { kind: "progress", ... } as in `report`,
   * { kind: "answer", method, id, value } and { kind: "error", message }, each with the number of its run.
   */
  function answer(message, post) {
    const run = message.kind === "start" ? message.run : job?.run;
    try {
      const { kind } = message, kinds = Object.keys(ACTIONS);
      if (!kinds.includes(kind)) throw new Error(`kind must be one of ${kinds.join(", ")}, but it is ${kind}`);
      if (kind !== "start" && !job) throw new Error(`no run was started, so it cannot ${kind}`);
      ACTIONS[kind](message, post);
    } catch (error) {
      post({ kind: "error", run, id: message.id, message: error.message });
    }
  }

  /** `watch` says what progress shows: lengths, their count of strings, a string's bits, the gradient's steps. */
  function start({ run, settings, watch, paused = false }, post) {
    job = null; // the run before ends, even where the new one cannot start
    const trainer = new Trainer(settings), { longest } = trainer;
    const lengths = Array.from({ length: Math.floor(longest * STRETCH) }, (_, i) => i + 1);
    const bits = Array.from(drawStrings(random(trainer.settings.seed, 5), 1, longest, longest)[0]);
    job = { run, post, trainer, watch: { lengths, count: 64, bits, steps: longest, ...watch },
            running: !paused, solved: null, losses: [], accuracies: [], last: {} };
    report(true); // the untrained net
    schedule();
  }

  function pause() {
    job.running = false;
    report(true);
  }

  function resume() {
    job.running = true;
    schedule();
  }

  function step({ count = 1 }) {
    job.running = false;
    for (let i = 0; i < count; i++) update();
    report(true);
  }

  function ask({ method, args = [], id }, post) {
    const known = QUESTIONS.join(", ");
    if (!QUESTIONS.includes(method)) throw new Error(`method must be one of ${known}, but it is ${method}`);
    post({ kind: "answer", run: job.run, id, method, value: job.trainer[method](...args) });
  }

  /** The next slice, after the messages that wait. By a channel, because timers make each slice wait 4 ms more. */
  let channel = null, scheduled = false;
  function schedule() {
    if (scheduled) return;
    if (!channel) (channel = new MessageChannel()).port1.onmessage = slice;
    scheduled = true;
    channel.port2.postMessage(null);
  }

  function slice() {
    scheduled = false;
    if (!job?.running) return;
    const end = performance.now() + SLICE;
    do update(); while (job.running && performance.now() < end);
    report(!job.running);
    if (job.running) schedule();
  }

  /** One update, and the validation when it is due; a run stops where it is solved, and may be resumed. */
  function update() {
    const { loss, accuracy } = job.trainer.step();
    job.losses.push(loss);
    job.accuracies.push(accuracy);
    if (job.solved !== null || job.trainer.steps % VALIDATION.every || !job.trainer.solved()) return;
    job.solved = job.trainer.steps;
    job.running = false;
  }

  /** Posts what happened since the last report; what costs more only when it is due, or for `all`. */
  function report(all) {
    const { trainer, watch, last } = job, now = performance.now();
    const due = (name) => (all || now - last[name] >= EVERY[name]) && (last[name] = now);
    const message = { kind: "progress", run: job.run, steps: trainer.steps, running: job.running, solved: job.solved,
                      longest: trainer.reach, losses: job.losses, accuracies: job.accuracies };
    if (due("accuracyByLength"))
      message.accuracyByLength = { lengths: watch.lengths,
                                   right: trainer.accuracyByLength(watch.lengths, watch.count) };
    if (due("states")) message.states = { bits: watch.bits, ...trainer.statesOf(watch.bits) };
    if (due("gradient")) message.gradient = trainer.gradientThroughTime(watch.steps);
    [job.losses, job.accuracies] = [[], []];
    job.post(message);
  }

  return { Trainer, random, drawStrings, allStrings, batchOf, answer };
}

/** A worker that trains; `onmessage` hears what it posts, "ready" first. A Blob's address works from file:// too. */
function startWorker(onmessage) {
  const source = `const { answer } = (${engine})();
    onmessage = ({ data }) => answer(data, (message) => postMessage(message));
    postMessage({ kind: "ready" });`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => {
    if (data.kind === "ready") URL.revokeObjectURL(url); // not before: it has read its text now
    onmessage(data);
  };
  worker.onerror = (event) => onmessage({ kind: "error", message: event.message });
  return worker;
}
