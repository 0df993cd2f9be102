// A game in which the reader takes the place of the network: one bit at a time, and after each one odd or even.

const ENOUGH = 10; // correct answers, after which the widget asks what the reader remembered
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
  Object.assign(view, { start, over: false });
  save(model, { answered: 0 });
  view.reply.textContent = "";
  paint(view, model);
  view.line.replaceChildren(`The first bit is ${bitsOf(view, model)}. Is the number of ones so far odd or even?`,
    make("span", { class: "pw-keys" }, " When a button has the focus, the keys E and O work too."));
}

/** Return the bits of the round, which end with the one that the reader sees; the bits begin again after the last. */
function bitsOf({ start }, model) {
  const bits = model.get("bits"), count = Math.min(model.get("answered") + 1, ENOUGH);
  return Array.from({ length: count }, (_, t) => bits[(start + t) % bits.length]).join("");
}

function answer(view, model, word, event) {
  if (view.over || event.detail > 1) return; // the second click of a double click is not an answer
  const string = bitsOf(view, model), ones = onesIn(string), wrong = word !== parityName(ones);
  const won = !wrong && string.length === ENOUGH;
  view.over = wrong || won;
  if (!wrong) save(model, { answered: string.length });
  paint(view, model);
  view.line.textContent = wrong ?
    `You answered ${word}. The bits were ${string}: ${counted(ones, "one")}, and ${ones} is ${parityName(ones)}.` :
    won ? `All ${ENOUGH} answers were correct. Here are the bits again, with your answers.` :
    `Correct. Bit ${string.length + 1} is ${view.bit.textContent}.`;
  if (wrong) view.buttons.Again.focus();
}

function build(model) {
  const view = {}, answering = (word) => (event) => answer(view, model, word, event);
  const { row, buttons } = buttonRow([["Even", answering("even")], ["Odd", answering("odd")], ["Again", () => {
    startRound(view, model, view.start + bitsOf(view, model).length);
    buttons.Even.focus();
  }]]);
  view.buttons = buttons;
  view.count = addCount(row);
  view.bit = make("span", { class: "pw-arriving", "aria-hidden": "true" }); // the line below has the same content
  view.stage = make("div", { class: "pw-stage" });
  view.line = make("p", { class: "pw-told", "aria-live": "polite" });
  view.reply = make("p", { "aria-live": "polite" });
  const memories = buttonRow(MEMORIES.map(([memory, reply]) => [memory, () => { view.reply.textContent = reply; }]));
  view.question = make("div", { class: "pw-asked" }, make("b", {}, "How many of the bits did you keep in mind?"),
    memories.row, view.reply);
  view.root = widgetRoot("You are the network", view.stage, row, view.line, view.question);
  onKeys(view.root, { e: answering("even"), o: answering("odd") });
  return view;
}

/** Show the current bit or, when the round is over, all its bits with the correct answers. */
function paint(view, model) {
  const bits = bitsOf(view, model);
  view.bit.textContent = bits.at(-1);
  view.bit.dataset.turn = bits.length % 2; // restarts the animation, so that two equal bits are seen to be two
  const answers = [...bits].map((bit, t) => [bit, parityName(onesIn(bits.slice(0, t + 1)))]);
  view.stage.replaceChildren(view.over ? make("ol", {}, ...answers.map(([bit, word]) =>
    make("li", {}, make("span", { class: `pw-${word}` }, word), bit))) : view.bit);
  for (const name of ["Even", "Odd"]) setAvailable(view.buttons[name], !view.over);
  view.buttons.Again.hidden = !view.over;
  view.question.hidden = model.get("answered") < ENOUGH;
  view.count.textContent = view.over ? "" : `bit ${bits.length} of ${ENOUGH}`;
}
