// A point that moves in the plane of a network's states, and the machine extracted from the network, on the same bits.

const MOST_BITS = 400, ZEROS = 50;
const MILLISECONDS_PER_BIT = 80;
const SIDE = 280; // of each drawing
const LEAST_TRAIL = 3; // steps of the point that are always drawn; a run of equal bits is drawn as a whole

export default widgetOf(["network", "bits", "proof"], build, paint, stop);

/** Return the point of a state: its two numbers, or those along the two axes. */
const project = ({ mean, axes, weights }) => ({ h, c }) => {
  const state = (weights.cell === "lstm" ? [...h, ...c] : h).map((v, i) => v - mean[i]);
  return axes.map((axis) => dot(axis, state));
};

/** Return the first step at which the "network" or the "machine" is wrong, or 0. */
const firstError = (steps, who) => Math.max(0, steps.findIndex((step, t) => t > 0 && step[who] !== step.parity));

function setString(view, model, bits) {
  stop(view);
  save(model, { bits: bits.slice(0, MOST_BITS) });
}

const readMore = (view, model, bits) => setString(view, model, model.get("bits") + bits);

/** Read zeros one by one until the button is pressed again, or all at once if the reader wants less motion. */
function readZeros(view, model) {
  if (view.timer) {
    stop(view);
    return paint(view, model);
  }
  if (wantsLessMotion()) return readMore(view, model, "0".repeat(ZEROS));
  let left = ZEROS;
  const next = () => {
    left -= 1;
    // Stop first, so that screen readers announce the last step.
    if (left === 0 || model.get("bits").length >= MOST_BITS - 1) stop(view);
    save(model, { bits: (model.get("bits") + "0").slice(0, MOST_BITS) });
  };
  view.timer = setInterval(next, MILLISECONDS_PER_BIT);
  next();
}

function stop(view) {
  clearInterval(view.timer);
  view.timer = null;
}

function build(model) {
  const view = { timer: null };
  const settings = stringSettings(view, model, 0, MOST_BITS, (bits) => setString(view, model, bits));
  const { row, buttons } = buttonRow([
    ["Read a 0", () => readMore(view, model, "0")],
    ["Read a 1", () => readMore(view, model, "1")],
    [`${ZEROS} zeros`, () => readZeros(view, model)],
    ["Start again", () => setString(view, model, "")],
  ]);
  row.classList.add("pw-sticky-on-phone");
  view.buttons = buttons;
  view.zeros = buttons[`${ZEROS} zeros`];
  view.zeros.classList.add("pw-zeros"); // has the same width when it is called Stop
  view.proof = make("input", { type: "checkbox", class: "pw-check",
                               onchange: () => save(model, { proof: view.proof.checked }) });
  view.ofProof = make("span", {});
  view.plane = svg("svg", { viewBox: `-38 -4 ${SIDE + 44} ${SIDE + 42}`, role: "img" });
  view.machine = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  view.answers = { parity: make("span", {}), network: make("span", {}), machine: make("span", {}) };
  view.sentence = make("p", { class: "pw-parted" });
  view.key = make("p", { class: "pw-key" });
  view.numbers = numbersTable("The steps of the string",
    () => tableRows(view.steps, model.get("bits"), currentNetwork(model)));
  const answer = (title, box) => make("span", { class: "pw-labelled" }, title, box);
  const titled = (title, drawing) => make("div", {}, make("b", {}, title), drawing);
  view.root = widgetRoot("The states of a network in a plane, and its state machine",
    settings, row,
    make("div", { class: "pw-answers" }, answer("True parity", view.answers.parity),
      answer("Network", view.answers.network), answer("Machine", view.answers.machine)),
    view.sentence, make("div", { class: "pw-pair pw-side-by-side" }, titled("The state of the network", view.plane),
      titled("The machine", view.machine)),
    make("label", { class: "pw-of-proof" }, view.proof, view.ofProof), view.key, view.numbers.root);
  return view;
}

function paint(view, model) {
  const network = currentNetwork(model), bits = model.get("bits"), proof = model.get("proof");
  const background = `${model.get("network")} ${proof}`;
  if (view.background !== background) {
    view.background = background;
    drawPlane(view, network, proof);
    view.automaton = drawAutomaton(view.machine, network.machine);
  }
  view.steps = walk(network, bits, project(network));
  paintControls(view, model, network, bits);
  paintPlane(view, network, bits);
  paintAutomaton(view.automaton, view.steps.at(-1), bits.length > 0);
  for (const [who, box] of Object.entries(view.answers)) paintParity(box, view.steps, who);
  view.sentence.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.sentence.textContent = describe(view.steps, bits);
  view.numbers.paint();
}

function paintControls(view, model, { boxes, agreement }, bits) {
  const typed = view.input.value === bits;
  paintStringSettings(view, model);
  if (!typed) view.input.scrollLeft = view.input.scrollWidth;
  view.proof.checked = model.get("proof");
  view.ofProof.parentElement.hidden = boxes.length === 0;
  view.ofProof.textContent =
    `${boxes.length} boxes of its proof: every string leads from a box to a box, with correct answers on the way.`;
  view.zeros.textContent = view.timer ? "Stop" : `${ZEROS} zeros`;
  for (const [name, button] of Object.entries(view.buttons))
    setAvailable(button, name === "Start again" ? bits !== "" : bits.length < MOST_BITS);
  view.key.textContent = "Discs are even, squares odd, and the dashed line divides the answers. A hollow dot on the " +
    "trail is a wrong answer. The dashed frame marks the machine's state, and in the plane the centre of its cluster. " +
    `The machine answers as the network does on ${agreement === 1 ? "all" : `${Math.round(100 * agreement)} %`} of ` +
    "200 fresh random strings.";
}

/** Convert a place in the plane to one in the drawing. */
const spot = ({ window: [x, y, half] }, [a, b]) =>
  [((a - x + half) / (2 * half)) * SIDE, ((y + half - b) / (2 * half)) * SIDE];

/** Convert a place in the plane to the nearest one inside the drawing. */
const inside = (network, place) => spot(network, place).map((v) => Number(Math.max(0, Math.min(SIDE, v)).toFixed(1)));

function axisNames({ mean, weights }) {
  if (mean.length > 2) return ["direction of the readout", "second direction"];
  return weights.cell === "lstm" ? ["h", "c"] : ["first unit", "second unit"];
}

/** Draw what does not change while bits are read, and elements for what moves: trail, mark of the machine, point. */
function drawPlane(view, network, proof) {
  const [even, odd] = network.points.map((points) => points.map((place) => inside(network, place)));
  const [across, up] = axisNames(network), upward = svgText(0, 0, up);
  upward.setAttribute("transform", `translate(-26 ${SIDE / 2}) rotate(-90)`);
  view.trail = svg("g");
  view.expected = svg("circle", { class: "pw-expected", r: 14 });
  view.point = svg("circle", { class: "pw-point", r: 5 });
  view.plane.replaceChildren(svg("rect", { class: "pw-frame", width: SIDE, height: SIDE }), ...ticks(network),
    ...boundary(network), ...even.map(([cx, cy]) => svg("circle", { class: "pw-even-state", cx, cy, r: 2.7 })),
    ...odd.map(([x, y]) => svg("rect", { class: "pw-odd-state", x: x - 2.4, y: y - 2.4, width: 4.8, height: 4.8 })),
    ...(proof ? network.boxes : []).map((box) => drawBox(network, box)), view.trail,
    ...network.centres.map((_, state) => numberOf(network, state)), view.expected, view.point,
    svgText(SIDE / 2, SIDE + 33, across, "middle", "pw-across"), upward);
}

/** Draw a frame around a box of the proof, because many boxes are smaller than a point. */
function drawBox(network, [x0, y0, x1, y1, odd]) {
  const [left, top] = inside(network, [x0, y1]), [right, bottom] = inside(network, [x1, y0]);
  return svg("rect", { class: `pw-proof ${odd ? "pw-proof-odd" : ""}`, x: left - 2, y: top - 2,
                       width: right - left + 4, height: bottom - top + 4 });
}

/** Write the number of a machine's state next to the centre of its cluster, towards the middle of the plane. */
function numberOf(network, state) {
  const [x, y] = inside(network, network.centres[state]), dx = SIDE / 2 - x, dy = SIDE / 2 - y;
  const far = Math.hypot(dx, dy), [ux, uy] = far < 30 ? [0, -1] : [dx / far, dy / far];
  return svgText(x + 25 * ux, y + 25 * uy + 5, String(state), "middle", "pw-name-of-state");
}

/** Draw ticks at whole numbers, at the lower and the left edge. */
function ticks(network) {
  const [x, y, half] = network.window, visible = (value, middle) => Math.abs(value - middle) < 0.95 * half;
  return [-3, -2, -1, 0, 1, 2, 3].flatMap((value) => {
    const [across, up] = spot(network, [value, value]), text = fixed(value, 0);
    const below = [svgLine("pw-frame", across, SIDE - 5, across, SIDE), svgText(across, SIDE + 16, text)];
    const left = [svgLine("pw-frame", 0, up, 5, up), svgText(-5, up + 4, text, "end")];
    return [...(visible(value, x) ? below : []), ...(visible(value, y) ? left : [])];
  });
}

/** Draw the line on which the logit is 0. */
function boundary({ border: [a, b, c], window }) {
  const square = a * a + b * b, [x, y, half] = window;
  if (square === 0) return [];
  const off = (a * x + b * y + c) / square, far = (4 * half) / Math.sqrt(square);
  const [start, end] = [-far, far].map((way) => spot({ window }, [x - off * a - way * b, y - off * b + way * a]));
  return [svg("svg", { width: SIDE, height: SIDE }, svgLine("pw-readout", ...start, ...end))]; // clips it at its edge
}

function paintPlane({ plane, trail, expected, point, steps }, network, bits) {
  const t = bits.length, run = t ? /(.)\1*$/.exec(bits)[0].length : 0, { place, at } = steps[t];
  const latest = steps.slice(Math.max(0, t - Math.max(run, LEAST_TRAIL)));
  const points = latest.map((step) => inside(network, step.place));
  trail.replaceChildren(svgPath("pw-trail", points), ...points.map(([cx, cy], i) => svg("circle",
    latest[i].network === latest[i].parity ? { class: "pw-step", cx, cy, r: 2.4 } :
      { class: "pw-step pw-step-wrong", cx, cy, r: 3.2 })));
  for (const [mark, target] of [[point, place], [expected, network.centres[at]]]) {
    const [x, y] = inside(network, target);
    mark.style.transform = `translate(${x}px, ${y}px)`;
  }
  const written = (values) => `(${values.map((v) => fixed(v)).join(", ")})`;
  plane.setAttribute("aria-label", `The plane of the states after ${counted(t, "bit")}: the point is at ` +
    `${written(place)}, the centre of the machine's state ${at} at ${written(network.centres[at])}.`);
}

function describe(steps, bits) {
  const t = bits.length, step = steps[t], wrong = firstError(steps, "network"), off = firstError(steps, "machine");
  if (t === 0) return "No bit has been read. Read a few, and watch the point and the arrows.";
  const went = step.from === step.at ? `stays in state ${step.at}` : `goes from state ${step.from} to state ${step.at}`;
  const network = wrong === 0 ? "The network has been correct after every bit." : wrong === t ?
    `Here the network makes its first error: it answers ${parityName(step.network)}, not ${parityName(step.parity)}.` :
    `The network made its first error at bit ${wrong}.` +
      (step.network === step.parity ? " Now it happens to be correct." : "");
  return `Bit ${t} is a ${bits[t - 1]}, and the machine ${went}. ${network}` +
    (off ? ` The machine made its first error at bit ${off}.` : "");
}

function tableRows(steps, bits, network) {
  return [["bits read", "last bit", ...axisNames(network), "logit", "network", "machine's state", "machine",
           "true parity"],
    ...steps.map((step, t) => [String(t), bits[t - 1] ?? "", ...step.place.map((v) => fixed(v, 3)),
      t ? fixed(step.logit, 3) : "", t ? parityName(step.network) : "", String(step.at), parityName(step.machine),
      parityName(step.parity)])];
}
