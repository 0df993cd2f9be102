// The settings of MathJax: no menus, and few formulas at a time, so that the page stays responsive. A formula keeps the
// space that the build has reserved for it (book/_ext/room.py) until MathJax sets it.
(() => {
  "use strict";
  const AT_ONCE = 10; // formulas, which take less than the 50 ms after which a page feels slow
  let waiting = [];

  async function setAll() {
    waiting = [...document.querySelectorAll(".math")].filter((formula) => !formula.parentElement.closest(".math"));
    while (waiting.length) {
      await MathJax.typesetPromise(waiting.splice(0, AT_ONCE));
      await new Promise((next) => setTimeout(next));
    }
  }

  addEventListener("beforeprint", () => MathJax.typeset?.(waiting.splice(0)));

  window.MathJax = {
    options: { processHtmlClass: "math", ignoreHtmlClass: "mathjax_ignore" },
    loader: { load: ["input/tex-base", "[tex]/ams", "[tex]/newcommand", "output/chtml", "a11y/assistive-mml"] },
    tex: { packages: { "[+]": ["ams", "newcommand"] } },
    chtml: { matchFontHeight: false, scale: 1.18 }, // room.py assumes this scale
    startup: { pageReady: setAll },
  };
})();
