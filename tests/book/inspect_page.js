// Inspects a loaded page and returns the problems that axe-core has no rule for: [[check, detail], ...].
(theme) => {
  const wrong = [];
  const say = (check, detail) => wrong.push([check, String(detail).replace(/\s+/g, " ").slice(0, 160)]);
  const article = document.querySelector("article, .bd-search-container") || document.body;
  const name = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}"> ` +
    (element.textContent || element.getAttribute("src") || "").trim().slice(0, 60);
  const isVisible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.getBoundingClientRect().width > 0;

  // overflow: the page never scrolls sideways, and elements that are too wide scroll inside
  const width = innerWidth;
  if (document.scrollingElement.scrollWidth > width)
    say("overflow", `${document.scrollingElement.scrollWidth} px on a page of ${width} px`);
  const scrolls = (element) => {
    for (let box = element; box && box !== article.parentElement; box = box.parentElement)
      if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return true;
    return false;
  };
  for (const element of article.querySelectorAll("table, pre, svg:not(svg svg), img, canvas, input, button"))
    if (isVisible(element) && element.getBoundingClientRect().right > width + 1 && !scrolls(element))
      say("cut off", name(element));

  // edge: what scrolls sideways fades at the edge, so that nobody takes its visible part for the whole
  for (const box of article.querySelectorAll("*"))
    if (isVisible(box) && box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX) &&
        getComputedStyle(box).maskImage === "none") say("edge", name(box));

  // image: every picture has loaded
  for (const image of document.images)
    if (!image.complete || image.naturalWidth === 0) say("image", image.getAttribute("src"));

  // search: a single field or button outside of the text
  const fields = [...document.querySelectorAll(".search-button__button, .search-button, input[type=search]")].filter(isVisible);
  const inside = fields.filter((field) => article.contains(field)).length;
  if (fields.length - inside !== 1) say("search", `${fields.length - inside} search fields outside the text`);
  if (inside > 1) say("search", `${inside} search fields in the text`);

  // alt: axe accepts an empty text, a file's name, and drawings without a role
  const words = (text) => text && text.trim() && !/\.(png|svg|jpe?g|gif|webp)$/i.test(text.trim());
  for (const image of document.images)
    if (article.contains(image) && !words(image.getAttribute("alt"))) say("alt", image.outerHTML);
  const named = (element) => words(element.getAttribute("aria-label")) || element.getAttribute("aria-labelledby");
  for (const drawing of article.querySelectorAll("svg, canvas")) {
    if (drawing.closest("button, a, summary, [data-icon]") || drawing.parentElement.closest("svg")) continue;
    const speaker = drawing.closest("[role=img], [role=group], [role=figure], figure[aria-label]");
    if (!named(drawing) && !(speaker && named(speaker))) say("alt", drawing.outerHTML);
  }

  // heading: axe accepts several headings of the first level
  const headings = [...document.querySelectorAll("h1")].filter((heading) => heading.checkVisibility());
  if (headings.length > 1) say("heading", `${headings.length} headings of the first level`);

  // metadata
  const meta = (key) => (document.querySelector(`meta[name="${key}"], meta[property="${key}"]`) || { content: "" }).content;
  for (const key of ["description", "og:title", "og:description", "og:type", "twitter:card"])
    if (!meta(key).trim()) say("metadata", `no ${key}`);
  if (document.querySelectorAll('meta[name="description"]').length > 1) say("metadata", "two descriptions");

  // math
  for (const formula of document.querySelectorAll(".math"))
    if (!formula.querySelector("math") || /[\\&]/.test(formula.textContent)) say("math", `not set: ${formula.textContent}`);

  // theme
  if (theme && document.documentElement.dataset.theme !== theme)
    say("theme", `${document.documentElement.dataset.theme} instead of ${theme}`);
  return wrong;
}
