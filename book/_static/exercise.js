// An exercise in its page: the reader writes Python, and the exercise's own checks run in this browser. Nothing is
// loaded before they press "Start", and their answers stay in this browser. Whatever comes from their code or from a
// notebook that they open is shown as text.
(() => {
  "use strict";
  const { name, notebook, files } = JSON.parse(document.getElementById("exercise-data").textContent);
  const RUNTIME = new URL("runtime/", document.currentScript.src);
  const KEY = `one-bit-of-memory: exercise ${name}`; // of the storage; its value is { id of a cell: the reader's text }
  const PLACE = /(book\/[\w-]+\.html(?:#[\w-]+)?)(.*)/s; // in a message, the section of the book to read
  const PYTORCH = /\btorch\b/, MODEL = /model_answer/;
  const SUMMARY = "summary";
  const EDITOR = "editor.json", READY = "Python is ready.";
  const BUSY = "Another cell is running. Stop it first, or wait.";
  const UNCHECKED = "You have not checked this answer since you opened the page.";
  // The classes that the book's style sheet has for CodeMirror's kinds of code.
  const CLASSES = { keyword: "k", "atom,bool,url,contentSeparator,labelName": "kc", "literal,inserted": "mi",
    "string,deleted": "s2", "definition(variableName)": "nf", className: "nc", comment: "c1" };
  const megabytes = (size) => Math.round(size / 1e6);
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  const stub = (cell) => [cell.source].flat().join("");
  const kind = (cell) => {
    const { grade, solution } = cell.metadata.nbgrader ?? {};
    return grade ? (solution ? "words" : "check") : solution ? "answer" : cell.metadata.nbgrader ? "locked" : "run";
  };
  const { make } = globalThis.parity, [kept, save] = globalThis.parity.kept(KEY);

  // --- Python, in a worker -------------------------------------------------------

  /** The worker's program. It cannot fetch anything from a page on the disk, so the first message brings all files. */
  function work() {
    let run;
    self.onmessage = async ({ data }) => {
      try {
        if (data.table) run = await start(data.table);
        self.postMessage(data.table ? data.ready : run(data.cells));
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
        return new Response(table[file] ?? null,
          { status: file in table ? 200 : 404, headers: { "Content-Type": type } });
      };
      const { loadPyodide } = await load("pyodide.mjs"), nowhere = "https://none.invalid/";
      const python = await loadPyodide({ createPyodideModule: (await load("pyodide.asm.mjs")).default,
        lockFileContents: text("pyodide-lock.json"), indexURL: nowhere, packageBaseUrl: nowhere });
      self.postMessage("Starting NumPy …");
      await python.loadPackage("numpy", { messageCallback() {} });
      self.postMessage("Starting the checks …");
      python.unpackArchive(table["libraries.zip"], "zip", { extractDir: "/lib/python3.14/site-packages" });
      const runCells = python.pyimport("parity_checks.page").run;
      return (cells) => runCells(python.toPy(cells)).toJs();
    }
  }

  const said = make("p", { role: "status", tabindex: "-1" });
  const bar = make("progress", { max: total, value: 0, "aria-label": "Loading Python" });

  /** Load a file, which is a script because a page on the disk can load no other kind, and return its content. */
  async function loadFile(file) {
    await new Promise((resolve, reject) => document.head.append(make("script", { src: new URL(`${file}.js`, RUNTIME),
      onload: resolve, onerror: () => reject(new Error(`${file} cannot be loaded`)) })));
    const packed = await (await fetch(`data:;base64,${globalThis.parityRuntime[file]}`)).blob();
    delete globalThis.parityRuntime[file];
    return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  /** Load CodeMirror and return its functions. Each of its modules imports from those before it. */
  async function loadEditor() {
    const addresses = {};
    for (const [module, text] of Object.entries(JSON.parse(new TextDecoder().decode(await loadFile(EDITOR))))) {
      const code = text.replace(/\.\/([\w-]+\.js)/g, (path, imported) => addresses[imported] ?? path);
      addresses[module] = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    }
    return Object.assign({}, ...await Promise.all(Object.values(addresses).map((address) => import(address))));
  }

  async function loadFiles() {
    const table = {};
    let loaded = files[EDITOR];
    await Promise.all(Object.entries(files).filter(([file]) => file !== EDITOR).map(async ([file, size]) => {
      table[file] = await loadFile(file);
      bar.value = loaded += size;
      said.textContent = `Loading Python: ${megabytes(loaded)} of ${megabytes(total)} MB`;
    }));
    return { table, ready: READY };
  }

  let message = null; // a promise of the first message
  let python = null; // a promise of a worker that is ready
  let worker = null;
  let busy = null; // whether a cell is running
  let stop = null; // ends the run in progress

  /** Start a worker, and show its progress. */
  function startPython() {
    python = message.then((first) => new Promise((resolve, reject) => {
      said.textContent = "Starting Python …";
      bar.removeAttribute("value"); // nobody knows how long it takes
      const program = encodeURIComponent(`(${work})()`);
      worker = new Worker(`data:text/javascript;charset=utf-8,${program}`, { type: "module" });
      worker.onmessage = ({ data }) => {
        if (Array.isArray(data)) return reject(new Error(data[1]));
        said.textContent = data;
        if (data === READY) resolve(worker);
      };
      worker.onerror = (event) => reject(new Error(event.message || "this browser cannot run it"));
      worker.postMessage(first);
    })).finally(() => bar.remove());
    python.catch(cannotRun);
  }

  function cannotRun(error) {
    bar.remove();
    said.textContent = `Python cannot run in this browser: ${error.message}. Work in the notebook instead.`;
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
      stop = () => restart("Stopped. Starting Python again takes a few seconds.");
      ready.onmessage = ({ data }) => (data[2] ? restart(data[1]) : resolve(data));
      ready.onerror = (event) => restart(`Python stopped: ${event.message}`);
      ready.postMessage({ cells });
    }).finally(() => (stop = null));
  }

  // --- editors -------------------------------------------------------------------

  let CodeMirror = null; // its functions
  const editors = new Map(); // cell -> CodeMirror's view of the reader's text
  const keys = make("p", { id: "exercise-keys" }, "Ctrl+Enter runs the cell or its check. Tab indents. To leave the ",
    "cell with the keyboard, press Escape, then Tab.");
  const textOf = (cell) => editors.get(cell)?.state.doc.toString() ?? stub(cell);

  function write(cell, text) {
    const view = editors.get(cell);
    if (text !== textOf(cell)) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }

  /** Keep an answer, and mark the verdicts that do not belong to it any more. */
  function changed(cell) {
    const text = textOf(cell);
    if (text === stub(cell) || !text.trim()) delete kept[cell.id];
    else kept[cell.id] = text;
    save();
    const verdicts = document.querySelectorAll(".exercise-output:not([hidden], [data-passed=''])");
    for (const output of cell.cell_type === "code" ? verdicts : []) {
      output.prepend("Before your last change:\n");
      output.dataset.passed = "";
    }
  }

  /** Return the row of buttons that follows an editor. */
  const rowOf = (area) => [...document.querySelectorAll(".exercise-run")]
    .find((row) => area.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);

  function editor(cell, label) {
    const { EditorView, keymap, ...code } = CodeMirror, isCode = cell.cell_type === "code";
    const press = ({ dom }) => !rowOf(dom).querySelector("button").click(); // true: no other command may follow
    const leave = (view) => !view.setTabFocusMode(Infinity); // until another key is pressed
    const onfocus = (_, view) => {
      view.setTabFocusMode(false);
      rowOf(view.dom).querySelector("pre").before(keys);
    };
    const ofCode = () => [code.python(), code.lineNumbers(), code.indentOnInput(), code.indentUnit.of("    "),
      code.syntaxHighlighting(code.HighlightStyle.define(code.defaultHighlightStyle.specs
        .map(({ tag }) => ({ tag, class: CLASSES[tag] ?? "n" })))),
      EditorView.domEventHandlers({ focus: onfocus }), keymap.of([code.indentWithTab, { key: "Escape", run: leave },
        ...["Ctrl-Enter", "Cmd-Enter", "Shift-Enter"].map((key) => ({ key, run: press }))])];
    const view = new EditorView({ doc: kept[cell.id] ?? stub(cell), extensions: [
      EditorView.lineWrapping, EditorView.updateListener.of((update) => update.docChanged && changed(cell)),
      EditorView.editorAttributes.of({ class: isCode ? "exercise-code highlight" : "exercise-words" }),
      EditorView.contentAttributes.of({ "aria-label": label, ...(isCode ? { "aria-describedby": "exercise-keys" }
        : { spellcheck: "true", autocorrect: "on", autocapitalize: "sentences" }) }),
      isCode ? ofCode() : [], code.history({ joinToEvent: (change, isNext) => isNext // a reset is a step of its own
        && ["input", "delete"].some((kind) => change.isUserEvent(kind)) }),
      keymap.of([...code.defaultKeymap, ...code.historyKeymap])] });
    editors.set(cell, view);
    return view.dom;
  }

  /** Return a button that replaces an answer by the text at the start, which the reader can undo. */
  const resetButton = (cell) => make("button", { type: "button", onclick: () => {
    if (kept[cell.id] && !confirm("This removes what you wrote in this cell. Go on?")) return;
    write(cell, stub(cell));
    editors.get(cell).focus();
  } }, kind(cell) === "run" ? "Reset this cell" : "Reset this answer");

  // --- cells ---------------------------------------------------------------------

  /** Return the cells on which a cell depends, and the cell itself, as names and sources. */
  function cellsFor(cell) {
    const before = notebook.cells.slice(0, notebook.cells.indexOf(cell));
    const needed = before.filter((other) => other.cell_type === "code" && ["locked", "answer"].includes(kind(other)));
    const own = MODEL.test(stub(cell)) ? stub(cell).replace(")", `, answer=${JSON.stringify(textOf(before.at(-1)))})`)
      : textOf(cell);
    return [...needed.map((one) => [one.id, textOf(one)]), [cell.id, own]];
  }

  /** Show a message, with a link to the section of the book that it names. */
  function show(output, [passed, text]) {
    const [before, place, after] = text.split(PLACE);
    const link = place && make("a", { href: new URL(`../../${place}`, RUNTIME), target: "_blank",
      title: "opens in a new tab" }, place);
    output.replaceChildren(before, ...(place ? [link, after] : []));
    output.dataset.passed = passed;
    output.hidden = !text;
  }

  /** Hide the outputs that say something which is not true any more. */
  function hide(text) {
    for (const output of document.querySelectorAll(".exercise-output"))
      if (output.textContent === text) show(output, ["", ""]);
  }

  /** Return a row with a button that runs a cell, a button that stops it, and the place for its output. */
  function runner(cell, label, answer) {
    const output = make("pre", { role: "status", hidden: true,
      class: `exercise-output${MODEL.test(stub(cell)) ? " exercise-prose" : ""}` });
    const stopButton = make("button", { type: "button", hidden: true, onclick: () => stop?.() }, "Stop");
    const button = make("button", { type: "button", onclick: async () => {
      if (button.ariaDisabled) return;
      if (busy) return show(output, ["", BUSY]);
      busy = button.ariaDisabled = "true";
      try {
        show(output, ["", "Python is still loading …"]);
        await python;
        stopButton.hidden = false;
        show(output, ["", "Running …"]);
        const outcome = await run(cellsFor(cell));
        show(output, outcome);
        if (cell.id === SUMMARY && outcome[0]) hide(UNCHECKED);
      } catch (error) {
        show(output, [false, `Python cannot run in this browser: ${error.message}`]);
      }
      busy = button.ariaDisabled = null;
      hide(BUSY);
      if (document.activeElement === stopButton) button.focus();
      stopButton.hidden = true;
    } }, label);
    if (answer && kept[answer.id]) show(output, ["", UNCHECKED]);
    const written = answer ?? (editors.has(cell) && cell);
    return make("div", { class: "exercise-run" }, button, stopButton, ...(written ? [resetButton(written)] : []),
      output);
  }

  const code = notebook.cells.filter((cell) => cell.cell_type === "code");
  const shown = [...document.querySelectorAll(".bd-article div.cell")];
  const inWords = notebook.cells.filter((cell) => kind(cell) === "words");
  const words = [...document.querySelectorAll(".bd-article p")]
    .filter((text) => text.textContent === "YOUR ANSWER HERE");

  /** Turn the cells of the page into editors and buttons. */
  function makeEditable() {
    code.forEach((cell, i) => {
      const source = stub(cell);
      if (kind(cell) === "answer" || (kind(cell) === "run" && !PYTORCH.test(source) && !MODEL.test(source)))
        shown[i].replaceChildren(editor(cell, `Python code: ${cell.id}`));
      if (kind(cell) === "check")
        shown[i].append(runner(cell, "Check", code.findLast((other, j) => j < i && kind(other) === "answer")));
      if (kind(cell) === "run") shown[i].append(PYTORCH.test(source) ? "This cell needs PyTorch, which this page does "
        + "not have. To run it, download your notebook."
        : runner(cell, MODEL.test(source) ? "Show the model answer" : "Run"));
    });
    inWords.forEach((cell, i) => words[i].replaceWith(editor(cell, `Your answer: ${cell.id}`),
      make("div", { class: "exercise-tools" }, resetButton(cell))));
  }

  // --- the notebook --------------------------------------------------------------

  function download() {
    const filled = structuredClone(notebook);
    editors.forEach((_, cell) => (filled.cells[notebook.cells.indexOf(cell)].source = textOf(cell)));
    const content = JSON.stringify(filled, null, 1);
    const address = URL.createObjectURL(new Blob([content], { type: "application/x-ipynb+json" }));
    make("a", { href: address, download: `${name}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  const mayReplace = () => !Object.keys(kept).length
    || confirm("This removes the answers that are in this page. Go on?");

  /** Read the answers from a notebook file, and return what happened. */
  async function open(file) {
    let cells;
    try {
      cells = JSON.parse(await file.text()).cells
        .map((cell) => [cell.metadata.nbgrader?.grade_id ?? cell.id, stub(cell)]);
    } catch {
      return `${file.name} is not a notebook.`;
    }
    const found = new Map(cells), known = [...editors.keys()].filter((cell) => found.has(cell.id));
    const added = cells.filter(([id]) => !notebook.cells.some((cell) => cell.id === id)).length;
    if (!known.some((cell) => kind(cell) === "answer")) return `${file.name} has no answers to this exercise.`;
    if (!mayReplace()) return "";
    for (const cell of known) write(cell, found.get(cell.id));
    const without = added ? `, but not the cells that you have added (${added})` : "";
    return `The answers of ${file.name} are in the page${without}.`;
  }

  // --- the start -----------------------------------------------------------------

  /** Return the points for the cells of some kinds. */
  const points = (...kinds) => notebook.cells.filter((cell) => kinds.includes(kind(cell)))
    .reduce((sum, cell) => sum + cell.metadata.nbgrader.points, 0);

  function panel() {
    const input = make("input", { type: "file", accept: ".ipynb", hidden: true, onchange: async () => {
      if (input.files[0]) said.textContent = await open(input.files[0]);
      input.value = "";
    } });
    const resetAll = () => mayReplace() && editors.forEach((_, cell) => write(cell, stub(cell)));
    const tools = make("div", { class: "exercise-tools" },
      make("button", { type: "button", onclick: download }, "Download my notebook"),
      make("button", { type: "button", onclick: () => input.click() }, "Open my notebook"),
      make("button", { type: "button", onclick: resetAll }, "Reset all answers"), input);
    const begin = async (cell) => {
      box.replaceChildren(bar, said, decide);
      said.textContent = "Loading the editor …";
      said.focus({ preventScroll: true });
      try {
        CodeMirror = await loadEditor();
      } catch (error) {
        return cannotRun(error);
      }
      document.querySelectorAll(`a[href$="/${name}.ipynb"]`).forEach((empty) => empty.closest("p, li").remove());
      document.querySelectorAll(".exercise-waiting").forEach((note) => note.remove());
      makeEditable();
      box.append(tools, "Your answers are kept in this browser.", keys);
      editors.get(cell)?.dom.scrollIntoView({ block: "center" });
      editors.get(cell)?.focus();
      message = loadFiles();
      startPython();
    };
    const start = (label, cell) => make("button", { type: "button", onclick: () => begin(cell) }, label);
    [[code, shown], [inWords, words]].forEach(([cells, places]) => cells.forEach((cell, i) => kept[cell.id]
      && places[i].after(make("div", { class: "exercise-panel exercise-waiting" },
        make("p", {}, "What you wrote here is kept in this browser."), start("Continue here", cell)))));
    const compares = notebook.cells.some((cell) => kind(cell) === "run" && PYTORCH.test(stub(cell)));
    const decide = make("p", {}, `The checks here decide ${points("check")} of the ${points("check", "words")} points.`,
      " The others are for your answer in words, which your instructor reads.", compares ? " The comparison with "
      + "PyTorch is left to the notebook, because the page does not have PyTorch." : "");
    const box = make("div", { class: "exercise-panel" }, make("p", {}, "You can do this exercise in the page, without ",
      `installing anything. When you press the button, your browser loads Python (${megabytes(total)} MB)`,
      Object.keys(kept).length ? ", and the answers that you wrote here before." : "."), decide, start("Start"));
    return box;
  }

  document.querySelector(".get-notebook").before(panel());
})();
