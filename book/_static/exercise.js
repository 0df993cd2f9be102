// An exercise in its page: the reader writes Python, and the exercise's own checks run in this browser. Nothing is loaded
// before they press "Start", and their answers stay in this browser. Whatever comes from their code or from a notebook
// that they open is shown as text.
(() => {
  "use strict";
  const { name, notebook, files } = JSON.parse(document.getElementById("exercise-data").textContent);
  const RUNTIME = new URL("runtime/", document.currentScript.src);
  const KEY = `one-bit-of-memory: exercise ${name}`; // of the storage; its value is { id of a cell: the reader's text }
  const PLACE = /(book\/[\w-]+\.html(?:#[\w-]+)?)(.*)/s; // in a message, the section of the book to read
  const PYTORCH = /\btorch\b/, MODEL = /model_answer/;
  const TWO_UNITS = "two-unit-weights-check";
  const SHAPES = ["svg", "polygon", "rect", "circle", "text"];
  const megabytes = (size) => Math.round(size / 1e6);
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  const stub = (cell) => [cell.source].flat().join("");
  const kind = (cell) => {
    const { grade, solution } = cell.metadata.nbgrader ?? {};
    return grade ? (solution ? "words" : "check") : solution ? "answer" : cell.metadata.nbgrader ? "locked" : "run";
  };
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch { /* without a readable storage, answers last as long as the page */ }

  function make(tag, attributes = {}, ...children) {
    const element = document.createElementNS(`http://www.w3.org/${SHAPES.includes(tag) ? "2000/svg" : "1999/xhtml"}`, tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  // --- Python, in a worker -------------------------------------------------------

  /** The worker's program. It cannot fetch anything from a page on the disk, so the first message brings all files. */
  function work() {
    let run;
    self.onmessage = async ({ data }) => {
      try {
        if (data.table) run = await start(data.table);
        self.postMessage(data.table ? "ready" : run(data.cells));
      } catch (error) {
        self.postMessage([false, `Python stopped: ${error}`, "restart"]);
      }
    };
    async function start(table) {
      const text = (file) => new TextDecoder().decode(table[file]);
      const load = (file) => import(`data:text/javascript;charset=utf-8,${encodeURIComponent(text(file))}`);
      self.fetch = async (address) => {
        const file = String(address.url ?? address).split("/").pop();
        const type = file.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
        return new Response(table[file] ?? null, { status: file in table ? 200 : 404, headers: { "Content-Type": type } });
      };
      const { loadPyodide } = await load("pyodide.mjs"), nowhere = "https://none.invalid/";
      const python = await loadPyodide({ createPyodideModule: (await load("pyodide.asm.mjs")).default,
        lockFileContents: text("pyodide-lock.json"), indexURL: nowhere, packageBaseUrl: nowhere });
      await python.loadPackage("numpy", { messageCallback() {} });
      python.unpackArchive(table["libraries.zip"], "zip", { extractDir: "/lib/python3.14/site-packages" });
      const runCells = python.pyimport("parity_checks.page").run;
      return (cells) => runCells(python.toPy(cells)).toJs();
    }
  }

  /** Load a file, which is a script because a page on the disk can load no other kind, and return its content. */
  async function loadFile(file) {
    await new Promise((resolve, reject) => document.head.append(make("script", { src: new URL(`${file}.js`, RUNTIME),
      onload: resolve, onerror: () => reject(new Error(`${file} cannot be loaded`)) })));
    const packed = await (await fetch(`data:;base64,${globalThis.parityRuntime[file]}`)).blob();
    delete globalThis.parityRuntime[file];
    return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  async function loadFiles(progress) {
    const table = {};
    let loaded = 0;
    await Promise.all(Object.entries(files).map(async ([file, size]) => {
      table[file] = await loadFile(file);
      progress((loaded += size));
    }));
    return { table };
  }

  let message = null; // a promise of the first message
  let python = null; // a promise of a worker that is ready
  let worker = null;
  let busy = null; // whether a cell is running
  let stop = null; // ends the run in progress

  function startPython() {
    python = message.then((first) => new Promise((resolve, reject) => {
      worker = new Worker(`data:text/javascript;charset=utf-8,${encodeURIComponent(`(${work})()`)}`, { type: "module" });
      worker.onmessage = ({ data }) => (data === "ready" ? resolve(worker) : reject(new Error(data[1])));
      worker.onerror = (event) => reject(new Error(event.message || "this browser cannot run it"));
      worker.postMessage(first);
    }));
    return python;
  }

  /** Run cells and return whether the last one succeeded, and its text. */
  async function run(cells) {
    const ready = await python;
    return new Promise((resolve) => {
      const restart = (text) => {
        worker.terminate();
        startPython();
        resolve([false, text]);
      };
      stop = () => restart("Stopped. Python has started again.");
      ready.onmessage = ({ data }) => (data[2] ? restart(data[1]) : resolve(data));
      ready.onerror = (event) => restart(`Python stopped: ${event.message}`);
      ready.postMessage({ cells });
    }).finally(() => (stop = null));
  }

  // --- editors -------------------------------------------------------------------

  const editors = new Map(); // cell -> textarea
  const keys = make("p", { id: "exercise-keys" }, "Ctrl+Enter runs the cell or its check. Tab indents. To leave the cell ",
    "with the keyboard, press Escape, then Tab.");

  function keep(cell, text) {
    if (text === stub(cell)) delete kept[cell.id];
    else kept[cell.id] = text;
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch { /* as above */ }
  }

  /** Replace the selected text, so that the browser can undo it. */
  const insert = (text) => document.execCommand(text ? "insertText" : "delete", false, text);

  function onkey(event) {
    const area = event.target, before = area.value.slice(0, area.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (event.key === "Escape") area.dataset.leave = "";
    else if (event.key === "Tab" && !("leave" in area.dataset) && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      indent(area, line, event.shiftKey);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (event.ctrlKey || event.shiftKey || event.metaKey) rowOf(area).querySelector("button").click();
      else insert(`\n${line.match(/^ */)[0]}${/:\s*(#.*)?$/.test(line) ? "    " : ""}`);
    }
    if (!["Escape", "Shift", "Tab"].includes(event.key)) delete area.dataset.leave;
  }

  /** Indent the selected lines by four spaces, or take four away. */
  function indent(area, line, less) {
    const { selectionStart: start, selectionEnd: end, value } = area;
    if (start === end && !less) return void insert(" ".repeat(4 - (line.length % 4)));
    const first = start - line.length, old = value.slice(first, end);
    const changed = less ? old.replace(/^ {1,4}/gm, "") : old.replace(/^(?=.)/gm, "    ");
    if (changed === old) return;
    area.setSelectionRange(first, end);
    insert(changed);
    if (start !== end) area.setSelectionRange(first, first + changed.length);
  }

  /** Return the row of buttons that follows an editor. */
  const rowOf = (area) => [...document.querySelectorAll(".exercise-run")]
    .find((row) => area.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);

  function editor(cell, label, isCode) {
    const area = make("textarea", { class: isCode ? "exercise-code" : "exercise-words", "aria-label": label,
      autocomplete: "off", oninput: () => area.set(area.value), onblur: () => delete area.dataset.leave, ...(isCode ? {
        "aria-describedby": "exercise-keys", spellcheck: "false", autocapitalize: "off", wrap: "off", onkeydown: onkey,
        onfocus: () => rowOf(area).querySelector("pre").before(keys) } : {}) });
    area.set = (text) => {
      if (area.value !== text) area.value = text; // otherwise the cursor would move
      if (isCode) for (const output of document.querySelectorAll(".exercise-output:not([hidden], [data-passed=''])")) {
        output.prepend("Before your last change:\n");
        output.dataset.passed = "";
      }
      area.rows = text.split("\n").length + 1;
      keep(cell, text);
    };
    editors.set(cell, area);
    area.set(kept[cell.id] ?? stub(cell));
    return area;
  }

  /** Return a button that replaces an answer by the text at the start, which the browser can undo. */
  const resetButton = (cell) => make("button", { type: "button", onclick: () => {
    editors.get(cell).focus();
    editors.get(cell).select();
    insert(stub(cell));
  } }, "Reset this answer");

  // --- cells ---------------------------------------------------------------------

  /** Return the cells on which a cell depends, and the cell itself, as names and sources. */
  function cellsFor(cell) {
    const before = notebook.cells.slice(0, notebook.cells.indexOf(cell));
    const source = (one) => editors.get(one)?.value ?? stub(one);
    const own = MODEL.test(stub(cell)) ? stub(cell).replace(")", `, ${JSON.stringify(source(before.at(-1)))})`) : source(cell);
    return [...before.filter((other) => other.cell_type === "code" && ["locked", "answer"].includes(kind(other)))
      .map((one) => [one.id, source(one)]), [cell.id, own]];
  }

  /** Show a message, with a link to the section of the book that it names. */
  function show(output, [passed, text]) {
    const [before, place, after] = text.split(PLACE);
    output.replaceChildren(before, ...(place ? [make("a", { href: new URL(`../../${place}`, RUNTIME) }, place), after] : []));
    output.dataset.passed = passed;
    output.hidden = !text;
  }

  /** Return a row with a button that runs a cell, a button that stops it, and the place for its output. */
  function runner(cell, label, answer) {
    const output = make("pre", { class: `exercise-output${MODEL.test(stub(cell)) ? " exercise-prose" : ""}`, role: "status",
      hidden: true }), figure = make("figure");
    const stopButton = make("button", { type: "button", hidden: true, onclick: () => stop?.() }, "Stop");
    const button = make("button", { type: "button", onclick: async () => {
      if (button.ariaDisabled) return;
      if (busy) return show(output, ["", "Another cell is running. Stop it first, or wait."]);
      busy = button.ariaDisabled = "true";
      try {
        show(output, ["", "Python is still loading …"]);
        await python;
        stopButton.hidden = false;
        show(output, ["", "Running …"]);
        figure.replaceChildren();
        const cells = cellsFor(cell);
        show(output, await run(cells));
        if (cell.id === TWO_UNITS) figure.append(...draw(await run([...cells.slice(0, -1), ["picture", PICTURE]])));
      } catch (error) {
        show(output, [false, `Python cannot run in this browser: ${error.message}`]);
      }
      busy = button.ariaDisabled = null;
      if (document.activeElement === stopButton) button.focus();
      stopButton.hidden = true;
    } }, label);
    if (answer && kept[answer.id]) show(output, ["", "You have not checked this answer since you opened the page."]);
    return make("div", { class: "exercise-run" }, button, stopButton, ...(answer ? [resetButton(answer)] : []), output, figure);
  }

  const PICTURE = "import json\nfrom parity_checks.unrolling.two_units import picture\n"
    + "print(json.dumps(picture(), allow_nan=False))";

  /** Draw the states of the reader's two units in the plane, with a caption. */
  function draw([passed, text]) {
    if (!passed) return [];
    const { states, readout: [w1, w2, c], correct, strings } = JSON.parse(text), size = w1 * w1 + w2 * w2;
    const corner = (along, across) => [along * w1 - across * w2, -along * w2 - across * w1].map((far, i) =>
      99 * far / Math.sqrt(size) - c * [w1, -w2][i] / size);
    const mark = ([x, y, bit, odd]) => make(odd ? "rect" : "circle", { class: odd ? "odd" : "even", cx: x, cy: -y,
      r: bit ? 0.035 : 0.06, x: x - (bit ? 0.032 : 0.055), y: -y - (bit ? 0.032 : 0.055),
      width: bit ? 0.064 : 0.11, height: bit ? 0.064 : 0.11, ...(bit ? {} : { "fill-opacity": 0 }) });
    const word = (text, x, y, attributes = {}) => make("text", { x, y, ...attributes }, text);
    return [make("svg", { viewBox: "-1.4 -1.15 2.6 2.5", role: "img", "aria-label": "The states of your network in a plane" },
      make("svg", { x: -1, y: -1, width: 2, height: 2, viewBox: "-1 -1 2 2" }, ...(size ? [
        make("polygon", { points: [corner(0, -1), corner(0, 1), corner(1, 1), corner(1, -1)].join(" ") })] : [])),
      make("rect", { x: -1, y: -1, width: 2, height: 2 }), ...states.map(mark), word("first unit", 0, 1.28),
      word("second unit", 0, -1.22, { transform: "rotate(-90)" }), word("−1", -1, 1.28), word("1", 1, 1.28),
      word("−1", -1.2, 1.04), word("1", -1.2, -0.96)),
    make("figcaption", {}, "The states of your network after each bit of all strings of 8 bits. A state is a disc if the ",
      "number of ones so far is even and a square if it is odd, and it is filled if the last bit was a one. In the shaded ",
      `part of the plane, your network answers “odd”. All its answers are correct for ${correct} of the `,
      `${strings} strings.`)];
  }

  /** Turn the cells of the page into editors and buttons. */
  function makeEditable() {
    for (const sample of document.querySelectorAll(".sample-check")) sample.remove(); // the check itself shows this now
    const code = notebook.cells.filter((cell) => cell.cell_type === "code");
    const shown = [...document.querySelectorAll(".bd-article div.cell")];
    code.forEach((cell, i) => {
      const source = stub(cell);
      if (kind(cell) === "answer" || (kind(cell) === "run" && !PYTORCH.test(source) && !MODEL.test(source)))
        shown[i].replaceChildren(editor(cell, `Python code: ${cell.id}`, true));
      if (kind(cell) === "check")
        shown[i].append(runner(cell, "Check", code.findLast((other, j) => j < i && kind(other) === "answer")));
      if (kind(cell) === "run") shown[i].append(PYTORCH.test(source) ? "This cell needs PyTorch, which this page does not "
        + "have. To run it, download your notebook." : runner(cell, MODEL.test(source) ? "Show the model answer" : "Run"));
    });
    const words = [...document.querySelectorAll(".bd-article p")].filter((text) => text.textContent === "YOUR ANSWER HERE");
    notebook.cells.filter((cell) => kind(cell) === "words").forEach((cell, i) =>
      words[i].replaceWith(editor(cell, `Your answer: ${cell.id}`, false),
        make("div", { class: "exercise-tools" }, resetButton(cell))));
  }

  // --- the notebook --------------------------------------------------------------

  function download() {
    const filled = structuredClone(notebook);
    notebook.cells.forEach((cell, i) => (filled.cells[i].source = editors.get(cell)?.value ?? cell.source));
    const address = URL.createObjectURL(new Blob([JSON.stringify(filled, null, 1)], { type: "application/x-ipynb+json" }));
    make("a", { href: address, download: `${name}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  const mayReplace = () => !Object.keys(kept).length || confirm("This removes the answers that are in this page. Go on?");

  /** Read the answers from a notebook file, and return what happened. */
  async function open(file) {
    let cells;
    try {
      cells = JSON.parse(await file.text()).cells.map((cell) => [cell.metadata.nbgrader?.grade_id ?? cell.id, stub(cell)]);
    } catch {
      return `${file.name} is not a notebook.`;
    }
    const found = new Map(cells), known = [...editors].filter(([cell]) => found.has(cell.id));
    const added = cells.filter(([id]) => !notebook.cells.some((cell) => cell.id === id)).length;
    if (!known.some(([cell]) => kind(cell) === "answer")) return `${file.name} has no answers to this exercise.`;
    if (!mayReplace()) return "";
    for (const [cell, area] of known) area.set(found.get(cell.id));
    return `The answers of ${file.name} are in the page${added ? `, but not the cells that you have added (${added})` : ""}.`;
  }

  // --- the start -----------------------------------------------------------------

  function panel() {
    const said = make("p", { role: "status" });
    const bar = make("progress", { max: total, value: 0, "aria-label": "Loading Python" });
    const input = make("input", { type: "file", accept: ".ipynb", hidden: true, onchange: async () => {
      if (input.files[0]) said.textContent = await open(input.files[0]);
      input.value = "";
    } });
    const tools = make("div", { class: "exercise-tools" },
      make("button", { type: "button", onclick: download }, "Download my notebook"),
      make("button", { type: "button", onclick: () => input.click() }, "Open my notebook"),
      make("button", { type: "button", onclick: () => mayReplace() && editors.forEach((area, cell) => area.set(stub(cell))) },
        "Reset all answers"), input);
    const start = make("button", { type: "button", onclick: async () => {
      box.replaceChildren(bar, said, tools, "Your answers are kept in this browser.", keys);
      for (const link of document.querySelectorAll(`a[href$="/${name}.ipynb"]`)) link.closest("p, li").remove(); // no answers
      makeEditable();
      said.tabIndex = -1;
      said.textContent = "Loading Python …";
      said.focus();
      message = loadFiles((loaded) => {
        bar.value = loaded;
        said.textContent = loaded < total ? `Loading Python: ${megabytes(loaded)} of ${megabytes(total)} MB`
          : "Starting Python …";
      });
      try {
        await startPython();
        said.textContent = "Python is ready.";
      } catch (error) {
        said.textContent = `Python cannot run in this browser: ${error.message}. Work in the notebook instead.`;
      }
      bar.remove();
    } }, "Start");
    const box = make("div", { class: "exercise-panel" }, make("p", {}, "You can do this exercise in the page, without ",
      `installing anything. When you press the button, your browser loads Python (${megabytes(total)} MB)`,
      Object.keys(kept).length ? ", and the answers that you wrote here before." : "."), start);
    return box;
  }

  document.querySelector(".get-notebook").after(panel());
})();
