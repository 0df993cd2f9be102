// Behaviour of every page: it prints in light colours with every box open, and a formula that is too wide can be scrolled
// with the keyboard. `globalThis.parity` has what other scripts share.
(() => {
  "use strict";
  globalThis.parity = {
    /** Create an element: make("button", { class: "a", onclick: f }, "text"). False omits an attribute. */
    make(tag, attributes = {}, ...children) {
      const shapes = ["svg", "polygon", "rect", "circle", "text"];
      const element = shapes.includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag)
        : document.createElement(tag);
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
      if (formula.scrollWidth > formula.clientWidth + 1) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }

  addEventListener("load", makeWideFormulasFocusable);
  addEventListener("resize", makeWideFormulasFocusable);
})();
