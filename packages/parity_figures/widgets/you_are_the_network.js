// The reader in the network's place: one bit at a time, odd or even after each.

const ENOUGH = 10; // right answers in a row after which the figure asks what the reader remembered
const MEMORIES = [
  ["All of them", "You could, but nobody does for long. Look at what you used when the next bit came: only whether the count was odd."],
  ["The last few", "Then a one far back would have been lost, and it still counts. What you carried on was the answer itself."],
  ["One: whether the count so far is odd", "Yes. A 0 leaves it as it is, a 1 turns it over, and everything else may be forgotten. A network with a memory has to find just that."],
];

export default {
  render({ model, el }) {
    const view = build(model);
    el.append(view.root);
    begin(view, model, 0);
  },
};

/** A new round, from bit `start` of the bits. */
function begin(view, model, start) {
  Object.assign(view, { start, t: 0, over: false });
  model.set("answered", 0);
  model.save_changes();
  view.asked.hidden = true;
  paint(view, model);
  say(view, `The first bit is ${view.bit.textContent}. Is the number of ones so far odd or even?`);
}

const bitAt = (model, place) => model.get("bits")[place % model.get("bits").length];
const shown = (view, model) => Array.from({ length: view.t + 1 }, (_, i) => bitAt(model, view.start + i)).join("");

function answer(view, model, word, event) {
  if (view.over || event.detail > 1) return; // the second half of a double click is no answer
  const string = shown(view, model), truth = parityName(onesIn(string));
  if (word !== truth) return lose(view, model, string, word, truth);
  const answered = model.get("answered") + 1;
  model.set("answered", answered);
  model.set("longest", Math.max(answered, model.get("longest")));
  model.save_changes();
  view.t += 1;
  if (answered === ENOUGH && !view.told) view.asked.hidden = false;
  paint(view, model);
  say(view, `Right. Bit ${view.t + 1} is ${view.bit.textContent}.`);
}

/** A wrong answer ends the round and shows all bits, which until then were hidden. */
function lose(view, model, string, word, truth) {
  view.over = true;
  const ones = onesIn(string);
  say(view, `You said ${word}. The bits were ${string}: ${ones} ${ones === 1 ? "one" : "ones"}, and ${ones} is ${truth}.`);
  paint(view, model);
  view.buttons.Again.focus();
}

// --- building and painting --------------------------------------------------

function build(model) {
  const view = {};
  const { row, buttons } = buttonRow([
    ["Even", (event) => answer(view, model, "even", event)],
    ["Odd", (event) => answer(view, model, "odd", event)],
    ["Again", () => { begin(view, model, view.start + view.t + 1); buttons.Even.focus(); }],
  ]);
  view.buttons = buttons;
  view.count = make("span", { class: "pw-count" });
  row.append(view.count);
  view.bit = make("span", { class: "pw-arriving", "aria-hidden": "true" }); // the line below says it
  view.line = make("p", { class: "pw-told", "aria-live": "polite" });
  view.reply = make("p", { "aria-live": "polite" });
  const question = buttonRow(MEMORIES.map(([memory, reply]) => [memory, () => {
    view.told = true;
    view.reply.textContent = reply;
  }]));
  view.asked = make("div", { class: "pw-asked", hidden: true },
    make("p", {}, make("b", {}, `${ENOUGH} in a row. How many of the bits did you keep in mind?`)), question.row, view.reply);
  view.root = widgetRoot("You are the network", make("p", { class: "pw-stage" }, view.bit), row, view.line, view.asked);
  return view;
}

function paint(view, model) {
  const bit = bitAt(model, view.start + view.t);
  view.bit.textContent = bit;
  view.bit.dataset.turn = view.t % 2; // two equal bits in a row are two bits
  for (const name of ["Even", "Odd"]) setAvailable(view.buttons[name], !view.over);
  view.buttons.Again.hidden = !view.over;
  view.count.textContent = `bit ${view.t + 1}, ${model.get("answered")} right in a row, best so far ${model.get("longest")}`;
}

function say(view, text) {
  view.line.textContent = text;
}
