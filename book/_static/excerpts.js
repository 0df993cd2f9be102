// What a search result shows: the page's own text around the words that were searched.
//
// Sphinx takes the whole of a page's main part, whose first text is the list of contents, and looks in it for the
// stems of the words ("pariti"), which hardly any text has; so it shows the list.
(() => {
  "use strict";
  const BEFORE = 100;
  const LENGTH = 260;
  const NO_TEXT = "script, style, noscript, nav, .headerlink, .toctree-wrapper, .copybtn, .cite-page, .parity-numbers, svg";
  const WORD = /[\p{Letter}\p{Number}_]+/gu;

  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    if (!article) return "";
    const part = (anchor && article.querySelector(`#${CSS.escape(anchor.slice(1))}`)) || article;
    for (const one of part.querySelectorAll(NO_TEXT)) one.remove();
    if (part === article) article.querySelector("h1")?.remove(); // the link above says it
    for (const block of part.querySelectorAll("p, li, dt, dd, td, th, h1, h2, h3, h4, pre, figcaption")) block.append(" ");
    return part.textContent.replace(/\\[()[\]]/g, "").replace(/\s+/g, " ").trim();
  };

  /** Where in the text the words with these stems stand: [place, stem] each. */
  function found(text, stems) {
    const stemmer = new Stemmer();
    const places = [];
    for (const { 0: word, index } of text.matchAll(WORD)) {
      const stem = stemmer.stemWord(word.toLowerCase());
      const hit = stems.find((one) => stem === one) ?? stems.find((one) => one.length > 2 && stem.includes(one));
      if (hit) places.push([index, hit]);
    }
    return places;
  }

  /** The first place in whose neighbourhood most of the different words stand. */
  function best(places) {
    const kinds = ([place]) => new Set(
      places.filter(([other]) => other >= place && other < place + LENGTH - BEFORE).map(([, stem]) => stem)).size;
    return places.reduce((most, one) => (kinds(one) > kinds(most) ? one : most), places[0])?.[0] ?? 0;
  }

  Search.makeSearchSummary = (html, keywords, anchor) => {
    const text = Search.htmlToText(html, anchor);
    if (!text) return null;
    const place = best(found(text, [...keywords]));
    const start = place <= BEFORE ? 0 : text.indexOf(" ", place - BEFORE) + 1;
    const end = start + LENGTH >= text.length ? text.length : text.lastIndexOf(" ", start + LENGTH);
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
    return summary;
  };
})();
