// A network of two tanh units whose eleven weights the reader sets: its states in the plane, and its correct answers.

const LENGTH = 12, COUNT = 2 ** LENGTH, ZEROS = new Uint8Array(50);
const STRINGS = Array.from({ length: COUNT }, (_, number) =>
  Uint8Array.from({ length: LENGTH }, (_, t) => (number >> t) & 1));
const PARITIES = STRINGS.map((string) => string.reduce((parity, bit) => parity ^ bit, 0));
const GROUPS = [["First unit", ["U1", "V11", "V12", "b1"]], ["Second unit", ["U2", "V21", "V22", "b2"]],
                ["Output", ["W1", "W2", "c"]]];

export default widgetOf(["weights", "bits", "zeros"], build, paint);

function setWeight(model, place, value) {
  save(model, { weights: model.get("weights").map((weight, i) => (i === place ? value : weight)) });
}

function build(model) {
  const view = { start: model.get("weights"), sliders: [], values: [] };
  const { row, buttons } = buttonRow([
    ["Fifty zeros", () => save(model, { zeros: !model.get("zeros") })],
    ["K = 3", () => save(model, { weights: model.get("by_hand") })],
    ["Start again", () => save(model, { weights: view.start, zeros: false })]], "Fifty zeros");
  view.buttons = buttons;
  view.plane = makePlane();
  view.table = make("table", {});
  view.sentence = make("p", { class: "pw-told", "aria-live": "polite" });
  view.root = widgetRoot("Two units whose weights you set",
    stringSettings(view, model, 1, LENGTH, (bits) => save(model, { bits })),
    make("div", { class: "pw-pair pw-side-by-side" }, make("div", {}, view.plane, view.table), make("div", {},
      make("div", { class: "pw-weights" }, ...GROUPS.map((group) => buildGroup(view, model, group))), row,
      view.sentence)));
  return view;
}

/** Build the sliders of a unit or of the output. */
function buildGroup(view, model, [title, names]) {
  return make("div", { class: "pw-group", role: "group", "aria-label": title }, make("b", {}, title),
    ...names.map((name) => {
      const place = view.sliders.length, value = make("output", { class: "pw-value" });
      const slider = makeSlider({ min: -12, max: 12, step: 0.1, "aria-label": name },
        (weight) => setWeight(model, place, weight));
      view.sliders.push(slider);
      view.values.push(value);
      return make("label", {}, name === "c" ? make("i", {}, name) : symbol(name[0], name.slice(1)), value, slider);
    }));
}

/** Let a network read all strings, and the zeros after them if asked. Returns the correct answers before and after. */
function readAll(weights, zeros) {
  const states = [[], []], correct = [0, 0];
  STRINGS.forEach((string, i) => {
    const h = [0, 0];
    correct[0] += readByPair(weights, string, h) > 0 === (PARITIES[i] === 1);
    if (zeros) correct[1] += readByPair(weights, ZEROS, h) > 0 === (PARITIES[i] === 1);
    states[PARITIES[i]].push(h);
  });
  return { states, correct };
}

/** Return the states and the logits of a network at the start and after each input. */
function follow(weights, inputs) {
  const h = [0, 0], path = [[0, 0]], logits = [weights[10]];
  for (const input of inputs) {
    logits.push(readByPair(weights, [input], h));
    path.push([...h]);
  }
  return { path, logits };
}

function paint(view, model) {
  const weights = model.get("weights"), bits = model.get("bits"), zeros = model.get("zeros");
  const { path, logits } = follow(weights, [...digits(bits), ...(zeros ? ZEROS : [])]);
  const { states, correct } = readAll(weights, zeros), odd = onesIn(bits) % 2 === 1;
  const spots = path.map(([x, y]) => PLANE.point(x, y)), [cx, cy] = spots.at(-1).split(",");
  paintPlane(view.plane, weights, states, svgPath("pw-trail", spots),
    svg("circle", { class: "pw-point", cx, cy, r: 6 }));
  view.plane.setAttribute("aria-label", `The state after ${bits}${zeros ? " and fifty zeros" : ""} is ` +
    `${vector(path.at(-1))}, among the states after all strings of ${LENGTH} bits.`);
  view.sliders.forEach((slider, i) => {
    slider.value = weights[i];
    view.values[i].textContent = fixed(weights[i], 1);
  });
  paintStringSettings(view, model);
  view.buttons["Fifty zeros"].textContent = zeros ? "No zeros" : "Fifty zeros";
  const number = (count) => count.toLocaleString("en");
  const line = (name, logit, count) => make("tr", {}, make("th", { scope: "row" }, name),
    make("td", {}, answerOf(logit), " ", correctness(logit > 0 === odd)),
    make("td", {}, `${number(count)} of ${number(COUNT)}`));
  view.table.replaceChildren(
    make("tr", {}, make("td", {}), make("th", { scope: "col" }, "this string"),
      make("th", { scope: "col" }, `all of ${LENGTH} bits`)),
    line("at the end", logits[bits.length], correct[0]),
    zeros ? line("50 zeros later", logits.at(-1), correct[1]) :
      make("tr", {}, make("th", { scope: "row" }, "50 zeros later"), make("td", {}, "?"), make("td", {}, "?")));
  view.sentence.textContent = describe(correct, zeros);
}

function describe([before, after], zeros) {
  const wrong = `${counted(COUNT - before, "string")} of ${LENGTH} bits get the wrong answer`;
  if (before < COUNT) return zeros ? `${wrong}, and ${(COUNT - after).toLocaleString("en")} after fifty zeros.` : `${wrong}.`;
  if (!zeros) return "All answers are correct. Will they still be correct after fifty zeros?";
  return after === COUNT ? "All answers are correct, and fifty zeros change none of them." :
    `All answers are correct, but fifty zeros make ${(COUNT - after).toLocaleString("en")} of them wrong.`;
}
