// A game in which the reader takes the place of the network: one bit at a time, and after each one odd or even.

import {
  addCount, buttonRow, correctness, counted, make, onesIn, parityName, widgetOf, widgetRoot,
} from "./shared.js";

const ENOUGH = 10; // answers, after which the widget asks what the reader remembered
const MEMORIES = {
  "All of them": "You could, but nobody does for long. Look at what you used when the next bit came: only whether " +
    "the count was odd.",
  "The last few": "Then you would have lost a 1 from further back, and it still counts. What you remembered was the " +
    "answer itself.",
  "One: odd or even": "Yes. A 0 leaves it as it is, a 1 changes it, and you can forget " +
    "everything else. A network with a memory has to find exactly this.",
};

export default widgetOf([], build, (view, model) => startRound(view, model, 0));

/** Start a new round at bit `start` of the bits. */
function startRound(view, model, start) {
  Object.assign(view, { start, said: [] });
  choose(view, null);
  paint(view, model);
  view.line.replaceChildren(`The first bit is ${bitsOf(view, model)}. Is the number of ones so far odd or even?`);
}

/** Mark what the reader remembered, and reply to it. */
function choose(view, chosen) {
  if (chosen) view.line.textContent = MEMORIES[chosen];
  for (const [memory, button] of Object.entries(view.memories)) button.setAttribute("aria-pressed", memory === chosen);
}

/** Return the bits of the round, which end with the one that the reader sees; the bits begin again after the last. */
function bitsOf({ start, said }, model) {
  const bits = model.get("bits"), count = Math.min(said.length + 1, ENOUGH);
  return Array.from({ length: count }, (_, t) => bits[(start + t) % bits.length]).join("");
}

const isOver = ({ said }) => said.length === ENOUGH;

function answer(view, model, word, event) {
  if (isOver(view) || event.detail > 1) return; // the second click of a double click is not an answer
  const string = bitsOf(view, model), ones = onesIn(string);
  view.said.push(word);
  const mistakes = paint(view, model);
  view.line.textContent = isOver(view) ? `You answered ${ENOUGH - mistakes} of the ${ENOUGH} questions correctly. ` +
    `${mistakes ? "A cross marks a mistake of yours. " : ""}How many of the bits did you keep in mind?` : (word === parityName(ones) ? "Correct." :
    `You answered ${word}. The bits were ${string}: ${counted(ones, "one")}, and ${ones} is ${parityName(ones)}.`) +
    ` Bit ${string.length + 1} is ${view.bit.textContent}.`;
}

function build(model) {
  const view = {}, answering = (word) => (event) => answer(view, model, word, event);
  const { row, buttons } = buttonRow([["Even", answering("even")], ["Odd", answering("odd")]]);
  buttons.Even.classList.add("pw-even"); // the shapes and the colours of the answers
  buttons.Odd.classList.add("pw-odd");
  view.bit = make("span", { class: "pw-arriving", "aria-hidden": "true" }); // the line below has the same content
  view.stage = make("div", { class: "pw-round" });
  view.line = make("p", { class: "pw-told", "aria-live": "polite" });
  view.row = row;
  const memories = buttonRow([...Object.keys(MEMORIES).map((memory) => [memory, () => choose(view, memory)]),
    ["Start again", () => {
      startRound(view, model, view.start + bitsOf(view, model).length);
      buttons.Even.focus();
    }]], "Start again");
  view.memories = memories.buttons;
  view.question = memories.row;
  view.question.classList.add("pw-asked");
  view.root = widgetRoot("You are the network", view.stage, view.line, row, view.question);
  view.count = addCount(view.root);
  return view;
}

/** Show the bit, and a mistake at the last one, or all bits when the round is over. Return the number of mistakes. */
function paint(view, model) {
  const bits = bitsOf(view, model), over = isOver(view);
  view.bit.textContent = bits.at(-1);
  const correct = view.said.map((_, t) => parityName(onesIn(bits.slice(0, t + 1))));
  const wrong = correct.map((word, t) => word !== view.said[t]), mistakes = wrong.filter(Boolean).length;
  const answers = correct.map((word, t) => make("li", {}, make("span", { class: `pw-${word}` }, word),
    make("span", {}, bits[t], ...(wrong[t] ? [" ", correctness(false)] : []))));
  const slip = wrong.at(-1) ? [make("ol", { class: "pw-slip" }, answers.at(-1))] : [];
  view.stage.replaceChildren(...(over ? [make("ol", {}, ...answers)] : [...slip, view.bit]));
  view.row.hidden = over;
  view.question.hidden = !over;
  view.count.textContent = over ? "" :
    `bit ${bits.length} of ${ENOUGH}` + (mistakes ? `, ${counted(mistakes, "mistake")}` : "");
  return mistakes;
}
