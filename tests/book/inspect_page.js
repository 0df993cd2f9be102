// Looks at a loaded page as a reader would and returns what is wrong with it: [[check, detail], ...].
(theme) => {
  const wrong = [];
  const say = (check, detail) => wrong.push([check, String(detail).replace(/\s+/g, " ").slice(0, 160)]);
  const article = document.querySelector("article, .bd-search-container") || document.body;
  const name = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}"> ` +
    (element.textContent || element.getAttribute("src") || "").trim().slice(0, 60);
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.getBoundingClientRect().width > 0;

  // overflow: the page itself never scrolls sideways, and what is too wide scrolls in itself
  const width = innerWidth;
  if (document.scrollingElement.scrollWidth > width)
    say("overflow", `${document.scrollingElement.scrollWidth} px on a page of ${width} px`);
  const scrolls = (element) => {
    for (let one = element; one && one !== article.parentElement; one = one.parentElement)
      if (/auto|scroll/.test(getComputedStyle(one).overflowX)) return true;
    return false;
  };
  for (const element of article.querySelectorAll("table, pre, svg, img, mjx-container, canvas, input, button"))
    if (seen(element) && element.getBoundingClientRect().right > width + 1 && !scrolls(element))
      say("cut off", name(element));

  // image: every picture is there
  for (const image of document.images)
    if (!image.complete || image.naturalWidth === 0) say("image", image.getAttribute("src"));

  // search: one field or button where a reader looks for it, not two
  const fields = [...document.querySelectorAll(".search-button__button, .search-button, input[type=search]")].filter(seen);
  const inside = fields.filter((field) => article.contains(field)).length;
  if (fields.length - inside !== 1) say("search", `${fields.length - inside} search fields outside the text`);
  if (inside > 1) say("search", `${inside} search fields in the text`);

  // alt: a picture says in words what it shows; a file's name is not a description
  const words = (text) => text && text.trim() && !/\.(png|svg|jpe?g|gif|webp)$/i.test(text.trim());
  for (const image of document.images)
    if (article.contains(image) ? !words(image.getAttribute("alt")) : image.getAttribute("alt") === null)
      say("alt", image.outerHTML);
  const named = (element) => words(element.getAttribute("aria-label")) || element.getAttribute("aria-labelledby");
  for (const drawing of article.querySelectorAll("svg, canvas")) {
    if (drawing.closest("mjx-container, button, a, summary, [data-icon]") || drawing.parentElement.closest("svg")) continue;
    const speaker = drawing.closest("[role=img], [role=group], [role=figure], figure[aria-label]");
    if (!named(drawing) && !(speaker && named(speaker))) say("alt", drawing.outerHTML);
  }

  // heading
  const headings = [...document.querySelectorAll("h1")].filter((heading) => heading.checkVisibility());
  if (headings.length !== 1) say("heading", `${headings.length} headings of the first level`);

  // metadata
  const meta = (key) => (document.querySelector(`meta[name="${key}"], meta[property="${key}"]`) || { content: "" }).content;
  for (const key of ["description", "og:title", "og:description", "og:type", "twitter:card"])
    if (!meta(key).trim()) say("metadata", `no ${key}`);
  if (!document.title.trim()) say("metadata", "no title");
  if (document.querySelectorAll('meta[name="description"]').length > 1) say("metadata", "two descriptions");
  if (!document.documentElement.lang) say("metadata", "no language");

  // math
  for (const formula of document.querySelectorAll(".math"))
    if (!formula.querySelector("mjx-container")) say("math", `not set: ${formula.textContent}`);
  for (const fault of document.querySelectorAll("mjx-merror, [data-mjx-error]")) say("math", fault.outerHTML);

  // theme
  if (theme && document.documentElement.dataset.theme !== theme)
    say("theme", `${document.documentElement.dataset.theme} instead of ${theme}`);

  // contrast: 4.5 to 1, and 3 to 1 for large text (WCAG 2.2, AA)
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.push(colour(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pairs = new Set();
  const texts = document.querySelectorAll("p, li, a, td, th, dt, dd, h1, h2, h3, h4, figcaption, code, pre, pre span, " +
    "summary, label, button, output, .caption-text, .admonition-title, blockquote");
  for (const element of texts) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.disabled || element.closest("[aria-disabled=true], fieldset:disabled")) continue;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) opacity *= parseFloat(getComputedStyle(one).opacity);
    const back = ground(element), ink = colour(style.color);
    const shown = over([...ink.slice(0, 3), ink[3] * opacity], back);
    const [high, low] = [light(shown), light(back)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const need = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const pair = `${shown.map(Math.round)} on ${back.map(Math.round)}`;
    if (ratio < need && !pairs.has(pair)) {
      pairs.add(pair);
      say("contrast", `${ratio.toFixed(2)}: ${pair} in ${name(element)}`);
    }
  }
  return wrong;
}
