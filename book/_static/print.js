// A page on paper is light and complete, whatever was on the screen: the theme is light and every answer is open.
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
})();
