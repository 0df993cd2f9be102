// Opens what a citation, a term or a claim leads to beside the link: the note that the page carries for it.
// Without this script, and in browsers without popovers, the links lead on as links do.
(() => {
  "use strict";
  const WAIT = 250; // ms that a pointer rests on a link before its note opens
  const GRACE = 300; // ms that it may be on the way from the link to the note
  const GAP = 6; // px between the link and the note
  const EDGE = 12; // px that stay free at the sides of the window
  const LEADS = { // where a link may lead, and what the way there is called
    "bibliography.html#": "In the bibliography",
    "glossary.html#": "In the glossary",
    "evidence.html#": "Evidence in full",
  };

  let open = null; // { link, note }
  let timer = 0;
  let hand = "key"; // what the reader used last: key, mouse, pen or touch

  function start() {
    if (!HTMLElement.prototype.showPopover) return;
    for (const note of document.querySelectorAll(".parity-note")) {
      note.popover = "manual";
      note.role = "note";
      note.addEventListener("pointerenter", () => clearTimeout(timer));
      note.addEventListener("pointerleave", (event) => event.pointerType === "touch" || closeSoon());
      note.addEventListener("focusout", leave);
    }
    document.querySelector(".parity-notes")?.removeAttribute("hidden"); // each is hidden by itself from now on
    for (const [place, words] of Object.entries(LEADS))
      for (const link of document.querySelectorAll(`a[href*="${place}"]`)) lead(link, words);
    addEventListener("keydown", keyed, true);
    addEventListener("pointerdown", pressed, true);
    addEventListener("pagehide", close);
    addEventListener("resize", close);
  }

  /** Join a link to its note, which also describes it and ends with the way on. */
  function lead(link, words) {
    const text = document.getElementById(`note-${decodeURIComponent(link.hash.slice(1))}`);
    if (!text || link.closest(".parity-note")) return;
    const note = text.parentElement;
    if (!note.querySelector(".from")) {
      const way = document.createElement("p");
      way.className = "from";
      way.append(Object.assign(document.createElement("a"), { href: link.href, textContent: words }));
      note.append(way);
    }
    link.setAttribute("aria-describedby", text.id);
    link.removeAttribute("title"); // else the browser's own tooltip lies over the note
    link.addEventListener("pointerenter", (event) => {
      clearTimeout(timer);
      if (event.pointerType !== "touch" && open?.link !== link)
        timer = setTimeout(show, WAIT, link, note);
    });
    link.addEventListener("pointerleave", (event) => event.pointerType === "touch" || closeSoon());
    link.addEventListener("focus", () => hand === "key" && open?.link !== link && show(link, note));
    link.addEventListener("blur", leave);
    link.addEventListener("click", (event) => {
      if (hand !== "touch" || open?.link === link) return;
      event.preventDefault(); // a first tap opens; a second one, or the link in the note, leads on
      show(link, note);
    });
  }

  function show(link, note) {
    close();
    link.after(note); // so that Tab goes from the link into its note
    note.showPopover();
    place(link, note);
    open = { link, note };
  }

  /** Below the link, and above it where there is no room below; on the page, so that it scrolls with the link. */
  function place(link, note) {
    const words = link.getBoundingClientRect();
    const { width: wide, height: high } = note.getBoundingClientRect();
    const above = words.bottom + GAP + high > innerHeight && words.top - GAP - high > 0;
    const most = document.documentElement.clientWidth - EDGE - wide;
    note.style.left = `${Math.max(EDGE, Math.min(words.left, most)) + scrollX}px`;
    note.style.top = `${(above ? words.top - GAP - high : words.bottom + GAP) + scrollY}px`;
  }

  function close() {
    clearTimeout(timer);
    if (open?.note.isConnected) open.note.hidePopover();
    open = null;
  }

  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => open && !holds(document.activeElement) && close(), GRACE);
  }

  /** Whether something belongs to what is open: the link or its note. */
  const holds = (element) => Boolean(open) && (element === open.link || open.note.contains(element));

  /** The focus has left the link or the note. */
  function leave(event) {
    if (event.relatedTarget && !holds(event.relatedTarget)) close();
  }

  function keyed(event) {
    hand = "key";
    if (event.key !== "Escape" || !open) return;
    const { link, note } = open;
    const back = note.contains(document.activeElement);
    close();
    if (!back) return;
    hand = ""; // the focus goes back to the link without opening it again
    link.focus();
  }

  function pressed(event) {
    hand = event.pointerType;
    clearTimeout(timer);
    const link = open?.link;
    if (link && !link.contains(event.target) && !open.note.contains(event.target)) close();
  }

  start();
})();
