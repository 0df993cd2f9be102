// A trained network that answers the reader's bits correctly, and then forgets them while it reads zeros.

const OWN = 10, ZEROS = 50, MILLISECONDS_PER_ZERO = 90;
const WIDTH = 300, HEIGHT = 280; // of the plane
const MACHINE = [84, 104]; // the left edge and the width of the part of the machine's drawing that is used

export default widgetOf(["bits"], build, paint, stop);

const mayPlay = (model) => !model.get("zeros") && model.get("bits").length < OWN;
const mayReadZeros = (model) => !model.get("zeros") && model.get("bits") !== "";

function play(model, bit) {
  if (mayPlay(model)) save(model, { bits: model.get("bits") + bit });
}

/** Read zeros one by one, or at once if the reader wants less motion. */
function readZeros(view, model) {
  if (!mayReadZeros(model)) return;
  const own = model.get("bits"), read = (zeros) => save(model, { zeros, bits: own + "0".repeat(zeros) });
  if (wantsLessMotion()) return read(ZEROS);
  const next = () => {
    if (model.get("zeros") === ZEROS - 1) stop(view); // before the last step, which is announced
    read(model.get("zeros") + 1);
  };
  view.timer = setInterval(next, MILLISECONDS_PER_ZERO);
  next();
}

function stop(view) {
  clearInterval(view.timer);
  view.timer = null;
}

function startAgain(view, model) {
  stop(view);
  save(model, { zeros: 0, bits: "" });
}

function build(model) {
  const view = { timer: null }, network = currentNetwork(model);
  const { row, buttons } = buttonRow([["0", () => play(model, "0")], ["1", () => play(model, "1")],
    ["Now fifty zeros", () => readZeros(view, model)], ["Start again", () => startAgain(view, model)]]);
  row.classList.add("pw-playing");
  view.buttons = buttons;
  view.string = make("p", { class: "pw-string" });
  view.sentence = make("p", { class: "pw-told" });
  view.answers = { network: make("span", {}), machine: make("span", {}) };
  view.plane = svg("svg", { viewBox: `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`, role: "img" });
  view.machine = svg("svg", { viewBox: `${MACHINE[0]} 0 ${MACHINE[1]} ${HEIGHT}`, role: "img" });
  view.automaton = drawAutomaton(view.machine, network.machine);
  drawPlane(view, network);
  const column = (title, box, drawing) => make("div", { class: "pw-labelled" }, title, box, drawing);
  view.root = widgetRoot("The network that forgot", row, view.string, view.sentence,
    make("div", { class: "pw-pair pw-forgetting" },
      column("Network (large point: its memory)", view.answers.network, view.plane),
      column("State machine", view.answers.machine, view.machine)));
  onKeys(view.root, { 0: () => play(model, "0"), 1: () => play(model, "1") });
  return view;
}

/** Convert a place, a logit and a second coordinate, to one in the drawing. */
const spot = ({ widest, low, high }, [logit, up]) => [(logit / widest + 1) * WIDTH / 2,
  ((high - up) / (high - low)) * HEIGHT].map((v, i) => Number(Math.max(0, Math.min(v, [WIDTH, HEIGHT][i])).toFixed(1)));

/** Draw the two regions, the states of random strings, and elements for what moves. */
function drawPlane(view, network) {
  const region = (name, x) => svg("rect", { class: name, x, width: WIDTH / 2, height: HEIGHT });
  const [even, odd] = network.points.map((points) => points.map((place) => spot(network, place)));
  view.trail = svg("g");
  view.point = svg("circle", { class: "pw-point", r: 7 });
  view.plane.replaceChildren(region("pw-even-region", 0), region("pw-odd-region", WIDTH / 2),
    svgLine("pw-readout", WIDTH / 2, 0, WIDTH / 2, HEIGHT), svgText(10, 22, "answers even", "start"),
    svgText(WIDTH - 10, 22, "answers odd", "end"),
    ...even.map(([cx, cy]) => svg("circle", { class: "pw-even-state", cx, cy, r: 2.7 })),
    ...odd.map(([x, y]) => svg("rect", { class: "pw-odd-state", x: x - 2.4, y: y - 2.4, width: 4.8, height: 4.8 })),
    view.trail, view.point);
}

function paint(view, model) {
  const network = currentNetwork(model), bits = model.get("bits"), zeros = model.get("zeros");
  const steps = walk(network, bits, ({ h, logit = network.weights.bias }) => [logit, dot(network.up, h)]);
  const own = bits.slice(0, bits.length - zeros), points = steps.slice(zeros ? own.length : -2)
    .map((step) => spot(network, step.place)), [x, y] = points.at(-1);
  view.trail.replaceChildren(svgPath("pw-trail", points),
    ...points.map(([cx, cy]) => svg("circle", { class: "pw-step", cx, cy, r: 2.4 })));
  view.point.style.transform = `translate(${x}px, ${y}px)`;
  view.plane.setAttribute("aria-label", `The state of the network as a point: its logit is ` +
    `${fixed(steps.at(-1).place[0])}, and the second coordinate is ${fixed(steps.at(-1).place[1])}. The network ` +
    "answers odd if the logit is positive.");
  paintAutomaton(view.automaton, steps.at(-1), bits !== "");
  for (const [who, box] of Object.entries(view.answers)) paintParity(box, steps, who);
  view.string.replaceChildren("Bits: ", make("b", {}, own || "–"), zeros ? `, then ${counted(zeros, "zero")}` : "");
  view.sentence.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.sentence.textContent = describe(steps, own, zeros);
  const next = zeros ? "Start again" : bits ? "Now fifty zeros" : "01"; // the buttons that stand out
  for (const [name, button] of Object.entries(view.buttons)) {
    const available = name.length === 1 ? mayPlay(model) :
      name === "Start again" ? bits !== "" : mayReadZeros(model);
    setAvailable(button, available);
    button.classList.toggle("pw-primary", next.includes(name));
  }
}

function describe(steps, own, zeros) {
  if (own === "") return `Press 0 or 1 a few times, at most ${OWN}. Then let the network read fifty zeros.`;
  const ones = onesIn(own), odd = ones % 2 === 1, [right, other] = odd ? ["odd", "even"] : ["even", "odd"];
  const forgot = steps.findIndex((step, t) => t > own.length && step.network !== step.parity) - own.length;
  if (forgot > 0)
    return `At zero ${forgot} the network forgot: it answers ${other}. The state machine still answers ${right}. ` +
      "Why did the network forget?";
  if (zeros) return `After ${counted(zeros, "zero")} the network still answers ${right}.` +
    (odd || zeros < ZEROS ? "" : " Start again and try an odd count of ones.");
  return `The number of ones so far is ${ones}, which is ${right}. Fifty zeros will not change that. ` +
    `Will the network still answer ${right}?`;
}
