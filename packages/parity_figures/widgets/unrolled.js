// The unrolled network: bits below, states in the middle, verdicts on top, one column a step.

const MOST_BITS = 12;
const MOST_NUMBERS = 8; // more units than this are drawn as squares, without numbers
const MILLISECONDS_A_STEP = 900;

export default followed(["bits", "net", "step"], build, paint, (view) => view.player.stop());

// --- what the reader does ---------------------------------------------------

/** Arrow keys, Home and End, anywhere in the graph. */
function onKey(event, model, player) {
  const step = model.get("step");
  const target = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: model.get("bits").length }[event.key];
  if (target === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault(); // the graph would scroll as well
  player.stop();
  goTo(model, target);
}

/** Steps on by itself until the end or until it is stopped; `changed` hears of both. */
function makePlayer(model, changed) {
  const player = { running: false };
  const atEnd = () => model.get("step") >= model.get("bits").length;
  const set = (running) => {
    player.running = running;
    changed();
  };
  player.stop = () => {
    clearInterval(player.timer);
    if (player.running) set(false);
  };
  const next = () => {
    // Stop first: the last step is then announced, the steps on the way are not.
    if (model.get("step") + 1 >= model.get("bits").length) player.stop();
    goTo(model, model.get("step") + 1);
  };
  player.toggle = () => {
    if (player.running) return player.stop();
    if (wantsLessMotion()) return goTo(model, model.get("bits").length);
    if (atEnd()) goTo(model, 0);
    set(true);
    player.timer = setInterval(next, MILLISECONDS_A_STEP);
    next();
  };
  return player;
}

// --- building: once ---------------------------------------------------------

function build(model) {
  const view = { columns: [], shape: "" };
  view.player = makePlayer(model, () => paintPlayer(view));
  const by = (move) => () => {
    view.player.stop();
    goTo(model, move());
  };
  const { row, buttons } = buttonRow([
    ["Back", by(() => model.get("step") - 1)],
    ["Step", by(() => model.get("step") + 1)],
    ["Run", () => view.player.toggle()],
    ["Reset", by(() => 0)],
  ]);
  buttons.Step.classList.add("pw-primary");
  view.buttons = buttons;
  view.count = make("span", { class: "pw-count" });
  row.append(view.count);
  view.graph = make("div", { class: "pw-graph", tabindex: "0", role: "group",
                             onkeydown: (event) => onKey(event, model, view.player) });
  view.line = make("div", { class: "pw-line", "aria-live": "polite", "aria-atomic": "true" });
  view.legend = make("p", { class: "pw-legend" });
  const settings = buildStringSettings(view, model, MOST_BITS, (bits) => {
    view.player.stop();
    setBits(model, bits);
  });
  view.root = widgetRoot("Unrolled recurrent network", settings, view.graph, row, view.line, view.legend);
  return view;
}

/** New columns, but only when their number or their size changed: focus stays where it is otherwise. */
function buildColumns(view, model, steps, units) {
  if (view.shape === `${steps} ${units}`) return;
  view.shape = `${steps} ${units}`;
  view.start = make("div", { class: "pw-cells" });
  view.startCells = buildCells(view.start, units);
  view.columns = Array.from({ length: steps }, (_, index) => buildColumn(model, index + 1, units));
  view.graph.replaceChildren(make("ol", { class: "pw-columns" },
    make("li", { class: "pw-column pw-first" },
      make("span", { class: "pw-rowname pw-o" }, "says"),
      make("div", { class: "pw-h" }, view.start, make("span", { class: "pw-name" }, symbol("h", 0))),
      make("span", { class: "pw-rowname pw-x" }, "reads")),
    ...view.columns.map((column) => column.root)));
}

function buildColumn(model, t, units) {
  const column = { t };
  column.bit = make("button", { type: "button", class: "pw-bit", onclick: () => flip(model, t - 1) });
  column.box = make("div", { class: "pw-cells" });
  column.cells = buildCells(column.box, units);
  column.verdict = make("div", { class: "pw-verdict" });
  column.root = make("li", { class: "pw-column" },
    // In the order of the data: the bit, the state, the output. The style sheet puts the bit lowest.
    make("div", { class: "pw-x" }, column.bit, make("span", { class: "pw-name" }, symbol("x", t))),
    arrow("up", "U", "pw-u"), arrow("right", "V", "pw-v"),
    make("div", { class: "pw-h" }, column.box, make("span", { class: "pw-name" }, symbol("h", t))),
    arrow("up", "W", "pw-w"),
    make("div", { class: "pw-o" }, column.verdict, make("span", { class: "pw-name" }, symbol("o", t))));
  return column;
}

function arrow(direction, letter, place) {
  return make("span", { class: `pw-arrow pw-${direction} ${place}`, "aria-hidden": "true" }, make("i", {}, letter));
}

function buildCells(box, units) {
  const squares = units > MOST_NUMBERS;
  box.classList.toggle("pw-squares", squares);
  box.style.setProperty("--columns", squares ? (units > 32 ? 8 : 4) : 1);
  if (squares) box.setAttribute("role", "img");
  const cells = Array.from({ length: units }, () => make("span", { class: squares ? "pw-square" : "pw-cell" }));
  box.replaceChildren(...cells);
  return cells;
}

// --- painting: after every change -------------------------------------------

function paint(view, model) {
  const net = model.get("weights")[model.get("net")];
  const bits = model.get("bits");
  const step = Math.min(model.get("step"), bits.length);
  const steps = forward(net, digits(bits));
  const largest = Math.max(1, ...steps.flatMap(({ h }) => h.map(Math.abs)));
  buildColumns(view, model, bits.length, net.W[0].length);
  paintCells(view.start, view.startCells, steps[0].h, largest, "h 0");
  view.columns.forEach((column) => paintColumn(column, steps, bits, step, largest));
  paintControls(view, model, bits, step);
  view.line.replaceChildren(...explain(net, steps, bits, step));
  view.legend.textContent = legend(net);
  showCurrent(view, step);
}

function paintColumn(column, steps, bits, step, largest) {
  const { t, root, bit } = column;
  const done = t <= step;
  root.classList.toggle("pw-done", done);
  root.classList.toggle("pw-current", t === step);
  if (t === step) root.setAttribute("aria-current", "step");
  else root.removeAttribute("aria-current");
  bit.textContent = bits[t - 1];
  bit.setAttribute("aria-pressed", String(bits[t - 1] === "1"));
  bit.setAttribute("aria-label", `Bit ${t} is ${bits[t - 1]}. Flip it.`);
  if (done) paintCells(column.box, column.cells, steps[t].h, largest, `h ${t}`);
  else clearCells(column, t);
  paintVerdict(column.verdict, done ? steps[t].logit : null, onesIn(bits.slice(0, t)));
}

function paintCells(box, cells, values, largest, name) {
  const squares = cells.length > MOST_NUMBERS;
  const range = `from ${fixed(Math.min(...values))} to ${fixed(Math.max(...values))}`;
  if (squares) box.setAttribute("aria-label", `${name}: ${values.length} numbers ${range}`);
  cells.forEach((cell, i) => {
    tint(cell, values[i], largest);
    cell.title = `unit ${i + 1}: ${fixed(values[i], 4)}`;
    if (!squares) cell.textContent = fixed(values[i]);
  });
}

function clearCells({ box, cells }, t) {
  if (cells.length > MOST_NUMBERS) box.setAttribute("aria-label", `h ${t}: not computed yet`);
  for (const cell of cells) {
    tint(cell, 0, 1);
    cell.title = "not computed yet";
    cell.textContent = "";
  }
}

function paintControls(view, model, bits, step) {
  paintStringSettings(view, model);
  view.count.textContent = `step ${step} of ${bits.length}`;
  view.graph.setAttribute("aria-label",
    `The network unrolled over ${bits.length} bits. Left and right arrow keys step.`);
  setAvailable(view.buttons.Back, step > 0);
  setAvailable(view.buttons.Reset, step > 0);
  setAvailable(view.buttons.Step, step < bits.length);
}

function paintPlayer(view) {
  view.buttons.Run.textContent = view.player.running ? "Pause" : "Run";
  view.line.setAttribute("aria-live", view.player.running ? "off" : "polite");
}

/** Scroll the graph, never the page, until the current column stands in the middle. */
function showCurrent({ graph, columns }, step) {
  const column = columns[step - 1];
  const left = column ? column.root.offsetLeft - (graph.clientWidth - column.root.offsetWidth) / 2 : 0;
  graph.scrollTo({ left, behavior: wantsLessMotion() ? "auto" : "smooth" });
}

// --- words ------------------------------------------------------------------

/** The paragraphs under the graph: what was read, what was computed, what it means. */
function explain(net, steps, bits, t) {
  if (t === 0) return [make("p", {}, "No bit has been read, and the state is ", symbol("h", 0), ` = ${vector(steps[0].h)}. `,
                            "What will the net say after each bit? Guess, then press Step.")];
  const { h, before, logit } = steps[t];
  return [
    make("p", {}, `Step ${t}: the net reads `, symbol("x", t), ` = ${bits[t - 1]} and remembers `,
         symbol("h", t - 1), ` = ${vector(steps[t - 1].h)}.`),
    make("p", { class: "pw-math" }, symbol("h", t), ` = ${net.cell}(`, make("i", {}, "U "), symbol("x", t), " + ",
         make("i", {}, "V "), symbol("h", t - 1), " + ", make("i", {}, "b"),
         `) = ${net.cell}${before.length === 1 ? `(${vector(before)})` : vector(before)} = ${vector(h)}`),
    make("p", { class: "pw-math" }, symbol("o", t), " = ", make("i", {}, "W "), symbol("h", t), " + ", make("i", {}, "c"),
         ` = ${fixed(logit)}, so the probability of odd is ${probability(sigmoid(logit), 4)}`),
    make("p", {}, ...judge(logit, bits.slice(0, t))),
  ];
}

function legend(net) {
  if (net.W[0].length <= MOST_NUMBERS)
    return "States: green above 0, purple below, stronger for larger numbers. Outputs are logits; above 0 means odd.";
  return `Each square is one of ${net.W[0].length} units: filled above 0, hollow below, larger for larger numbers. ` +
    "Outputs are logits; above 0 means odd.";
}
