// The playground: settings, a worker that trains (engine.js), and up to four figures that follow it.

const COIN = Math.log(2); // the loss of a network that answers each bit with probability 1/2
const MOST_OF_ALL = 10; // bits of which all strings can be the batch
const MOST_RUNS = 40; // earlier runs that are listed
const ADDRESS = "#playground?"; // the beginning of an address that contains settings

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const withNames = (...values) => values.map((value) => [value, String(value)]);

// The settings that can be chosen: [key, name, choices], where a choice is [value, name].
const CHOICES = [
  ["cell", "Cell", [["tanh", "tanh"], ["relu", "relu"], ["gru", "GRU"], ["lstm", "LSTM"]]],
  ["hidden", "Units", withNames(1, 2, 4, 8, 16, 32, 64)],
  ["label", "A label", [["every", "at every step"], ["end", "at the end"]]],
  ["lengths", "Bits", [[5, "5"], [10, "10"], [20, "20"], [50, "50"], [[1, 20], "1 to 20"], [[1, 50], "1 to 50"],
                       [[2, 50], "2 to 50"], [{ curriculum: [2, 50] }, "2, growing to 50"]]],
  ["batch", "Batch", [...withNames(8, 16, 32, 64, 256), ["all", "all strings"]]],
  ["optimizer", "Optimiser", [["adam", "Adam"], ["sgd", "SGD"]]],
  ["rate", "Rate", withNames(0.001, 0.003, 0.005, 0.01, 0.03, 0.1, 0.3, 1)],
  ["clip", "Clip at", [...withNames(0.1, 0.25, 1), [null, "no clipping"]]],
  ["forgetBias", "Forget bias", [[null, "as drawn"], ...withNames(0, 1, 2, 3, 5)]],
];
const RECIPE = { cell: "relu", hidden: 32, lengths: 50, label: "every", batch: 32, optimizer: "adam", rate: 0.005,
                 clip: 0.25, forgetBias: null };
const EXPERIMENT = { ...RECIPE, cell: "lstm", hidden: 8, batch: 64, rate: 0.01, clip: 1 }; // in The experiment
const PRESETS = {
  "The book's recipe": RECIPE,
  "LSTM: a label at every step, 50 bits": EXPERIMENT,
  "LSTM: a label at every step, 1 to 50 bits": { ...EXPERIMENT, lengths: [1, 50] },
  "LSTM: a label at the end, 1 to 50 bits": { ...EXPERIMENT, lengths: [1, 50], label: "end" },
  "LSTM: a label at the end, 50 bits": { ...EXPERIMENT, label: "end" },
  "LSTM: all 32 strings of 5 bits, a label at the end": { ...EXPERIMENT, label: "end", lengths: 5, batch: "all" },
  "LSTM: 64 drawn strings of 5 bits, a label at the end": { ...EXPERIMENT, label: "end", lengths: 5 },
  "The notebook's loop: tanh, SGD, a rate of 1": {
    ...RECIPE, cell: "tanh", hidden: 4, batch: 8, optimizer: "sgd", rate: 1, clip: null },
  "A single tanh unit": { ...RECIPE, cell: "tanh", hidden: 1, lengths: 10 },
  "A learning rate ten times as large": { ...RECIPE, rate: 0.05, clip: null },
  "A curriculum: LSTM, a label at the end": { ...EXPERIMENT, label: "end", lengths: { curriculum: [2, 50] } },
};

export default widgetOf(["settings"], build, restart, (view) => view.worker.terminate());

const withoutSeed = ({ seed, ...rest }) => rest;

/** Change settings; this records the run so far and prepares a new one. */
function change(view, model, changes) {
  const ended = view.steps > 0 && !view.recorded && counted(view.steps, "update");
  if (ended) record(view, model);
  const settings = { ...model.get("settings"), ...changes };
  if (settings.cell !== "lstm") settings.forgetBias = null;
  const tooMany = settings.batch === "all" && !(settings.lengths <= MOST_OF_ALL);
  if (tooMany && "batch" in changes) settings.lengths = 5; // the setting that was not changed has to give way
  else if (tooMany) settings.batch = 32;
  save(model, { settings });
  if (ended) view.line.textContent = `A setting has changed, and so the last run ended after ${ended}.`;
  if (view.inPage) history.replaceState(null, "", ADDRESS + new URLSearchParams(
    Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)])));
}

/** Return the settings that the page's address contains, or null if it contains none or one that is not allowed. */
function settingsInAddress() {
  if (!location.hash.startsWith(ADDRESS)) return null;
  try {
    const found = Object.fromEntries([...new URLSearchParams(location.hash.slice(ADDRESS.length))].map(
      ([key, text]) => [key, JSON.parse(text)]));
    const allowed = ([key, value]) => (key === "seed" ? Number.isInteger(value) && value >= 0 :
      CHOICES.find(([name]) => name === key)?.[2].some(([choice]) => same(choice, value)));
    return Object.entries(found).every(allowed) ? found : null;
  } catch {
    return null;
  }
}

/** Prepare a new run with the current settings. */
function restart(view, model) {
  view.run += 1;
  Object.assign(view, { steps: 0, running: false, solved: null, losses: [], latest: {}, recorded: false });
  view.worker.postMessage({ kind: "start", run: view.run, settings: model.get("settings") });
  paintSettings(view, model.get("settings"));
  paintRuns(view, model);
  view.line.textContent = "";
  paint(view, model);
}

function onMessage(view, model, message) {
  if (message.run !== view.run) return; // a late message about an earlier run
  if (message.kind === "error") {
    view.line.textContent = `The training stopped: ${message.message}`;
    return;
  }
  const { steps, running, solved, losses, ...figures } = message;
  Object.assign(view, { steps, running, solved });
  Object.assign(view.latest, figures);
  view.losses.push(...losses);
  if (view.solved !== null && !view.recorded) record(view, model);
  paint(view, model);
}

function toggle(view) {
  if (view.solved !== null) return;
  view.running = !view.running;
  view.worker.postMessage({ kind: view.running ? "resume" : "pause" });
  paintButtons(view);
  view.line.textContent = view.running ? "" : "Paused.";
}

/** Prepare a run with the next seed, which starts if the last one was running or solved. */
function nextSeed(view, model) {
  const continues = view.running || view.solved !== null;
  change(view, model, { seed: model.get("settings").seed + 1 });
  if (continues) toggle(view);
}

/** Record the result of a run for the list and for Python. */
function record(view, model) {
  view.recorded = true;
  const { seed, ...settings } = model.get("settings");
  const run = { seed, steps: view.steps, solved: view.solved !== null, settings };
  save(model, { runs: [...model.get("runs"), run].slice(-MOST_RUNS) });
  paintRuns(view, model);
  if (view.solved === null) return;
  const strings = settings.batch === "all" ? `all ${2 ** settings.lengths} strings` :
    "strings that it has never seen, up to 1.5 times as long as those in training,";
  view.line.textContent = `Solved after ${counted(view.steps, "update")}: every answer to ${strings} is correct.`;
}

function build(model, el) {
  const adjustable = model.get("adjustable"), inPage = adjustable && el.classList.contains("widget-host");
  const view = { run: 0, inPage, stops: model.get("stops") };
  const found = inPage ? settingsInAddress() : null;
  if (found) change(view, model, found);
  view.worker = startWorker((message) => onMessage(view, model, message));
  const { row, buttons } = buttonRow([
    ["Train", () => toggle(view)],
    ["Step", () => view.solved === null && view.worker.postMessage({ kind: "step" })],
    ["Start again", () => restart(view, model)],
    ["Another seed", () => nextSeed(view, model)],
  ], "Train");
  view.buttons = buttons;
  view.count = addCount(row);
  view.line = make("p", { class: "pw-line", "aria-live": "polite" });
  view.figures = Object.entries(FIGURES).slice(0, adjustable ? 4 : 2).map(([name, figure]) => buildFigure(figure, name));
  view.runs = make("p", { class: "pw-runs" });
  view.numbers = numbersTable("The numbers of the figures", () => tableRows(view.latest));
  view.root = widgetRoot("A network that trains here",
    ...(adjustable ? [buildSettings(view, model)] : []), row, view.line,
    make("div", { class: "pw-figures pw-side-by-side" }, ...view.figures.map(({ root }) => root)), view.runs,
    view.numbers.root);
  return view;
}

function buildSettings(view, model) {
  const presets = Object.keys(PRESETS).map((name) => [name, name]);
  view.preset = makeSelect("Begin with", [...presets, [null, "settings of your own"]],
    (name) => name && change(view, model, PRESETS[name]));
  view.settings = Object.fromEntries(CHOICES.map(([key, name, choices]) =>
    [key, makeSelect(name, choices, (value) => change(view, model, { [key]: value }))]));
  view.seed = make("input", { class: "pw-input pw-seed", type: "number", min: 0, step: 1, onchange: () =>
    change(view, model, { seed: Math.max(0, Math.floor(Number(view.seed.value) || 0)) }) });
  view.stop = make("p", { class: "pw-stop" });
  return make("div", { class: "pw-settings" }, view.preset.root, view.stop,
    make("details", { class: "pw-more" }, make("summary", {}, "Every setting"),
      make("div", { class: "pw-settings" }, ...Object.values(view.settings).map(({ root }) => root),
        make("label", {}, "Seed ", view.seed))));
}

// The figures: title, function that draws it, the data that it shows, and an explanation. `data` returns something else
// whenever the figure has to be drawn again.
const FIGURES = {
  loss: { title: "Loss", draw: drawLoss, data: ({ steps, run }) => `${run} ${steps}`,
          note: "The mean loss of each batch. The line is ln 2, the loss of a coin." },
  lengths: { title: "Accuracy by length", draw: drawLengths, data: ({ latest }) => latest.accuracyByLength,
             note: "The share of fresh strings with a correct last answer, by their length; black if it is 1. Longer " +
               "strings than at the mark never occur in training; nor do shorter ones if there is one length and a " +
               "label at the end." },
  states: { title: "States along a string", draw: drawStates, data: ({ latest }) => latest.states,
            note: "Each row is a unit, each column a bit of one string: green above zero, purple below. The answers " +
              "are at the bottom: a dot is correct, a cross is wrong." },
  gradient: { title: "Gradient through time", draw: drawGradient, data: ({ latest }) => latest.gradient,
              note: "How much the last logit depends on the state at each step, on a logarithmic scale." },
};

function buildFigure({ title, draw, data, note }, name) {
  const drawing = svg("svg", { viewBox: "0 0 320 150", role: "img", "aria-label": title });
  const root = make("figure", { class: `pw-figure pw-figure-${name}` }, make("b", {}, title), drawing,
    make("figcaption", {}, note));
  return { root, drawing, draw, data };
}

function paintSettings(view, settings) {
  if (!view.preset) return;
  for (const [key, list] of Object.entries(view.settings)) list.choose(settings[key]);
  view.settings.forgetBias.select.disabled = settings.cell !== "lstm";
  view.seed.value = settings.seed;
  const sorted = (object) => Object.entries(object).sort();
  const preset = Object.keys(PRESETS).find((name) => same(sorted(PRESETS[name]), sorted(withoutSeed(settings))));
  view.preset.choose(preset ?? null);
  view.stop.textContent = view.stops[preset] ?? "";
}

function paint(view, model) {
  paintButtons(view);
  for (const figure of view.figures) {
    const data = figure.data(view);
    if (figure.drawn === data || data === undefined) continue; // most reports have a new loss only
    figure.drawn = data;
    figure.draw(figure.drawing, view, model.get("settings"));
  }
  if (!view.running) view.numbers.paint(); // during training nobody could read them
}

function paintButtons({ buttons, running, solved, losses, steps, count }) {
  buttons.Train.textContent = running ? "Pause" : "Train";
  for (const button of [buttons.Train, buttons.Step]) setAvailable(button, solved === null);
  const loss = losses.length ? `, loss ${losses.at(-1).toFixed(3)}` : "";
  count.textContent = `${counted(steps, "update")}${loss}${solved === null ? "" : ", solved"}`;
}

const LEFT = 34, RIGHT = 314, TOP = 8, BOTTOM = 128;
const across = (share) => LEFT + (RIGHT - LEFT) * share;
const up = (share) => BOTTOM - (BOTTOM - TOP) * share;
const level = (share, name) => [svgLine("pw-level", LEFT, up(share), RIGHT, up(share)),
                                svgText(LEFT - 4, up(share) + 4, name, "end")];
const curveThrough = (points) =>
  svgPath("pw-curve", points.map(([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`));
const axis = (left, right) => [svgText(LEFT, 144, left, "start"), svgText(RIGHT, 144, right, "end")];

function drawLoss(drawing, { losses, steps }) {
  const most = Math.max(1.2 * COIN, ...losses.slice(-200)), shown = thinned(losses, 280);
  const points = shown.map((loss, i) => [i / Math.max(shown.length - 1, 1), Math.min(loss / most, 1)]);
  drawing.replaceChildren(...level(0, "0"), ...level(COIN / most, "ln 2"), curveThrough(points),
    ...axis("0", counted(steps, "update")));
  drawing.setAttribute("aria-label", losses.length ?
    `Loss: ${losses[0].toFixed(2)} at first, ${losses.at(-1).toFixed(3)} now` : "Loss: no update yet");
}

/** Return at most `count` values, each the mean of consecutive ones. */
function thinned(values, count) {
  const size = Math.ceil(values.length / count) || 1;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
    const part = values.slice(i * size, (i + 1) * size);
    return part.reduce((sum, v) => sum + v) / part.length;
  });
}

function drawLengths(drawing, { latest: { accuracyByLength: shares } }, { lengths }) {
  const longest = Array.isArray(lengths) ? lengths[1] : lengths.curriculum?.[1] ?? lengths, most = shares.length;
  const width = (RIGHT - LEFT) / most, mark = across(longest / most);
  drawing.replaceChildren(...level(0.5, "½"), ...level(1, "1"),
    ...shares.map((share, i) => svg("rect", { class: share === 1 ? "pw-exact" : "pw-partly",
      x: across(i / most) + width * 0.1, y: up(share), width: width * 0.8, height: BOTTOM - up(share) })),
    svgLine("pw-mark-line", mark, TOP, mark, BOTTOM), ...axis("1 bit", String(most)),
    svgText(mark, 144, String(longest)));
  const exact = shares.filter((share) => share === 1).length;
  drawing.setAttribute("aria-label", `The last answer is correct for all strings of ${exact} of ${most} lengths`);
}

function drawStates(drawing, { latest: { states: { bits, hidden, logits } } }) {
  const units = hidden[0].length, width = (RIGHT - LEFT) / bits.length, height = (BOTTOM - TOP - 24) / units;
  const values = hidden.slice(1).flat(), largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const cells = values.map((value, place) => svg("rect", { class: value > 0 ? "pw-plus" : "pw-minus",
    opacity: Math.min(1, Math.abs(value) / largest).toFixed(2), x: across(Math.floor(place / units) / bits.length),
    y: TOP + (place % units) * height, width: width + 0.2, height: height + 0.2 }));
  let parity = 0, wrong = 0;
  const answers = logits.map((logit, t) => {
    parity ^= bits[t];
    const correct = logit > 0 === (parity === 1), x = across((t + 0.5) / bits.length);
    wrong += correct ? 0 : 1;
    return correct ? svg("circle", { class: "pw-correct", cx: x, cy: BOTTOM - 10, r: Math.min(2.5, width / 3) })
                   : svg("path", { class: "pw-cross", d: `M${x - 2.5} ${BOTTOM - 12.5}l5 5m0 -5l-5 5` });
  });
  drawing.replaceChildren(...cells, ...answers, svgText(LEFT - 4, TOP + 10, "units", "end"),
    ...axis("bit 1", String(bits.length)));
  drawing.setAttribute("aria-label",
    `States of ${units} units along a string of ${bits.length} bits; ${wrong} answers are wrong`);
}

function drawGradient(drawing, { latest: { gradient: norms } }) {
  const low = -12, high = 3, share = (power) => (power - low) / (high - low);
  const powers = norms.map((norm) => Math.max(low, Math.min(high, Math.log10(norm / norms.at(-1)))));
  drawing.replaceChildren(
    ...[0, -5, -10].flatMap((power) => level(share(power), power ? `10${superscript(power)}` : "1")),
    curveThrough(powers.map((power, t) => [(t + 0.5) / norms.length, share(power)])),
    ...axis("step 1", String(norms.length)));
  drawing.setAttribute("aria-label",
    `The gradient at step 1 is 10 to the power ${powers[0].toFixed(1)} of that at step ${norms.length}`);
}

/** Return the numbers of the figures: a row for each time step or length. */
function tableRows({ accuracyByLength = [], states, gradient }) {
  return [["step or bits", "accuracy at this length", "logit along the string", "gradient at this step"],
    ...accuracyByLength.map((accuracy, i) => [String(i + 1), accuracy.toFixed(2),
      i < states?.logits.length ? fixed(states.logits[i]) : "", gradient?.[i]?.toExponential(1) ?? ""])];
}

/** List the runs with the current settings and count the solved ones. */
function paintRuns(view, model) {
  const runs = model.get("runs"), settings = withoutSeed(model.get("settings"));
  const alike = runs.filter((run) => same(run.settings, settings)), solved = alike.filter((run) => run.solved).length;
  view.runs.replaceChildren(
    alike.length ? `${solved} of ${counted(alike.length, "run")} with these settings solved it: ` : "",
    ...alike.map((run) => make("span", { class: run.solved ? "pw-run pw-run-solved" : "pw-run" },
      `seed ${run.seed} ${run.solved ? "✓" : "–"} ${run.steps.toLocaleString("en")}`)));
}
