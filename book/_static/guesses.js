// Questions that keep what the reader answers, in this browser and nowhere else, and show it beside the result.
(() => {
  "use strict";
  const KEY = "one-bit-of-memory: guesses"; // { name: { answer, question, page } }
  const LONGEST = 200; // letters of an answer in words
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch { /* no storage, or somebody else's: the answers then last as long as the page */ }

  function keep(name, entry) {
    if (entry) kept[name] = entry;
    else delete kept[name];
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch { /* as above */ }
    dispatchEvent(new Event("guesses"));
  }

  globalThis.parityGuesses = { keep, get: (name) => kept[name] }; // for figures that ask, too

  function make(tag, attributes = {}, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  }

  // --- a question -------------------------------------------------------------

  function ask(place) {
    const name = place.dataset.guess, list = place.querySelector(".guess-choices");
    const question = place.querySelector("p"), here = location.pathname.split("/").pop();
    question.id ||= `${place.id}-question`;
    const answer = (text) => keep(name, { answer: text, question: question.textContent, page: `${here}#${place.id}` });
    place.append(list ? choices(name, question, list, answer) : words(name, question, answer));
    list?.remove();
  }

  function words(name, question, answer) {
    const field = make("input", { type: "text", maxLength: LONGEST, autocomplete: "off" });
    field.setAttribute("aria-labelledby", question.id);
    const said = make("span", { className: "guess-said" });
    said.setAttribute("role", "status");
    const form = make("form", { className: "guess-form" }, field, make("button", { type: "submit", textContent: "Keep my guess" }), said);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(field.value.trim() || null);
      said.textContent = field.value.trim() ? "Kept in this browser." : "Write a few words first.";
    });
    const show = () => {
      field.value = kept[name]?.answer ?? "";
      if (!kept[name]) said.textContent = "";
    };
    addEventListener("guesses", show);
    show();
    return form;
  }

  function choices(name, question, list, answer) {
    const reply = make("div", { className: "guess-reply" });
    reply.setAttribute("role", "status");
    const options = [...list.querySelectorAll("dt, li")].map((term) => {
      const radio = make("input", { type: "radio", name: `guess-${name}`, value: term.textContent });
      radio.addEventListener("change", () => answer(radio.value));
      return { radio, label: make("label", {}, radio, make("span", {}, ...(term.querySelector("p") ?? term).cloneNode(true).childNodes)), said: term.tagName === "DT" && term.nextElementSibling };
    });
    const show = () => {
      const chosen = options.find(({ radio }) => radio.value === kept[name]?.answer);
      for (const { radio } of options) radio.checked = radio === chosen?.radio;
      const noted = "Kept in this browser; you will find it beside the result.";
      reply.replaceChildren(...(!chosen ? [] : chosen.said ? chosen.said.cloneNode(true).childNodes : [noted]));
    };
    addEventListener("guesses", show);
    show();
    const group = make("div", { className: "guess-form" }, ...options.map(({ label }) => label), reply);
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", question.id);
    return group;
  }

  // --- beside the result ------------------------------------------------------

  function showBeside(place) {
    const show = () => {
      const entry = kept[place.dataset.guess];
      place.replaceChildren(...(entry ? [make("p", {}, `${entry.question} You guessed: `, make("b", { textContent: entry.answer }))] : []));
    };
    addEventListener("guesses", show);
    show();
  }

  // --- all of them ------------------------------------------------------------

  function listAll(place) {
    const show = () => {
      const forget = (name, label) => {
        const button = make("button", { type: "button", textContent: label });
        button.addEventListener("click", () => {
          for (const one of name ? [name] : Object.keys(kept)) keep(one, null);
          place.querySelector("button, p")?.focus();
        });
        return button;
      };
      const rows = Object.entries(kept).map(([name, { answer, question, page }]) => {
        const button = forget(name, "Forget");
        button.setAttribute("aria-label", `Forget: ${question}`);
        return make("li", {}, make("a", { href: page, textContent: question }), " ", make("b", { textContent: answer }), " ", button);
      });
      const none = make("p", { textContent: "You have not kept a guess yet.", tabIndex: -1 });
      place.replaceChildren(...(rows.length ? [make("ul", {}, ...rows), forget(null, "Forget all")] : [none]));
    };
    addEventListener("guesses", show);
    show();
  }

  function start() {
    document.querySelectorAll(".guess").forEach(ask);
    document.querySelectorAll(".guessed").forEach(showBeside);
    document.querySelectorAll(".guesses-kept").forEach(listAll);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
