// The playground: settings, a worker that trains (engine.js), and a stage that shows any moment of a run (stage.js).

import {
  addCount, buttonRow, counted, make, makeSelect, numbersTable, play, save, setAvailable, stop, superscript, svg,
  svgLine, widgetOf, widgetRoot,
} from "./shared.js";
import { startWorker } from "./engine.js";
import { buildStage, curveThrough, level, newDrawing, paintStage, plot, shownSnapshot } from "./stage.js";

const MOST_OF_ALL = 10; // bits of which all strings can be the batch
const MOST_RUNS = 100; // earlier runs that are listed
const DROP = 0.6, REPLAY = 2500, PAUSE = 400; // the loss at which a replay begins, its ms, and those of a snapshot at most
const CAP = 8000; // updates after which a run pauses, unless the book has another cap for these settings
const ADDRESS = "#playground?"; // the beginning of an address that contains settings
const KEY = "one-bit-of-memory: runs"; // of the storage in which a visit to the book keeps its runs

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
  ["rate", "Rate", withNames(0.001, 0.003, 0.005, 0.01, 0.03, 0.05, 0.1, 0.3, 1)],
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
  "A single tanh unit": { ...RECIPE, cell: "tanh", hidden: 1, lengths: 10, rate: 0.03 },
  "A GRU of two units": { ...RECIPE, cell: "gru", hidden: 2, rate: 0.03, clip: 1 },
  "A learning rate ten times as large": { ...RECIPE, rate: 0.05, clip: null },
  "A curriculum: LSTM, a label at the end": { ...EXPERIMENT, label: "end", lengths: { curriculum: [2, 50] } },
};

export default widgetOf(["settings"], build, restart, (view) => {
  stop(view);
  view.worker.terminate();
});

const hasEnded = ({ solved, diverged }) => solved !== null || diverged;
const withoutSeed = ({ seed, ...rest }) => rest;

/** Change settings; this prepares a new run. */
function change(view, model, changes) {
  const { solved, steps } = view, settings = { ...model.get("settings"), ...changes };
  if (settings.cell !== "lstm") settings.forgetBias = null;
  const tooMany = settings.batch === "all" && !(settings.lengths <= MOST_OF_ALL);
  if (tooMany && "batch" in changes) settings.lengths = 5; // the setting that was not changed has to give way
  else if (tooMany) settings.batch = 32;
  save(model, { settings });
  if (steps) view.line.textContent = `${"seed" in changes ? "The seed" : "A setting"} has changed, so a new run ` +
    `begins. The last one ${solved === null ? "ended" : "solved its task"} after ${counted(steps, "update")}.`;
  if (view.inBook) history.replaceState(null, "", ADDRESS + new URLSearchParams(
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

/** Record the run so far, and prepare a new one with the current settings. */
function restart(view, model) {
  record(view, model);
  const settings = model.get("settings"), { cap = CAP, reason = "" } = view.stops[presetOf(withoutSeed(settings))] ?? {};
  stop(view);
  Object.assign(view, { run: view.run + 1, settings, steps: 0, running: false, solved: null, diverged: false,
                        capped: false, losses: [], snapshots: [], shown: null, cap, reason });
  view.worker.postMessage({ kind: "start", run: view.run, settings, cap: view.cap });
  paintSettings(view, settings);
  paintRuns(view, model);
  view.line.textContent = planOf(view);
  paint(view, model);
}

/** Say when training will stop by itself and, at the first cap, what we know of the book's own runs. */
const planOf = ({ cap, steps, reason }) => "Training stops when the task is solved, or after " +
  `${counted(cap * (1 + Math.floor(steps / cap)), "update")}${steps < cap ? reason : ""}.`;

function onMessage(view, model, message) {
  if (message.run !== view.run) return; // a late message about an earlier run
  if (message.kind === "error") {
    view.line.textContent = `The training stopped: ${message.message}`;
    return;
  }
  const { steps, running, solved, diverged, losses, snapshots, every } = message;
  Object.assign(view, { steps, running, solved, diverged });
  view.losses.push(...losses);
  view.snapshots.push(...snapshots.filter(({ states }) => states.every(Number.isFinite)));
  view.snapshots = view.snapshots.filter((snapshot, i, all) => snapshot.steps % every === 0 || i === all.length - 1);
  view.capped = !running && !hasEnded(view) && steps > 0 && steps % view.cap === 0;
  if (hasEnded(view) || view.capped) announce(view, model);
  if (solved !== null) replay(view, model);
  view.frame ??= requestAnimationFrame(() => { // one painting for all messages that have arrived
    view.frame = null;
    paint(view, model);
  });
}

function toggle(view) {
  if (hasEnded(view)) return;
  view.shown = null;
  view.running = !view.running;
  view.capped = false;
  view.worker.postMessage({ kind: view.running ? "resume" : "pause" });
  paintButtons(view);
  view.line.textContent = view.running ? planOf(view) : "Paused.";
}

function step(view) {
  if (hasEnded(view)) return;
  view.worker.postMessage({ kind: "step" });
  view.line.textContent = planOf(view);
}

/** Prepare a run with the next seed, which starts if the last one was running or had ended. */
function nextSeed(view, model) {
  const continues = view.running || hasEnded(view) || view.capped;
  change(view, model, { seed: model.get("settings").seed + 1 });
  if (continues) toggle(view);
}

/** Return the runs of this visit to the book or, without a readable storage or in a notebook, of this figure. */
function allRuns(view, model) {
  try {
    return view.inBook && JSON.parse(sessionStorage.getItem(KEY)) || model.get("runs");
  } catch {
    return model.get("runs");
  }
}

/** Return runs and another one, which replaces a shorter run with the same settings and seed. These determine a run. */
function withRun(runs, run) {
  const again = runs.find(({ seed, settings }) => seed === run.seed && same(settings, run.settings));
  return [...runs.filter((other) => other !== again), again?.steps >= run.steps ? again : run];
}

/** Record the result of a run, for the list and for Python. */
function record(view, model) {
  const { steps, solved } = view;
  if (!steps) return;
  const { seed, ...settings } = view.settings, ended = hasEnded(view) || view.capped;
  const run = { seed, steps, solved: solved !== null, ended, settings };
  const runs = withRun(allRuns(view, model), run).slice(-MOST_RUNS);
  save(model, { runs });
  try {
    if (view.inBook) sessionStorage.setItem(KEY, JSON.stringify(runs));
  } catch { /* without a storage, the runs last as long as the page */ }
  paintRuns(view, model);
}

/** Record a run that has solved its task, diverged or reached the cap, and say so. */
function announce(view, model) {
  record(view, model);
  const { batch, lengths } = model.get("settings");
  if (view.diverged) {
    view.line.textContent = `The loss is no longer a number after ${counted(view.steps, "update")}. ` +
      "Choose a smaller rate, or clip the gradient at a smaller norm.";
    return;
  }
  if (view.capped) {
    view.line.textContent = `Training stopped after ${counted(view.steps, "update")} without success. Press Go on to ` +
      `train for as many as ${counted(view.cap, "update")} more.`;
    return;
  }
  const strings = batch === "all" ? `all ${2 ** lengths} strings` :
    "new strings, up to 1.5 times as long as those in training,";
  view.line.textContent = `Solved after ${counted(view.steps, "update")}: every answer to ${strings} is correct.`;
}

/** Show once more how the states came apart: from the fall of the loss to the end of the run. */
function replay(view, model) {
  const { snapshots, losses } = view, from = snapshots.findIndex(({ steps }) => losses[steps] < DROP);
  let place = from - 1;
  if (from > 0) play(view, snapshots.length - from, () => Math.min(PAUSE, REPLAY / (snapshots.length - from)), (count) => {
    place += count;
    view.shown = place < snapshots.length - 1 ? snapshots[place].steps : null;
    paint(view, model);
  });
}

function build(model, el) {
  const inBook = el.classList.contains("widget-host");
  const view = { run: 0, steps: 0, inBook, stops: model.get("stops") };
  if (inBook) addEventListener("pagehide", () => record(view, model));
  const found = inBook ? settingsInAddress() : null;
  if (found) change(view, model, found);
  view.worker = startWorker((message) => onMessage(view, model, message));
  const { row, buttons } = buttonRow([
    ["Train", () => toggle(view)],
    ["Step", () => step(view)],
    ["Start again", () => restart(view, model)],
    ["Another seed", () => nextSeed(view, model)],
  ], "Train");
  view.buttons = buttons;
  view.count = addCount(row);
  view.line = make("p", { class: "pw-line", "aria-live": "polite" });
  view.figures = Object.entries(FIGURES).map(([name, figure]) =>
    ({ ...figure, drawing: newDrawing(name, figure.title) }));
  view.runs = make("div", { class: "pw-runs", tabindex: "0", role: "group", "aria-label": "Runs" });
  view.numbers = numbersTable("The numbers of the figures", () => tableRows(shownSnapshot(view)));
  const [plane, loss] = buildStage(view, "Hidden states", "Loss: drag to see earlier updates", () => {
    stop(view);
    paint(view, model);
  });
  view.root = widgetRoot("A network that trains here", buildPresets(view, model), row, view.line,
    make("div", { class: "pw-stages" }, plane, make("div", { class: "pw-strip" }, loss,
      ...view.figures.map(({ title, drawing }) => make("figure", { class: "pw-measured" }, make("b", {}, title), drawing)))),
    view.weights, view.runs, make("p", { class: "pw-legend" }, LEGEND), buildSettings(view, model), view.numbers.root);
  return view;
}

function buildPresets(view, model) {
  const presets = Object.keys(PRESETS).map((name) => [name, name]);
  view.preset = makeSelect("Begin with", [...presets, [null, "settings of your own"]],
    (name) => name && change(view, model, PRESETS[name]));
  view.preset.root.className = "pw-preset";
  return make("div", { class: "pw-settings" }, view.preset.root);
}

function buildSettings(view, model) {
  view.lists = Object.fromEntries(CHOICES.map(([key, name, choices]) =>
    [key, makeSelect(name, choices, (value) => change(view, model, { [key]: value }))]));
  view.seed = make("input", { class: "pw-input", type: "number", min: 0, step: 1, onchange: () =>
    change(view, model, { seed: Math.max(0, Math.floor(Number(view.seed.value) || 0)) }) });
  return make("details", { class: "pw-more" }, make("summary", {}, "Every setting"),
    make("div", { class: "pw-settings" }, make("label", {}, "Seed ", view.seed),
      ...Object.values(view.lists).map(({ root }) => root)));
}

// Measurements next to the loss: their titles and the functions that draw them.
const FIGURES = {
  lengths: { title: "Accuracy by length", draw: drawLengths },
  gradient: { title: "Gradient", draw: drawGradient },
};
const LEGEND = "Each mark is the hidden state after some bits: a disc if their parity is even, a square if it is odd, " +
  "smaller for longer strings. A bar stands out if all answers at this length are correct; to the right of the dotted line, " +
  "strings are longer than in training.";

function presetOf(settings) {
  const sorted = (object) => Object.entries(object).sort();
  return Object.keys(PRESETS).find((name) => same(sorted(PRESETS[name]), sorted(settings)));
}

function paintSettings(view, settings) {
  for (const [key, list] of Object.entries(view.lists)) list.choose(settings[key]);
  view.lists.forgetBias.select.disabled = settings.cell !== "lstm";
  view.seed.value = settings.seed;
  view.preset.choose(presetOf(withoutSeed(settings)) ?? null);
}

function paint(view, model) {
  paintButtons(view);
  paintStage(view);
  const shown = shownSnapshot(view);
  for (const { draw, drawing } of shown ? view.figures : []) draw(drawing, shown, model.get("settings"));
  if (!view.running) view.numbers.paint(); // during training nobody could read them
}

function paintButtons(view) {
  const { buttons, running, capped, solved, losses, steps, count } = view;
  buttons.Train.textContent = running ? "Pause" : capped ? "Go on" : "Train";
  for (const button of [buttons.Train, buttons.Step]) setAvailable(button, !hasEnded(view));
  const loss = losses.length ? `, loss ${losses.at(-1).toFixed(3)}` : "";
  count.textContent = `${counted(steps, "update")}${loss}${solved === null ? "" : ", solved"}`;
}

const levelName = (share, name) =>
  svg("text", { x: -4, y: `${100 * (1 - share)}%`, dy: 4, "text-anchor": "end" }, name);
const below = (share, name, anchor = "middle") =>
  svg("text", { x: `${100 * share}%`, y: "100%", dy: 15, "text-anchor": anchor }, name);
function drawLengths(drawing, { accuracyByLength: shares }, { lengths }) {
  const most = shares.length;
  const longest = Array.isArray(lengths) ? lengths[1] : lengths.curriculum?.[1] ?? lengths, mark = longest / most;
  const bars = shares.map((share, i) => svg("rect", { class: share === 1 ? "pw-exact" : "pw-partly",
    x: (i + 0.1) / most, y: 1 - share, width: 0.8 / most, height: share }));
  drawing.replaceChildren(plot(level(0.5), level(1), ...bars, svgLine("pw-mark-line", mark, 0, mark, 1)),
    levelName(0.5, "½"), levelName(1, "1"), below(0, "1 bit", "start"), below(mark, longest), below(1, most, "end"));
  const exact = shares.filter((share) => share === 1).length;
  drawing.setAttribute("aria-label", `The last answer is correct for all strings of ${exact} of ${most} lengths`);
}

function drawGradient(drawing, { gradient: norms }) {
  const low = -12, high = 3;
  const share = (power) => (power - low) / (high - low);
  const powers = norms.map((norm) => Math.max(low, Math.min(high, Math.log10(norm / norms.at(-1)))));
  const marked = [0, -5, -10];
  drawing.replaceChildren(plot(...marked.map((power) => level(share(power))),
    curveThrough(powers.map((power, t) => [(t + 0.5) / norms.length, share(power)]))),
    ...marked.map((power) => levelName(share(power), power ? `10${superscript(power)}` : "1")),
    below(0, "step 1", "start"), below(1, norms.length, "end"));
  drawing.setAttribute("aria-label",
    `The gradient at step 1 is 10 to the power ${powers[0].toFixed(1)} of that at step ${norms.length}`);
}

/** Return the numbers of the figures: a row for each time step or length. */
function tableRows({ accuracyByLength = [], gradient } = {}) {
  return [["step or bits", "accuracy at this length", "gradient at this step"], ...accuracyByLength.map((accuracy, i) =>
    [String(i + 1), accuracy.toFixed(2), gradient[i]?.toExponential(1) ?? ""])];
}

/** List the runs with the current settings. Of the runs that have ended, count those that solved their task. */
function paintRuns(view, model) {
  const now = JSON.stringify(withoutSeed(model.get("settings")));
  const alike = allRuns(view, model).filter(({ settings }) => JSON.stringify(settings) === now);
  const solved = alike.filter((run) => run.solved).length, count = alike.filter((run) => run.ended).length;
  view.runs.replaceChildren(
    count ? `${solved} of ${counted(count, "run")} with these settings solved it: ` :
    alike.length ? "No run with these settings has ended yet: " : "",
    ...alike.map((run) => make("span", { class: run.solved ? "pw-run pw-run-solved" : "pw-run" },
      `seed ${run.seed} ${run.solved ? "✓" : run.ended ? "–" : "stopped at"} ${run.steps.toLocaleString("en")}`)));
  view.runs.scrollTop = view.runs.scrollHeight;
}
