// Draws the weights of two tanh units at random, thousands of times a second, until the reader stops it.

const STRINGS = 100, SHORTEST = 500, LONGEST = 600, NEAR = 0.1; // as in parity_study.experiments.guessing
const RANGE = 100, SCALES = [RANGE, 50, 30, 10, 1];
const MILLISECONDS = 30; // of guessing between two pictures

export default widgetOf(["scale"], build, restart, stop);

/** Draw strings of inputs -1 and 1, half of them odd. */
function drawStrings() {
  return Array.from({ length: STRINGS }, (_, i) => {
    const length = SHORTEST + Math.floor(Math.random() * (LONGEST - SHORTEST + 1));
    const inputs = Int8Array.from({ length }, () => (Math.random() < 0.5 ? -1 : 1)), odd = i % 2;
    if (inputs.filter((input) => input > 0).length % 2 !== odd) inputs[0] = -inputs[0];
    return { inputs, odd };
  });
}

/** Return whether the output after the last input, scaled to 0..1, is close to the label of each string. */
const isCorrect = (weights, strings) => strings.every(({ inputs, odd }) =>
  Math.abs((Math.tanh(readByPair(weights, inputs, [0, 0])) + 1) / 2 - odd) < NEAR);

function restart(view, model) {
  stop(view);
  view.scale.choose(model.get("scale"));
  Object.assign(view, { tries: 0, correct: 0, seconds: 0, found: null, strings: drawStrings() });
  paint(view, model);
}

/** Guess for a moment, show the counts, and go on. After a correct network the strings are drawn anew. */
function guess(view, model) {
  const scale = model.get("scale"), began = performance.now();
  while (performance.now() - began < MILLISECONDS) {
    const weights = Array.from({ length: 11 }, () => scale * (2 * Math.random() - 1));
    view.tries += 1;
    if (!isCorrect(weights, view.strings)) continue;
    view.correct += 1;
    view.found = { weights, strings: view.strings };
    view.strings = drawStrings();
  }
  view.seconds += (performance.now() - began) / 1000;
  view.timer = setTimeout(() => guess(view, model), 0);
  paint(view, model);
}

function stop(view) {
  clearTimeout(view.timer);
  view.timer = null;
}

function build(model) {
  const view = { timer: null };
  view.scale = makeSelect("Weights from", SCALES.map((scale) => [scale, `−${scale} to ${scale}`]),
    (scale) => save(model, { scale }));
  view.button = make("button", { type: "button", class: "pw-button pw-primary", onclick: () => {
    if (view.timer) {
      stop(view);
      paint(view, model);
    } else guess(view, model);
  } });
  view.table = make("table", {});
  view.plane = makePlane();
  view.sentence = make("p", { class: "pw-told" });
  view.drawn = make("figure", {}, make("figcaption", {}), view.plane);
  view.root = widgetRoot("Random guesses", make("div", { class: "pw-settings" }, view.scale.root, view.button),
    make("div", { class: "pw-pair pw-side-by-side" }, make("div", {}, view.table, view.sentence), view.drawn));
  return view;
}

function paint(view, model) {
  const { tries, correct, found } = view, ours = model.get("ours");
  view.button.textContent = view.timer ? "Stop" : tries ? "Go on" : "Guess";
  const whole = (value) => Math.round(value).toLocaleString("en");
  // The number of guesses up to a correct network has a standard deviation that is about equal to its mean.
  const yours = { guesses: tries, correct, mean: tries / correct, error: tries / correct ** 1.5 };
  const line = (name, format) => make("tr", {}, make("th", { scope: "row" }, name),
    ...[yours, ours].map((counts) => make("td", {}, format(counts))));
  view.table.replaceChildren(
    make("tr", {}, make("td", {}), ...["you", "our runs"].map((who) => make("th", { scope: "col" }, who))),
    line("guesses", ({ guesses }) => whole(guesses)), line("correct", ({ correct }) => String(correct)),
    line("ratio", ({ correct, mean, error }) => (correct ? `${whole(mean)} ± ${whole(error)}` : "?")));
  view.sentence.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.sentence.textContent = `${tries ? `${whole(tries / view.seconds)} guesses a second. ` : ""}The number after ± ` +
    `is one standard error.${model.get("scale") === RANGE ? "" : ` In our runs, weights are from −${RANGE} to ${RANGE}.`}`;
  if (!found) {
    view.plane.replaceChildren(svg("rect", { class: "pw-frame", width: SIDE, height: SIDE }));
    view.plane.setAttribute("aria-label", "An empty square.");
    view.drawn.firstChild.textContent = "There is no correct network yet.";
    return;
  }
  const states = [[], []];
  for (const { inputs, odd } of found.strings) {
    const h = [0, 0];
    readByPair(found.weights, inputs, h);
    states[odd].push(h);
  }
  paintPlane(view.plane, found.weights, states);
  view.plane.setAttribute("aria-label", "The states of the last correct network after its strings, and its answers.");
  const list = (...places) => places.map((place) => fixed(found.weights[place], 1)).join(", ");
  view.drawn.firstChild.textContent = `The last correct network: U = (${list(0, 4)}), V = (${list(1, 2)}; ` +
    `${list(5, 6)}), b = (${list(3, 7)}), W = (${list(8, 9)}), c = ${list(10)}`;
}
