// Search results that are in the order of the book if their scores are equal, and show the text around the searched words.
// Sphinx itself fetches each page, which is impossible in a folder, takes its beginning, which is its list of contents, and
// looks there for the stems of the words ("pariti"), which hardly any text contains.
(() => {
  "use strict";
  // Sphinx sorts results with equal scores by their titles, and so chapter 10 before chapter 2.
  const order = [...document.querySelectorAll(".bd-links a")].map((link) => link.getAttribute("href"));
  Scorer.score = ([page, , , , score]) => score - order.indexOf(page + DOCUMENTATION_OPTIONS.LINK_SUFFIX) / 1000;

  let texts; // of all pages, as soon as one is needed; the build writes them
  const load = () => new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: "_static/search-texts.js" });
    script.onload = () => done(globalThis.parityTexts);
    document.head.append(script);
  });
  globalThis.fetch = async (address) => {
    texts ??= load();
    const page = address.slice(document.documentElement.dataset.content_root.length, -DOCUMENTATION_OPTIONS.FILE_SUFFIX.length);
    const text = (await texts)[page];
    return { text: () => text };
  };

  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const part = (anchor && page.getElementById(anchor.slice(1))) || page.body;
    return part.textContent.replace(/\s+/g, " ").trim();
  };

  const summarise = Search.makeSearchSummary;
  Search.makeSearchSummary = (html, stems, anchor) => {
    const stemmer = new Stemmer();
    const isSearched = (word) => [...stems].some((stem) => stemmer.stemWord(word.toLowerCase()).startsWith(stem));
    const searched = Search.htmlToText(html, anchor).match(/[\p{Letter}\p{Number}_]+/gu)?.find(isSearched);
    return summarise(html, [searched ?? ""], anchor);
  };
})();
