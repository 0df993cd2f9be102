// Notes that open next to a citation, a term or a claim, with the text to which the link leads (see notes-data.js).
// Without this script, and in browsers without popovers, these links work as other links do. It is the browser that
// closes a note at a press outside of it, and that brings the focus from a closed note back to the link.
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

  const { make } = globalThis.parity;
  const notes = new Map(); // address of an entry -> the element of its note, which follows its link while it is open
  let timer = 0;
  let lastInput = "key"; // key, Escape, mouse, pen or touch
  const isOpen = (note, link = note.previousSibling) => note.matches(":popover-open") && note.previousSibling === link;
  const hasFocus = (note, element = document.activeElement) => note.contains(element) || element === note.previousSibling;
  const close = (note) => isOpen(note) && note.hidePopover();

  function start() {
    if (!HTMLElement.prototype.showPopover) return;
    for (const page of Object.keys(PLACES))
      for (const link of document.querySelectorAll(`article a[href*="${page}#"]`)) attach(link);
    addEventListener("keydown", ({ key }) => {
      lastInput = key === "Escape" ? key : "key"; // so that the focus does not open the note again
      if (key === "Escape") notes.forEach(close); // Sphinx keeps this key from the browser
    }, true);
    addEventListener("pointerdown", ({ pointerType }) => (lastInput = pointerType), true);
    addEventListener("resize", () => notes.forEach(close));
  }

  /** Give a link its note, which also describes the link to screen readers. */
  function attach(link) {
    const note = noteFor(link);
    if (!note) return;
    let wasOpen = false; // before the browser closed the note because the link was pressed
    link.setAttribute("aria-describedby", note.firstChild.id);
    link.removeAttribute("title"); // the browser's tooltip would cover the note
    link.addEventListener("pointerenter", (event) => {
      clearTimeout(timer);
      if (event.pointerType !== "touch" && !isOpen(note, link)) timer = setTimeout(show, WAIT, link, note);
    });
    link.addEventListener("focus", () => lastInput === "key" && !isOpen(note, link) && show(link, note));
    link.addEventListener("pointerdown", () => (wasOpen = isOpen(note, link)));
    link.addEventListener("click", (event) => {
      if (lastInput !== "touch" || wasOpen) return;
      event.preventDefault(); // the first tap opens the note; a second tap follows the link
      show(link, note);
    });
    closeWhenLeft(link, note);
  }

  /** Return the note of the entry to which a link leads, or nothing if that entry has none. */
  function noteFor(link) {
    const address = decodeURIComponent(link.href.split("/").pop());
    const text = globalThis.parityNotes?.[address];
    if (!text || notes.has(address)) return notes.get(address);
    const note = make("div", { class: "parity-note", popover: "auto", role: "note",
      onpointerenter: () => clearTimeout(timer) });
    note.innerHTML = text;
    note.firstChild.id = `note-${address.split("#")[1]}`;
    for (const inner of note.querySelectorAll("a")) inner.href = new URL(inner.getAttribute("href"), link.href);
    note.append(make("p", { class: "from" }, make("a", { href: link.href }, PLACES[address.split("#")[0]])));
    closeWhenLeft(note, note);
    document.body.append(note);
    notes.set(address, note);
    return note;
  }

  /** Close a note soon after the pointer, or when the focus, has left an element for a place outside of link and note. */
  function closeWhenLeft(element, note) {
    element.addEventListener("pointerleave", (event) => {
      clearTimeout(timer);
      if (event.pointerType !== "touch") timer = setTimeout(() => hasFocus(note) || close(note), GRACE);
    });
    element.addEventListener("focusout", ({ relatedTarget }) =>
      relatedTarget && !hasFocus(note, relatedTarget) && close(note));
  }

  /** Open a note below its link, or above it if there is no space below. It scrolls with the page. */
  function show(link, note) {
    clearTimeout(timer);
    close(note);
    link.after(note); // so that Tab leads from the link into its note
    note.showPopover();
    const words = link.getBoundingClientRect();
    const { width, height } = note.getBoundingClientRect();
    const above = words.bottom + GAP + height > innerHeight && words.top - GAP - height > 0;
    const most = document.documentElement.clientWidth - EDGE - width;
    note.style.left = `${Math.max(EDGE, Math.min(words.left, most)) + scrollX}px`;
    note.style.top = `${(above ? words.top - GAP - height : words.bottom + GAP) + scrollY}px`;
  }

  start();
})();
