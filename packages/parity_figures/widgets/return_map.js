// The return map of the two-unit network: the next p against p, a proof by intervals, and a 1 followed by zeros.

const WIDE = 300, HIGH = 170, LOW = -0.1, TOP = 1.1; // the size of the plot, and the range of both axes
const BARS = HIGH + 36, DOTS = BARS + 48; // the heights of the intervals and of the dots
const LONG = 10_000, SHOWN = 200; // zeros after a one: the string that is tried, and how many of them get a dot
const MOST_ROUNDS = 5000, VISIBLE = 0.1; // of growth, which also ends when an interval is so far beyond one half
const RESTING = 1e-12; // intervals are at rest after a round that moves no end by more than this

export default widgetOf(["sharpness"], build, paint);

/** Return the next p (equation 2.6). It rises with p + x up to 1, and falls beyond. */
function nextP(p, bit, K) {
  const q = p + bit;
  return (Math.tanh(2 * K * (q - 0.5)) - Math.tanh(2 * K * (q - 1.5))) / 2;
}

/** Return the smallest interval that contains the next p for every p of an interval. */
function image([low, high], bit, K) {
  const ends = [nextP(low, bit, K), nextP(high, bit, K)];
  if (low + bit < 1 && high + bit > 1) ends.push(nextP(1 - bit, bit, K)); // the maximum of the curve
  return hull(ends);
}

/** Return the smallest interval that contains all of these. */
function hull(...intervals) {
  const ends = intervals.flat();
  return [Math.min(...ends), Math.max(...ends)];
}

/**
 * Add to each interval the images of both under the bits that lead to it, again and again. Returns the intervals and
 * "crossed" if one of them has reached one half, "at rest" if none has, or "growing" after very many rounds.
 */
function grow(K) {
  let even = [0, 0], odd = image(even, 1, K);
  const crosses = (by) => even[1] >= 0.5 + by || odd[0] <= 0.5 - by;
  for (let round = 0; round < MOST_ROUNDS && !crosses(VISIBLE); round++) {
    const next = [hull(even, image(even, 0, K), image(odd, 1, K)), hull(odd, image(even, 1, K), image(odd, 0, K))];
    const ends = next.flat(), rests = [even, odd].flat().every((end, i) => Math.abs(end - ends[i]) <= RESTING);
    if (rests) return { even, odd, verdict: crosses(0) ? "crossed" : "at rest" };
    [even, odd] = next;
  }
  return { even, odd, verdict: crosses(0) ? "crossed" : "growing" };
}

/** Return p after a 1 and each of the zeros that follow it. */
function afterAOne(K, zeros) {
  const path = [nextP(0, 1, K)];
  while (path.length <= zeros) path.push(nextP(path.at(-1), 0, K));
  return path;
}

function build(model) {
  const view = {};
  view.slider = makeSlider({ min: 0.6, max: 1.5, step: 0.01, "aria-label": "Sharpness K" },
    (sharpness) => save(model, { sharpness }));
  view.value = make("output", { class: "pw-value" });
  view.drawing = svg("svg", { viewBox: `-24 -4 ${WIDE + 68} ${DOTS + 60}`, role: "img" });
  view.proof = make("p", { "aria-live": "polite" });
  view.memory = make("p", { "aria-live": "polite" });
  view.root = widgetRoot("The return map of the two-unit network",
    make("label", {}, make("i", {}, "K"), view.slider, view.value), make("div", { class: "pw-map" }, view.drawing),
    make("div", { class: "pw-found pw-side-by-side" }, view.proof, view.memory));
  return view;
}

function paint(view, model) {
  const K = model.get("sharpness"), intervals = grow(K), path = afterAOne(K, LONG);
  const forgotten = path.findIndex((p) => p <= 0.5);
  view.slider.value = K;
  view.value.textContent = K.toFixed(2);
  drawMap(view.drawing, K, intervals, path.slice(0, SHOWN));
  view.proof.replaceChildren(...describeProof(intervals.verdict, forgotten));
  view.memory.replaceChildren(...describeMemory(forgotten));
}

const across = (p) => ((p - LOW) / (TOP - LOW)) * WIDE;
const upwards = (p) => HIGH - ((p - LOW) / (TOP - LOW)) * HIGH;

function drawMap(drawing, K, { even, odd, verdict }, path) {
  const curve = (bit, [low, high], name) => svgPath(`${name} pw-after-${bit}`, Array.from({ length: 61 }, (_, i) => {
    const p = low + ((high - low) * i) / 60;
    return `${across(p).toFixed(2)},${upwards(nextP(p, bit, K)).toFixed(2)}`;
  }));
  const bar = (name, [low, high], y, height) => svg("rect", { class: `pw-${name}-bar`, x: across(low) - 1, y, height,
                                                              width: across(high) - across(low) + 2 });
  // Each bit leads from each interval into one of the two, and each step has a rectangle. A proof fails if an interval
  // crosses one half: the part beyond one half is marked.
  const into = (name, from, [low, high]) => svg("g", { class: "pw-into" },
    bar(name, from, upwards(high), upwards(low) - upwards(high)));
  const crossing = [[0.5, even[1]], [odd[0], 0.5]].filter(([low, high]) => low <= high);
  const steps = [even, odd].flatMap((from) => [into("even", from, even), into("odd", from, odd),
    ...crossing.map((part) => into("crossing", from, part))]);
  const within = verdict === "at rest" ? [even, odd].flatMap((from) =>
    [0, 1].map((bit) => curve(bit, from, "pw-within"))) : [];
  const next = path.slice(1).flatMap((p, t) => [[path[t], p], [p, p]]);
  const line = (name, points) => svgPath(name, points.map(([p, after]) =>
    `${across(p).toFixed(2)},${upwards(after).toFixed(2)}`));
  const track = (y) => svg("rect", { class: "pw-track", y, width: WIDE, height: 18 });
  drawing.replaceChildren(
    svg("rect", { class: "pw-frame", width: WIDE, height: HIGH }), ...steps, ...within,
    svgLine("pw-half", 0, upwards(0.5), WIDE, upwards(0.5)), line("pw-diagonal", [[LOW, LOW], [TOP, TOP]]),
    ...[0, 1].map((bit) => curve(bit, [LOW, TOP], "")), line("pw-cobweb", next),
    track(BARS), bar("even", even, BARS, 18), bar("odd", odd, BARS, 18),
    ...crossing.map((part) => bar("crossing", part, BARS, 18)), track(DOTS),
    ...path.map((p) => svg("circle", { class: "pw-after-one", cx: across(p), cy: DOTS + 9, r: 4 })),
    svgLine("pw-half", across(0.5), 0, across(0.5), DOTS + 18),
    svgText(0, BARS - 7, "intervals of p: even on the left, odd on the right", "start"),
    svgText(0, DOTS - 7, "p after a 1 and then many zeros", "start"),
    ...[0, 1].map((bit) => svgText(WIDE + 6, upwards(nextP(TOP, bit, K)) + 5, `bit ${bit}`, "start")),
    ...[[0, "0"], [0.5, "½"], [1, "1"]].flatMap(([tick, name]) => [svgText(across(tick), DOTS + 34, name),
                                                                  svgText(-6, upwards(tick) + 5, name, "end")]),
    svgText(WIDE / 2, DOTS + 50, "p"), svgText(4, 14, "next p", "start"));
  const ends = (interval) => interval.map((end) => fixed(end, 3)).join(" to ");
  drawing.setAttribute("aria-label", `Next p against p for K = ${K.toFixed(2)}. The even interval reaches from ` +
    `${ends(even)}, the odd one from ${ends(odd)}. After a 1, p is ${fixed(path[0], 3)}, and after ` +
    `${path.length - 1} more zeros ${fixed(path.at(-1), 3)}.`);
}

/** Say for how long the network remembers a one. */
const describeMemory = (zeros) => (zeros < 0 ?
  [make("b", {}, "The network remembers a 1."), ` It still answers “odd” after ${LONG.toLocaleString("en")} zeros.`] :
  [make("b", {}, "The network forgets a 1."), ` It answers “even” after ${counted(zeros, "zero")}.`]);

const describeProof = (verdict, zeros) => ({
  "at rest": [make("b", {}, "The proof succeeds."), " From every p in the intervals, a 0 leads back into the same " +
    "interval and a 1 into the other, up to rounding. So all answers are correct for ever."],
  crossed: [make("b", {}, "The proof fails."), " An interval crosses one half, and the part beyond it is grey. " +
    (zeros < 0 ?
    "That is not a disproof: smaller sets might do." : "No other proof can succeed, because this network forgets.")],
  growing: [make("b", {}, "The proof is open."), ` After ${counted(MOST_ROUNDS, "round")} the intervals still grow.`],
})[verdict];
