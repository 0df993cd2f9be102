// How MathJax sets formulas: without its menus, those near the window first, and so few at a time that the page answers
// meanwhile. Each keeps the room that the build has reserved for it (book/_ext/room.py) until it is set.
(() => {
  "use strict";
  const AT_ONCE = 10; // ms that a portion should take, of the 50 after which a page feels slow
  const idle = window.requestIdleCallback ? (next) => requestIdleCallback(next, { timeout: 200 }) : setTimeout;
  const waiting = new Set();
  const near = new Set(); // those of them in the window or a window's height away

  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting && waiting.has(target)) near.add(target);
      else near.delete(target);
    }
  }, { rootMargin: "100%" });

  function done(formulas) {
    for (const formula of formulas) {
      formula.removeAttribute("style");
      watcher.unobserve(formula);
      waiting.delete(formula);
      near.delete(formula);
    }
  }

  async function setAll() {
    const outermost = [...document.querySelectorAll(".math")].filter((one) => !one.parentElement.closest(".math"));
    for (const formula of outermost) {
      waiting.add(formula);
      watcher.observe(formula);
    }
    await new Promise((next) => setTimeout(next, 50)); // the watcher has looked once; a hidden window has no frames
    for (let count = 2; waiting.size; ) {
      const portion = [...(near.size ? near : waiting)].slice(0, count);
      const start = performance.now();
      await MathJax.typesetPromise(portion);
      done(portion);
      count = Math.max(1, Math.round((portion.length * AT_ONCE) / (performance.now() - start + 1)));
      await new Promise(near.size ? setTimeout : idle);
    }
  }

  addEventListener("beforeprint", () => {
    if (!waiting.size || !MathJax.typeset) return;
    MathJax.typeset([...waiting]);
    done([...waiting]);
  });

  // Where MathJax does not come, its TeX is better than a gap.
  document.querySelector('script[src*="mathjax/"]')?.addEventListener("error", () => {
    for (const formula of document.querySelectorAll(".math[style]")) formula.removeAttribute("style");
  });

  window.MathJax = {
    options: { processHtmlClass: "math", ignoreHtmlClass: "mathjax_ignore" },
    loader: { load: ["input/tex-base", "[tex]/ams", "[tex]/newcommand", "output/chtml", "a11y/assistive-mml"] },
    tex: { packages: { "[+]": ["ams", "newcommand"] } },
    chtml: { matchFontHeight: false, scale: 1.18 }, // as in room.py: measured fonts would give other sizes
    startup: { pageReady: setAll },
  };
})();
