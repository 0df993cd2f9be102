// Behaviour of every page: it prints in light colours with every box open, and a formula that is too wide can be scrolled
// with the keyboard.
(() => {
  "use strict";
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
