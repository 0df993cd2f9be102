// The return map of the two-unit net: p against the next p, a cobweb of the bits so far, and the proof by intervals.

const SIZE = 300, LOW = -0.1, HIGH = 1.1; // of the drawing in its own units, and what both axes show
const LONG = 10_000; // zeros after a one, the string that is tried against every K
const MOST_ROUNDS = 5000;
const STILL = 1e-12; // a round that moves no end by more has come to rest

export default followed(["sharpness", "bits"], build, paint);

// --- the net and its intervals ----------------------------------------------

/** Equation 2.6: the next p. It rises with p + x up to 1, and falls from there on. */
function nextP(p, bit, K) {
  const q = p + bit;
  return (Math.tanh(2 * K * (q - 0.5)) - Math.tanh(2 * K * (q - 1.5))) / 2;
}

/** p after each bit, 0 before the first. */
function path(bits, K) {
  const values = [0];
  for (const bit of digits(bits)) values.push(nextP(values.at(-1), bit, K));
  return values;
}

/** The smallest interval that holds the next p for all p of an interval. */
function image([low, high], bit, K) {
  const ends = [nextP(low, bit, K), nextP(high, bit, K)];
  if (low + bit < 1 && high + bit > 1) ends.push(nextP(1 - bit, bit, K)); // the top of the curve lies inside
  return [Math.min(...ends), Math.max(...ends)];
}

const start = () => ({ even: [0, 0], odd: null });
const together = (...intervals) => {
  const found = intervals.filter(Boolean);
  return [Math.min(...found.map(([low]) => low)), Math.max(...found.map(([, high]) => high))];
};

/** One round: each interval also holds where a bit leads from either of them. */
function grown({ even, odd }, K) {
  return { even: together(even, image(even, 0, K), odd && image(odd, 1, K)),
           odd: together(odd, image(even, 1, K), odd && image(odd, 0, K)) };
}

const moved = (a, b) => !a.odd || [a.even, a.odd].flat().some((end, i) => Math.abs(end - [b.even, b.odd].flat()[i]) > STILL);
const crossed = ({ even, odd }) => even[1] >= 0.5 || (odd !== null && odd[0] <= 0.5);

/** What the rounds so far say: "at rest", "crossed" or "growing". */
function standing(rounds, K) {
  const last = rounds.at(-1);
  if (crossed(last)) return "crossed";
  return rounds.length > 1 && !moved(last, grown(last, K)) ? "at rest" : "growing";
}

/** After how many zeros a one is forgotten, or null. */
function forgotten(K) {
  let p = nextP(0, 1, K);
  for (let zeros = 0; zeros <= LONG; zeros++, p = nextP(p, 0, K)) if (p <= 0.5) return zeros;
  return null;
}

// --- what the reader does ---------------------------------------------------

function feed(model, more) {
  model.set("bits", (model.get("bits") + more).slice(-400));
  model.save_changes();
}

function grow(view, model, times) {
  const K = model.get("sharpness");
  for (let i = 0; i < times && standing(view.rounds, K) === "growing"; i++) view.rounds.push(grown(view.rounds.at(-1), K));
  paint(view, model);
}

// --- building: once ---------------------------------------------------------

function build(model) {
  const view = {};
  const setK = (K) => {
    model.set("sharpness", K);
    model.save_changes();
  };
  view.slider = make("input", { type: "range", class: "pw-slider", min: "0.5", max: "4", step: "0.01", "aria-label": "Sharpness K",
                                oninput: () => setK(Number(view.slider.value)) });
  view.value = make("output", { class: "pw-value" });
  const feeding = buttonRow([["Read a 0", () => feed(model, "0")], ["Read a 1", () => feed(model, "1")],
                             ["50 zeros", () => feed(model, "0".repeat(50))],
                             ["Start again", () => { model.set("bits", ""); model.save_changes(); }]]);
  const proving = buttonRow([["Grow once", () => grow(view, model, 1)], ["Grow to the end", () => grow(view, model, MOST_ROUNDS)],
                             ["New intervals", () => { view.rounds = [start()]; paint(view, model); }]]);
  view.drawing = svg("svg", { viewBox: `-34 -8 ${SIZE + 108} ${SIZE + 46}`, role: "img" });
  view.said = make("p", { "aria-live": "polite" });
  view.proof = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("The return map of the two-unit net",
    make("div", { class: "pw-settings" }, make("label", {}, make("i", {}, "K"), view.slider, view.value)),
    make("div", { class: "pw-map" }, view.drawing, make("div", { class: "pw-side" },
      make("b", {}, "A string"), feeding.row, view.said, make("b", {}, "The proof"), proving.row, view.proof)));
  return view;
}

// --- painting: after every change -------------------------------------------

const { at, point, grid, diagonal, cobweb } = squarePlot(SIZE, LOW, HIGH);

function paint(view, model) {
  const K = model.get("sharpness"), bits = model.get("bits"), values = path(bits, K);
  if (K !== view.K) Object.assign(view, { K, rounds: [start()] }); // intervals that grew under another K prove nothing
  view.slider.value = K;
  view.value.textContent = K.toFixed(2);
  draw(view, K, bits, values);
  view.said.textContent = tell(K, bits, values);
  view.proof.textContent = argue(view.rounds, K);
}

function draw({ drawing, rounds }, K, bits, values) {
  const curve = (bit) => grid.map((p) => point(p, nextP(p, bit, K)));
  const { even, odd } = rounds.at(-1);
  const bar = (name, [low, high], side) => svg("rect", { class: name, x: at(low) - 1, width: at(high) - at(low) + 2, y: side, height: 8 });
  const half = at(0.5);
  drawing.replaceChildren(
    svg("rect", { class: "pw-frame", width: SIZE, height: SIZE }),
    svg("line", { class: "pw-half", x1: half, x2: half, y1: 0, y2: SIZE }), svg("line", { class: "pw-half", x1: 0, x2: SIZE, y1: SIZE - half, y2: SIZE - half }),
    svgLine("pw-diagonal", diagonal), svgLine("pw-after-0", curve(0)), svgLine("pw-after-1", curve(1)),
    svgLine("pw-cobweb", cobweb(values)), svg("circle", { class: "pw-now", cx: at(values.at(-1)), cy: SIZE - at(values.at(-1)), r: 4.5 }),
    bar("pw-even-bar", even, SIZE - 9), ...(odd ? [bar("pw-odd-bar", odd, SIZE - 9)] : []),
    ...[0, 1].map((bit) => svgText(SIZE + 6, SIZE - at(nextP(HIGH, bit, K)) + 5, `after a ${bit}`, "start")),
    ...[0, 0.5, 1].flatMap((tick) => [svgText(at(tick), SIZE + 16, String(tick)), svgText(-6, SIZE - at(tick) + 4, String(tick), "end")]),
    svgText(SIZE / 2, SIZE + 32, "p"), svgText(-6, 6, "p′", "end"));
  drawing.setAttribute("aria-label", `Next p against p for K = ${K.toFixed(2)}; p is ${fixed(values.at(-1), 3)} after ${bits.length} bits. ` +
    `Even reaches from ${even.map((end) => fixed(end, 3)).join(" to ")}` + (odd ? `, odd from ${odd.map((end) => fixed(end, 3)).join(" to ")}.` : "."));
}

// --- words ------------------------------------------------------------------

function tell(K, bits, values) {
  const shown = bits.length > 24 ? `${bits.slice(0, 12)}…${bits.slice(-8)}` : bits;
  const wrong = values.findIndex((p, t) => t > 0 && p > 0.5 !== (onesIn(bits.slice(0, t)) % 2 === 1));
  const now = bits ? `After ${shown} (${bits.length} ${bits.length === 1 ? "bit" : "bits"}) p is ${fixed(values.at(-1), 3)}. ` : "No bit has been read: p is 0. ";
  const verdict = wrong > 0 ? `The answer after bit ${wrong} was wrong. ` : "";
  const zeros = forgotten(K);
  return now + verdict + (zeros === null ? `By itself a one is remembered through ${LONG.toLocaleString("en")} zeros.` :
    zeros === 0 ? "A single one is not seen at all." : `By itself a one is forgotten after ${counted(zeros, "zero")}.`);
}

function argue(rounds, K) {
  const count = `${(rounds.length - 1).toLocaleString("en")} ${rounds.length === 2 ? "round" : "rounds"}`;
  const words = {
    "at rest": `After ${count} the intervals stay as they are, on either side of one half. No bit leads out of them, up to rounding: right for ever.`,
    crossed: `After ${count} an interval has crossed one half, and this proof fails. ` + (forgotten(K) === null ?
      "That is no disproof: smaller sets might do." : `No other could succeed, for a 1 and ${counted(forgotten(K), "zero")} make a counterexample.`),
    growing: rounds.length === 1 ? "Even begins as p = 0 alone. Each round adds wherever a bit leads." : `After ${count} they still grow.`,
  };
  return words[standing(rounds, K)];
}
