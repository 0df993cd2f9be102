// Trains a small recurrent network in the page, without a server: strings, cells, backpropagation
// through time, optimisers, and the messages of a worker. What is computed is what parity_lib
// computes: data.py, cells.py, models.py, training.py and all_strings.py.
//
// A worker made from text can import nothing, so all of it stands inside one function whose text
// is the worker's whole program (startWorker, at the end). Called directly it does the same.
function engine() {
  "use strict";

  // --- settings ---------------------------------------------------------------

  const MOST_UNITS = 256;
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
    require(s.cell in CELLS, "cell", Object.keys(CELLS).join(", "));
    require(whole(s.hidden, 1, MOST_UNITS), "hidden", `a whole number from 1 to ${MOST_UNITS}`);
    require(s.forgetBias === null || Number.isFinite(s.forgetBias), "forgetBias", "a number, or null");
    require(whole(shortest, 1) && whole(first, shortest) && whole(longest, first), "lengths", "whole numbers from 1, in order");
    require(["every", "end"].includes(s.label), "label", "every or end");
    require(s.batch === "all" || whole(s.batch, 1), "batch", "a whole number from 1, or all");
    require(s.batch !== "all" || whole(s.lengths, 1, MOST_BITS), "lengths", `one length up to ${MOST_BITS} for all strings`);
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

  /** sfc32, "small fast counting", of Chris Doty-Humphrey's PractRand. One seed has streams that do not meet. */
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

  // One time step and the way back, as in cells.py, each over flat arrays [rows][hidden][count]: row r of unit k
  // and string b stands at r * size + n, where size = hidden * count and n = k * count + b. `before` holds what goes
  // into the activations; step overwrites it with what the way back needs, and back overwrites that with the gradient
  // at it. `carry` takes along what goes back past the matrix: a GRU's gradient at h, an LSTM's at c.
  // `reads` says whether a row takes in the input and the state, or one of them; `gate` is PyTorch's block of weights.

  const sigmoid = (v) => 1 / (1 + Math.exp(-v));
  const reads = (gate, input = true, state = true) => ({ gate, input, state });

  const tanh = {
    rows: [reads(0)],
    step({ before, next, size }) {
      for (let n = 0; n < size; n++) next[n] = before[n] = Math.tanh(before[n]);
    },
    back({ before, dHidden, size }) {
      for (let n = 0; n < size; n++) before[n] = dHidden[n] * (1 - before[n] * before[n]);
    },
  };

  const relu = {
    rows: [reads(0)],
    step({ before, next, size }) {
      for (let n = 0; n < size; n++) next[n] = before[n] = before[n] < 0 ? 0 : before[n]; // NaN stays NaN
    },
    back({ before, dHidden, size }) {
      for (let n = 0; n < size; n++) before[n] = before[n] > 0 ? dHidden[n] : 0;
    },
  };

  const lstm = {
    rows: [reads(0), reads(1), reads(2), reads(3)], // i, f, g, o
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
    rows: [reads(0), reads(1), reads(2, true, false), reads(2, false, true)],
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

  /** One layer and its readout: weights, logits, loss and gradient. */
  class Network {
    constructor(cell, hidden) {
      this.cell = CELLS[cell];
      this.hidden = hidden;
      this.rows = this.cell.rows.length * hidden; // of the matrix; [h, x, 1] makes its columns
      const outputs = hidden * (1 + Math.max(...this.cell.rows.map((row) => row.gate)));
      this.sizes = { // PyTorch's names and order; each flat, the output's unit first
        "rnn.weight_ih_l0": outputs, "rnn.weight_hh_l0": outputs * hidden, "rnn.bias_ih_l0": outputs,
        "rnn.bias_hh_l0": outputs, "hidden_to_logits.weight": hidden, "hidden_to_logits.bias": 1,
      };
      const count = Object.values(this.sizes).reduce((sum, size) => sum + size);
      this.parameters = new Float64Array(count);
      this.gradient = new Float64Array(count);
      this.weights = this.named(this.parameters);
      this.slopes = this.named(this.gradient);
      this.matrix = grid(new Float64Array(this.rows * (hidden + 2)), this.rows, hidden + 2);
      this.dMatrix = grid(new Float64Array(this.rows * (hidden + 2)), this.rows, hidden + 2);
      this.run = {};
    }

    /** Views into one vector, by name. */
    named(vector) {
      let start = 0;
      const views = Object.entries(this.sizes).map(([name, size]) => [name, vector.subarray(start, (start += size))]);
      return Object.fromEntries(views);
    }

    /** Uniform on +-1/sqrt(hidden), as PyTorch draws these layers. */
    draw(rng, forgetBias) {
      const bound = this.hidden ** -0.5, forget = [this.hidden, 2 * this.hidden];
      this.parameters.forEach((_, i) => (this.parameters[i] = rng.uniform(-bound, bound)));
      if (forgetBias === null || !this.cell.remembers) return;
      this.weights["rnn.bias_ih_l0"].fill(forgetBias, ...forget);
      this.weights["rnn.bias_hh_l0"].fill(0, ...forget);
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
      const H = this.hidden, [input, state, inputBias, stateBias] = Object.values(this.weights), to = this.matrix.values;
      to.fill(0);
      this.eachRow((at, unit, row) => {
        if (row.state) to.set(state.subarray(unit * H, (unit + 1) * H), at);
        if (row.input) to[at + H] = input[unit];
        to[at + H + 1] = (row.input ? inputBias[unit] : 0) + (row.state ? stateBias[unit] : 0);
      });
    }

    /** The matrix's gradient, back to where each weight's is. */
    unstack() {
      const H = this.hidden, [input, state, inputBias, stateBias] = Object.values(this.slopes), from = this.dMatrix.values;
      this.eachRow((at, unit, row) => {
        if (row.state) state.set(from.subarray(at, at + H), unit * H);
        if (row.state) stateBias[unit] = from[at + H + 1];
        if (row.input) input[unit] = from[at + H];
        if (row.input) inputBias[unit] = from[at + H + 1];
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
      const stacked = cut(H + 2, steps + 1); // h, x, 1: the state before each step, with its input
      const before = cut(this.rows, steps), [dHidden, dMemory, carry] = cut(H, 3);
      const c = this.cell.remembers ? cut(H, steps + 1) : [], tanhC = this.cell.remembers ? cut(H, steps) : [];
      const at = before.map((_, t) => ({ before: before[t], h: stacked[t], next: stacked[t + 1], size, dHidden, dMemory,
                                         carry, c: c[t], cNext: c[t + 1], tanhC: tanhC[t] }));
      this.run = { count, steps, stacked, c, at, carry, logits: cut(1, steps), dLogits: cut(1, steps) };
      return this.run;
    }

    /** The batch's states and logits, in a run that the next batch overwrites. */
    forward({ count, steps, bits }) {
      const run = this.room(count, steps), H = this.hidden;
      const readout = grid(this.weights["hidden_to_logits.weight"], 1, H), bias = this.weights["hidden_to_logits.bias"][0];
      this.stack();
      run.at.forEach((step, t) => {
        step.h.set(bits.subarray(t * count, (t + 1) * count), H * count);
        step.h.fill(1, (H + 1) * count);
        step.before.fill(0);
        addProduct(this.matrix, grid(step.h, H + 2, count), grid(step.before, this.rows, count));
        this.cell.step(step);
        addProduct(readout, grid(step.next, H, count), grid(run.logits[t].fill(bias), 1, count));
      });
      return run;
    }

    /** From the gradient at the logits to that at every parameter; `watch(t, step)` sees each state's on the way. */
    backward(run, watch = () => {}) {
      const H = this.hidden, count = run.count, readout = grid(this.weights["hidden_to_logits.weight"], H, 1);
      const toState = flip(grid(this.matrix.values, this.rows, H, H + 2)); // without the columns for x and 1
      this.gradient.fill(0);
      this.dMatrix.values.fill(0);
      run.carry.fill(0);
      for (let t = run.steps - 1; t >= 0; t--) {
        const step = run.at[t], dHidden = grid(step.dHidden.fill(0), H, count), dLogits = grid(run.dLogits[t], 1, count);
        addProduct(readout, dLogits, dHidden);
        if (t + 1 < run.steps) addProduct(toState, grid(run.at[t + 1].before, this.rows, count), dHidden);
        this.cell.back(step);
        watch(t, step);
        addProduct(grid(step.before, this.rows, count), flip(grid(step.h, H + 2, count)), this.dMatrix);
        addProduct(dLogits, flip(grid(step.next, H, count)), grid(this.slopes["hidden_to_logits.weight"], 1, H));
        for (const slope of run.dLogits[t]) this.slopes["hidden_to_logits.bias"][0] += slope;
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
        if (!mask[t * count + b]) continue; // not a product with 0: what stands on padding may be infinite
        loss += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
        right += z > 0 === (y === 1);
        run.dLogits[t][b] = (sigmoid(z) - y) / counted;
      }
    return { loss: loss / counted, accuracy: right / counted };
  }

  // --- optimisers -------------------------------------------------------------

  /** Shrinks a gradient whose norm is above `most`, as torch's clip_grad_norm_ does. */
  function clip(gradient, most) {
    const factor = Math.min(1, most / (Math.hypot(...gradient) + 1e-6));
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
      if (s.weights) this.net.parameters.set(s.weights);
      const count = this.net.parameters.length;
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
      // A net reads from the left, so its answer to a beginning stands in the run of the whole string.
      const longest = Math.max(...lengths);
      const batch = batchOf(drawStrings(this.probing, count, longest, longest), "every"), { logits } = this.net.forward(batch);
      return lengths.map((length) => {
        const labels = batch.labels.subarray((length - 1) * count, length * count);
        return logits[length - 1].filter((z, b) => z > 0 === (labels[b] === 1)).length / count;
      });
    }

    /** One string: `hidden` [steps + 1][H], the start first, `memory` (an LSTM's cell state) alike or null, `logits`. */
    statesOf(bits) {
      const { stacked, c, logits } = this.net.forward(batchOf([bits], "every"));
      return { hidden: stacked.map((part) => Array.from(part.subarray(0, this.net.hidden))),
               memory: c.length ? c.map((part) => Array.from(part)) : null, logits: logits.map((part) => part[0]) };
    }

    /** The norm of the last logit's gradient at the state after each step, an LSTM's cell state: a mean over strings. */
    gradientThroughTime(steps, count = 16) {
      const run = this.net.forward(batchOf(drawStrings(this.probing, count, steps, steps), "end"));
      run.dLogits.forEach((part, t) => part.fill(t === steps - 1 ? 1 : 0));
      const norms = new Array(steps), { hidden, cell } = this.net;
      this.net.backward(run, (t, { dHidden, dMemory }) => (norms[t] = meanNorm(cell.remembers ? dMemory : dHidden, hidden, count)));
      return norms;
    }

    /** The weights by PyTorch's names, each a flat list. */
    weights() {
      return Object.fromEntries(Object.entries(this.net.weights).map(([name, view]) => [name, Array.from(view)]));
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
  let job = null; // the run that goes on, or stands still

  /**
   * Takes { kind: "start", run, settings, watch, paused }, "pause", "resume", { kind: "step", count } and
   * { kind: "ask", method, args, id }; posts "progress", "answer" and "error", each with the number of its run.
   */
  function answer(message, post) {
    try {
      if (message.kind === "start") start(message, post);
      else if (!job) throw new Error(`nothing was started yet, so there is nothing to ${message.kind}`);
      else ({ pause, resume, step, ask })[message.kind](message, post);
    } catch (error) {
      post({ kind: "error", run: message.run ?? job?.run, id: message.id, message: error.message });
    }
  }

  /** `watch` says what progress shows: { lengths, count, bits, steps }, each with a default. */
  function start({ run, settings, watch, paused = false }, post) {
    const trainer = new Trainer(settings), stretched = Math.floor(trainer.longest * STRETCH);
    const lengths = Array.from({ length: stretched }, (_, i) => i + 1);
    const bits = Array.from(drawStrings(random(trainer.settings.seed, 5), 1, trainer.longest, trainer.longest)[0]);
    job = { run, trainer, watch: { lengths, count: 64, bits, steps: trainer.longest, ...watch }, solved: null,
            running: !paused, scheduled: false, losses: [], accuracies: [], last: {} };
    report(job, post); // the untrained net
    schedule(job, post);
  }

  function pause(_, post) {
    job.running = false;
    report(job, post, true);
  }

  function resume(_, post) {
    job.running = true;
    schedule(job, post);
  }

  function step({ count = 1 }, post) {
    job.running = false;
    for (let i = 0; i < count; i++) update(job);
    report(job, post, true);
  }

  function ask({ method, args = [], id }, post) {
    if (!QUESTIONS.includes(method)) throw new Error(`method must be one of ${QUESTIONS.join(", ")}, but it is ${method}`);
    post({ kind: "answer", run: job.run, id, method, value: job.trainer[method](...args) });
  }

  /** Trains on in slices, with time for messages in between. A channel, because timers wait 4 ms each. */
  let channel = null;
  function schedule(mine, post) {
    if (mine.scheduled) return;
    mine.scheduled = true;
    channel ??= new MessageChannel();
    channel.port1.onmessage = () => {
      mine.scheduled = false;
      if (mine !== job || !mine.running) return;
      const end = performance.now() + SLICE;
      do update(mine); while (mine.running && performance.now() < end);
      report(mine, post, !mine.running);
      if (mine.running) schedule(mine, post);
    };
    channel.port2.postMessage(null);
  }

  /** One update, and the validation when it is due; a run stops where it is solved. */
  function update(job) {
    const { loss, accuracy } = job.trainer.step();
    job.losses.push(loss);
    job.accuracies.push(accuracy);
    if (job.solved !== null || job.trainer.steps % VALIDATION.every || !job.trainer.solved()) return;
    job.solved = job.trainer.steps;
    job.running = false;
  }

  /** Posts what happened since the last report; what costs more only when it is due, or for `all`. */
  function report(job, post, all = false) {
    const { trainer, watch, last } = job, now = performance.now();
    const due = (name) => (all || now - (last[name] ?? -Infinity) >= EVERY[name]) && ((last[name] = now), true);
    const message = { kind: "progress", run: job.run, steps: trainer.steps, losses: job.losses, accuracies: job.accuracies,
                      longest: trainer.reach, running: job.running, solved: job.solved };
    if (due("accuracyByLength"))
      message.accuracyByLength = { lengths: watch.lengths, right: trainer.accuracyByLength(watch.lengths, watch.count) };
    if (due("states")) message.states = { bits: watch.bits, ...trainer.statesOf(watch.bits) };
    if (due("gradient")) message.gradient = trainer.gradientThroughTime(watch.steps);
    [job.losses, job.accuracies] = [[], []];
    post(message);
  }

  return { Trainer, random, drawStrings, allStrings, batchOf, answer };
}

/** A worker that trains; `onmessage` hears what it posts, and "ready" first. A Blob's address works from file:// too. */
function startWorker(onmessage) {
  const source = `const e = (${engine})(); onmessage = (event) => e.answer(event.data, postMessage); postMessage({ kind: "ready" });`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => {
    if (data.kind === "ready") URL.revokeObjectURL(url);
    onmessage(data);
  };
  return worker;
}
