// Joins the pages of the built book into one document for paper, in place of the page that is open.
//
// `home` is the address of the built book's folder; `pages` lists the book in order: { name, part, depth, html }, where
// `part` is the caption of the part that begins with the page. `cover` is the HTML of the title page, `sheet` a style
// sheet. Screen-only elements and the code of figures disappear, other folded elements open, and links lead to places
// inside the document.
async ({ home, pages, title, cover, sheet }) => {
  const SCREEN_ONLY = "a.headerlink, .parity-numbers, a[download], details.hide.above-input, section:has(> .guesses-kept), " +
    ".sd-summary-state-marker, noscript:not(:has(figure))";
  const REFERRING = ["for", "headers", "aria-labelledby", "aria-describedby", "aria-controls"];
  const addressOf = (page) => `${home}/${page.name}.html`;
  const chapters = new Map(); // address of a page -> { page, place, article, ids }

  for (const page of pages) {
    const parsed = new DOMParser().parseFromString(page.html, "text/html"); // without scripting, so <noscript> has elements
    const article = parsed.querySelector("article");
    for (const element of article.querySelectorAll(SCREEN_ONLY)) element.remove();
    const ids = new Set([...article.querySelectorAll("[id]")].map((element) => element.id));
    page.title = article.querySelector("h1").textContent.trim();
    chapters.set(addressOf(page), { page, place: page.name.replaceAll("/", "-"), article, ids });
  }

  /** Give every id of a page a prefix, because other pages may have the same id. */
  function makeIdsUnique({ place, article }) {
    [...article.querySelectorAll("svg")].forEach((drawing, number) => { // Matplotlib uses the same names in all drawings
      const used = new Set([...drawing.outerHTML.matchAll(/(?:url\(#|href="#)([^)"]+)/g)].map((match) => match[1]));
      for (const element of [drawing, ...drawing.querySelectorAll("*")])
        for (const attribute of [...element.attributes]) {
          if (attribute.name === "id" && !used.has(attribute.value)) element.removeAttribute("id");
          else if (attribute.name === "id") attribute.value = `${place}-${number}--${attribute.value}`;
          else if (/href$/.test(attribute.name)) attribute.value = attribute.value.replace(/^#/, `#${place}-${number}--`);
          else attribute.value = attribute.value.replaceAll("url(#", `url(#${place}-${number}--`);
        }
    });
    for (const element of article.querySelectorAll("[id]:not(svg *)")) element.id = `${place}--${element.id}`;
    for (const name of REFERRING)
      for (const element of article.querySelectorAll(`[${name}]:not(svg *)`))
        element.setAttribute(name, element.getAttribute(name).split(/\s+/).map((id) => `${place}--${id}`).join(" "));
  }

  /** Return where a link leads in the joined document, or nothing if paper does not have that place. */
  function destination(url) {
    const [address, anchor] = url.href.split("#");
    const chapter = chapters.get(address);
    if (chapter) return chapter.ids.has(decodeURIComponent(anchor)) ? `#${chapter.place}--${decodeURIComponent(anchor)}` : `#${chapter.place}`;
    return /^(https?|mailto):/.test(url.href) ? url.href : undefined;
  }

  function adaptToPaper({ page, article }) {
    for (const view of article.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
      const host = view.nextElementSibling, figure = host.nextElementSibling.querySelector("figure");
      const caption = figure.querySelector("figcaption");
      caption.textContent = `${caption.textContent.replace(/^\[.*?\] /, "")} On its page this figure is interactive.`;
      host.nextElementSibling.remove();
      host.remove();
      view.replaceWith(figure);
    }
    for (const details of article.querySelectorAll("details")) details.open = true;
    for (const image of article.querySelectorAll("img")) {
      image.src = new URL(image.getAttribute("src"), addressOf(page));
      image.loading = "eager";
    }
    for (const link of article.querySelectorAll("a[href]")) {
      const place = destination(new URL(link.getAttribute("href"), addressOf(page)));
      if (place) link.setAttribute("href", place);
      else link.replaceWith(...link.childNodes);
    }
  }

  const contents = ({ page: { part, depth, title: words }, place }) =>
    `${part ? `<p class="part">${part}</p>` : ""}<p class="line depth-${depth}"><a href="#${place}">${words}<span class="number"></span></a></p>`;
  const heading = ({ page, place }) => `@page ${place} { @top-left { content: ${JSON.stringify(page.title)}; } }`;
  document.documentElement.dataset.theme = "light";
  document.title = title;
  document.head.append(Object.assign(document.createElement("style"), { textContent: [sheet, ...[...chapters.values()].map(heading)].join("\n") }));
  document.body.className = "on-paper";
  document.body.innerHTML = `<main class="bd-main"><div class="bd-content"><div class="bd-article-container">${cover}
    <nav class="paper-contents" aria-labelledby="contents"><h1 id="contents">Contents</h1>${[...chapters.values()].map(contents).join("")}</nav>
    </div></div></main>`;
  for (const chapter of chapters.values()) {
    makeIdsUnique(chapter);
    adaptToPaper(chapter);
    const place = Object.assign(document.createElement("div"), { className: "chapter", id: chapter.place });
    place.style.page = chapter.place;
    place.append(document.adoptNode(chapter.article));
    document.querySelector(".bd-article-container").append(place);
  }

  await Promise.all([...document.images].map((image) => image.decode()));
  await document.fonts.ready;
}
