// How MathJax sets formulas: without its menus, and a few at a time, so that the page answers meanwhile.
window.MathJax = {
  options: { processHtmlClass: "math", ignoreHtmlClass: "mathjax_ignore" },
  loader: { load: ["input/tex-base", "[tex]/ams", "[tex]/newcommand", "output/chtml", "a11y/assistive-mml"] },
  tex: { packages: { "[+]": ["ams", "newcommand"] } },
  startup: {
    async pageReady() {
      const formulas = [...document.querySelectorAll(".math")].filter((one) => !one.parentElement.closest(".math"));
      for (let first = 0; first < formulas.length; first += 5) {
        await MathJax.typesetPromise(formulas.slice(first, first + 5));
        await new Promise((next) => setTimeout(next));
      }
    },
  },
};
