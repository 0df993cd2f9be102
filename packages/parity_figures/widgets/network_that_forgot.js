// A trained network that answers the reader's bits correctly, and then forgets them while it reads zeros.

const OWN = 10, ZEROS = 50, MILLISECONDS_PER_ZERO = 90;
const WIDTH = 300, HEIGHT = 280; // of the plane
const MACHINE = [84, 104]; // the left edge and the width of the part of the machine's drawing that is used

export default widgetOf(["bits"], build, paint, stop);

/** Add a bit to those of the reader. */
function play(view, model, bit) {
  if (model.get("bits").length < OWN && !model.get("zeros")) save(model, { bits: model.get("bits") + bit });
}

/** Read a 1 if the count of ones is even, and then zeros one by one, or at once if the reader wants less motion. */
function readZeros(view, model) {
  if (model.get("zeros")) return;
  const bits = model.get("bits"), odd = bits + (onesIn(bits) % 2 ? "" : "1");
  view.added = odd !== bits;
  const read = (zeros) => save(model, { zeros, bits: odd + "0".repeat(zeros) });
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
  const { row, buttons } = buttonRow([["0", () => play(view, model, "0")], ["1", () => play(view, model, "1")],
    ["Now fifty zeros", () => readZeros(view, model)], ["Start again", () => startAgain(view, model)]]);
  row.classList.add("pw-playing");
  view.buttons = buttons;
  view.string = make("p", { class: "pw-string" });
  view.sentence = make("p", { class: "pw-told" });
  view.answers = { parity: make("span", {}), network: make("span", {}), machine: make("span", {}) };
  view.plane = svg("svg", { viewBox: `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`, role: "img" });
  view.machine = svg("svg", { viewBox: `${MACHINE[0]} 0 ${MACHINE[1]} ${HEIGHT}`, role: "img" });
  view.automaton = drawAutomaton(view.machine, network.machine);
  drawPlane(view, network);
  const answer = (title, box) => make("span", { class: "pw-labelled" }, title, box);
  view.root = widgetRoot("The network that forgot", row, view.string,
    make("div", { class: "pw-pair pw-forgetting" }, view.plane, view.machine, make("div", { class: "pw-answers" },
      answer("Correct", view.answers.parity), answer("Network", view.answers.network),
      answer("Its machine", view.answers.machine))), view.sentence);
  view.root.addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey }) => {
    if ((key === "0" || key === "1") && !ctrlKey && !altKey && !metaKey) play(view, model, key);
  });
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
  view.string.replaceChildren("Bits: ", make("b", {}, (zeros && view.added ? own.slice(0, -1) : own) || "–"),
    zeros ? `${view.added ? " and a 1" : ""}, then ${counted(zeros, "zero")}` : "");
  view.sentence.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.sentence.textContent = describe(steps, own, zeros);
  if (!zeros) view.buttons["Now fifty zeros"].textContent = onesIn(own) % 2 ? "Now fifty zeros" : "A 1 and fifty zeros";
  const playing = own.length < OWN && !zeros;
  for (const [name, button] of Object.entries(view.buttons)) {
    const isBit = name.length === 1;
    setAvailable(button, isBit ? playing : name === "Start again" ? bits !== "" : !zeros);
    button.classList.toggle("pw-primary", isBit ? playing : name !== "Start again" && !playing && !zeros);
  }
}

function describe(steps, own, zeros) {
  if (own === "")
    return `Choose ${OWN} bits with the buttons or, when one of them has the focus, with the keys 0 and 1.`;
  const ones = onesIn(own), parity = parityName(ones);
  const forgot = steps.findIndex((step, t) => t > own.length && step.network !== step.parity) - own.length;
  if (forgot > 0)
    return `At zero ${forgot} the network forgot: it answers even. The machine still answers ${parity}.`;
  if (zeros) return `After ${counted(zeros, "zero")} the network still answers ${parity}.`;
  return `There ${ones === 1 ? "is" : "are"} ${counted(ones, "one")} so far, an ${parity} number.` +
    (own.length < OWN ? "" : ones % 2 ? " Fifty zeros do not change it. Will the network remember?" :
      " A 1 makes it odd, and fifty zeros do not change it.");
}
