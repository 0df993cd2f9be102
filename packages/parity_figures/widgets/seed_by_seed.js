// Recorded runs, a seed at a time: a guess first, then dots that fall, and an interval that narrows.

const Z = 1.959964; // 95 % of a normal distribution lies within so many standard deviations
const WIDTH = 300, HEIGHT = 134, LEFT = 8, RIGHT = 236, FLOOR = 66; // of a drawing; right of RIGHT stand the unsolved
const BAR = { y: 98, height: 12, left: 8, right: 292 };
const FIRST = 10; // the step at which the axis begins; from there on it counts in powers of ten

export default followed(["shown", "guesses"], build, paint);

const AGAIN = "Start again", FORGET = "Forget and guess"; // the same button, the second where nobody guessed

const seedsOf = (model) => model.get("conditions")[0].steps.length;
const guessed = (model) => Object.keys(model.get("guesses")).length > 0;

/** Wilson's interval of a success rate. */
function wilson(successes, count) {
  const share = successes / count, spread = Z * Math.sqrt((share * (1 - share) + Z ** 2 / (4 * count)) / count);
  const [low, high] = [-1, 1].map((side) => (share + Z ** 2 / (2 * count) + side * spread) / (1 + Z ** 2 / count));
  return [successes === 0 ? 0 : low, successes === count ? 1 : high]; // exact, where rounding would leave a guess outside
}

// --- what the reader does ---------------------------------------------------

const asked = (name, seeds) => `How many of ${seeds} runs learn “${name}”?`;

/** Beside the answers to the page's questions (guesses.js), where there is such a page; without one a guess lasts as long as the figure. */
function keepInBrowser(model, name, count, place) {
  const here = place.closest("section[id]")?.id ?? "";
  globalThis.parityGuesses?.keep(asked(name, seedsOf(model)), count === null ? null :
    { answer: String(count), question: asked(name, seedsOf(model)), page: `${location.pathname.split("/").pop()}#${here}` });
}

/** What this browser has kept of the guesses, as a count for each condition. */
function keptGuesses(model) {
  const seeds = seedsOf(model), known = model.get("conditions").map(({ name }) => [name, globalThis.parityGuesses?.get(asked(name, seeds))?.answer]);
  return Object.fromEntries(known.filter(([, answer]) => /^\d+$/.test(answer) && answer <= seeds).map(([name, answer]) => [name, Number(answer)]));
}

function guess(model, name, count, place) {
  if (model.get("shown") > 0) return; // too late: something has been seen
  model.set("guesses", { ...model.get("guesses"), [name]: count });
  model.save_changes();
  keepInBrowser(model, name, count, place);
}

function reveal(model, more) {
  model.set("shown", Math.min(seedsOf(model), model.get("shown") + more));
  model.save_changes();
}

function startAgain(view, model) {
  for (const { name, root } of view.panels) if (name in model.get("guesses")) keepInBrowser(model, name, null, root);
  model.set("shown", 0);
  model.set("guesses", {});
  model.save_changes();
}

// --- building: once ---------------------------------------------------------

function build(model) {
  const view = {}, seeds = seedsOf(model);
  if (!guessed(model) && model.get("shown") === 0) save(model, { guesses: keptGuesses(model) });
  const { row, buttons } = buttonRow([
    ["Another seed", () => reveal(model, 1)],
    ["Ten more", () => reveal(model, 10)],
    ["All", () => reveal(model, seeds)],
    [AGAIN, () => startAgain(view, model)],
  ]);
  buttons["Another seed"].classList.add("pw-primary");
  view.buttons = buttons;
  view.line = make("p", { class: "pw-line", "aria-live": "polite" });
  view.panels = model.get("conditions").map((condition) => buildPanel(model, condition, seeds));
  view.numbers = numbersTable("The runs, a seed in each row", () => numbers(view, model.get("shown")));
  view.root = widgetRoot("Runs, one seed after another",
    make("div", { class: "pw-panels" }, ...view.panels.map((panel) => panel.root)),
    make("div", { class: "pw-dropping" }, row, view.line),
    make("p", { class: "pw-legend" }, "A dot is a run, at the update that solved it, in powers of ten; a cross never did; the latest is larger. On the bar the tick is ",
      "the rate so far, the grey stretch its 95 % interval, the triangle your guess."),
    view.numbers.root);
  return view;
}

function buildPanel(model, { name, steps }, seeds) {
  const panel = { name, steps }, take = () => guess(model, name, Number(panel.slider.value), panel.root);
  panel.slider = make("input", { type: "range", class: "pw-slider", min: 0, max: seeds, step: 1, "aria-label": `Your guess for ${name}: how many of ${seeds} learn it`,
                                 oninput: () => take(), onclick: () => take() }); // a click that moves nothing is a guess, too
  panel.value = make("output", { class: "pw-value" });
  panel.drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  panel.result = make("p", { class: "pw-result" });
  panel.root = make("section", { class: "pw-panel" }, make("b", {}, name),
    make("label", {}, "Your guess", panel.slider, panel.value), panel.drawing, panel.result);
  return panel;
}

// --- painting: after every change -------------------------------------------

function paint(view, model) {
  const shown = model.get("shown"), seeds = seedsOf(model), cap = model.get("cap");
  for (const panel of view.panels) {
    const steps = panel.steps.slice(0, shown), mine = model.get("guesses")[panel.name];
    panel.slider.value = mine ?? Math.round(seeds / 2);
    panel.slider.disabled = shown > 0;
    panel.value.textContent = mine === undefined ? (shown > 0 ? "none" : "none yet") : `${mine} of ${seeds}`;
    panel.drawing.replaceChildren(...drawDots(steps, cap), ...drawRate(steps, mine, seeds));
    panel.result.textContent = tell(steps, mine, seeds);
    panel.drawing.setAttribute("aria-label", `${panel.name}: ${panel.result.textContent}`);
  }
  for (const name of ["Another seed", "Ten more", "All"]) setAvailable(view.buttons[name], shown < seeds);
  setAvailable(view.buttons[AGAIN], shown > 0 || guessed(model));
  view.buttons[AGAIN].textContent = shown > 0 && !guessed(model) ? FORGET : AGAIN;
  view.line.textContent = announce(view, model, shown, seeds);
  view.numbers.paint();
}

function across(step, cap) {
  const first = Math.min(FIRST, cap / 10);
  return LEFT + ((RIGHT - LEFT) * Math.log(Math.max(step, first) / first)) / Math.log(cap / first);
}


/** A dot for each run at the step that solved it; runs at nearly one step stand on each other. Crosses did not solve it. */
function drawDots(steps, cap) {
  const columns = {}, unsolved = [];
  steps.forEach((step, seed) => (step === null ? unsolved : (columns[Math.round(across(step, cap) / 6)] ??= [])).push(seed));
  const highest = Math.max(1, ...Object.values(columns).map((column) => column.length)), rise = Math.min(6.5, (FLOOR - 8) / highest);
  const latest = (seed) => (seed === steps.length - 1 ? " pw-latest" : "");
  const dots = Object.entries(columns).flatMap(([column, seeds]) => seeds.map((seed, level) =>
    svg("circle", { class: `pw-dot${latest(seed)}`, cx: column * 6, cy: FLOOR - 4 - level * rise, r: 3 })));
  const crosses = unsolved.map((seed, i) => svg("path", { class: `pw-cross${latest(seed)}`,
    d: `M${RIGHT + 14 + (i % 8) * 6} ${FLOOR - 7 - Math.floor(i / 8) * 6.5}l4.4 4.4m0 -4.4l-4.4 4.4` }));
  return [svg("line", { class: "pw-axis", x1: LEFT, x2: RIGHT, y1: FLOOR, y2: FLOOR }),
    svg("line", { class: "pw-axis", x1: RIGHT + 10, x2: WIDTH, y1: FLOOR, y2: FLOOR }), ...dots, ...crosses,
    svgText(LEFT, FLOOR + 15, "step", "start"), svgText(RIGHT + 4, FLOOR + 15, cap.toLocaleString("en"), "end"),
    ...[100, 1000].filter((tick) => tick < cap / 5).map((tick) => svgText(across(tick, cap), FLOOR + 15, tick.toLocaleString("en"))),
    svgText(WIDTH, FLOOR + 15, "never", "end")];
}

const along = (share) => BAR.left + (BAR.right - BAR.left) * share;

/** The success rate on a bar from 0 to 100 %, with its interval, and a triangle at the guess. */
function drawRate(steps, mine, seeds) {
  const { y, height } = BAR, solved = steps.filter((step) => step !== null).length;
  const drawn = [svg("rect", { class: "pw-whole", x: BAR.left, y, width: BAR.right - BAR.left, height }),
    ...[0, 0.5, 1].map((tick) => svgText(along(tick), y + height + 18, `${100 * tick} %`, ["start", "middle", "end"][2 * tick]))];
  if (steps.length) {
    const [low, high] = wilson(solved, steps.length);
    drawn.push(svg("rect", { class: "pw-interval", x: along(low), y, width: along(high) - along(low), height }),
      svg("line", { class: "pw-share", x1: along(solved / steps.length), x2: along(solved / steps.length), y1: y - 3, y2: y + height + 3 }));
  }
  if (mine !== undefined) drawn.push(svg("path", { class: "pw-guess", d: `M${along(mine / seeds)} ${y - 1}l-5 -9h10z` }));
  return drawn;
}

// --- words ------------------------------------------------------------------

const percent = (share) => `${Math.round(100 * share)}\u00a0%`; // number and sign in one line

function tell(steps, mine, seeds) {
  if (!steps.length) return mine === undefined ? "How many will learn it?" : `You guess ${mine} of ${seeds}.`;
  const solved = steps.filter((step) => step !== null).length, [low, high] = wilson(solved, steps.length);
  const rate = `${solved} of ${steps.length} learned it, so the true rate is likely between ${percent(low)} and ${percent(high)}`;
  if (mine === undefined) return `${rate}.`;
  const inside = mine / seeds >= low && mine / seeds <= high;
  return `${rate}. Your ${percent(mine / seeds)} is ${inside ? "inside" : "outside"}.`;
}

function announce(view, model, shown, seeds) {
  if (shown === 0) return guessed(model) ? "Now let the seeds fall." : "Move the sliders to your guesses, then let the seeds fall.";
  const none = guessed(model) ? "" : ` You made no guess before the first one fell; “${FORGET}” takes ${shown === 1 ? "it" : "them"} away again.`;
  if (shown < seeds) return `${shown} of ${seeds} seeds.${none}`;
  if (none) return `All ${seeds} seeds.${none}`;
  const inside = view.panels.filter((panel) => panel.result.textContent.endsWith("inside.")).length;
  return `All ${seeds} seeds. ${inside} of your ${Object.keys(model.get("guesses")).length} guesses ${inside === 1 ? "lies" : "lie"} inside the interval.`;
}

/** The step at which each run of the seeds so far was solved. */
function numbers({ panels }, shown) {
  return [["seed", ...panels.map((panel) => panel.name)],
    ...Array.from({ length: shown }, (_, i) => [String(i), ...panels.map((panel) => String(panel.steps[i] ?? "not solved"))])];
}
