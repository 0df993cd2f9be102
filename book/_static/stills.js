// Shows the stills of a page one after another on a stage next to the text: the last one that the reader has come to.
// Each still keeps its place in the text, for narrow windows, screen readers, paper, and browsers that run no script.
(() => {
  "use strict";
  const stills = [...document.querySelectorAll(".bd-article figure.still")];
  if (!stills.length) return;
  // A still is shown when its place has risen to this height of the window; the first one, when it comes into view.
  const line = (i) => innerHeight * (i ? 0.5 : 0.9);
  const places = [...stills, stills.at(-1).closest("section").nextElementSibling.children[2]]; // empty at the last
  const { make } = globalThis.parity, stage = make("div", { class: "stage", "aria-hidden": "true" });
  const partsOf = (element) => [...element.querySelectorAll("svg g[id^=axes] > g")];
  let shown = null;

  function show(still) {
    if (still === shown) return;
    shown = still;
    const kept = new Set(partsOf(stage).map((part) => part.outerHTML));
    stage.replaceChildren();
    if (!still) return;
    const words = [...still.querySelectorAll(".caption-number, .caption-text")];
    stage.append(still.querySelector("svg").cloneNode(true), make("p", {}, ...words.map((part) => part.cloneNode(true))));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const part of partsOf(stage))
      if (!kept.has(part.outerHTML)) part.animate({ opacity: [0, 1] }, { duration: 600, easing: "ease-out" });
  }

  document.querySelector(".sidebar-secondary__inner").append(stage); // in wide windows, below the contents
  function update() {
    const place = places.findLast((each, i) => each.getBoundingClientRect().top < line(i));
    show(stills.includes(place) ? place : null);
  }
  for (const event of ["scroll", "resize"]) addEventListener(event, update, { passive: true });
  update();
})();
