// The return map of the two-unit network: the next p against p, a cobweb of the bits so far, and a proof by intervals.

const BAR = 14, STRIP = 84, NEAR = 0.05; // the heights of a bar and of the magnified strip, and the largest change in it
const SIZE = 300, LOW = -0.1, HIGH = 1.1; // the side of the plot, and the range of both axes
const STRIP_AT = SIZE + 16 + 2 * BAR, TICKS = STRIP_AT + STRIP; // where the strip begins and ends
const LONG = 10_000; // zeros after a one, the string that is tried for every K
const MOST_BITS = 400, MOST_ROUNDS = 5000;
const MILLISECONDS_PER_PICTURE = 40; // while the intervals grow to the end
const RESTING = 1e-12; // intervals are at rest after a round that moves no end by more than this

export default widgetOf(["sharpness", "bits"], build, paint, stop);

/** Return the next p (equation 2.6). It rises with p + x up to 1, and falls beyond. */
function nextP(p, bit, K) {
  const q = p + bit;
  return (Math.tanh(2 * K * (q - 0.5)) - Math.tanh(2 * K * (q - 1.5))) / 2;
}

/** Return the smallest interval that contains the next p for every p of an interval. */
function image([low, high], bit, K) {
  const ends = [nextP(low, bit, K), nextP(high, bit, K)];
  if (low + bit < 1 && high + bit > 1) ends.push(nextP(1 - bit, bit, K)); // the maximum of the curve
  return [Math.min(...ends), Math.max(...ends)];
}

const START = { even: [0, 0], odd: null };

/** Return the smallest interval that contains all of these; null stands for an empty one. */
function hull(...intervals) {
  const ends = intervals.filter(Boolean).flat();
  return [Math.min(...ends), Math.max(...ends)];
}

/** Make one round: add to each interval the images of both under the bits that lead to it. */
function grown({ even, odd }, K) {
  return { even: hull(even, image(even, 0, K), odd && image(odd, 1, K)),
           odd: hull(odd, image(even, 1, K), odd && image(odd, 0, K)) };
}

/** Return the state of the proof after some rounds: "at rest", "crossed" or "growing". */
function verdict(rounds, K) {
  const { even, odd } = rounds.at(-1);
  if (even[1] >= 0.5 || (odd && odd[0] <= 0.5)) return "crossed";
  if (!odd) return "growing";
  const next = grown({ even, odd }, K), ends = [next.even, next.odd].flat();
  return [even, odd].flat().some((end, i) => Math.abs(end - ends[i]) > RESTING) ? "growing" : "at rest";
}

/** Return after how many zeros the network forgets a one, or null if it does not. */
function forgotten(K) {
  let p = nextP(0, 1, K);
  for (let zeros = 0; zeros <= LONG; zeros++, p = nextP(p, 0, K)) if (p <= 0.5) return zeros;
  return null;
}

/** Return the values of p that a 0 does not change, and whether it draws the values near them towards them. */
function fixedPoints(K) {
  const change = (p) => nextP(p, 0, K) - p;
  return grid.slice(1).flatMap((right, i) => {
    const left = grid[i], [before, after] = [change(left), change(right)];
    if (before > 0 === after > 0) return [];
    return [{ p: left + ((right - left) * before) / (before - after), draws: before > 0 }];
  });
}

const read = (model, bits) => save(model, { bits: (model.get("bits") + bits).slice(-MOST_BITS) });

function grow(view, model, times) {
  const K = model.get("sharpness");
  for (let i = 0; i < times && verdict(view.rounds, K) === "growing"; i++)
    view.rounds.push(grown(view.rounds.at(-1), K));
  paint(view, model);
}

/** Show the rounds to the last, more at a time the more there are, or the last alone if the reader wants less motion. */
function growToTheEnd(view, model) {
  stop(view);
  if (wantsLessMotion()) return grow(view, model, MOST_ROUNDS);
  view.timer = setInterval(() => {
    const times = Math.ceil(view.rounds.length / 20);
    // Stop first, so that screen readers announce the last round.
    if (verdict(view.rounds, model.get("sharpness")) !== "growing" || view.rounds.length > MOST_ROUNDS) stop(view);
    grow(view, model, times);
  }, MILLISECONDS_PER_PICTURE);
}

function stop(view) {
  clearInterval(view.timer);
  view.timer = null;
}

function startAgain(view, model) {
  view.K = null; // begins other intervals
  save(model, { bits: "" });
  paint(view, model); // saving does not paint if no bit had been read
}

function build(model) {
  const view = { timer: null };
  view.slider = makeSlider({ min: 0.5, max: 4, step: 0.01, "aria-label": "Sharpness K" },
    (sharpness) => save(model, { sharpness }));
  view.value = make("output", { class: "pw-value" });
  const reading = buttonRow([["Read a 0", () => read(model, "0")], ["Read a 1", () => read(model, "1")],
                             ["50 zeros", () => read(model, "0".repeat(50))],
                             ["Start again", () => startAgain(view, model)]]);
  const proving = buttonRow([["Grow the intervals", () => growToTheEnd(view, model)]]);
  view.drawing = svg("svg", { viewBox: `-44 -8 ${SIZE + 118} ${TICKS + 46}`, role: "img" });
  view.sentence = make("p", { "aria-live": "polite" });
  view.proof = make("p", { "aria-live": "polite" });
  view.memory = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("The return map of the two-unit network",
    make("div", { class: "pw-settings" }, make("label", {}, make("i", {}, "K"), view.slider, view.value)),
    view.memory, make("div", { class: "pw-map" }, view.drawing),
    make("p", { class: "pw-key" }, "A 0 does not change p at the marks: it draws nearby values to a filled mark, and drives " +
      "them away from a hollow one."),
    make("div", { class: "pw-side pw-side-by-side" }, make("section", {}, reading.row, view.sentence),
      make("section", {}, proving.row, view.proof)));
  return view;
}

const { at, point, grid, diagonal, cobweb } = squarePlot(SIZE, LOW, HIGH);

function paint(view, model) {
  const K = model.get("sharpness"), bits = model.get("bits"), path = [0];
  for (const bit of digits(bits)) path.push(nextP(path.at(-1), bit, K));
  if (K !== view.K) { // intervals that grew with another K prove nothing
    stop(view);
    Object.assign(view, { K, rounds: [START], lost: view.K !== null && (view.lost || view.rounds?.length > 1) });
  }
  view.slider.value = K;
  view.value.textContent = K.toFixed(2);
  drawMap(view, K, bits, path);
  view.sentence.textContent = describePath(bits, path);
  view.memory.textContent = describeMemory(K);
  view.proof.setAttribute("aria-live", view.timer ? "off" : "polite");
  view.proof.textContent = (view.lost && view.rounds.length === 1 ? "With another K, the intervals begin again. " : "") +
    describeProof(view.rounds, K);
}

function drawMap({ drawing, rounds }, K, bits, path) {
  const curve = (bit) => grid.map((p) => point(p, nextP(p, bit, K)));
  const { even, odd } = rounds.at(-1), half = at(0.5), now = at(path.at(-1));
  const bar = (name, interval, y) => [svg("rect", { class: "pw-track", y, width: SIZE, height: BAR }),
    ...(interval ? [svg("rect", { class: `pw-${name}-bar`, x: at(interval[0]) - 1, y, height: BAR,
                                  width: at(interval[1]) - at(interval[0]) + 2 })] : []),
    svgText(SIZE + 6, y + BAR - 2, name, "start")];
  const height = (change) => STRIP / 2 * (1 - change / NEAR), marks = fixedPoints(K);
  const mark = ({ p, draws }, y) => (p < 0.5 || !draws ?
    svg("circle", { class: `pw-fixed ${draws ? "pw-even-bar" : ""}`, cx: at(p), cy: y, r: 5 }) :
    svg("rect", { class: "pw-fixed pw-odd-bar", x: at(p) - 4.5, y: y - 4.5, width: 9, height: 9 }));
  drawing.replaceChildren(
    svg("rect", { class: "pw-frame", width: SIZE, height: SIZE }),
    svgLine("pw-half", half, 0, half, SIZE), svgLine("pw-half", 0, SIZE - half, SIZE, SIZE - half),
    svgPath("pw-diagonal", diagonal), svgPath("pw-after-0", curve(0)), svgPath("pw-after-1", curve(1)),
    svgPath("pw-cobweb", cobweb(path)), ...marks.map((each) => mark(each, SIZE - at(each.p))),
    svg("circle", { class: "pw-now", cx: now, cy: SIZE - now, r: 4 }),
    ...bar("even", even, SIZE + 6), ...bar("odd", odd, SIZE + 9 + BAR),
    svg("svg", { y: STRIP_AT, width: SIZE, height: STRIP }, svg("rect", { class: "pw-track", width: SIZE, height: STRIP }),
      svgLine("pw-diagonal", 0, STRIP / 2, SIZE, STRIP / 2),
      svgPath("pw-after-0", grid.map((p) => `${at(p)},${height(nextP(p, 0, K) - p)}`)),
      ...marks.map((each) => mark(each, STRIP / 2))),
    svgText(SIZE + 6, STRIP_AT + STRIP / 2 + 4, "p′ − p", "start"),
    ...[NEAR, 0, -NEAR].map((change) => svgText(-6, STRIP_AT + 4 + height(0.9 * change),
                                                fixed(change, change ? 2 : 0), "end")),
    ...[0, 1].map((bit) => svgText(SIZE + 6, SIZE - at(nextP(HIGH, bit, K)) + 5, `after a ${bit}`, "start")),
    ...[0, 0.5, 1].flatMap((tick) => [svgText(at(tick), TICKS + 16, String(tick)),
                                     svgText(-6, SIZE - at(tick) + 4, String(tick), "end")]),
    svgText(SIZE / 2, TICKS + 32, "p"), svgText(-6, 6, "p′", "end"));
  const ends = (interval) => interval.map((end) => fixed(end, 3)).join(" to ");
  drawing.setAttribute("aria-label", `Next p against p for K = ${K.toFixed(2)}; p is ${fixed(path.at(-1), 3)} after ` +
    `${bits.length} bits. Even reaches from ${ends(even)}${odd ? `, odd from ${ends(odd)}` : ""}. ` +
    `A 0 does not change p at ${marks.map(({ p }) => fixed(p, 3)).join(", ")}.`);
}

function describePath(bits, path) {
  const shown = bits.length > 24 ? `${bits.slice(0, 12)}…${bits.slice(-8)}` : bits;
  const wrong = path.findIndex((p, t) => t > 0 && p > 0.5 !== (onesIn(bits.slice(0, t)) % 2 === 1));
  const now = bits ? `After ${shown} (${counted(bits.length, "bit")}) p is ${fixed(path.at(-1), 3)}. ` :
    "No bit has been read: p is 0. ";
  return now + (wrong > 0 ? `The answer after bit ${wrong} was wrong.` : "");
}

/** Say for how long this network remembers a one, whatever the reader's own string is. */
function describeMemory(K) {
  const zeros = forgotten(K);
  return "With this K, " + (zeros === null ? `a single 1 is remembered through ${LONG.toLocaleString("en")} zeros.` :
    zeros === 0 ? "the answer after a single 1 is even." : `a single 1 is forgotten after ${counted(zeros, "zero")}.`);
}

function describeProof(rounds, K) {
  const count = counted(rounds.length - 1, "round"), zeros = forgotten(K);
  return {
    "at rest": `After ${count} the intervals stay as they are, one below and one above one half. No bit leads out of ` +
      "them, up to rounding, so the network answers correctly for ever.",
    crossed: `After ${count} an interval has crossed one half, and this proof fails. ` + (zeros === null ?
      "That is not a disproof: smaller sets might do." :
      `No other proof can succeed, because a 1 and ${counted(zeros, "zero")} make a counterexample.`),
    growing: rounds.length === 1 ? "Even begins as p = 0 alone. Each round adds every p that a bit leads to." :
      `After ${count} the intervals are still growing.`,
  }[verdict(rounds, K)];
}
