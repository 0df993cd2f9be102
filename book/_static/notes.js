// Notes that open next to a citation, a term or a claim, with the text to which the link leads (see notes-data.js).
// Without this script, and in browsers without popovers, these links work as other links do.
(() => {
  "use strict";
  const WAIT = 250; // ms that a pointer rests on a link before its note opens
  const GRACE = 300; // ms that the pointer may take from the link to the note
  const GAP = 6; // px between the link and the note
  const EDGE = 12; // px that stay free at the sides of the window
  const PLACES = { // where a link may lead, and the words of the note's own link to that place
    "bibliography.html": "In the bibliography",
    "glossary.html": "In the glossary",
    "evidence.html": "Evidence in full",
  };

  const notes = new Map(); // address of an entry -> the element of its note
  let open = null; // { link, note }
  let timer = 0;
  let lastInput = "key"; // key, mouse, pen or touch

  function start() {
    if (!HTMLElement.prototype.showPopover) return;
    for (const page of Object.keys(PLACES))
      for (const link of document.querySelectorAll(`article a[href*="${page}#"]`)) attach(link);
    addEventListener("keydown", onKey, true);
    addEventListener("pointerdown", onPointerDown, true);
    addEventListener("pagehide", close);
    addEventListener("resize", close);
  }

  /** Give a link its note, which also describes the link to screen readers. */
  function attach(link) {
    const note = noteFor(link);
    if (!note) return;
    link.setAttribute("aria-describedby", note.firstChild.id);
    link.removeAttribute("title"); // the browser's tooltip would cover the note
    link.addEventListener("pointerenter", (event) => {
      clearTimeout(timer);
      if (event.pointerType !== "touch" && open?.link !== link) timer = setTimeout(show, WAIT, link, note);
    });
    link.addEventListener("pointerleave", (event) => event.pointerType === "touch" || closeSoon());
    link.addEventListener("focus", () => lastInput === "key" && open?.link !== link && show(link, note));
    link.addEventListener("blur", onBlur);
    link.addEventListener("click", (event) => {
      if (lastInput !== "touch" || open?.link === link) return;
      event.preventDefault(); // the first tap opens the note; a second tap follows the link
      show(link, note);
    });
  }

  /** Return the note of the entry to which a link leads, or nothing if that entry has none. */
  function noteFor(link) {
    const address = decodeURIComponent(link.href.split("/").pop());
    const text = globalThis.parityNotes?.[address];
    if (!text || notes.has(address)) return notes.get(address);
    const note = document.createElement("div");
    Object.assign(note, { className: "parity-note", popover: "manual", role: "note", innerHTML: text });
    note.firstChild.id = `note-${address.split("#")[1]}`;
    for (const inner of note.querySelectorAll("a")) inner.href = new URL(inner.getAttribute("href"), link.href);
    note.append(Object.assign(document.createElement("p"), { className: "from" }));
    note.lastChild.append(Object.assign(document.createElement("a"), { href: link.href, textContent: PLACES[address.split("#")[0]] }));
    note.addEventListener("pointerenter", () => clearTimeout(timer));
    note.addEventListener("pointerleave", (event) => event.pointerType === "touch" || closeSoon());
    note.addEventListener("focusout", onBlur);
    document.body.append(note);
    notes.set(address, note);
    return note;
  }

  function show(link, note) {
    close();
    link.after(note); // so that Tab leads from the link into its note
    note.showPopover();
    place(link, note);
    open = { link, note };
  }

  /** Put a note below its link, or above it if there is no space below. It scrolls with the page. */
  function place(link, note) {
    const words = link.getBoundingClientRect();
    const { width, height } = note.getBoundingClientRect();
    const above = words.bottom + GAP + height > innerHeight && words.top - GAP - height > 0;
    const most = document.documentElement.clientWidth - EDGE - width;
    note.style.left = `${Math.max(EDGE, Math.min(words.left, most)) + scrollX}px`;
    note.style.top = `${(above ? words.top - GAP - height : words.bottom + GAP) + scrollY}px`;
  }

  function close() {
    clearTimeout(timer);
    if (open?.note.isConnected) open.note.hidePopover();
    open = null;
  }

  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => open && !belongsToOpen(document.activeElement) && close(), GRACE);
  }

  const belongsToOpen = (element) => Boolean(open) && (element === open.link || open.note.contains(element));

  function onBlur(event) {
    if (event.relatedTarget && !belongsToOpen(event.relatedTarget)) close();
  }

  function onKey(event) {
    lastInput = "key";
    if (event.key !== "Escape" || !open) return;
    const { link, note } = open;
    const inside = note.contains(document.activeElement);
    close();
    if (!inside) return;
    lastInput = ""; // the focus returns to the link without opening its note again
    link.focus();
  }

  function onPointerDown(event) {
    lastInput = event.pointerType;
    clearTimeout(timer);
    const link = open?.link;
    if (link && !link.contains(event.target) && !open.note.contains(event.target)) close();
  }

  start();
})();
