// Trains a small recurrent network in the page, without a server: strings, cells, backpropagation through time,
// optimisers, and the messages of a worker. It computes what parity_lib computes in data.py, models.py and
// training.py, and parity_study in cells.py and all_strings.py.
//
// A worker that is made from text cannot import anything. That is why everything is inside one function, whose text is
// the program of the worker (startWorker, at the end). Calling the function returns the same parts.
export function engine() {
  "use strict";

  const STRETCH = 1.5; // validation strings are this many times as long as the longest training strings
  const VALIDATION = { strings: 500, batch: 50, every: 50 }; // strings, strings in a batch, and updates in between
  const PREFIXES = 200, SNAPSHOTS = 80; // prefixes whose states are reported, and the most reports of a run
  const FEW = 3; // units of the largest network whose matrix is reported
  const THRESHOLD = 0.95; // the accuracy of a batch after which a curriculum grows by a bit

  /** Return the shortest length, and the longest at the first update and at the end. */
  function bounds(lengths) {
    if (lengths.curriculum) return { shortest: 1, first: lengths.curriculum[0], longest: lengths.curriculum[1] };
    const [shortest, longest] = Array.isArray(lengths) ? lengths : [lengths, lengths];
    return { shortest, first: longest, longest };
  }

  // --- random numbers ---------------------------------------------------------

  /** Create the generator sfc32 from Chris Doty-Humphrey's PractRand. Streams of one seed are independent. */
  function random(seed, stream) {
    let a = stream | 0, b = seed | 0, c = (seed / 2 ** 32) | 0, counter = 1;
    const word = () => {
      const sum = (a + b + counter++) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      return sum >>> 0;
    };
    for (let i = 0; i < 15; i++) word(); // after these, every bit of the seed has affected every bit of the state
    return {
      uniform: (low, high) => low + ((high - low) * word()) / 2 ** 32,
      integer: (low, high) => low + Math.floor(((high - low + 1) * word()) / 2 ** 32), // including both ends
    };
  }

  // --- strings and batches ----------------------------------------------------

  /** Draw `count` random strings of uniform lengths from `shortest` to `longest`, each a Uint8Array of bits. */
  const drawStrings = (rng, count, shortest, longest) => Array.from({ length: count }, () =>
    Uint8Array.from({ length: rng.integer(shortest, longest) }, () => rng.integer(0, 1)));

  /** Return the 2^n strings of n bits. */
  const allStrings = (n) => Array.from({ length: 2 ** n }, (_, number) =>
    Uint8Array.from({ length: n }, (_, t) => (number >> t) & 1));

  /**
   * Pad strings to a batch: `bits`, `labels` and `mask`, each flat [steps][count]. The mask is 1 where a label counts,
   * which is at `counted` places. Padding follows a string and is 0 in all three.
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

  // One time step forward, as in cells.py, and backward. Arrays are flat [blocks][hidden][count]: block g of unit k and
  // string b is at g * size + n, where size = hidden * count and n = k * count + b. `a` holds the pre-activations;
  // `step` overwrites them with what `backward` needs, and `backward` overwrites that with their gradient. `carry` is
  // the gradient that does not pass through the matrix: with respect to h for a GRU, to c for an LSTM.

  const sigmoid = (v) => 1 / (1 + Math.exp(-v));

  /** Return a cell without gates; `slope` is the derivative of its activation, as a function of the activation. */
  const plain = (activate, slope) => ({
    blocks: 1,
    step({ a, next, size }) {
      for (let n = 0; n < size; n++) next[n] = a[n] = activate(a[n]);
    },
    backward({ a, dHidden, size }) {
      for (let n = 0; n < size; n++) a[n] = dHidden[n] * slope(a[n]);
    },
  });

  const tanh = plain(Math.tanh, (h) => 1 - h * h);
  const relu = plain((v) => (v < 0 ? 0 : v), (h) => (h > 0 ? 1 : 0)); // NaN remains NaN

  const lstm = {
    blocks: 4, // i, f, g, o
    hasCellState: true,
    step({ a, next, c, cNext, tanhC, size }) {
      for (let n = 0; n < size; n++) {
        const i = (a[n] = sigmoid(a[n])), f = (a[n + size] = sigmoid(a[n + size]));
        const g = (a[n + 2 * size] = Math.tanh(a[n + 2 * size])), o = (a[n + 3 * size] = sigmoid(a[n + 3 * size]));
        cNext[n] = f * c[n] + i * g;
        tanhC[n] = Math.tanh(cNext[n]);
        next[n] = o * tanhC[n];
      }
    },
    backward({ a, c, tanhC, dHidden, dCell, carry, size }) {
      for (let n = 0; n < size; n++) {
        const i = a[n], f = a[n + size], g = a[n + 2 * size], o = a[n + 3 * size], tc = tanhC[n], dH = dHidden[n];
        const dC = (dCell[n] = carry[n] + dH * o * (1 - tc * tc));
        carry[n] = dC * f;
        a[n] = dC * g * i * (1 - i);
        a[n + size] = dC * c[n] * f * (1 - f);
        a[n + 2 * size] = dC * i * (1 - g * g);
        a[n + 3 * size] = dH * tc * o * (1 - o);
      }
    },
  };

  const gru = {
    blocks: 4, // r, z, and n in two: one reads the input, and the other, which the reset gate scales, reads the state
    unread: (block, column, H) => (block === 2 && (column < H || column === H + 2)) ||
      (block === 3 && (column === H || column === H + 1)),
    step({ a, h, next, size }) {
      for (let n = 0; n < size; n++) {
        const r = (a[n] = sigmoid(a[n])), z = (a[n + size] = sigmoid(a[n + size]));
        const candidate = (a[n + 2 * size] = Math.tanh(a[n + 2 * size] + r * a[n + 3 * size]));
        next[n] = (1 - z) * candidate + z * h[n];
      }
    },
    backward({ a, h, dHidden, carry, size }) {
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

  // --- matrix products --------------------------------------------------------

  /** View a flat array as a matrix: entry [i][j] is values[i * down + j * across]. */
  const grid = (values, rows, columns, down = columns) => ({ values, rows, columns, down, across: 1 });
  const transposed = (m) => ({ values: m.values, rows: m.columns, columns: m.rows, down: m.across, across: m.down });

  /**
   * Add left x right to `out`. Almost all of the time is spent here, so it computes two rows by four columns at once:
   * eight sums for six numbers read. At the edges the last row and columns are computed again.
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

  /**
   * One recurrent layer and its output layer: weights, logits, loss and gradient. The matrix has a block of rows for
   * each block of the cell, and columns for [h, x, 1, 1], because PyTorch has a bias of the input and one of the state.
   */
  class Network {
    constructor(cell, hidden) {
      this.cell = CELLS[cell];
      this.hidden = hidden;
      this.rows = this.cell.blocks * hidden;
      this.columns = hidden + 3;
      this.parameters = new Float64Array(this.rows * this.columns + hidden + 1);
      this.gradient = new Float64Array(this.parameters.length);
      [this.weights, this.gradients] = [this.parameters, this.gradient].map((vector) => {
        const size = this.rows * this.columns;
        return { matrix: grid(vector.subarray(0, size), this.rows, this.columns),
                 output: grid(vector.subarray(size, size + hidden), 1, hidden), bias: vector.subarray(size + hidden) };
      });
      this.run = {};
    }

    /** Draw the parameters uniformly from ±1/√hidden, as PyTorch does. */
    draw(rng, forgetBias) {
      const { hidden: H, columns, cell } = this, bound = H ** -0.5, { matrix } = this.weights;
      this.parameters.forEach((_, i) => (this.parameters[i] = rng.uniform(-bound, bound)));
      this.clearUnread(matrix);
      if (forgetBias === null || !cell.hasCellState) return;
      for (let k = H; k < 2 * H; k++) matrix.values.set([forgetBias, 0], k * columns + H + 1);
    }

    /** Set the entries of a matrix to 0 where a block does not read a column. */
    clearUnread({ values }) {
      const { hidden: H, columns, cell } = this;
      if (cell.unread) values.forEach((_, i) => {
        if (cell.unread(Math.floor(i / columns / H), i % columns, H)) values[i] = 0;
      });
    }

    /** Allocate the arrays for a batch, with views for each time step, unless those of `run` have the same shape. */
    allocate({ count, steps }, run) {
      if (run.count === count && run.steps === steps) return run;
      const H = this.hidden, size = H * count;
      const cut = (units, times) => {
        const all = new Float64Array(times * units * count); // flat [times][units][count]
        return Array.from({ length: times }, (_, t) => all.subarray(t * units * count, (t + 1) * units * count));
      };
      const stacked = cut(this.columns, steps + 1); // h, x, 1, 1: the state before each step and its input
      const a = cut(this.rows, steps), [dHidden, dCell, carry] = cut(H, 3);
      const [c, tanhC] = this.cell.hasCellState ? [cut(H, steps + 1), cut(H, steps)] : [[], []];
      const at = a.map((_, t) => ({ a: a[t], h: stacked[t], next: stacked[t + 1], size, dHidden, dCell, carry,
                                    c: c[t], cNext: c[t + 1], tanhC: tanhC[t] }));
      return { count, steps, stacked, at, carry, logits: cut(1, steps), dLogits: cut(1, steps) };
    }

    /** Run the network over a batch. The next batch without a `run` overwrites the states and logits. */
    forward(batch, run = (this.run = this.allocate(batch, this.run))) {
      const { count, bits } = batch, H = this.hidden, { matrix, output, bias } = this.weights;
      run.at.forEach((step, t) => {
        step.h.set(bits.subarray(t * count, (t + 1) * count), H * count);
        step.h.fill(1, (H + 1) * count);
        addProduct(matrix, grid(step.h, this.columns, count), grid(step.a.fill(0), this.rows, count));
        this.cell.step(step);
        addProduct(output, grid(step.next, H, count), grid(run.logits[t].fill(bias[0]), 1, count));
      });
      return run;
    }

    /** Backpropagate from the logits to the parameters; `watch(t, step)` can read the gradient of each state. */
    backward(run, watch = () => {}) {
      const { hidden: H, columns, gradients } = this, count = run.count, { matrix, output } = this.weights;
      const toState = transposed(grid(matrix.values, this.rows, H, columns)); // without the columns for x and 1
      for (const sum of [this.gradient, run.carry]) sum.fill(0);
      for (let t = run.steps - 1; t >= 0; t--) {
        const step = run.at[t], dLogits = grid(run.dLogits[t], 1, count);
        const dHidden = grid(step.dHidden.fill(0), H, count);
        addProduct(transposed(output), dLogits, dHidden);
        if (t + 1 < run.steps) addProduct(toState, grid(run.at[t + 1].a, this.rows, count), dHidden);
        this.cell.backward(step);
        watch(t, step);
        addProduct(grid(step.a, this.rows, count), transposed(grid(step.h, columns, count)), gradients.matrix);
        addProduct(dLogits, transposed(grid(step.next, H, count)), gradients.output);
        gradients.bias[0] += run.dLogits[t].reduce((sum, value) => sum + value);
      }
      this.clearUnread(gradients.matrix);
    }

    /** Return the loss and the accuracy of a batch, and leave the gradient of the loss in `gradient`. */
    lossAndGradient(batch) {
      const run = this.forward(batch), score = evaluate(batch, run);
      this.backward(run);
      return score;
    }

    /** Return the norm of the last logit's gradient at each state (an LSTM's c): [steps][count]. */
    stateGradients(batch) {
      const run = this.forward(batch), norms = Array(run.steps), { cell, hidden } = this;
      run.dLogits.forEach((part, t) => part.fill(t === run.steps - 1 ? 1 : 0));
      this.backward(run, (t, { dHidden, dCell }) => {
        const gradient = cell.hasCellState ? dCell : dHidden;
        const ofString = (b) => Array.from({ length: hidden }, (_, k) => gradient[k * run.count + b]);
        norms[t] = Array.from({ length: run.count }, (_, b) => Math.hypot(...ofString(b)));
      });
      return norms;
    }
  }

  /** Return the binary cross-entropy and the accuracy of a run, and leave the loss's gradient in run.dLogits. */
  function evaluate({ count, steps, labels, mask, counted }, run) {
    let loss = 0, correct = 0;
    for (let t = 0; t < steps; t++)
      for (let b = 0; b < count; b++) {
        const z = run.logits[t][b], y = labels[t * count + b];
        run.dLogits[t][b] = 0;
        if (!mask[t * count + b]) continue; // multiplying by 0 would let a NaN on padding reach the loss
        loss += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
        correct += z > 0 === (y === 1);
        run.dLogits[t][b] = (sigmoid(z) - y) / counted;
      }
    return { loss: loss / counted, accuracy: correct / counted };
  }

  // --- optimisers -------------------------------------------------------------

  /** Scale a gradient down to the norm `most` if it is larger, as torch's clip_grad_norm_ does. */
  function clip(gradient, most) {
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const factor = Math.min(1, most / (norm + 1e-6));
    for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  }

  function sgd(parameters, gradient, rate) {
    for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * gradient[i];
  }

  /** Make one update of Adam as PyTorch does, with means that start at 0 and are corrected for it. */
  function adam(parameters, gradient, rate, means) {
    const weight1 = 1 - 0.9 ** ++means.steps, weight2 = Math.sqrt(1 - 0.999 ** means.steps);
    for (let i = 0; i < parameters.length; i++) {
      const m = (means.first[i] += 0.1 * (gradient[i] - means.first[i]));
      const v = (means.second[i] = 0.999 * means.second[i] + 0.001 * gradient[i] * gradient[i]);
      parameters[i] -= ((rate / weight1) * m) / (Math.sqrt(v) / weight2 + 1e-8);
    }
  }

  // --- training ---------------------------------------------------------------

  /**
   * A network, its task and its optimiser, all from one seed. The settings are those of Playground in playground.py.
   * Measurements do not change how training continues.
   */
  class Trainer {
    constructor(settings) {
      const stream = (number) => random(settings.seed, number);
      this.settings = settings;
      this.network = new Network(settings.cell, settings.hidden);
      this.network.draw(stream(1), settings.forgetBias);
      const count = this.network.parameters.length;
      this.means = { steps: 0, first: new Float64Array(count), second: new Float64Array(count) };
      this.training = stream(2);
      this.probing = stream(3);
      this.steps = 0;
      Object.assign(this, bounds(settings.lengths));
      this.reach = this.first; // the longest length that is drawn now; that of a curriculum grows
      this.everything = settings.batch === "all" ? batchOf(allStrings(settings.lengths), settings.label) : null;
      const strings = Math.ceil(PREFIXES / this.longest);
      this.prefixes = batchOf(drawStrings(stream(5), strings, this.longest, this.longest), "every");
      this.run = this.network.allocate(this.prefixes, {});
      this.validation = this.everything ? [this.everything] : this.validationBatches(stream(4));
    }

    /** Draw validation strings as training.py does, 1.5 times as long as in training. */
    validationBatches(rng) {
      const stretched = Math.floor(this.longest * STRETCH);
      const shortest = this.shortest < this.longest ? this.shortest : stretched;
      return Array.from({ length: VALIDATION.strings / VALIDATION.batch }, () =>
        batchOf(drawStrings(rng, VALIDATION.batch, shortest, stretched), this.settings.label));
    }

    nextBatch() {
      const { batch, label } = this.settings;
      return this.everything ?? batchOf(drawStrings(this.training, batch, this.shortest, this.reach), label);
    }

    /** Make one update; return the loss and the accuracy of the batch before it. */
    step(batch = this.nextBatch()) {
      const { optimizer, rate, clip: most } = this.settings, { parameters, gradient } = this.network;
      const score = this.network.lossAndGradient(batch);
      if (most !== null) clip(gradient, most);
      (optimizer === "adam" ? adam : sgd)(parameters, gradient, rate, this.means);
      if (score.accuracy >= THRESHOLD) this.reach = Math.min(this.reach + 1, this.longest);
      this.steps++;
      return score;
    }

    /** Return whether every answer to the validation strings is correct. */
    solved() {
      return this.validation.every((batch) => evaluate(batch, this.network.forward(batch)).accuracy === 1);
    }

    /** Return for the lengths 1 to `longest` the share of `count` random strings with a correct last answer. */
    accuracyByLength(longest, count = 64) {
      // The answer to the beginning of a string is part of the run over the whole string.
      const batch = batchOf(drawStrings(this.probing, count, longest, longest), "every");
      const correct = (z, t, b) => z > 0 === (batch.labels[t * count + b] === 1);
      const { logits } = this.network.forward(batch);
      return logits.map((part, t) => part.filter((z, b) => correct(z, t, b)).length / count);
    }

    /**
     * Return the hidden states after all prefixes of some strings, flat [steps][hidden][count], whether each prefix is
     * odd, [steps][count], the weights of the output layer and, for a small network, the matrix.
     */
    snapshot() {
      const { hidden: H, weights: { matrix, output, bias } } = this.network, { count, steps, labels } = this.prefixes;
      const states = new Float32Array(steps * H * count);
      this.network.forward(this.prefixes, this.run).at.forEach(({ next }, t) =>
        states.set(next.subarray(0, H * count), t * H * count));
      return { steps: this.steps, states, odd: labels, count, output: Array.from(output.values), bias: bias[0],
               matrix: H <= FEW ? Array.from(matrix.values) : null };
    }

    /** Return the mean norm of the last logit's gradient at each state, over `count` random strings. */
    gradientThroughTime(steps, count = 16) {
      const norms = this.network.stateGradients(batchOf(drawStrings(this.probing, count, steps, steps), "end"));
      return norms.map((part) => part.reduce((sum, norm) => sum + norm) / count);
    }

    /** Return all that the figures show of a moment: a snapshot, the accuracy by length and the gradient. */
    measure() {
      return { ...this.snapshot(), accuracyByLength: this.accuracyByLength(Math.floor(this.longest * STRETCH)),
               gradient: this.gradientThroughTime(this.longest) };
    }
  }

  // --- the messages of the worker ---------------------------------------------

  const SLICE = 100; // milliseconds of training between messages
  const EVERY = 300; // milliseconds between two reports of a fast training
  let job = null; // the current run; a new one replaces it
  let timer; // of the next slice

  const actions = {
    start({ run, settings, cap }, post) {
      job = null; // the last run ends even if the new one cannot start
      const trainer = new Trainer(settings);
      job = { run, post, trainer, cap, running: false, solved: null, losses: [], snapshots: [trainer.measure()],
              every: 4 };
      report();
    },
    pause() {
      job.running = false;
      report();
    },
    resume() {
      job.running = true;
      schedule();
    },
    step() {
      job.running = false;
      update();
      report();
    },
  };

  /**
   * Handle { kind: "start", run, settings, cap }, which starts a paused run, or a "pause", "resume" or "step".
   * Posts { kind: "progress", ... }, described in `report`, and { kind: "error", message }, with the number of the run.
   * A run pauses after `cap` updates, and each time after as many more, or when the loss is not a finite number.
   */
  function answer(message, post) {
    const run = message.kind === "start" ? message.run : job?.run;
    try {
      actions[message.kind](message, post);
    } catch (error) {
      post({ kind: "error", run, message: error.message });
    }
  }

  /** Schedule the next slice after the waiting messages. */
  function schedule() {
    clearTimeout(timer);
    timer = setTimeout(slice);
  }

  function slice() {
    if (!job?.running) return;
    const end = performance.now() + SLICE;
    do update(); while (job.running && performance.now() < end);
    if (!job.running || end - job.reported >= EVERY) report();
    if (job.running) schedule();
  }

  /** Make one update, validate if it is time, and stop the run when the network has solved its task, or at the cap. */
  function update() {
    const { loss } = job.trainer.step();
    job.diverged = !Number.isFinite(loss);
    if (!job.diverged) job.losses.push(loss);
    if (job.trainer.steps > SNAPSHOTS * job.every) job.every *= 2;
    if (job.trainer.steps % job.every === 0) job.snapshots.push(job.trainer.measure());
    if (job.diverged || job.trainer.steps % job.cap === 0) job.running = false;
    if (job.solved !== null || job.trainer.steps % VALIDATION.every || !job.trainer.solved()) return;
    job.solved = job.trainer.steps;
    job.running = false;
  }

  /**
   * Post what has happened since the last report, with a snapshot after the last update. Of all snapshots, only the
   * last one and those after a multiple of `every` updates are still needed.
   */
  function report() {
    const { run, trainer, running, solved, diverged, losses, snapshots, every } = job, { steps } = trainer;
    if (steps % every) snapshots.push(trainer.measure());
    Object.assign(job, { losses: [], snapshots: [], reported: performance.now() });
    job.post({ kind: "progress", run, steps, running, solved, diverged, losses, snapshots, every });
  }

  return { Network, Trainer, random, drawStrings, allStrings, batchOf, answer };
}

/** Start a worker that trains; `onmessage` gets its messages. A Blob also works from file://. */
export function startWorker(onmessage) {
  const source = `const { answer } = (${engine})();
    onmessage = ({ data }) => answer(data, (message) => postMessage(message));`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  worker.onmessage = ({ data }) => onmessage(data);
  worker.onerror = (event) => onmessage({ kind: "error", message: event.message });
  return worker;
}
