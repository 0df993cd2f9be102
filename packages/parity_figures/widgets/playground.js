// The playground: settings, a worker that trains (engine.js), and figures that show any moment of the run (stage.js).

const COIN = Math.log(2); // the loss of a network that answers each bit with probability 1/2
const MOST_OF_ALL = 10; // bits of which all strings can be the batch
const MOST_RUNS = 100; // earlier runs that are kept
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
  "A GRU of two units": { ...RECIPE, cell: "gru", hidden: 2, rate: 0.03, clip: 1 },
  "A learning rate ten times as large": { ...RECIPE, rate: 0.05, clip: null },
  "A curriculum: LSTM, a label at the end": { ...EXPERIMENT, label: "end", lengths: { curriculum: [2, 50] } },
};

export default widgetOf(["settings"], build, restart, (view) => view.worker.terminate());

const withoutSeed = ({ seed, ...rest }) => rest;

/** Change settings; this records the run so far and prepares a new one. */
function change(view, model, changes) {
  const { solved } = view, ended = view.steps > 0 && counted(view.steps, "update");
  record(view, model);
  const settings = { ...model.get("settings"), ...changes };
  if (settings.cell !== "lstm") settings.forgetBias = null;
  const tooMany = settings.batch === "all" && !(settings.lengths <= MOST_OF_ALL);
  if (tooMany && "batch" in changes) settings.lengths = 5; // the setting that was not changed has to give way
  else if (tooMany) settings.batch = 32;
  save(model, { settings });
  if (ended) view.line.textContent = `A setting has changed, so a new run begins. The last one ${solved === null ?
    "ended" : "solved its task"} after ${ended} and is in the list below.`;
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
  Object.assign(view, { steps: 0, running: false, solved: null, losses: [], snapshots: [], shown: null });
  view.worker.postMessage({ kind: "start", run: view.run, settings: model.get("settings") });
  paintSettings(view, model.get("settings"));
  view.legend.textContent = legendOf(model.get("settings").hidden);
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
  const { steps, running, solved, losses, snapshots, every, accuracyByLength, gradient } = message;
  Object.assign(view, { steps, running, solved });
  view.losses.push(...losses);
  const before = view.snapshots.at(-1)?.measured;
  const finite = snapshots.filter(({ states }) => states.every(Number.isFinite)); // unless the training has diverged
  view.snapshots.push(...finite.map((snapshot) => ({ ...snapshot, measured: before })));
  view.snapshots = view.snapshots.filter((snapshot, i, all) => snapshot.steps % every === 0 || i === all.length - 1);
  if (accuracyByLength) view.snapshots.at(-1).measured = { accuracyByLength, gradient };
  if (view.solved !== null) announce(view, model);
  view.frame ??= requestAnimationFrame(() => { // one painting for all messages that have arrived
    view.frame = null;
    paint(view, model);
  });
}

function toggle(view) {
  if (view.solved !== null) return;
  view.shown = null;
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

/** Return the runs of this visit to the book or, without a readable storage or in a notebook, of this figure. */
function allRuns(view, model) {
  try {
    return view.inBook && JSON.parse(sessionStorage.getItem(KEY)) || model.get("runs");
  } catch {
    return model.get("runs");
  }
}

/** Record the result of a run for the list and for Python. The settings and the seed determine a run. */
function record(view, model) {
  if (!view.steps) return;
  const { seed, ...settings } = model.get("settings"), all = allRuns(view, model);
  const run = { seed, steps: view.steps, solved: view.solved !== null, settings };
  const again = all.find((other) => other.seed === seed && same(other.settings, settings));
  if (again?.steps >= run.steps) return;
  const runs = [...all.filter((other) => other !== again), run].slice(-MOST_RUNS);
  save(model, { runs });
  try {
    if (view.inBook) sessionStorage.setItem(KEY, JSON.stringify(runs));
  } catch { /* without a storage, the runs last as long as the page */ }
  paintRuns(view, model);
}

/** Record a run that has solved its task, and say so. */
function announce(view, model) {
  record(view, model);
  const { batch, lengths } = model.get("settings");
  const strings = batch === "all" ? `all ${2 ** lengths} strings` :
    "strings that it has never seen, up to 1.5 times as long as those in training,";
  view.line.textContent = `Solved after ${counted(view.steps, "update")}: every answer to ${strings} is correct.`;
}

function build(model, el) {
  const adjustable = model.get("adjustable"), inBook = el.classList.contains("widget-host");
  const inPage = adjustable && inBook, view = { run: 0, steps: 0, inBook, inPage, stops: model.get("stops") };
  if (inBook) addEventListener("pagehide", () => record(view, model));
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
  view.figures = Object.entries(FIGURES).slice(0, adjustable ? 4 : 3).map(buildDrawing);
  view.runs = make("div", { class: "pw-runs" });
  view.numbers = numbersTable("The numbers of the figures", () => tableRows(shownSnapshot(view)));
  view.root = widgetRoot("A network that trains here",
    ...(adjustable ? [buildSettings(view, model)] : []), row, view.line,
    buildStage(view, model, view.figures),
    make("div", { class: "pw-figures pw-side-by-side" }, ...view.figures.slice(2).map(({ drawing, title, note }) =>
      make("figure", {}, make("b", {}, title), drawing, make("figcaption", {}, note)))),
    view.runs, view.numbers.root);
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

// The drawings: title, function that draws it, and the data that it shows, which are something else whenever it has to
// be drawn again. The first two are the stage; the others have an explanation.
const FIGURES = {
  plane: { title: "Hidden states", draw: (drawing, view) => drawPlane(drawing, shownSnapshot(view), stageOf(view)),
           data: (view) => shownSnapshot(view) && `${view.run} ${view.steps} ${view.shown} ${view.running}` },
  loss: { title: "Loss", draw: drawLoss, data: ({ steps, run }) => `${run} ${steps}` },
  lengths: { title: "Accuracy by length", draw: drawLengths, data: (view) => shownSnapshot(view)?.measured,
             note: "The share of fresh strings with a correct last answer; a strong bar is exactly 1. Strings " +
               "longer than at the mark never occur in training." },
  gradient: { title: "Gradient through time", draw: drawGradient, data: (view) => shownSnapshot(view)?.measured,
              note: "How much the last logit depends on the state at each step, on a logarithmic scale." },
};

/** Create a drawing whose plot has the coordinates 0 to 1, however wide it is; texts keep their size. */
const buildDrawing = ([name, figure]) =>
  ({ ...figure, drawing: svg("svg", { role: "img", "aria-label": figure.title, class: `pw-${name}` }) });

/** Put the plane of the states over the loss, along which a slider moves. */
function buildStage(view, model, [plane, loss]) {
  const id = `pw-${Math.random().toString(36).slice(2)}`;
  view.slider = makeSlider({ id, min: 0, max: 0 }, (place) => goBack(view, model, place));
  view.moment = make("p", {});
  view.legend = make("figcaption", {});
  return make("figure", { class: "pw-stage" }, make("b", {}, plane.title), plane.drawing,
    make("label", { for: id }, "Loss: drag to see earlier updates"),
    make("div", { class: "pw-timeline" }, loss.drawing, view.slider), view.moment, view.legend);
}

/** Show the snapshot at a place in the list; the last one stays the last while the training goes on. */
function goBack(view, model, place) {
  view.shown = place === view.snapshots.length - 1 ? null : view.snapshots[place].steps;
  paint(view, model);
}

const shownSnapshot = ({ snapshots, shown }) =>
  snapshots.findLast(({ steps }) => shown === null || steps <= shown);

/**
 * Return the vertical direction and the frame of the plane. The last snapshot determines the direction, and the largest
 * states the frame. As long as the training goes on, the last snapshot determines both, and only now and then.
 */
function stageOf(view) {
  const last = view.snapshots.at(-1), { stage, run, running } = view;
  const serves = stage?.last === last || (running && last.steps < 1.2 * stage?.last.steps);
  if (stage?.run === run && serves) return stage;
  const up = directionOf(last);
  return (view.stage = { run, last, up, frame: frameOf(running ? [last] : view.snapshots, up) });
}

function presetOf(settings) {
  const sorted = (object) => Object.entries(object).sort();
  return Object.keys(PRESETS).find((name) => same(sorted(PRESETS[name]), sorted(settings)));
}

function paintSettings(view, settings) {
  if (!view.preset) return;
  for (const [key, list] of Object.entries(view.settings)) list.choose(settings[key]);
  view.settings.forgetBias.select.disabled = settings.cell !== "lstm";
  view.seed.value = settings.seed;
  const preset = presetOf(withoutSeed(settings));
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
  paintMoment(view);
  if (!view.running) view.numbers.paint(); // during training nobody could read them
}

/** Move the slider to the snapshot that is shown, and describe this snapshot. */
function paintMoment(view) {
  const { snapshots, slider, losses, moment } = view, shown = shownSnapshot(view);
  if (!shown) return;
  slider.max = snapshots.length - 1;
  slider.value = snapshots.indexOf(shown);
  const { logits } = placesOf(shown, null), loss = losses[shown.steps] ?? losses.at(-1);
  moment.textContent = `After ${counted(shown.steps, "update")}, ${correctOf(shown, logits)} of ${logits.length} ` +
    `answers are correct${loss === undefined ? "" : `; the loss is ${fixed(loss, 3)}`}.`;
  slider.setAttribute("aria-valuetext", moment.textContent);
}

function paintButtons({ buttons, running, solved, losses, steps, count }) {
  buttons.Train.textContent = running ? "Pause" : "Train";
  for (const button of [buttons.Train, buttons.Step]) setAvailable(button, solved === null);
  const loss = losses.length ? `, loss ${losses.at(-1).toFixed(3)}` : "";
  count.textContent = `${counted(steps, "update")}${loss}${solved === null ? "" : ", solved"}`;
}

const plot = (...shapes) => svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none" }, ...shapes);
const level = (share) => svgLine("pw-level", 0, 1 - share, 1, 1 - share);
const levelName = (share, name) =>
  svg("text", { x: -4, y: `${100 * (1 - share)}%`, dy: 4, "text-anchor": "end" }, name);
const below = (share, name, anchor = "middle") =>
  svg("text", { x: `${100 * share}%`, y: "100%", dy: 15, "text-anchor": anchor }, name);
const curveThrough = (points) => svgPath("pw-curve", points.map(([x, y]) => `${x.toFixed(4)},${(1 - y).toFixed(4)}`));

function drawLoss(drawing, { losses }) {
  const most = Math.max(1.2 * COIN, ...losses.slice(-200)), shown = thinned(losses, 280);
  const points = shown.map((loss, i) => [i / Math.max(shown.length - 1, 1), Math.min(loss / most, 1)]);
  drawing.replaceChildren(plot(level(0), level(COIN / most), curveThrough(points)),
    svg("text", { x: 6, y: `${100 * (1 - COIN / most)}%`, dy: 15 }, "ln 2"));
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

function drawLengths(drawing, view, { lengths }) {
  const shares = shownSnapshot(view).measured.accuracyByLength, most = shares.length;
  const longest = Array.isArray(lengths) ? lengths[1] : lengths.curriculum?.[1] ?? lengths, mark = longest / most;
  const bars = shares.map((share, i) => svg("rect", { class: share === 1 ? "pw-exact" : "pw-partly",
    x: (i + 0.1) / most, y: 1 - share, width: 0.8 / most, height: share }));
  drawing.replaceChildren(plot(level(0.5), level(1), ...bars, svgLine("pw-mark-line", mark, 0, mark, 1)),
    levelName(0.5, "½"), levelName(1, "1"), below(0, "1 bit", "start"), below(mark, longest), below(1, most, "end"));
  const exact = shares.filter((share) => share === 1).length;
  drawing.setAttribute("aria-label", `The last answer is correct for all strings of ${exact} of ${most} lengths`);
}

function drawGradient(drawing, view) {
  const norms = shownSnapshot(view).measured.gradient, low = -12, high = 3;
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
function tableRows({ measured: { accuracyByLength = [], gradient } = {} } = {}) {
  return [["step or bits", "accuracy at this length", "gradient at this step"], ...accuracyByLength.map((accuracy, i) =>
    [String(i + 1), accuracy.toFixed(2), gradient[i]?.toExponential(1) ?? ""])];
}

/** List the runs with the current settings, and count those that solved their task, for each of the settings. */
function paintRuns(view, model) {
  const groups = Map.groupBy(allRuns(view, model), (run) => JSON.stringify(run.settings));
  const now = JSON.stringify(withoutSeed(model.get("settings"))), alike = groups.get(now) ?? [];
  const solved = (runs) => runs.filter((run) => run.solved).length;
  groups.delete(now);
  const others = [...groups].map(([settings, runs]) =>
    `${nameOf(JSON.parse(settings))}, ${solved(runs)} of ${runs.length}`);
  view.runs.replaceChildren(
    alike.length ? `${solved(alike)} of ${counted(alike.length, "run")} with these settings solved it: ` : "",
    ...alike.map((run) => make("span", { class: run.solved ? "pw-run pw-run-solved" : "pw-run" },
      `seed ${run.seed} ${run.solved ? "✓" : "–"} ${run.steps.toLocaleString("en")}`)),
    others.length && view.preset ? make("p", {}, `Solved with other settings: ${others.join("; ")}.`) : "");
}

/** Name settings after their preset or after what distinguishes them from the book's recipe. */
function nameOf(settings) {
  const preset = presetOf(settings);
  if (preset) return preset;
  const names = CHOICES.filter(([key]) => !same(settings[key], RECIPE[key])).map(([key, name, choices]) =>
    `${name.toLowerCase()} ${(choices.find(([value]) => same(value, settings[key])) ?? [0, settings[key]])[1]}`);
  return `the book's recipe with ${names.join(", ")}`;
}
