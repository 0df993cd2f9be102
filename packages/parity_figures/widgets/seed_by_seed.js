// Recorded runs, one seed at a time: a guess first, then dots, and an interval that becomes narrower.

const Z = 1.959964; // 95 % of a normal distribution is within this many standard deviations
const WIDTH = 300, HEIGHT = 134, LEFT = 8, RIGHT = 236, FLOOR = 66; // of a panel; unsolved runs are right of RIGHT
const BAR = { y: 98, height: 12, left: 8, width: 284 };
const FIRST = 10; // the update at which the logarithmic axis begins

export default widgetOf(["shown", "guesses"], build, paint);

const seedsOf = (model) => model.get("conditions")[0].steps.length;
const guessesIn = (model) => Object.keys(model.get("guesses")).length;

/** Return Wilson's interval of a success rate. */
function wilson(successes, count) {
  const share = successes / count, spread = Z * Math.sqrt((share * (1 - share) + Z ** 2 / (4 * count)) / count);
  const [low, high] = [-1, 1].map((side) => (share + Z ** 2 / (2 * count) + side * spread) / (1 + Z ** 2 / count));
  return [successes === 0 ? 0 : low, successes === count ? 1 : high]; // exactly, although rounding might differ
}

const questionOf = (name, seeds) => `How many of ${seeds} runs learn “${name}”?`;

/** Keep a guess, or remove it if `count` is null, where a page keeps the answers to its own questions (guesses.js). */
function keepInBrowser(model, name, count, element) {
  const question = questionOf(name, seedsOf(model)), section = element.closest("section[id]")?.id ?? "";
  globalThis.parityGuesses?.keep(question, count === null ? null :
    { answer: String(count), question, page: `${location.pathname.split("/").pop()}#${section}` });
}

/** Return the guesses that this browser has kept, by condition. */
function keptGuesses(model) {
  const seeds = seedsOf(model), answerTo = (question) => globalThis.parityGuesses?.get(question)?.answer;
  const kept = model.get("conditions").map(({ name }) => [name, answerTo(questionOf(name, seeds))]);
  return Object.fromEntries(kept.filter(([, answer]) => /^\d+$/.test(answer) && answer <= seeds)
    .map(([name, answer]) => [name, Number(answer)]));
}

function guess(model, name, count, element) {
  if (model.get("shown") > 0) return; // too late, because results have been seen
  save(model, { guesses: { ...model.get("guesses"), [name]: count } });
  keepInBrowser(model, name, count, element);
}

/** Reveal more seeds. Before the first one, a press without all guesses is answered with a warning. */
function reveal(view, model, more) {
  const count = guessesIn(model), warns = model.get("shown") === 0 && count < view.panels.length && count !== view.warned;
  view.warned = warns ? count : null; // another guess makes the warning obsolete
  if (warns) paint(view, model);
  else save(model, { shown: Math.min(seedsOf(model), model.get("shown") + more) });
}

function startAgain(view, model) {
  for (const { name, root } of view.panels) if (name in model.get("guesses")) keepInBrowser(model, name, null, root);
  save(model, { shown: 0, guesses: {} });
}

function build(model) {
  const view = {}, seeds = seedsOf(model);
  if (!guessesIn(model) && model.get("shown") === 0) save(model, { guesses: keptGuesses(model) });
  const { row, buttons } = buttonRow([
    ["Another seed", () => reveal(view, model, 1)],
    ["Ten more", () => reveal(view, model, 10)],
    ["All", () => reveal(view, model, seeds)],
    ["Start again", () => startAgain(view, model)],
  ], "Another seed");
  view.buttons = buttons;
  view.line = make("p", { class: "pw-line", "aria-live": "polite" });
  view.panels = model.get("conditions").map((condition) => buildPanel(model, condition, seeds));
  view.numbers = numbersTable("The runs, one row for each seed", () => tableRows(view, model.get("shown")));
  view.root = widgetRoot("Runs, one seed after another",
    make("div", { class: "pw-panels pw-side-by-side" }, ...view.panels.map((panel) => panel.root)),
    make("div", { class: "pw-sticky" }, row, view.line),
    make("p", { class: "pw-legend" }, "A dot is a run, at the update that solved it, on a logarithmic axis; a cross ",
      "is a run that was never solved. The latest run is larger. On the bar the line is the rate so far, the grey ",
      "stretch its 95 % interval, and the triangle your guess."),
    view.numbers.root);
  return view;
}

function buildPanel(model, { name, steps }, seeds) {
  const take = () => guess(model, name, Number(slider.value), root);
  // A click that does not move the slider is a guess, too. Without a guess the slider has no thumb.
  const label = `Your guess for ${name}: how many of ${seeds} learn it`;
  const slider = makeSlider({ min: 0, max: seeds, step: 1, "aria-label": label, onclick: take }, take);
  const value = make("output", { class: "pw-value" }), result = make("p", { class: "pw-result" });
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const root = make("section", { class: "pw-panel" }, make("b", {}, name),
    make("label", {}, "Your guess", slider, value), drawing, result);
  return { name, steps, slider, value, drawing, result, root };
}

function paint(view, model) {
  const shown = model.get("shown"), seeds = seedsOf(model), cap = model.get("cap");
  for (const { name, slider, value, drawing, result, ...panel } of view.panels) {
    const steps = panel.steps.slice(0, shown), guess = model.get("guesses")[name];
    slider.value = guess ?? 0;
    slider.classList.toggle("pw-unset", guess === undefined);
    slider.disabled = shown > 0;
    value.textContent = guess === undefined ? (shown > 0 ? "none" : "none yet") : `${guess} of ${seeds}`;
    slider.setAttribute("aria-valuetext", value.textContent);
    drawing.replaceChildren(...drawRuns(steps, cap), ...drawRate(steps, guess, seeds));
    result.textContent = describe(steps, guess, seeds);
    drawing.setAttribute("aria-label", `${name}: ${result.textContent}`);
  }
  for (const name of ["Another seed", "Ten more", "All"]) setAvailable(view.buttons[name], shown < seeds);
  setAvailable(view.buttons["Start again"], shown > 0 || guessesIn(model) > 0);
  view.line.textContent = announce(view, model, shown, seeds);
  view.numbers.paint();
}

function across(step, cap) {
  const first = Math.min(FIRST, cap / 10);
  return LEFT + ((RIGHT - LEFT) * Math.log(Math.max(step, first) / first)) / Math.log(cap / first);
}

/** Draw a dot for each run at the update that solved it, on top of others near it, and a cross if none did. */
function drawRuns(steps, cap) {
  const columns = {}, unsolved = [];
  steps.forEach((step, seed) => {
    (step === null ? unsolved : (columns[Math.round(across(step, cap) / 6)] ??= [])).push(seed);
  });
  const highest = Math.max(1, ...Object.values(columns).map((column) => column.length));
  const rise = Math.min(6.5, (FLOOR - 8) / highest), latest = (seed) => (seed === steps.length - 1 ? " pw-latest" : "");
  const dots = Object.entries(columns).flatMap(([column, seeds]) => seeds.map((seed, level) =>
    svg("circle", { class: `pw-dot${latest(seed)}`, cx: column * 6, cy: FLOOR - 4 - level * rise, r: 3 })));
  const crosses = unsolved.map((seed, i) => svg("path", { class: `pw-cross${latest(seed)}`,
    d: `M${RIGHT + 14 + (i % 8) * 6} ${FLOOR - 7 - Math.floor(i / 8) * 6.5}l4.4 4.4m0 -4.4l-4.4 4.4` }));
  const label = (x, text, anchor) => svgText(x, FLOOR + 15, text, anchor);
  return [svgLine("pw-axis", LEFT, FLOOR, RIGHT, FLOOR), svgLine("pw-axis", RIGHT + 10, FLOOR, WIDTH, FLOOR),
    ...dots, ...crosses, label(LEFT, "update", "start"), label(RIGHT + 4, cap.toLocaleString("en"), "end"),
    ...[100, 1000].filter((tick) => tick < cap / 5).map((tick) => label(across(tick, cap), tick.toLocaleString("en"))),
    label(WIDTH, "never", "end")];
}

/** Draw the success rate on a bar from 0 to 100 %, with its interval, and a triangle at the guess. */
function drawRate(steps, guess, seeds) {
  const { y, height, left, width } = BAR, at = (share) => left + width * share;
  const drawn = [svg("rect", { class: "pw-whole", x: left, y, width, height }),
    ...["start", "middle", "end"].map((anchor, i) => svgText(at(i / 2), y + height + 18, `${50 * i} %`, anchor))];
  if (steps.length) {
    const rate = at(solvedIn(steps) / steps.length), [low, high] = wilson(solvedIn(steps), steps.length);
    drawn.push(svg("rect", { class: "pw-interval", x: at(low), y, width: at(high) - at(low), height }),
      svgLine("pw-share", rate, y - 3, rate, y + height + 3));
  }
  if (guess !== undefined)
    drawn.push(svg("path", { class: "pw-guess", d: `M${at(guess / seeds)} ${y - 1}l-5 -9h10z` }));
  return drawn;
}

const solvedIn = (steps) => steps.filter((step) => step !== null).length;
const percent = (share) => `${Math.round(100 * share)}\u00a0%`; // without a line break before the sign

function describe(steps, guess, seeds) {
  if (!steps.length) return guess === undefined ? "How many will learn it?" : `You guess ${guess} of ${seeds}.`;
  const [low, high] = wilson(solvedIn(steps), steps.length);
  const rate = `${solvedIn(steps)} of ${steps.length} learned it, so the true rate is likely between ${percent(low)} ` +
    `and ${percent(high)}.`;
  if (guess === undefined) return rate;
  const share = guess / seeds;
  return `${rate} Your ${percent(share)} is ${share >= low && share <= high ? "inside" : "outside"}.`;
}

function announce(view, model, shown, seeds) {
  const count = guessesIn(model), all = view.panels.length;
  if (shown === 0 && count === view.warned) return `You have made ${count || "none"} of the ${all} guesses, and you cannot ` +
    "add one later. Press again to go on.";
  const made = count ? `You have made ${count} of the ${all} guesses` : "Click on each slider to make a guess";
  if (shown === 0) return `${made}. The first seed makes your guesses final.`;
  const late = count ? " Your guesses are final." :
    " You made no guess before the first one. Start again if you want to.";
  if (shown < seeds) return `${shown} of ${seeds} seeds.${late}`;
  if (!count) return `All ${seeds} seeds.${late}`;
  const inside = view.panels.filter((panel) => panel.result.textContent.endsWith("inside.")).length;
  const guesses = count === 1 ? "1 guess" : `${count} guesses`;
  return `All ${seeds} seeds. ${inside} of your ${guesses} ${inside === 1 ? "is" : "are"} inside the interval.`;
}

/** Return the update at which each run was solved, for the seeds so far. */
function tableRows({ panels }, shown) {
  return [["seed", ...panels.map((panel) => panel.name)],
    ...Array.from({ length: shown }, (_, i) =>
      [String(i), ...panels.map(({ steps }) => String(steps[i] ?? "not solved"))])];
}
