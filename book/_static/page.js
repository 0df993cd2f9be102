// Behaviour of every page: it prints in light colours with every box open, a formula that is too wide can be scrolled
// with the keyboard, and the first page knows where the reader stopped. Other scripts share `globalThis.parity`.
(() => {
  "use strict";
  globalThis.parity = {
    /** Create an element: make("button", { class: "a", onclick: f }, "text"). False omits an attribute. */
    make(tag, attributes = {}, ...children) {
      const element = document.createElement(tag);
      for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (value !== false) element.setAttribute(key, value === true ? "" : value);
      }
      element.append(...children);
      return element;
    },

    /** Return an object that this browser keeps, and a function that saves it. Without a storage it lasts as long as the page. */
    kept(key) {
      let values = {};
      try {
        values = JSON.parse(localStorage.getItem(key)) ?? {};
      } catch { /* no readable storage */ }
      return [values, () => {
        try {
          localStorage.setItem(key, JSON.stringify(values));
        } catch { /* no storage */ }
      }];
    },
  };

  // A comma after a formula stays in its line.
  for (const formula of document.querySelectorAll("article span.math")) {
    const next = formula.nextSibling, [mark] = /^[.,;:?)]+/.exec(next?.data ?? "") ?? [];
    if (mark) formula.append(next.splitText(mark.length).previousSibling);
  }

  const root = document.documentElement;
  let theme = null;
  let opened = [];

  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll("details:not([open], .parity-numbers)")]; // long tables stay closed
    for (const details of opened) details.open = true;
  });

  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    for (const details of opened) details.open = false;
  });

  function makeWideFormulasFocusable() {
    for (const formula of document.querySelectorAll(".parity-formula")) {
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }

  // --- the chapters that this browser has visited: { name: { section, done } }, the last one at the end ------------

  const VISITS = "one-bit-of-memory: visits"; // of the storage
  const nameOf = (address) => address.split("#")[0].split("/").pop();

  /** Remember the section at which the reader leaves a chapter, and whether it is the last one. */
  function remember() {
    const [visits, save] = globalThis.parity.kept(VISITS), name = nameOf(location.href);
    const sections = [...document.querySelectorAll("article section section[id]")];
    const seen = sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 2);
    delete visits[name];
    visits[name] = { section: seen?.id ?? "", done: seen === sections.at(-1) };
    save();
  }

  /** Mark the visited chapters on the path, and lead to the place where the reader stopped. */
  function showVisits(links) {
    const [visits, save] = globalThis.parity.kept(VISITS), path = links.map(({ href }) => nameOf(href));
    const last = path.indexOf(Object.keys(visits).findLast((name) => path.includes(name)));
    for (const [i, link] of links.entries()) link.closest("tr").classList.toggle("visited", path[i] in visits);
    if (last < 0) return;
    const { section, done } = visits[path[last]], next = links[last + Number(done)] ?? links[last];
    const start = document.querySelector("h1 + p a");
    start.href = next === links[last] ? `${next.href}#${section}` : next.href;
    start.textContent = `Continue with “${next.textContent}”`;
    document.querySelector(".chapters").append(globalThis.parity.make("button", { type: "button", onclick() {
      for (const name of Object.keys(visits)) delete visits[name];
      save();
      location.reload();
    } }, "Forget which chapters I have visited"));
  }

  const chapters = [...document.querySelectorAll(".chapters td a")];
  if (chapters.length) showVisits(chapters);
  else if (document.querySelector("h1 > .section-number"))
    addEventListener("visibilitychange", () => document.hidden && remember());

  addEventListener("load", () => document.fonts.ready.then(makeWideFormulasFocusable));
  addEventListener("resize", makeWideFormulasFocusable);
})();
