// Search results that show the text around the searched words. Sphinx's own function takes the beginning of a page, which
// is its list of contents, and looks there for the stems of the words ("pariti"), which hardly any text contains.
(() => {
  "use strict";
  const BEFORE = 100; // letters before the first word
  const LENGTH = 260;
  const NO_TEXT = "script, style, noscript, nav, .headerlink, .toctree-wrapper, .copybtn, .cite-page, .parity-numbers, svg";
  const BLOCKS = "p, li, dt, dd, td, th, h1, h2, h3, h4, pre, figcaption";
  const WORD = /[\p{Letter}\p{Number}_]+/gu;

  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    if (!article) return "";
    const part = (anchor && article.querySelector(`#${CSS.escape(anchor.slice(1))}`)) || article;
    for (const element of part.querySelectorAll(NO_TEXT)) element.remove();
    if (part === article) article.querySelector("h1")?.remove(); // the link above the excerpt has the title
    for (const block of part.querySelectorAll(BLOCKS)) block.append(" ");
    return part.textContent.replace(/\\[()[\]]/g, "").replace(/\s+/g, " ").trim();
  };

  /** Return [position, stem] for every word of the text that has one of the stems. */
  function findStems(text, stems) {
    const stemmer = new Stemmer();
    const places = [];
    for (const { 0: word, index } of text.matchAll(WORD)) {
      const stem = stemmer.stemWord(word.toLowerCase());
      const match = stems.find((other) => stem === other) ?? stems.find((other) => other.length > 2 && stem.includes(other));
      if (match) places.push([index, match]);
    }
    return places;
  }

  /** Return the first position that is followed closely by the most different stems. */
  function bestPosition(places) {
    const kinds = ([start]) => new Set(
      places.filter(([position]) => position >= start && position < start + LENGTH - BEFORE).map(([, stem]) => stem)).size;
    return places.reduce((best, place) => (kinds(place) > kinds(best) ? place : best), places[0])?.[0] ?? 0;
  }

  Search.makeSearchSummary = (html, keywords, anchor) => {
    const text = Search.htmlToText(html, anchor);
    if (!text) return null;
    const position = bestPosition(findStems(text, [...keywords]));
    const start = position <= BEFORE ? 0 : text.indexOf(" ", position - BEFORE) + 1;
    const end = start + LENGTH >= text.length ? text.length : text.lastIndexOf(" ", start + LENGTH);
    const words = (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
    return Object.assign(document.createElement("p"), { className: "context", textContent: words });
  };
})();
