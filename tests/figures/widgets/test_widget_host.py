"""The host for widgets in a built page: the model of a widget, and the message if it cannot be shown."""

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


def test_a_view_follows_the_changes_of_its_model(browser, tmp_path):
    esm = """export default { render({ model, el }) {
        const update = () => { el.textContent += `${model.get("value")} `; };
        model.on("change:value", update);
        update();
        model.set("value", model.get("value") + 1);
        model.set("value", model.get("value"));
        model.set("other", 1); } };"""
    page, hosts = open_page(browser, tmp_path, {"a": entry(esm, value=1)}, ["a"])
    assert hosts.all_inner_texts() == ["1 2"]
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
def test_a_widget_that_cannot_be_shown_is_explained_and_does_not_affect_others(browser, tmp_path, models, reason):
    fine = entry("export default { render({ el }) { el.textContent = 'fine'; } }")
    page, hosts = open_page(browser, tmp_path, {**models, "b": fine}, ["a", "b"])
    text = hosts.first.inner_text()
    assert text.startswith(f"An interactive figure belongs here, but it cannot be shown: {reason}")
    assert "JupyterLab" in text
    assert hosts.nth(1).inner_text() == "fine"
    page.close()
