// Questions that keep the reader's answer, in this browser and nowhere else, and show it next to the result.
(() => {
  "use strict";
  const KEY = "one-bit-of-memory: guesses"; // of the storage; its value is { name: { answer, question, page } }
  const LONGEST = 200; // letters of an answer in words
  const { make } = globalThis.parity, [kept, save] = globalThis.parity.kept(KEY);

  function keep(name, entry) {
    if (entry) kept[name] = entry;
    else delete kept[name];
    save();
    dispatchEvent(new Event("guesses"));
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
    const input = make("input", { type: "text", maxlength: LONGEST, autocomplete: "off", "aria-labelledby": question.id });
    const status = make("span", { class: "guess-said", role: "status" });
    const form = make("form", { class: "guess-form", onsubmit: (event) => {
      event.preventDefault();
      const words = input.value.trim();
      if (words) answer(words);
      status.textContent = words ? "Kept in this browser." : "Write a few words first.";
    } }, input, make("button", { type: "submit" }, "Keep my guess"), status);
    follow(() => {
      input.value = kept[name]?.answer ?? "";
      if (!kept[name]) status.textContent = "";
    });
    return form;
  }

  /** Return a group of choices, with the reply to the chosen one below them. */
  function choices(name, question, list, answer) {
    const reply = make("div", { class: "guess-reply", role: "status" });
    const options = [...list.querySelectorAll("dt, li")].map((term) => {
      const radio = make("input", { type: "radio", name: `guess-${name}`, value: term.textContent,
        onchange: () => answer(radio.value) });
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
    return make("div", { class: "guess-form", role: "radiogroup", "aria-labelledby": question.id },
      ...options.map(({ label }) => label), reply);
  }

  // --- answers next to a result, and the list of all ---------------------------

  function showAnswer(place) {
    follow(() => {
      const entry = kept[place.dataset.guess];
      place.replaceChildren(...(entry ? [make("p", {}, `${entry.question} You guessed: `, make("b", {}, entry.answer))] : []));
    });
  }

  function listAll(place) {
    const forgetButton = (names, label, attributes) => make("button", { type: "button", ...attributes, onclick: () => {
      for (const name of names) keep(name, null);
      place.querySelector("button, p")?.focus();
    } }, label);
    follow(() => {
      const rows = Object.entries(kept).map(([name, { answer, question, page }]) => make("li", {},
        make("a", { href: page }, question), " ", make("b", {}, answer), " ",
        forgetButton([name], "Forget", { "aria-label": `Forget: ${question}` })));
      const none = make("p", { tabindex: -1 }, "You have not kept a guess yet.");
      place.replaceChildren(...(rows.length ? [make("ul", {}, ...rows), forgetButton(Object.keys(kept), "Forget all")] : [none]));
    });
  }

  document.querySelectorAll(".guess").forEach(ask);
  document.querySelectorAll(".guessed").forEach(showAnswer);
  document.querySelectorAll(".guesses-kept").forEach(listAll);
})();
