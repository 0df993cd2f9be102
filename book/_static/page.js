// What a page does besides: on paper it is light and complete, and a formula that is too wide can be scrolled by keyboard.
(() => {
  "use strict";
  const root = document.documentElement;
  let theme = null;
  let opened = [];

  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll("details:not([open], .parity-numbers)")]; // long tables stay folded
    for (const one of opened) one.open = true;
  });

  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    for (const one of opened) one.open = false;
  });

  // A formula is a stop for the keyboard only where it scrolls, which most do not.
  function stopAtWideFormulas() {
    for (const formula of document.querySelectorAll("mjx-container[display]")) { // those in a line never scroll
      if (formula.scrollWidth > formula.clientWidth + 1) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }

  addEventListener("load", async () => {
    await window.MathJax?.startup?.promise;
    stopAtWideFormulas();
  });
  addEventListener("resize", stopAtWideFormulas);
})();
