// Questions that keep the reader's answer, in this browser and nowhere else, and show it next to the result.
(() => {
  "use strict";
  const KEY = "one-bit-of-memory: guesses"; // of the storage; its value is { name: { answer, question, page } }
  const LONGEST = 200; // letters of an answer in words
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch { /* without a readable storage, answers last as long as the page */ }

  function keep(name, entry) {
    if (entry) kept[name] = entry;
    else delete kept[name];
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch { /* as above */ }
    dispatchEvent(new Event("guesses"));
  }

  globalThis.parityGuesses = { keep, get: (name) => kept[name] }; // interactive figures ask for guesses too

  function make(tag, attributes = {}, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  }

  /** Call a function now and whenever an answer changes. */
  function follow(show) {
    addEventListener("guesses", show);
    show();
  }

  // --- a question -------------------------------------------------------------

  function ask(place) {
    const name = place.dataset.guess, list = place.querySelector(".guess-choices");
    const question = place.querySelector("p"), page = location.pathname.split("/").pop();
    question.id ||= `${place.id}-question`;
    const answer = (text) => keep(name, { answer: text, question: question.textContent, page: `${page}#${place.id}` });
    place.append(list ? choices(name, question, list, answer) : field(name, question, answer));
    list?.remove();
  }

  /** Return a form for an answer in words. */
  function field(name, question, answer) {
    const input = make("input", { type: "text", maxLength: LONGEST, autocomplete: "off" });
    input.setAttribute("aria-labelledby", question.id);
    const status = make("span", { className: "guess-said", role: "status" });
    const form = make("form", { className: "guess-form" }, input,
      make("button", { type: "submit", textContent: "Keep my guess" }), status);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = input.value.trim();
      if (words) answer(words);
      status.textContent = words ? "Kept in this browser." : "Write a few words first.";
    });
    follow(() => {
      input.value = kept[name]?.answer ?? "";
      if (!kept[name]) status.textContent = "";
    });
    return form;
  }

  /** Return a group of choices, with the reply to the chosen one below them. */
  function choices(name, question, list, answer) {
    const reply = make("div", { className: "guess-reply", role: "status" });
    const options = [...list.querySelectorAll("dt, li")].map((term) => {
      const radio = make("input", { type: "radio", name: `guess-${name}`, value: term.textContent });
      radio.addEventListener("change", () => answer(radio.value));
      const words = (term.querySelector("p") ?? term).cloneNode(true).childNodes;
      return { radio, label: make("label", {}, radio, make("span", {}, ...words)),
        said: term.tagName === "DT" && term.nextElementSibling };
    });
    follow(() => {
      const chosen = options.find(({ radio }) => radio.value === kept[name]?.answer);
      for (const { radio } of options) radio.checked = radio === chosen?.radio;
      const noted = "Kept in this browser; you will find it next to the result.";
      reply.replaceChildren(...(!chosen ? [] : chosen.said ? chosen.said.cloneNode(true).childNodes : [noted]));
    });
    const group = make("div", { className: "guess-form", role: "radiogroup" }, ...options.map(({ label }) => label), reply);
    group.setAttribute("aria-labelledby", question.id);
    return group;
  }

  // --- answers next to a result, and the list of all ---------------------------

  function showAnswer(place) {
    follow(() => {
      const entry = kept[place.dataset.guess];
      place.replaceChildren(...(entry ? [make("p", {}, `${entry.question} You guessed: `, make("b", {}, entry.answer))] : []));
    });
  }

  function listAll(place) {
    const forgetButton = (names, label) => {
      const button = make("button", { type: "button", textContent: label });
      button.addEventListener("click", () => {
        for (const name of names) keep(name, null);
        place.querySelector("button, p")?.focus();
      });
      return button;
    };
    follow(() => {
      const rows = Object.entries(kept).map(([name, { answer, question, page }]) => {
        const button = forgetButton([name], "Forget");
        button.setAttribute("aria-label", `Forget: ${question}`);
        return make("li", {}, make("a", { href: page, textContent: question }), " ", make("b", {}, answer), " ", button);
      });
      const none = make("p", { textContent: "You have not kept a guess yet.", tabIndex: -1 });
      place.replaceChildren(...(rows.length ? [make("ul", {}, ...rows), forgetButton(Object.keys(kept), "Forget all")] : [none]));
    });
  }

  function start() {
    document.querySelectorAll(".guess").forEach(ask);
    document.querySelectorAll(".guessed").forEach(showAnswer);
    document.querySelectorAll(".guesses-kept").forEach(listAll);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
