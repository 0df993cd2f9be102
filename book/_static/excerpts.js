// Search results that are in the order of the book if their scores are equal, and show the text around the searched words.
// Sphinx itself takes the beginning of a page, which is its list of contents, and looks there for the stems of the words
// ("pariti"), which hardly any text contains.
(() => {
  "use strict";
  const NO_TEXT = "script, style, noscript, nav, h1, .headerlink, .toctree-wrapper, .copybtn, .parity-numbers, svg";
  const BLOCKS = "p, li, dt, dd, td, th, h2, h3, h4, pre, figcaption";

  // Sphinx sorts results with equal scores by their titles, and so chapter 10 before chapter 2.
  const order = [...document.querySelectorAll(".bd-links a")].map((link) => link.getAttribute("href"));
  Scorer.score = ([page, , , , score]) => score - order.indexOf(page + DOCUMENTATION_OPTIONS.LINK_SUFFIX) / 1000;

  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article");
    const part = (anchor && article?.querySelector(`#${CSS.escape(anchor.slice(1))}`)) || article;
    for (const element of part?.querySelectorAll(NO_TEXT) ?? []) element.remove();
    for (const block of part?.querySelectorAll(BLOCKS) ?? []) block.append(" ");
    return (part?.textContent ?? "").replace(/\\[()[\]]/g, "").replace(/\s+/g, " ").trim();
  };

  const summarise = Search.makeSearchSummary;
  Search.makeSearchSummary = (html, stems, anchor) => {
    const stemmer = new Stemmer();
    const isSearched = (word) => [...stems].some((stem) => stemmer.stemWord(word.toLowerCase()).startsWith(stem));
    const searched = Search.htmlToText(html, anchor).match(/[\p{Letter}\p{Number}_]+/gu)?.find(isSearched);
    return summarise(html, [searched ?? ""], anchor);
  };
})();
