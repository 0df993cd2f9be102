// Shows the widgets of a built page without a kernel, a server or the network.
//
// Jupyter Book writes two kinds of data into a page: the saved state of every model, and a view for each place where a
// widget was shown. For each view, this script imports the widget's own module from the state and calls its `render`. It
// supports what the book's widgets need of anywidget (https://anywidget.dev), and nothing else.
(() => {
  "use strict";
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const modules = new Map(); // source text -> promise of the module
  const styles = new Set(); // style sheets that the page already has

  function showAll() {
    const saved = {};
    for (const script of document.querySelectorAll(STATE)) Object.assign(saved, JSON.parse(script.textContent).state);
    for (const script of document.querySelectorAll(VIEW)) show(script, saved);
  }

  async function show(script, saved) {
    const place = placeFor(script);
    try {
      const { state, widget } = await prepare(saved[JSON.parse(script.textContent).model_id]);
      await widget.render({ model: makeModel(state), el: place });
      place.dataset.ready = "";
    } catch (error) {
      console.error(error);
      const note = document.createElement("p");
      note.setAttribute("role", "note");
      note.textContent = `An interactive figure belongs here, but it cannot be shown: ${error.message}. ` +
        "It works when this page's notebook runs in JupyterLab.";
      place.replaceChildren(note);
    }
  }

  /** Return the element for a view: the space that the page keeps for it, or else a new element. */
  function placeFor(script) {
    if (script.nextElementSibling?.matches(".widget-host")) return script.nextElementSibling;
    const place = Object.assign(document.createElement("div"), { className: "widget-host" });
    script.after(place);
    return place;
  }

  /** Return the saved state of a widget and its module, and add its style. */
  async function prepare(entry) {
    if (!entry) throw new Error("its saved state is not in the page");
    if (entry.model_module !== "anywidget")
      throw new Error(`the page has no code for widgets of the kind ${entry.model_module} ${entry.model_name}`);
    if (entry.buffers?.length) throw new Error("its saved state holds binary data, which the page cannot read");
    addStyle(entry.state._css);
    const widget = (await load(entry.state._esm)).default;
    if (typeof widget?.render !== "function") throw new Error("its module exports no render function");
    return { state: entry.state, widget };
  }

  /** Import a module from its text. The address of a Blob works on pages from file:// too. */
  function load(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(source);
  }

  function addStyle(css) {
    if (!css || styles.has(css)) return;
    styles.add(css);
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  }

  /** Return state with get, set and events, like anywidget's model. Without a kernel, there is nothing to send it to. */
  function makeModel(state) {
    const values = structuredClone(state), listeners = {}; // event -> functions
    const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
    return {
      get: (name) => values[name],
      set(name, value) {
        if (same(values[name], value)) return;
        values[name] = value;
        listeners[`change:${name}`]?.forEach((call) => call());
      },
      save_changes() {},
      on: (event, call) => (listeners[event] ??= []).push(call),
    };
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showAll);
  else showAll();
})();
