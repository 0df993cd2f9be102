// Draws the weights of two tanh units at random, thousands of times a second, until the reader stops it.

const STRINGS = 100, SHORTEST = 500, LONGEST = 600, NEAR = 0.1; // as in parity_study.experiments.guessing
const RANGE = 100, SCALES = [RANGE, 50, 30, 10, 1];
const MILLISECONDS = 30, ENOUGH = 10; // of guessing between two pictures; correct networks when it stops
const [FEWEST, MOST] = [2, 6]; // the powers of ten at the ends of the axis of the trials
const EXPECTATIONS = ["At a few points", "Along a line", "All over the square"];
const APART = 0.2, FEW = 10; // states that are closer than this lie at one point; points that are few
const LONG = 100_000, COMPARABLE = 5; // guesses without success after which it stops; dots that have a useful mean

export default widgetOf(["scale"], build, paint, stop);

/** Draw strings of inputs -1 and 1, half of them odd. */
function drawStrings() {
  return Array.from({ length: STRINGS }, (_, i) => {
    const length = SHORTEST + Math.floor(Math.random() * (LONGEST - SHORTEST + 1));
    const inputs = Int8Array.from({ length }, () => (Math.random() < 0.5 ? -1 : 1)), odd = i % 2;
    if (inputs.filter((input) => input > 0).length % 2 !== odd) inputs[0] = -inputs[0];
    return { inputs, odd };
  });
}

/** Return the first string after which the output, scaled to 0..1, is not close to the label, or -1. */
const firstWrong = (weights, strings) => strings.findIndex(({ inputs, odd }) =>
  Math.abs((Math.tanh(readByPair(weights, inputs, [0, 0])) + 1) / 2 - odd) >= NEAR);

/**
 * Return the tally of the current range: the guesses that each correct network took, those since the last one, and the
 * network that is shown, which is the last correct one or the best so far.
 */
const tallyOf = (view, model) => (view.tallies[model.get("scale")] ??= { trials: [], since: 0, passed: -1 });

/** Guess for a moment, show the counts, and go on. After a correct network the strings are drawn anew. */
function guess(view, model) {
  const scale = model.get("scale"), tally = tallyOf(view, model), began = performance.now();
  view.timer = setTimeout(() => guess(view, model), 0);
  while (view.timer && performance.now() - began < MILLISECONDS) {
    const weights = Array.from({ length: 11 }, () => scale * (2 * Math.random() - 1));
    const wrong = firstWrong(weights, view.strings);
    tally.since += 1;
    if (tally.since % LONG === 0) stop(view);
    if (wrong >= 0 && wrong <= tally.passed) continue;
    Object.assign(tally, { weights, strings: view.strings });
    if (wrong >= 0) {
      tally.passed = wrong;
      continue;
    }
    tally.passed = STRINGS;
    tally.trials.push(tally.since);
    tally.since = 0;
    view.strings = drawStrings();
    if (tally.trials.length % ENOUGH === 0) stop(view);
  }
  paint(view, model);
}

function stop(view) {
  clearTimeout(view.timer);
  view.timer = null;
}

function build(model) {
  const view = { timer: null, tallies: {}, strings: drawStrings() };
  view.scale = makeSelect("Weights from", SCALES.map((scale) => [scale, `−${scale} to ${scale}`]),
    (scale) => save(model, { scale }));
  view.button = make("button", { type: "button", class: "pw-button pw-primary", onclick: () => {
    if (!view.timer) return guess(view, model);
    stop(view);
    paint(view, model);
  } });
  const { row } = buttonRow(EXPECTATIONS.map((expected) => [expected, () => {
    view.expected = expected;
    view.button.focus();
    paint(view, model);
  }]));
  view.question = make("div", { class: "pw-asked" },
    make("b", {}, "Where will the states of a correct network lie?"), row);
  view.count = make("span", { class: "pw-count" });
  view.table = make("table", { class: "pw-trials" });
  view.plane = makePlane();
  view.sentence = make("p", { class: "pw-told" });
  view.caption = make("p", { class: "pw-states" });
  view.root = widgetRoot("Random guesses",
    make("div", { class: "pw-settings" }, view.scale.root, view.button, view.count), view.table,
    make("p", { class: "pw-key" }, "Each dot is a correct network, at the number of guesses that it took. The ring " +
      "counts the guesses since the last dot. The line is all guesses divided by the dots."),
    make("div", { class: "pw-pair pw-side-by-side" }, make("div", {}, view.sentence, view.caption),
      make("div", { class: "pw-drawn" }, view.plane, view.question)));
  return view;
}

const whole = (value) => Math.round(value).toLocaleString("en");
const sum = (values) => values.reduce((total, value) => total + value, 0);
const total = ({ trials, since }) => sum(trials) + since;
const meanOf = (tally) => total(tally) / tally.trials.length;

function paint(view, model) {
  const scale = model.get("scale"), tally = tallyOf(view, model), { trials } = tally;
  const ranges = SCALES.filter((range) => view.tallies[range]);
  const ours = { trials: model.get("ours"), since: 0 };
  const rows = [["our runs", ours], ...ranges.map((range) => [`−${range} to ${range}`, view.tallies[range]])];
  view.scale.choose(scale);
  view.button.textContent = view.timer ? "Stop" : !tally.weights ? "Guess" :
    trials.length && trials.length % ENOUGH === 0 ? "Ten more" : "Go on";
  view.question.hidden = Boolean(view.expected);
  view.count.textContent = `${trials.length} correct in ${whole(total(tally))} guesses`;
  view.table.replaceChildren(
    make("tr", {}, ...["weights", "guesses", "mean"].map((name) => make("th", { scope: "col" }, name))),
    ...rows.map(paintRow), make("tr", {}, make("td", {}), make("td", {}, drawAxis()), make("td", {})));
  view.sentence.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.sentence.textContent = describe(tally, scale, meanOf(ours));
  paintStates(view, tally);
}

/** Create the row of a range, with its trials, their mean and one standard error of this mean. */
function paintRow([name, tally]) {
  const { trials } = tally, count = trials.length, mean = meanOf(tally), between = sum(trials) / count;
  const error = Math.sqrt(sum(trials.map((trial) => (trial - between) ** 2)) / (count - 1) / count);
  const shown = count > 1 ? `${whole(mean)} ± ${whole(error)}` : count ? whole(mean) : "none yet";
  return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, drawTrials(tally)), make("td", {}, shown));
}

/** Return the place of a number of guesses on the logarithmic axis. */
const placeOf = (guesses) => {
  const share = (Math.log10(Math.max(guesses, 1)) - FEWEST) / (MOST - FEWEST);
  return `${100 * Math.min(Math.max(share, 0), 1)}%`;
};

/** Draw a dot for each correct network of a range, their mean, and the guesses since the last one. */
function drawTrials(tally) {
  const { trials, since } = tally, mean = placeOf(meanOf(tally));
  return svg("svg", { role: "img", "aria-label": `${trials.length} correct in ${whole(total(tally))}` },
    ...["0%", "50%", "100%"].map((x) => svgLine("pw-half", x, "0%", x, "100%")),
    ...trials.map((trial) => svg("circle", { class: "pw-trial", cx: placeOf(trial), cy: "50%", r: 4.5 })),
    ...(trials.length ? [svgLine("pw-mean", mean, "10%", mean, "90%")] : []),
    ...(since ? [svg("circle", { class: "pw-since", cx: placeOf(since), cy: "50%", r: 6 })] : []));
}

const drawAxis = () => svg("svg", { "aria-hidden": "true" }, ...[["0%", FEWEST, "start"],
  ["50%", (FEWEST + MOST) / 2, "middle"], ["100%", MOST, "end"]].map(([x, power, anchor]) =>
  svgText(x, 14, `10${superscript(power)}`, anchor)));

function describe(tally, scale, ours) {
  const { trials, since, weights, passed } = tally, count = trials.length;
  if (!weights) return `In our runs, the weights were from −${RANGE} to ${RANGE}. ` +
    `The guessing stops when ${ENOUGH} networks are correct.`;
  if (since >= LONG) return `None of the last ${whole(since)} networks was correct. The guessing stops after every ` +
    `${whole(LONG)} of them. With weights from −${RANGE} to ${RANGE}, we needed ${whole(ours)} guesses on average.`;
  if (!count) return "No network with these weights is correct yet. Each network reads one string after the " +
    `other until an answer is wrong. The best one so far gave ${counted(passed, "correct answer")}, and ${STRINGS} ` +
    "are needed.";
  return (scale === RANGE && count >= COMPARABLE ? `Your mean is ${fixed(meanOf(tally) / ours, 1)} times ours; the ` +
    "number after ± is one standard error. " : "") + (count < ENOUGH ?
    `The guessing stops when ${ENOUGH} networks are correct.` : "Do other ranges need more guesses, or fewer?");
}

/** Show the states of a network after its strings, but not before the reader has said where they expect them. */
function paintStates({ plane, caption, expected }, { weights, strings, passed }) {
  if (!weights || !expected) {
    plane.replaceChildren(svg("rect", { class: "pw-frame", width: SIDE, height: SIDE }));
    plane.setAttribute("aria-label", "An empty square.");
    caption.textContent = expected ? `You expect the states ${expected.toLowerCase()}. Press “Guess”.` :
      weights ? "If you choose an answer, the square shows the states." : "";
    return;
  }
  const states = [[], []];
  for (const { inputs, odd } of strings) {
    const h = [0, 0];
    readByPair(weights, inputs, h);
    states[odd].push(h);
  }
  paintPlane(plane, weights, states);
  const correct = passed === STRINGS, name = correct ? "last correct network" : "best network so far";
  plane.setAttribute("aria-label", `The states of the ${name} after its strings, and its answers.`);
  const all = states.flat(), full = all.filter((h) => h.every((value) => Math.abs(value) > 1 - NEAR)).length;
  const points = all.reduce((kept, h) => (kept.some((other) => Math.hypot(h[0] - other[0], h[1] - other[1]) < APART) ?
    kept : [...kept, h]), []).length;
  const verdict = points <= FEW && expected === EXPECTATIONS[0] ? ", and you were right: they lie" : ", but they lie";
  caption.textContent = (correct ?
    `You expected the states ${expected.toLowerCase()}${verdict} at ${counted(points, "point")}. ` : "") +
    `The square shows the ${name}. After ${full} of its ${STRINGS} strings, both units are within a tenth of −1 or 1.`;
}
