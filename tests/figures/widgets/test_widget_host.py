"""The host for widgets in a built page: the life cycle of a widget, its model, and the message if it fails."""

from __future__ import annotations

import pytest

from tests.figures.widgets.static_page import page_html

pytestmark = pytest.mark.browser


def entry(esm: str, **state) -> dict:
    return {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": "~0.9.*",
            "state": {"_esm": esm, "_css": "", **state}}


def open_page(browser, tmp_path, models: dict, views: list[str]):
    path = tmp_path / "page.html"
    state = {"version_major": 2, "version_minor": 0, "state": models}
    path.write_text(page_html(state, [{"model_id": view} for view in views]), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    hosts = page.locator(".widget-host:not(:empty)")
    hosts.nth(len(views) - 1).wait_for(state="attached")
    return page, hosts


def test_a_module_may_export_a_function_and_is_initialised_once(browser, tmp_path):
    esm = """export default async () => ({
        initialize({ model }) { model.set("begun", model.get("begun") + 1); },
        render({ model, el }) { el.textContent = `begun ${model.get("begun")}`; } });"""
    page, hosts = open_page(browser, tmp_path, {"a": entry(esm, begun=0)}, ["a", "a"])
    assert hosts.all_inner_texts() == ["begun 1", "begun 1"]
    page.close()


def test_the_model_notifies_its_listeners_of_changes(browser, tmp_path):
    esm = """export default { async render({ model, el, experimental }) {
        const heard = [];
        const on = (model, value) => heard.push(`value ${value}`);
        model.on("change:value", on);
        model.on("change", () => heard.push("some"));
        model.set("value", 2);
        model.set("value", 2);
        model.set({ list: [1] });
        model.off("change:value", on);
        model.set("value", 3);
        model.off();
        model.set("value", 4);
        model.save_changes();
        model.send({ hello: 1 });
        await experimental.invoke("x").catch((error) => heard.push(error.message));
        el.textContent = heard.join(", "); } };"""
    page, hosts = open_page(browser, tmp_path, {"a": entry(esm, value=1, list=[1])}, ["a"])
    assert hosts.inner_text() == "value 2, some, some, no kernel answers in a built page"
    page.close()


def test_a_widget_can_read_another_ones_model(browser, tmp_path):
    parent = """export default { async render({ model, el }) {
        const id = model.get("child").slice("IPY_MODEL_".length);
        el.textContent = (await model.widget_manager.get_model(id)).get("name"); } };"""
    child = "export default { render() {} };"
    models = {"a": entry(parent, child="IPY_MODEL_b"), "b": entry(child, name="the child")}
    page, hosts = open_page(browser, tmp_path, models, ["a"])
    assert hosts.inner_text() == "the child"
    page.close()


@pytest.mark.parametrize(("models", "reason"), [
    ({}, "its saved state is not in the page"),
    ({"a": {"model_module": "@jupyter-widgets/controls", "model_name": "IntSliderModel", "state": {}}},
     "the page has no code for widgets of the kind @jupyter-widgets/controls IntSliderModel"),
    ({"a": entry("export default { render() {} }") | {"buffers": [{"path": ["x"]}]}},
     "its saved state holds binary data"),
    ({"a": entry("this is no module")}, "Unexpected identifier"),
    ({"a": entry("export const other = 1;")}, "its module exports no render function"),
    ({"a": entry("export default { render() { throw new Error('out of ink'); } }")}, "out of ink"),
])
def test_a_widget_that_cannot_be_shown_is_explained(browser, tmp_path, models, reason):
    page, hosts = open_page(browser, tmp_path, models, ["a"])
    text = hosts.inner_text()
    assert text.startswith(f"An interactive figure belongs here, but it cannot be shown: {reason}")
    assert "JupyterLab" in text
    page.close()


def test_a_failure_does_not_affect_other_widgets(browser, tmp_path):
    fine = entry("export default { render({ el }) { el.textContent = 'fine'; } }")
    page, hosts = open_page(browser, tmp_path, {"b": fine}, ["a", "b"])
    assert hosts.nth(1).inner_text() == "fine"
    page.close()
