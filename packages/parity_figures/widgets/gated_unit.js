// One gated unit over a string: the cell (gated_cell.js), the curve of the bit just read, and a timeline.

const MOST_BITS = 24;
// What a step shows of a unit: the letter, its name, and whether it is a gate (from 0 to 1) or a state (up or down).
const ROWS = {
  gru: [["r", "reset", "gate"], ["z", "update", "gate"], ["n", "candidate", "state"], ["h", "state", "state"]],
  lstm: [["i", "input", "gate"], ["f", "forget", "gate"], ["g", "candidate", "state"], ["o", "output", "gate"],
         ["c", "cell state", "state"], ["h", "state", "state"]],
};

export default followed(["bits", "net", "step"], build, paint);

// --- the numbers of a step --------------------------------------------------

/** All of one unit's numbers by their letters; at the start there are states only. */
function lettersOf(net, { gates = {}, h, memory }) {
  const values = Object.fromEntries(Object.entries(gates).map(([letter, [value]]) => [letter, value]));
  if (net.cell === "lstm") values.c = memory[0];
  return { ...values, h: h[0] };
}

/** What the figure shows: the whole run, and of the current step its bit and the numbers before and after it. */
function look(model) {
  const net = model.get("weights")[model.get("net")], bits = model.get("bits");
  const step = Math.min(model.get("step"), bits.length), steps = forward(net, digits(bits));
  const values = steps.map((one) => lettersOf(net, one));
  const largest = Math.max(1, ...values.flatMap(({ h, c = 0 }) => [Math.abs(h), Math.abs(c)]));
  const old = step ? values[step - 1] : {};
  return { net, bits, step, steps, values, largest, bit: bits[step - 1], old, now: values[step] };
}

/** The bits, the net and the step that the figure began with; nothing beyond that step has been seen. */
function startAgain(view, model) {
  save(model, view.first);
  view.seen = view.first.step;
  paint(view, model); // a reader who stepped back to the start changed none of the three
}

/** Where an old state leads under a bit. In an LSTM that depends on its cell state too, which stays as it is. */
const leadsTo = (net, bit, h, memory) => cellStep(net, bit, { h: [h], memory }).h[0];

const answer = (logit) => (logit > 0 ? "odd" : "even");
const isRight = ({ bits, steps }, t) => answer(steps[t].logit) === parityName(onesIn(bits.slice(0, t)));
const verdict = (shown, t) => `${answer(shown.steps[t].logit)}, ${isRight(shown, t) ? "right" : "wrong"}`;

// --- building: once ---------------------------------------------------------

function build(model) {
  const first = Object.fromEntries(["bits", "net", "step"].map((name) => [name, model.get(name)]));
  const view = { first, seen: first.step, shape: "", bits: first.bits };
  const { row, buttons } = buttonRow([
    ["Back", () => goTo(model, model.get("step") - 1)],
    ["Step", () => goTo(model, model.get("step") + 1)],
    ["Flip this bit", () => model.get("step") > 0 && flip(model, model.get("step") - 1)],
    ["Start again", () => startAgain(view, model)],
  ]);
  buttons.Step.classList.add("pw-primary");
  view.buttons = buttons;
  view.count = make("span", { class: "pw-count" });
  row.append(view.count);
  view.cell = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  view.map = svg("svg", { viewBox: `-32 -22 ${SIZE + 78} ${SIZE + 62}`, role: "img" });
  view.cellTitle = make("b", {});
  view.mapNote = make("figcaption", {});
  view.sums = make("div", { class: "pw-sums" });
  view.verdict = make("div", { "aria-hidden": "true" }); // the sentence beside it says it
  view.said = make("p", { "aria-live": "polite", "aria-atomic": "true" });
  view.numbers = numbersTable("The numbers of the steps so far", () => tableRows(view, look(model)));
  view.root = widgetRoot("One gated unit, step by step",
    buildStringSettings(view, model, MOST_BITS, (bits) => setBits(model, bits)),
    make("div", { class: "pw-unit" },
      make("figure", {}, view.cellTitle, view.cell, view.sums,
        make("div", { class: "pw-said" }, view.verdict, view.said)),
      make("figure", {}, make("b", {}, "The new state against the old one"), view.map, view.mapNote)),
    row, buildTimeline(view, model),
    make("p", { class: "pw-legend" }, "Squares are gates, filled as far as they are open; bars are states, up for ",
      "positive. The last row is the answer: a square for odd, a disc for even, a cross under it where it is wrong."),
    view.numbers.root);
  return view;
}

function buildTimeline(view, model) {
  const live = (kind) => () => view.said.setAttribute("aria-live", kind);
  // The slider tells its own value: the sentence would come on top of it at every tick.
  view.slider = make("input", { type: "range", class: "pw-scrub", min: "0", step: "1", "aria-label": "Step",
                                oninput: () => goTo(model, Number(view.slider.value)),
                                onfocus: live("off"), onblur: live("polite") });
  view.names = make("div", { class: "pw-rownames", "aria-hidden": "true" });
  view.columns = make("div", { class: "pw-steps", role: "img" });
  return make("div", { class: "pw-timeline" }, view.names,
    make("div", { class: "pw-over" }, view.slider, view.columns));
}

/** A column for the start and for each bit; a click goes there. New ones only where cell or length changed. */
function buildColumns(view, model, cell, count) {
  if (view.shape === `${cell} ${count}`) return;
  view.shape = `${cell} ${count}`;
  const name = ([letter, word]) => make("span", {}, make("span", { class: "pw-word" }, word), " ",
                                        make("i", {}, letter));
  view.names.replaceChildren(...[["x", "bit"], ...ROWS[cell]].map(name), make("span", {}, "says"));
  view.marks = Array.from({ length: count + 1 }, (_, t) => {
    const mark = { bit: make("span", { class: "pw-read" }), answer: make("span", {}),
                   values: ROWS[cell].map(([, , kind]) => make("span", { class: `pw-${kind}` }, make("i", {}))) };
    mark.root = make("div", { class: "pw-step", onclick: () => goTo(model, t) }, mark.bit, ...mark.values, mark.answer);
    return mark;
  });
  view.columns.replaceChildren(...view.marks.map(({ root }) => root));
  view.root.style.setProperty("--columns", count + 1);
}

// --- painting: after every change -------------------------------------------

function paint(view, model) {
  const shown = look(model), { net, bits, step, steps } = shown;
  if (bits !== view.bits) Object.assign(view, { bits, seen: step }); // of another string nothing has been seen yet
  view.seen = Math.max(view.seen, step);
  buildColumns(view, model, net.cell, bits.length);
  paintStringSettings(view, model);
  paintControls(view, shown);
  view.marks.forEach((mark, t) => paintColumn(mark, t, t <= view.seen, shown));
  const answers = Array.from({ length: view.seen }, (_, t) => verdict(shown, t + 1));
  view.columns.setAttribute("aria-label", `Answers so far: ${answers.join("; ") || "none"}`);
  view.cell.replaceChildren(...(net.cell === "gru" ? drawGru(shown) : drawLstm(shown)));
  view.cell.setAttribute("aria-label", `The cell: ${inWords(shown)}.`);
  paintMap(view, shown);
  view.sums.replaceChildren(...sums(shown));
  paintVerdict(view.verdict, step ? steps[step].logit : null, onesIn(bits.slice(0, step)));
  view.said.replaceChildren(...(step ? judge(steps[step].logit, bits.slice(0, step)) :
    ["Nothing is in memory yet. What will the gates do at each bit? Guess, then press Step."]));
  view.numbers.paint();
}

function paintControls(view, shown) {
  const { bits, step, bit, now } = shown;
  view.cellTitle.textContent = step ? `Step ${step} reads a ${bit}` : "Before the first bit";
  view.count.textContent = `step ${step} of ${bits.length}`;
  setAvailable(view.buttons.Back, step > 0);
  setAvailable(view.buttons.Step, step < bits.length);
  setAvailable(view.buttons["Flip this bit"], step > 0);
  view.slider.max = bits.length;
  view.slider.value = step;
  view.slider.setAttribute("aria-valuetext", `step ${step} of ${bits.length}` +
    (step ? `, reads ${bit}, state ${fixed(now.h)}, says ${verdict(shown, step)}` : ""));
}

/** One step of the timeline. What the reader has not reached yet stays empty: it is theirs to guess. */
function paintColumn(mark, t, known, shown) {
  const { net, bits, step, steps, values, largest } = shown;
  mark.root.classList.toggle("pw-now-step", t === step);
  mark.bit.textContent = bits[t - 1] ?? "";
  ROWS[net.cell].forEach(([letter, , kind], row) => {
    const box = mark.values[row], value = known ? values[t][letter] : undefined;
    box.classList.toggle("pw-unknown", !known);
    box.classList.toggle("pw-absent", known && value === undefined); // no gate has moved before the first bit
    if (kind === "gate") box.style.setProperty("--open", (value ?? 0).toFixed(4));
    else tint(box, value ?? 0, largest);
  });
  mark.answer.className = "pw-answer";
  if (!known || t === 0) return;
  mark.answer.classList.add(`pw-says-${answer(steps[t].logit)}`);
  mark.answer.classList.toggle("pw-fails", !isRight(shown, t));
}

/** The numbers of all steps that the reader has reached. */
function tableRows({ seen }, shown) {
  const { net, bits, steps, values } = shown, rows = ROWS[net.cell];
  const exact = (value) => (value === undefined ? "" : fixed(value, 4));
  return [["step", "bit", ...rows.map(([letter, name]) => `${name} ${letter}`), "logit", "answer"],
    ...values.slice(0, seen + 1).map((one, t) => [
      String(t), bits[t - 1] ?? "", ...rows.map(([letter]) => exact(one[letter])), exact(steps[t].logit),
      t ? verdict(shown, t) : ""])];
}

// --- the curves -------------------------------------------------------------

const SIZE = 280, REACH = 1.12; // of the drawing in its own units; states lie between -1 and 1
const { at, point, grid, diagonal, cobweb } = squarePlot(SIZE, -REACH, REACH);

function paintMap({ map, mapNote }, { net, bit, step, steps, values }) {
  const memory = steps[Math.max(step - 1, 0)].memory, next = (x, h) => leadsTo(net, x, h, memory);
  const path = values.slice(0, step + 1).map(({ h }) => h);
  const curve = (x) => svgLine(`pw-after-${x} ${bit === undefined || bit === String(x) ? "" : "pw-other"}`,
    grid.map((h) => point(h, next(x, h))));
  const name = (x, h, below) => svgText(at(h), SIZE - at(next(x, h)) + below, `bit ${x}`, "start");
  map.replaceChildren(
    svg("rect", { class: "pw-frame", width: SIZE, height: SIZE }), ...answerStrip(net), svgLine("pw-diagonal", diagonal),
    // Under another cell state the curves were others, so an LSTM's earlier steps have no place among these.
    ...(net.cell === "gru" ? [svgLine("pw-trail", cobweb(path))] : []),
    curve(0), curve(1), name(0, -0.75, 28), name(1, -1.05, 20), ...(step ? [move(path.slice(-2))] : []),
    ...[-1, 0, 1].flatMap((tick) => [svgText(at(tick), SIZE + 17, fixed(tick, 0)),
                                    svgText(-6, SIZE - at(tick) + 5, fixed(tick, 0), "end")]),
    svgText(SIZE / 2, SIZE + 35, "old h"), svgText(-30, -8, "new h", "start"));
  const ends = [0, 1].map((x) => `After a ${x} from ${fixed(next(x, -1))} to ${fixed(next(x, 1))}`);
  map.setAttribute("aria-label", `The new state against the old one. ${ends.join(". ")}.` +
    (step ? ` Step ${step} leads from ${fixed(path[step - 1])} to ${fixed(path[step])} on the curve of bit ${bit}.` : ""));
  mapNote.textContent = "Dotted: the state stays as it is. " + (net.cell === "gru" ? "Thin: the steps so far." :
    `The curves are those for ${subscript("c", Math.max(step - 1, 0))} = ${fixed(memory[0])}.`);
}

/** From the old state up or down to its place on the curve, and across to the diagonal. */
function move([before, after]) {
  return svg("g", { class: "pw-move", "data-sign": after > 0 ? "plus" : "minus" },
    svgLine("pw-cobweb", cobweb([before, after])), svg("circle", { cx: at(before), cy: SIZE - at(after), r: 5.5 }));
}

/** Beside the new state what the readout makes of it. */
function answerStrip({ W, c }) {
  const half = SIZE - at(-c[0] / W[0][0]), [upper, lower] = W[0][0] > 0 ? ["odd", "even"] : ["even", "odd"];
  const part = (name, y, height) => [svg("rect", { class: `pw-strip-${name}`, x: SIZE, y, width: 7, height }),
                                     svgText(SIZE + 12, y + height / 2 + 5, name, "start")];
  return [...part(upper, 0, half), ...part(lower, half, SIZE - half),
          svg("line", { class: "pw-half", x1: 0, x2: SIZE, y1: half, y2: half })];
}

// --- words ------------------------------------------------------------------

function inWords({ net, step, now }) {
  if (!step) return "no bit has been read";
  return ROWS[net.cell].map(([letter, name]) => `${name} ${fixed(now[letter])}`).join(", ");
}

/** The memory line in letters and in numbers; a line may break between the two. */
function sums({ net, step, old, now }) {
  if (!step) return [];
  const i = (letter) => make("i", {}, letter), factor = (value) => (value < 0 ? `(${fixed(value)})` : fixed(value));
  const line = (letters, numbers) => make("p", { class: "pw-math" }, make("span", {}, ...letters), " ",
                                          make("span", {}, `= ${numbers}`));
  if (net.cell === "gru") return [
    line([symbol("h", step), " = ", i("z "), symbol("h", step - 1), " + (1 − ", i("z"), ") ", i("n")],
      `${fixed(now.z)} · ${factor(old.h)} + ${fixed(1 - now.z)} · ${factor(now.n)} = ${fixed(now.h)}`)];
  return [
    line([symbol("c", step), " = ", i("f "), symbol("c", step - 1), " + ", i("i g")],
      `${fixed(now.f)} · ${factor(old.c)} + ${fixed(now.i)} · ${factor(now.g)} = ${fixed(now.c)}`),
    line([symbol("h", step), " = ", i("o"), " tanh ", symbol("c", step)],
      `${fixed(now.o)} · ${factor(Math.tanh(now.c))} = ${fixed(now.h)}`)];
}
