"""SetTheWeights fills its table and counts strings as PyTorch does, and its hints lead to a network that never errs."""

import re
from itertools import product

import numpy as np
import pytest
import torch

from parity_figures.widgets import SetTheWeights
from parity_lib.models import ParityRNN, by_hand
from tests.figures.widgets.static_page import button, click

pytestmark = pytest.mark.browser

OUTPUT = [10.0, -10.0, -10.0]


def by_hand_with(sharpness: float) -> list[float]:
    """Return the weights of the chapter for a sharpness K."""
    return [*(sharpness * np.array([2.0, 1, -1, -1, 2, 1, -1, -3])).tolist(), *OUTPUT]


SETTINGS = {
    "the start": SetTheWeights().weights,
    "by hand": by_hand_with(3),
    "too small": by_hand_with(1),
    "forgets": by_hand_with(1.1),
    "random": np.random.default_rng(3).uniform(-3, 3, 11).round(1).tolist(),
}
STRINGS = np.array(list(product([0.0, 1.0], repeat=12)))


def of_pytorch(weights: list[float]) -> ParityRNN:
    """Return the network with these weights."""
    units, model = torch.tensor(weights[:8], dtype=torch.float64).reshape(2, 4), ParityRNN(2, "tanh").double()
    values = (units[:, :1], units[:, 1:3], units[:, 3], torch.zeros(2), torch.tensor([weights[8:10]]), weights[10:])
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(torch.as_tensor(value))
    return model


def is_correct(model: ParityRNN, strings: np.ndarray, zeros: int) -> np.ndarray:
    """Return for each string whether its answer is correct after ``zeros`` more zeros."""
    inputs = np.pad(strings, ((0, 0), (0, zeros)))
    with torch.no_grad():
        odd = model(torch.from_numpy(inputs)[:, :, None])[:, -1, 0] > 0
    return odd.numpy() == (strings.sum(axis=1) % 2 == 1)


def shortest_wrong(model: ParityRNN, zeros: int) -> str | None:
    """Return the first of the shortest strings with a wrong answer at the end or after ``zeros`` more zeros."""
    for length in range(1, 13):
        strings = np.array(list(product([0.0, 1.0], repeat=length)))
        wrong = ~(is_correct(model, strings, 0) & is_correct(model, strings, zeros))
        if wrong.any():
            return "".join(str(int(bit)) for bit in strings[wrong.argmax()])
    return None


def counts(page) -> list[int]:
    """Return the counts of correct strings that the figure gives."""
    text = page.locator(".pw-score").inner_text()
    return [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) (?:of 4,096|still)", text)]


def sentence(page) -> str:
    return page.locator(".pw-told [aria-live]").inner_text()


def set_weights(page, **values: float) -> None:
    for name, value in values.items():
        page.get_by_role("slider", name=name, exact=True).fill(str(value))


@pytest.mark.parametrize("name", SETTINGS)
def test_counts_states_and_the_shortest_wrong_string_are_those_of_pytorch(show, name):
    weights = SETTINGS[name]
    model, page = of_pytorch(weights), show(SetTheWeights(weights=weights))
    correct = is_correct(model, STRINGS, 0)
    assert counts(page) == [correct.sum()]
    assert f"path is that of {shortest_wrong(model, 0) or '1011'}" in page.locator(".pw-note").inner_text()
    page = show(SetTheWeights(weights=weights, zeros=True))
    assert counts(page) == [correct.sum(), (correct & is_correct(model, STRINGS, 50)).sum()]
    bits = shortest_wrong(model, 50) or "1"
    assert f"path is that of {bits} and fifty zeros" in page.locator(".pw-note").inner_text()
    assert page.locator(".pw-step").count() == len(bits) + 51
    inputs = torch.tensor([[*map(float, bits), *[0.0] * 50]], dtype=torch.float64)[:, :, None]
    label = page.locator(".pw-pair svg[role=img]").get_attribute("aria-label").replace("−", "-")
    shown = [float(number) for number in re.search(r"is \((.*), (.*)\)", label).groups()]
    np.testing.assert_allclose(shown, model.hidden_states(inputs)[0, -1].detach(), atol=0.0051)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_table_has_pytorchs_next_states_and_judges_their_signs(show, name):
    model, page = of_pytorch(SETTINGS[name]), show(SetTheWeights(weights=SETTINGS[name]))
    rows, signs = page.locator("tr:has(td)").all(), 0
    pairs = [(old, x) for old in ((0, 0), (-1, -1), (1, 1), (1, -1)) for x in (0, 1)]
    for row, (old, x) in zip(rows, pairs, strict=True):
        p = int(old == (1, -1))
        _, after = model.rnn(torch.full((1, 1, 1), float(x)).double(), torch.tensor([[old]]).double())
        after = after.flatten().detach()
        cells = row.inner_text().replace("−", "-").split("\t")
        assert cells[:2] == [str(old), f"{p} + {x} = {p + x}"]
        np.testing.assert_allclose([float(cell.split()[0]) for cell in cells[2:]], after, atol=0.0051)
        judged = [mark.get_attribute("aria-label") == "correct" for mark in row.get_by_role("img").all()]
        signs += sum(judged)
        assert judged == [after[0] > 0 if p + x >= 1 else after[0] < 0, after[1] > 0 if p + x >= 2 else after[1] < 0]
    assert page.locator(".pw-score").inner_text().startswith(f"{signs} of 16 signs and ")


def test_the_hints_lead_from_zeros_to_a_network_that_forgets_nothing(show):
    page = show(SetTheWeights())
    later = [button(page, name) for name in ("All smaller", "All larger", "Fifty zeros")]
    assert not any(each.is_visible() for each in later)
    moved = []
    while "sign is correct in" in sentence(page) and len(moved) < 12:
        assert "For example" not in sentence(page)      # a slider that moves closes the hint
        for advice in (r"(Raise|Lower) [VUb]", r"Move (\S+) to (\S+),"):
            click(page, "Hint")
            said = re.search(advice, sentence(page))
        assert button(page, "Hint").get_attribute("aria-disabled") == "true"
        name, value = said.groups()
        moved.append(name.translate(str.maketrans("₁₂", "12")))
        set_weights(page, **{moved[-1]: float(value.replace("−", "-"))})
    assert moved == ["V11", "V12", "U1", "b1", "V21", "V22", "U2", "b2"]
    assert all(each.is_visible() for each in later)
    click(page, "Fifty zeros")
    assert counts(page) == [4096, 4096]
    click(page, *["All smaller"] * 6)
    assert counts(page)[1] < 4096
    click(page, *["All larger"] * 6)
    assert counts(page) == [4096, 4096]
    click(page, "No zeros")
    assert len(counts(page)) == 1
    click(page, "Fifty zeros", "Start again")
    assert not any(each.is_visible() for each in later)
    assert page.get_by_role("slider").evaluate_all("all => all.map(one => Number(one.value))") == [0] * 8



def test_the_chapters_network_has_these_weights_in_this_order():
    for ours, chapters in zip(of_pytorch(by_hand_with(3)).parameters(), by_hand("tanh").parameters(), strict=True):
        assert torch.equal(ours, chapters)
    assert SetTheWeights().weights == [0.0] * 8 + by_hand_with(3)[8:]
