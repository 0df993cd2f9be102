// The playground: settings above, a worker that trains (engine.js), and four figures that follow it.

const COIN = Math.log(2); // the loss of a net that says 1/2 to everything
const MOST_OF_ALL = 10; // bits of which all strings may be the batch
const MOST_RUNS = 40; // past runs that stay in sight
const ADDRESS = "#playground?"; // what begins an address that carries settings

// What can be chosen: [key in the settings, its name, [value, name] pairs].
const CHOICES = [
  ["cell", "Cell", [["tanh", "tanh"], ["relu", "relu"], ["gru", "GRU"], ["lstm", "LSTM"]]],
  ["hidden", "Units", [1, 2, 4, 8, 16, 32, 64]],
  ["label", "A label", [["every", "at every step"], ["end", "at the end"]]],
  ["lengths", "Bits", [[5, "5"], [10, "10"], [20, "20"], [50, "50"], [[1, 20], "1 to 20"], [[1, 50], "1 to 50"],
                       [[2, 50], "2 to 50"], [{ curriculum: [2, 50] }, "2, growing to 50"]]],
  ["batch", "Batch", [8, 16, 32, 64, 256, ["all", "all strings"]]],
  ["optimizer", "Optimiser", [["adam", "Adam"], ["sgd", "SGD"]]],
  ["rate", "Rate", [0.001, 0.003, 0.005, 0.01, 0.03, 0.1, 0.3, 1]],
  ["clip", "Clip at", [0.1, 0.25, 1, [null, "no clipping"]]],
  ["forgetBias", "Forget bias", [[null, "as drawn"], 0, 1, 2, 3, 5]],
];
const RECIPE = { cell: "relu", hidden: 32, lengths: 50, label: "every", batch: 32, optimizer: "adam", rate: 0.005,
                 clip: 0.25, forgetBias: null };
const CORNER = { ...RECIPE, cell: "lstm", hidden: 8, batch: 64, rate: 0.01, clip: 1 }; // as in The experiment
const PRESETS = {
  "The book's recipe": RECIPE,
  "LSTM: a label at every step, 50 bits": CORNER,
  "LSTM: a label at every step, 1 to 50 bits": { ...CORNER, lengths: [1, 50] },
  "LSTM: a label at the end, 1 to 50 bits": { ...CORNER, lengths: [1, 50], label: "end" },
  "LSTM: a label at the end, 50 bits": { ...CORNER, label: "end" },
  "LSTM: all 32 strings of 5 bits, a label at the end": { ...CORNER, label: "end", lengths: 5, batch: "all" },
  "LSTM: 64 drawn strings of 5 bits, a label at the end": { ...CORNER, label: "end", lengths: 5 },
  "The course's loop: tanh, SGD, a rate of 1": { ...RECIPE, cell: "tanh", hidden: 4, batch: 8, optimizer: "sgd", rate: 1, clip: null },
  "Trap: one unit": { ...RECIPE, cell: "tanh", hidden: 1, lengths: 10 },
  "Trap: a rate ten times as large": { ...RECIPE, rate: 0.05, clip: null },
  "A curriculum: LSTM, a label at the end": { ...CORNER, label: "end", lengths: { curriculum: [2, 50] } },
};

export default {
  render({ model, el }) {
    const view = build(model, el);
    el.append(view.root);
    const inAddress = view.carries ? fromAddress(model) : null;
    if (inAddress) model.set("settings", inAddress);
    const again = () => restart(view, model);
    model.on("change:settings", again);
    again();
    return () => {
      model.off("change:settings", again);
      view.worker?.terminate();
    };
  },
};

// --- settings ---------------------------------------------------------------

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const pairOf = (choice) => (Array.isArray(choice) ? choice : [choice, String(choice)]);
const without = ({ seed, ...rest }) => rest; // what a preset says is all but the seed

/** Write changed settings; the figure then starts anew (`restart`). */
function choose(view, model, changes) {
  const settings = { ...model.get("settings"), ...changes };
  if (settings.cell !== "lstm") settings.forgetBias = null;
  const tooMany = settings.batch === "all" && !(settings.lengths <= MOST_OF_ALL);
  if (tooMany && "batch" in changes) settings.lengths = 5; // the other of the two gives way
  else if (tooMany) settings.batch = 32;
  model.set("settings", settings);
  model.save_changes();
  if (view.carries) history.replaceState(null, "", ADDRESS + new URLSearchParams(
    Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)])));
}

/** The settings that the page's address carries, over those of the model; null where it carries none or wrong ones. */
function fromAddress(model) {
  if (!location.hash.startsWith(ADDRESS)) return null;
  const settings = { ...model.get("settings") };
  for (const [key, text] of new URLSearchParams(location.hash.slice(ADDRESS.length))) {
    try {
      const value = JSON.parse(text), known = CHOICES.find(([name]) => name === key);
      const allowed = key === "seed" ? Number.isInteger(value) && value >= 0 : known[2].some((choice) => same(pairOf(choice)[0], value));
      if (!allowed) return null;
      settings[key] = value;
    } catch {
      return null;
    }
  }
  return settings;
}

// --- what trains ------------------------------------------------------------

/** A new run with the present settings, not yet going. */
function restart(view, model) {
  view.run += 1;
  Object.assign(view, { steps: 0, running: false, solved: null, losses: [], latest: {}, noted: false });
  view.worker ??= startWorker((message) => hear(view, model, message));
  view.worker.postMessage({ kind: "start", run: view.run, settings: model.get("settings"), paused: true });
  paintSettings(view, model.get("settings"));
  say(view, "");
  paint(view, model);
}

function hear(view, model, message) {
  if (message.run !== view.run) return; // a late word of an earlier run, or "ready"
  if (message.kind === "error") return say(view, `It stopped: ${message.message}`);
  view.steps = message.steps;
  view.losses.push(...message.losses);
  view.running = message.running;
  view.solved = message.solved;
  for (const key of ["accuracyByLength", "states", "gradient"]) if (message[key]) view.latest[key] = message[key];
  if (view.solved !== null && !view.noted) note(view, model);
  requestFrame(view, model);
}

/** Draw at most once a frame, however often the worker reports. */
function requestFrame(view, model) {
  if (view.frame) return;
  view.frame = requestAnimationFrame(() => {
    view.frame = null;
    paint(view, model);
  });
}

function toggle(view) {
  if (view.solved !== null) return;
  const kind = view.running ? "pause" : "resume";
  view.running = !view.running;
  view.worker.postMessage({ kind });
  paintButtons(view);
  if (kind === "pause") say(view, `Paused after ${counted(view.steps, "update")}.`);
}

function stepOnce(view) {
  if (view.solved === null) view.worker.postMessage({ kind: "step", count: 1 });
}

/** The next seed; the run so far is noted. It goes on by itself if this one was going. */
function anotherSeed(view, model) {
  const goesOn = view.running || view.solved !== null;
  if (view.steps > 0 && !view.noted) note(view, model);
  choose(view, model, { seed: model.get("settings").seed + 1 });
  if (goesOn) toggle(view);
}

/** Keep what came of a run, for the strip and for Python. */
function note(view, model) {
  view.noted = true;
  const settings = model.get("settings");
  model.set("runs", [...model.get("runs"), { seed: settings.seed, steps: view.steps, solved: view.solved !== null,
                                             settings: without(settings) }].slice(-MOST_RUNS));
  model.save_changes();
  if (view.solved === null) return;
  const tried = settings.batch === "all" ? `all ${2 ** settings.lengths} strings` :
    "strings that it never saw, half as long again as those in training,";
  say(view, `Solved after ${counted(view.steps, "update")}: every answer to ${tried} is right.`);
}

// --- building: once ---------------------------------------------------------

function build(model, el) {
  const view = { run: 0, selects: {}, carries: el.classList.contains("widget-host") && model.get("chosen") };
  const { row, buttons } = buttonRow([
    ["Train", () => toggle(view)],
    ["Step", () => stepOnce(view)],
    ["Start again", () => restart(view, model)],
    ["Another seed", () => anotherSeed(view, model)],
  ]);
  buttons.Train.classList.add("pw-primary");
  view.buttons = buttons;
  view.count = make("span", { class: "pw-count" });
  row.append(view.count);
  view.line = make("p", { class: "pw-line", "aria-live": "polite" });
  view.figures = Object.fromEntries(model.get("figures").map((name) => [name, buildFigure(name)]));
  view.strip = make("p", { class: "pw-runs" });
  view.numbers = numbersTable("The numbers of the figures", () => numbers(view));
  view.root = widgetRoot("A network that trains here",
    ...(model.get("chosen") ? [buildSettings(view, model)] : []), row, view.line,
    make("div", { class: "pw-figures" }, ...Object.values(view.figures).map((figure) => figure.root)), view.strip, view.numbers.root);
  return view;
}

function buildSettings(view, model) {
  view.stops = model.get("stops");
  const select = (name, options, onchange) => {
    const element = make("select", { class: "pw-input", onchange: () => onchange(element.selectedIndex) },
      ...options.map((text) => make("option", {}, text)));
    return [make("label", {}, name, " ", element), element];
  };
  const [presets, preset] = select("Begin with", [...Object.keys(PRESETS), "settings of your own"],
    (index) => index < Object.keys(PRESETS).length && choose(view, model, Object.values(PRESETS)[index]));
  view.preset = preset;
  const fields = CHOICES.map(([key, name, choices]) => {
    const [label, element] = select(name, choices.map((choice) => pairOf(choice)[1]),
      (index) => choose(view, model, { [key]: pairOf(choices[index])[0] }));
    view.selects[key] = element;
    return label;
  });
  view.seed = make("input", { class: "pw-input pw-seed", type: "number", min: "0", step: "1", onchange: () => {
    const seed = Math.max(0, Math.floor(Number(view.seed.value) || 0));
    choose(view, model, { seed });
  } });
  view.stop = make("p", { class: "pw-stop" });
  return make("div", { class: "pw-settings" }, presets, view.stop,
    make("details", { class: "pw-more" }, make("summary", {}, "Every setting"),
      make("div", { class: "pw-settings" }, ...fields, make("label", {}, "Seed ", view.seed))));
}

// Of each figure its name, what it says, what draws it, and the data whose change makes that necessary.
const FIGURES = {
  loss: { name: "Loss", draw: drawLoss, shows: ({ steps, run }) => `${run} ${steps}`, says: "The mean loss of each batch. The line is ln 2, the loss of a coin." },
  lengths: { name: "Right, by length", draw: drawLengths, shows: ({ latest }) => latest.accuracyByLength, says: "Share of fresh strings whose last answer is right, by their length; black where all are right. Lengths right of the mark never came up in training; nor, with a label at the end and one length, those left of it." },
  states: { name: "States along a string", draw: drawStates, shows: ({ latest }) => latest.states, says: "Each row is a unit, each column a bit of one string: green above zero, purple below. Under them the answers: a dot is right, a cross is wrong." },
  gradient: { name: "Gradient, back through time", draw: drawGradient, shows: ({ latest }) => latest.gradient, says: "How much the last logit depends on the state at each step, on a scale of powers of ten." },
};

function buildFigure(name) {
  const title = FIGURES[name].name, drawing = svg("svg", { viewBox: "0 0 320 150", role: "img", "aria-label": title });
  const root = make("figure", { class: `pw-figure pw-figure-${name}` }, make("b", {}, title), drawing,
    make("figcaption", {}, FIGURES[name].says));
  return { root, drawing };
}

// --- painting: after every change -------------------------------------------

function paintSettings(view, settings) {
  if (!view.preset) return;
  for (const [key, , choices] of CHOICES) {
    view.selects[key].selectedIndex = choices.findIndex((choice) => same(pairOf(choice)[0], settings[key]));
    view.selects[key].disabled = key === "forgetBias" && settings.cell !== "lstm";
  }
  view.seed.value = settings.seed;
  const found = Object.values(PRESETS).findIndex((preset) => same(Object.entries(preset).sort(), Object.entries(without(settings)).sort()));
  view.preset.selectedIndex = found < 0 ? Object.keys(PRESETS).length : found;
  view.stop.textContent = view.stops[Object.keys(PRESETS)[found]] ?? "";
}

function paint(view, model) {
  paintButtons(view);
  for (const [name, figure] of Object.entries(view.figures)) {
    const { draw, shows } = FIGURES[name], data = shows(view);
    if (figure.data === data) continue; // most reports bring a new loss alone
    figure.data = data;
    draw(figure.drawing, view, model.get("settings"));
  }
  paintRuns(view, model);
  if (!view.running) view.numbers.paint(); // while it trains nobody could read them
}

function paintButtons(view) {
  view.buttons.Train.textContent = view.running ? "Pause" : "Train";
  for (const button of [view.buttons.Train, view.buttons.Step]) setAvailable(button, view.solved === null);
  const loss = view.losses.length ? `, loss ${view.losses.at(-1).toFixed(3)}` : "";
  view.count.textContent = `${counted(view.steps, "update")}${loss}${view.solved === null ? "" : ", solved"}`;
}

function say(view, text) {
  view.line.textContent = text;
}

const LEFT = 34, RIGHT = 314, TOP = 8, BOTTOM = 128;
const across = (share) => LEFT + (RIGHT - LEFT) * share;
const up = (share) => BOTTOM - (BOTTOM - TOP) * share;
const level = (share, name) => [svg("line", { class: "pw-level", x1: LEFT, x2: RIGHT, y1: up(share), y2: up(share) }),
                                svgText(LEFT - 4, up(share) + 4, name, "end")];

function drawLoss(drawing, { losses, steps }) {
  const most = Math.max(1.2 * COIN, ...losses.slice(-200)), shown = thinned(losses, 280);
  const points = shown.map((loss, i) => `${across(i / Math.max(shown.length - 1, 1)).toFixed(1)},${up(Math.min(loss / most, 1)).toFixed(1)}`);
  drawing.replaceChildren(...level(0, "0"), ...level(COIN / most, "ln 2"), svgLine("pw-curve", points),
    svgText(LEFT, 144, "0", "start"), svgText(RIGHT, 144, counted(steps, "update"), "end"));
  drawing.setAttribute("aria-label", losses.length ? `Loss: ${losses[0].toFixed(2)} at first, ${losses.at(-1).toFixed(3)} now` : "Loss: no update yet");
}

/** At most `count` values, each the mean of a stretch. */
function thinned(values, count) {
  const size = Math.ceil(values.length / count) || 1;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
    const part = values.slice(i * size, (i + 1) * size);
    return part.reduce((sum, v) => sum + v) / part.length;
  });
}

function drawLengths(drawing, { latest }, { lengths }) {
  const found = latest.accuracyByLength;
  if (!found) return;
  const longest = Array.isArray(lengths) ? lengths[1] : lengths.curriculum?.[1] ?? lengths, most = found.lengths.length;
  const width = (RIGHT - LEFT) / most, mark = across(longest / most);
  drawing.replaceChildren(...level(0.5, "½"), ...level(1, "1"),
    ...found.right.map((share, i) => svg("rect", { class: share === 1 ? "pw-exact" : "pw-partly", x: across(i / most) + width * 0.1,
      y: up(share), width: width * 0.8, height: BOTTOM - up(share) })),
    svg("line", { class: "pw-mark", x1: mark, x2: mark, y1: TOP, y2: BOTTOM }), svgText(LEFT, 144, "1 bit", "start"),
    svgText(mark, 144, String(longest)), svgText(RIGHT, 144, String(most), "end"));
  const exact = found.right.filter((share) => share === 1).length;
  drawing.setAttribute("aria-label", `Right at the last bit: all of the tried strings at ${exact} of ${most} lengths`);
}

function drawStates(drawing, { latest }) {
  const { bits, hidden, logits } = latest.states ?? {};
  if (!bits) return;
  const units = hidden[0].length, width = (RIGHT - LEFT) / bits.length, height = (BOTTOM - TOP - 24) / units;
  const values = hidden.slice(1).flat(), largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // Elements are made once for a size of net, and then only coloured: there may be thousands.
  if (drawing.cells?.length !== values.length || drawing.units !== units)
    Object.assign(drawing, { units, cells: values.map((_, place) => svg("rect", {
      x: across(Math.floor(place / units) / bits.length), y: TOP + (place % units) * height, width: width + 0.2, height: height + 0.2 })) });
  drawing.cells.forEach((cell, place) => {
    cell.setAttribute("class", values[place] > 0 ? "pw-plus" : "pw-minus");
    cell.setAttribute("opacity", Math.min(1, Math.abs(values[place]) / largest).toFixed(2));
  });
  let parity = 0, wrong = 0;
  const answers = logits.map((logit, t) => {
    parity ^= bits[t];
    const right = logit > 0 === (parity === 1), x = across((t + 0.5) / bits.length);
    wrong += right ? 0 : 1;
    return right ? svg("circle", { class: "pw-right", cx: x, cy: BOTTOM - 10, r: Math.min(2.5, width / 3) })
                 : svg("path", { class: "pw-wrong", d: `M${x - 2.5} ${BOTTOM - 12.5}l5 5m0 -5l-5 5` });
  });
  drawing.group ??= svg("g");
  if (drawing.group.firstChild !== drawing.cells[0]) drawing.group.replaceChildren(...drawing.cells);
  drawing.replaceChildren(drawing.group, ...answers, svgText(LEFT - 4, TOP + 10, "units", "end"), svgText(LEFT, 144, "bit 1", "start"),
    svgText(RIGHT, 144, String(bits.length), "end"));
  drawing.setAttribute("aria-label", `States of ${units} units along a string of ${bits.length} bits; ${wrong} answers are wrong`);
}

function drawGradient(drawing, { latest }) {
  const norms = latest.gradient;
  if (!norms) return;
  const powers = norms.map((norm) => Math.max(-12, Math.min(3, Math.log10(norm / norms.at(-1))))), low = -12, high = 3;
  const at = (power) => up((power - low) / (high - low));
  const points = powers.map((power, t) => `${across((t + 0.5) / norms.length).toFixed(1)},${at(power).toFixed(1)}`);
  drawing.replaceChildren(...[0, -5, -10].flatMap((power) => level((power - low) / (high - low), power ? `10${superscript(power)}` : "1")),
    svgLine("pw-curve", points), svgText(LEFT, 144, "step 1", "start"),
    svgText(RIGHT, 144, String(norms.length), "end"));
  drawing.setAttribute("aria-label", `The gradient at step 1 is 10 to the power ${powers[0].toFixed(1)} of that at step ${norms.length}`);
}

/** What the figures show at step t, or for strings of t bits, row by row. */
function numbers({ latest: { accuracyByLength, states, gradient } }) {
  return [["step or bits", "right at this length", "logit along the string", "gradient at this step"],
    ...(accuracyByLength?.lengths ?? []).map((length, i) => [String(length), accuracyByLength.right[i].toFixed(2),
      states?.logits[i] === undefined ? "" : fixed(states.logits[i]), gradient?.[i] === undefined ? "" : gradient[i].toExponential(1)])];
}

/** The runs with these settings, a word each; of others only how many there were. */
function paintRuns(view, model) {
  const runs = model.get("runs"), settings = without(model.get("settings"));
  const alike = runs.filter((run) => same(run.settings, settings)), solved = alike.filter((run) => run.solved).length;
  if (same(view.shownRuns, [runs.length, alike.length, settings])) return;
  view.shownRuns = [runs.length, alike.length, settings];
  view.strip.replaceChildren(...(alike.length ? [`${solved} of ${counted(alike.length, "run")} with these settings solved it: `,
    ...alike.map((run) => make("span", { class: run.solved ? "pw-run pw-run-solved" : "pw-run" },
      `seed ${run.seed} ${run.solved ? "✓" : "–"} ${run.steps.toLocaleString("en")}`))] : []));
}
