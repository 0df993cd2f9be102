// A net's states in a plane, with a point that walks in it, and the machine that was found in the net, on the same bits.

const MOST_BITS = 400, ZEROS = 50;
const MILLISECONDS_A_BIT = 80;
const SIDE = 280; // of each drawing in its own units
const LEAST_TRAIL = 3; // steps of the point that stay in sight; a run of one bit stays whole

export default followed(["net", "bits", "proof"], build, paint, stop);

// --- what the net and the machine do with the bits --------------------------

/** A step for the start and for each bit: where the point is, the machine's state, and who says odd (1) or even (0). */
function walk({ weights, mean, axes, machine }, bits) {
  let at = 0, parity = 0;
  return forward(weights, digits(bits)).map(({ h, memory, logit }, t) => {
    const bit = t > 0 ? Number(bits[t - 1]) : 0, from = at;
    if (t > 0) at = machine.successors[at][bit];
    parity ^= bit;
    const state = (weights.cell === "lstm" ? [...h, ...memory] : h).map((v, i) => v - mean[i]);
    return { place: axes.map((axis) => dot(axis, state)), logit, from, at, parity, net: logit > 0 ? 1 : 0, machine: machine.odd[at] };
  });
}

/** The first step at which "net" or "machine" is wrong, or 0. */
const firstWrong = (steps, who) => Math.max(0, steps.findIndex((step, t) => t > 0 && step[who] !== step.parity));

// --- what the reader does ---------------------------------------------------

function setString(view, model, bits) {
  stop(view);
  save(model, { bits: bits.slice(0, MOST_BITS) });
}

const readMore = (view, model, more) => setString(view, model, model.get("bits") + more);

/** Zeros one by one, so that the eye can follow; a second press stops. Whoever wants less motion gets them all at once. */
function readZeros(view, model) {
  if (view.timer) {
    stop(view);
    return paint(view, model);
  }
  if (wantsLessMotion()) return readMore(view, model, "0".repeat(ZEROS));
  let left = ZEROS;
  const next = () => {
    left -= 1;
    if (left === 0 || model.get("bits").length >= MOST_BITS - 1) stop(view); // first: the last step is announced
    save(model, { bits: (model.get("bits") + "0").slice(0, MOST_BITS) });
  };
  view.timer = setInterval(next, MILLISECONDS_A_BIT);
  next();
}

function stop(view) {
  clearInterval(view.timer);
  view.timer = null;
}

function onType(view, model) {
  const bits = view.input.value, problem = bits && complaint(bits, MOST_BITS); // no bit at all is the start
  showProblem(view, problem);
  if (!problem) setString(view, model, bits);
}

/** The keys 0 and 1, wherever the focus is in the figure, except where they are typed. */
function onKey(event, view, model) {
  if (!["0", "1"].includes(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.target === view.input) return;
  event.preventDefault();
  readMore(view, model, event.key);
}

// --- building: once ---------------------------------------------------------

function build(model) {
  const view = { timer: null };
  const problem = `pw-problem-${Math.random().toString(36).slice(2)}`;
  view.message = make("p", { class: "pw-message", role: "alert", id: problem });
  view.input = make("input", { class: "pw-input pw-read", type: "text", "aria-label": "Bits", inputmode: "numeric", autocomplete: "off",
                               spellcheck: "false", "aria-describedby": problem, oninput: () => onType(view, model) });
  view.select = make("select", { class: "pw-input", "aria-label": "Net", onchange: () => save(model, { net: view.select.value }) },
    ...Object.keys(model.get("nets")).map((label) => make("option", { value: label }, label)));
  view.proof = make("input", { type: "checkbox", class: "pw-check", onchange: () => save(model, { proof: view.proof.checked }) });
  view.ofProof = make("span", {});
  const { row, buttons } = buttonRow([
    ["Read a 0", () => readMore(view, model, "0")],
    ["Read a 1", () => readMore(view, model, "1")],
    [`${ZEROS} zeros`, () => readZeros(view, model)],
    ["Start again", () => setString(view, model, "")],
  ]);
  view.buttons = buttons;
  view.zeros = buttons[`${ZEROS} zeros`];
  view.zeros.classList.add("pw-zeros"); // as wide when it says Stop
  view.plane = svg("svg", { viewBox: `-38 -4 ${SIDE + 44} ${SIDE + 42}`, role: "img" });
  view.machine = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  view.answers = Object.fromEntries(["parity", "net", "machine"].map((who) => [who, make("span", {})]));
  view.said = make("p", { class: "pw-parted" });
  view.key = make("p", { class: "pw-key" });
  view.numbers = numbersTable("The steps of the string", () => numbers(view.steps, model.get("bits"), model.get("nets")[model.get("net")]));
  view.root = widgetRoot("A net's states in a plane and the state machine found in it. The keys 0 and 1 read a bit.",
    make("div", { class: "pw-settings" }, make("label", {}, "Net ", view.select), make("label", {}, "Bits ", view.input), view.message), row,
    make("div", { class: "pw-answers" }, ...[["parity", "True parity"], ["net", "Net says"], ["machine", "Machine says"]].map(
      ([who, name]) => make("span", { class: "pw-one" }, name, view.answers[who]))),
    make("div", { class: "pw-pair" }, titled("The net's state", view.plane), titled("The machine", view.machine)),
    view.said, make("label", { class: "pw-of-proof" }, view.proof, view.ofProof), view.key, view.numbers.root);
  view.root.addEventListener("keydown", (event) => onKey(event, view, model));
  return view;
}

const titled = (title, drawing) => make("div", {}, make("b", {}, title), drawing);

// --- painting: after every change -------------------------------------------

function paint(view, model) {
  const net = model.get("nets")[model.get("net")], bits = model.get("bits"), proof = model.get("proof");
  const ground = `${model.get("net")} ${proof}`;
  if (view.ground !== ground) {
    view.ground = ground;
    drawPlane(view, net, proof);
    view.automaton = drawAutomaton(view.machine, net.machine);
  }
  view.steps = walk(net, bits);
  paintControls(view, model, net, bits);
  paintPlane(view, net, bits);
  paintAutomaton(view.automaton, view.steps.at(-1), bits.length > 0);
  for (const [who, box] of Object.entries(view.answers)) paintAnswer(box, view.steps, who);
  view.said.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.said.textContent = tell(view.steps, bits);
  view.numbers.paint();
}

function paintControls(view, model, net, bits) {
  view.select.value = model.get("net");
  if (view.input.value !== bits) {
    view.input.value = bits;
    view.input.scrollLeft = view.input.scrollWidth;
    showProblem(view, "");
  }
  view.proof.checked = model.get("proof");
  view.proof.disabled = net.boxes.length === 0;
  view.ofProof.textContent = net.boxes.length === 0 ? "No boxes: this figure has no proof of this net." :
    `${net.boxes.length} boxes of its proof: whatever bits follow, a state in one of them comes into one again, and each answer on the way is right.`;
  view.zeros.textContent = view.timer ? "Stop" : `${ZEROS} zeros`;
  for (const [name, button] of Object.entries(view.buttons)) setAvailable(button, name === "Start again" ? bits !== "" : bits.length < MOST_BITS);
  view.key.textContent = `Keys 0 and 1 read a bit, too. Discs are even, squares odd; a hollow dot on the trail is a wrong answer. The dashed frame marks the machine's state, in the plane the middle of ` +
    `its cluster. The machine answers as the net does on ${net.agreement === 1 ? "all" : `${Math.round(100 * net.agreement)} %`} of 200 fresh random strings.`;
}

// --- the plane --------------------------------------------------------------

/** From a place in the plane to one in the drawing. */
const spot = ({ window: [x, y, half] }, [a, b]) => [((a - x + half) / (2 * half)) * SIDE, ((y + half - b) / (2 * half)) * SIDE];

/** The same; what lies outside the window is drawn at its edge. */
const inside = (net, place) => spot(net, place).map((v) => Number(Math.max(0, Math.min(SIDE, v)).toFixed(1)));

function axisNames({ mean, weights }) {
  if (mean.length > 2) return ["first axis", "second axis"];
  return weights.cell === "lstm" ? ["h", "c"] : ["first unit", "second unit"];
}

/** What stays while bits are read, and places for what moves: the trail, the machine's mark and the point. */
function drawPlane(view, net, proof) {
  const [even, odd] = net.points.map((points) => points.map((place) => inside(net, place)));
  view.trail = svg("g");
  view.expected = svg("circle", { class: "pw-expected", r: 14 });
  view.point = svg("circle", { class: "pw-point", r: 5 });
  const [across, up] = axisNames(net);
  view.plane.replaceChildren(svg("rect", { class: "pw-window", width: SIDE, height: SIDE }), ...ticks(net), ...readout(net),
    ...even.map(([cx, cy]) => svg("circle", { class: "pw-even-state", cx, cy, r: 2.7 })),
    ...odd.map(([x, y]) => svg("rect", { class: "pw-odd-state", x: x - 2.4, y: y - 2.4, width: 4.8, height: 4.8 })),
    ...(proof ? net.boxes : []).map((box) => drawBox(net, box)), view.trail, ...net.centres.map((_, state) => nameOf(net, state)),
    view.expected, view.point, svg("text", { x: SIDE / 2, y: SIDE + 33, "text-anchor": "middle" }, across),
    svg("text", { "text-anchor": "middle", transform: `translate(-26 ${SIDE / 2}) rotate(-90)` }, up));
}

/** A box of the proof; its frame lies outside it, for many are smaller than a point. */
function drawBox(net, [x0, y0, x1, y1, odd]) {
  const [left, top] = inside(net, [x0, y1]), [right, bottom] = inside(net, [x1, y0]);
  return svg("rect", { class: `pw-proof ${odd ? "pw-proof-odd" : "pw-proof-even"}`, x: left - 2, y: top - 2, width: right - left + 4, height: bottom - top + 4 });
}

/** The number of a state of the machine, beside the middle of its cluster, on the side where there is room. */
function nameOf(net, state) {
  const [x, y] = inside(net, net.centres[state]), dx = SIDE / 2 - x, dy = SIDE / 2 - y, far = Math.hypot(dx, dy);
  const [ux, uy] = far < 30 ? [0, -1] : [dx / far, dy / far];
  return svg("text", { class: "pw-name-of-state", x: x + 25 * ux, y: y + 25 * uy + 5, "text-anchor": "middle" }, String(state));
}

/** Short lines at whole numbers, at the lower and the left edge. */
function ticks(net) {
  const [x, y, half] = net.window, seen = (value, middle) => Math.abs(value - middle) < 0.95 * half;
  return [-3, -2, -1, 0, 1, 2, 3].flatMap((value) => {
    const [across, up] = spot(net, [value, value]), text = fixed(value, 0);
    const below = [svg("line", { class: "pw-window", x1: across, x2: across, y1: SIDE - 5, y2: SIDE }), svg("text", { x: across, y: SIDE + 16, "text-anchor": "middle" }, text)];
    const left = [svg("line", { class: "pw-window", x1: 0, x2: 5, y1: up, y2: up }), svg("text", { x: -5, y: up + 4, "text-anchor": "end" }, text)];
    return [...(seen(value, x) ? below : []), ...(seen(value, y) ? left : [])];
  });
}

/** The line on which the output is 0, where the plane is all of the state. */
function readout(net) {
  const [a, b = 0] = net.weights.W[0], [c] = net.weights.c, square = a * a + b * b;
  if (net.mean.length > 2 || square === 0) return [];
  const [x, y, half] = net.window, off = (a * x + b * y + c) / square, far = (4 * half) / Math.sqrt(square);
  const [[x1, y1], [x2, y2]] = [-far, far].map((way) => spot(net, [x - off * a - way * b, y - off * b + way * a]));
  return [svg("svg", { width: SIDE, height: SIDE }, svg("line", { class: "pw-readout", x1, y1, x2, y2 }))]; // which cuts it off at its edge
}

function paintPlane({ plane, trail, expected, point, steps }, net, bits) {
  const t = bits.length, run = t ? /(.)\1*$/.exec(bits)[0].length : 0, { place, at } = steps[t];
  const latest = steps.slice(Math.max(0, t - Math.max(run, LEAST_TRAIL))), points = latest.map((step) => inside(net, step.place));
  trail.replaceChildren(svg("polyline", { class: "pw-trail", points: points.join(" ") }), ...points.map(([cx, cy], i) => svg("circle",
    latest[i].net === latest[i].parity ? { class: "pw-step", cx, cy, r: 2.4 } : { class: "pw-step pw-step-wrong", cx, cy, r: 3.2 })));
  for (const [mark, where] of [[point, place], [expected, net.centres[at]]]) {
    const [x, y] = inside(net, where);
    mark.style.transform = `translate(${x}px, ${y}px)`;
  }
  plane.setAttribute("aria-label", `The plane of the states after ${counted(t, "bit")}: the point is at (${place.map((v) => fixed(v)).join(", ")}), ` +
    `the middle of the machine's state ${at} at (${net.centres[at].map((v) => fixed(v)).join(", ")}).`);
}

// --- answers and words ------------------------------------------------------

function paintAnswer(box, steps, who) {
  const step = steps.at(-1), parity = parityName(step.parity);
  if (steps.length === 1 && who === "net") { // it is asked after a bit
    box.className = "pw-answer";
    return box.replaceChildren("–");
  }
  const said = parityName(step[who]), right = said === parity;
  box.className = `pw-answer pw-${said}`;
  box.replaceChildren(said, ...(who === "parity" ? [] : [make("span", { class: "pw-sign", role: "img", "aria-label": right ? "right" : "wrong" }, right ? "✓" : "✗")]));
}

function tell(steps, bits) {
  const t = bits.length, step = steps[t], wrong = firstWrong(steps, "net"), off = firstWrong(steps, "machine");
  if (t === 0) return "No bit has been read. Read a few, and watch the point and the arrows.";
  const went = step.from === step.at ? `stays in state ${step.at}` : `goes from state ${step.from} to state ${step.at}`;
  const net = wrong === 0 ? "The net has been right after every bit." : wrong === t ?
    `Here net and parity part: the net says ${parityName(step.net)}, and the string so far is ${parityName(step.parity)}.` :
    `Net and parity parted at bit ${wrong}.${step.net === step.parity ? " Now the net happens to be right." : ""}`;
  return `Bit ${t} is a ${bits[t - 1]}, and the machine ${went}. ${net}${off ? ` The machine went wrong at bit ${off}.` : ""}`;
}

function numbers(steps, bits, net) {
  return [["bits read", "last bit", ...axisNames(net), "logit", "net says", "machine in state", "machine says", "true parity"],
    ...steps.map((step, t) => [String(t), bits[t - 1] ?? "", ...step.place.map((v) => fixed(v, 3)), t ? fixed(step.logit, 3) : "",
      t ? parityName(step.net) : "", String(step.at), parityName(step.machine), parityName(step.parity)])];
}
