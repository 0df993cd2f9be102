// Search results that show the text around the searched words. Sphinx's own function takes the beginning of a page, which
// is its list of contents, and looks there for the stems of the words ("pariti"), which hardly any text contains.
(() => {
  "use strict";
  const BEFORE = 100; // letters before the first word that was searched
  const LENGTH = 260;
  const NO_TEXT = "script, style, noscript, nav, h1, .headerlink, .toctree-wrapper, .copybtn, .parity-numbers, svg";
  const BLOCKS = "p, li, dt, dd, td, th, h2, h3, h4, pre, figcaption";

  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    const part = (anchor && article?.querySelector(`#${CSS.escape(anchor.slice(1))}`)) || article;
    for (const element of part?.querySelectorAll(NO_TEXT) ?? []) element.remove();
    for (const block of part?.querySelectorAll(BLOCKS) ?? []) block.append(" ");
    return (part?.textContent ?? "").replace(/\\[()[\]]/g, "").replace(/\s+/g, " ").trim();
  };

  Search.makeSearchSummary = (html, stems, anchor) => {
    const text = Search.htmlToText(html, anchor);
    if (!text) return null;
    const stemmer = new Stemmer();
    const isSearched = ({ 0: word }) => [...stems].some((stem) => stemmer.stemWord(word.toLowerCase()).startsWith(stem));
    const position = [...text.matchAll(/[\p{Letter}\p{Number}_]+/gu)].find(isSearched)?.index ?? 0;
    const start = position <= BEFORE ? 0 : text.indexOf(" ", position - BEFORE) + 1;
    const end = start + LENGTH >= text.length ? text.length : text.lastIndexOf(" ", start + LENGTH);
    const words = (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
    return Object.assign(document.createElement("p"), { className: "context", textContent: words });
  };
})();
