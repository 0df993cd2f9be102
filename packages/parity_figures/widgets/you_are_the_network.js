// A game in which the reader takes the place of the network: one bit at a time, and after each one odd or even.

const ENOUGH = 10; // correct answers in a row after which the widget asks what the reader remembered
const MEMORIES = [
  ["All of them", "You could, but nobody does for long. Look at what you used when the next bit came: only whether " +
    "the count was odd."],
  ["The last few", "Then you would have lost a 1 from further back, and it still counts. What you remembered was the " +
    "answer itself."],
  ["One: whether the count so far is odd", "Yes. A 0 leaves it as it is, a 1 changes it, and you can forget " +
    "everything else. A network with a memory has to find exactly this."],
];

export default widgetOf([], build, (view, model) => startRound(view, model, 0));

/** Start a new round at bit `start` of the bits. */
function startRound(view, model, start) {
  Object.assign(view, { start, t: 0, over: false });
  save(model, { answered: 0 });
  view.question.hidden = true;
  paint(view, model);
  view.line.textContent = `The first bit is ${view.bit.textContent}. Is the number of ones so far odd or even?`;
}

/** Return bit t of the round; the bits begin again after the last. */
const bitAt = (view, model, t) => model.get("bits")[(view.start + t) % model.get("bits").length];

function answer(view, model, word, event) {
  if (view.over || event.detail > 1) return; // the second click of a double click is not an answer
  const string = Array.from({ length: view.t + 1 }, (_, t) => bitAt(view, model, t)).join(""), ones = onesIn(string);
  if (word !== parityName(ones)) {
    // A wrong answer ends the round and shows all bits, which were hidden until then.
    view.over = true;
    view.question.hidden = true;
    view.line.textContent = `You answered ${word}. The bits were ${string}: ${counted(ones, "one")}, and ${ones} is ` +
      `${parityName(ones)}.`;
    paint(view, model);
    return view.buttons.Again.focus();
  }
  const answered = model.get("answered") + 1;
  save(model, { answered, longest: Math.max(answered, model.get("longest")) });
  view.t += 1;
  if (answered === ENOUGH && !view.replied) view.question.hidden = false;
  paint(view, model);
  view.line.textContent = `Correct. Bit ${view.t + 1} is ${view.bit.textContent}.`;
}

function build(model) {
  const view = {};
  const { row, buttons } = buttonRow([
    ["Even", (event) => answer(view, model, "even", event)],
    ["Odd", (event) => answer(view, model, "odd", event)],
    ["Again", () => { startRound(view, model, view.start + view.t + 1); buttons.Even.focus(); }],
  ]);
  view.buttons = buttons;
  view.count = addCount(row);
  view.bit = make("span", { class: "pw-arriving", "aria-hidden": "true" }); // the line below has the same content
  view.line = make("p", { class: "pw-told", "aria-live": "polite" });
  view.reply = make("p", { "aria-live": "polite" });
  const memories = buttonRow(MEMORIES.map(([memory, reply]) => [memory, () => {
    view.replied = true;
    view.reply.textContent = reply;
  }]));
  view.question = make("div", { class: "pw-asked", hidden: true },
    make("b", {}, `${ENOUGH} in a row. How many of the bits did you keep in mind?`), memories.row, view.reply);
  view.root = widgetRoot("You are the network", make("p", { class: "pw-stage" }, view.bit), row, view.line,
    view.question);
  return view;
}

function paint(view, model) {
  view.bit.textContent = bitAt(view, model, view.t);
  view.bit.dataset.turn = view.t % 2; // restarts the animation, so that two equal bits are seen to be two
  for (const name of ["Even", "Odd"]) setAvailable(view.buttons[name], !view.over);
  view.buttons.Again.hidden = !view.over;
  const [answered, longest] = [model.get("answered"), model.get("longest")];
  view.count.textContent = `bit ${view.t + 1}, ${answered} correct in a row, best so far ${longest}`;
}
