"""Calls of a student's modules: outputs, weights and gradients are returned as tensors."""

import pytest
import torch
from torch import nn

from parity_checks import ModuleState, call_gradient, call_module, call_on_same
from tests.checks.helpers import Net, says


def test_a_module_runs_with_the_weights_of_the_check(student):
    student.Net = Net
    reference = Net(3)
    inputs, gradient = torch.randn(2, 5, 1), torch.randn(2, 5, 3)
    state = dict(reference.named_parameters())      # a layer that has two names is in it once
    with torch.no_grad():
        run = call_module("Net", 3, inputs=(inputs,), state=state, output_gradient=gradient)
    expected = reference(inputs.clone())[0]
    expected.backward(gradient)
    assert torch.equal(run.result[0], expected)
    assert not run.result[0].requires_grad
    assert run.result[1] == "more"
    assert set(run.gradients) == set(run.state) == set(state)
    assert torch.equal(run.gradients["rnn.weight_hh_l0"], reference.rnn.weight_hh_l0.grad)


def test_a_module_can_be_called_several_times(student):
    class Counting(nn.Linear):
        calls = 0

        def forward(self, inputs):
            self.calls += 1
            return super().forward(inputs) + self.calls

    student.Counting = Counting
    reference, inputs = nn.Linear(1, 2), torch.randn(3, 1)
    run = call_module("Counting", 1, 2, inputs=(inputs,), then=[(inputs,), (2 * inputs,)], state=reference.state_dict())
    expected = [reference(inputs) + 1, reference(inputs) + 2, reference(2 * inputs) + 3]
    for got, value in zip((run.result, *run.then), expected, strict=True):
        assert torch.equal(got, value)
        assert not got.requires_grad


def test_the_gradient_of_a_function_that_returns_one_number(student):
    def loss(logits, labels):
        logits *= 2
        return (logits * labels).sum()

    student.loss = loss
    logits, labels = torch.randn(3, 2), torch.randn(3, 2)
    with torch.no_grad():
        assert torch.equal(call_gradient("loss", logits, labels), 2 * labels)
    assert logits.grad is None
    student.loss = lambda logits, labels: labels.requires_grad_().sum()
    assert torch.equal(call_gradient("loss", logits, labels), 0 * labels)     # nothing depends on the logits


@pytest.mark.parametrize(("loss", "words"), [
    (lambda logits: logits.detach().sum(), "no gradient can flow through the output of `loss`"),
    (lambda logits: 3.0, "which is a value of type float without a gradient"),
    (lambda logits: logits, "the output of `loss` has the shape (2,). Expected: ()."),
])
def test_a_missing_gradient_is_reported(student, loss, words):
    student.loss = loss
    with says(words):
        call_gradient("loss", torch.ones(2))


def test_every_update_is_made_on_the_same_modules(student):
    def step(module, optimizer, inputs):
        loss = module(inputs).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    student.step = step
    module = nn.Linear(2, 1)
    before = ModuleState.of(module)
    first, second = call_on_same("step", before, batches=[(torch.ones(1, 2),), (torch.ones(3, 2),)], learning_rate=0.1)
    assert torch.allclose(first.arguments[0].state["weight"], before.state["weight"] - 0.1)
    assert torch.allclose(second.arguments[0].state["bias"], before.state["bias"] - 0.4)
    assert second.result == pytest.approx(float(first.arguments[0].build()(torch.ones(3, 2)).detach().sum()))
    assert torch.equal(module.weight, before.state["weight"])


@pytest.mark.parametrize(("make", "arguments", "words"), [
    (lambda: 3, {}, "`make` returns a value of type int. Expected: a torch.nn.Module."),
    (lambda: nn.Linear(1, 1), {"state": {"bias": torch.ones(2)}}, "size mismatch for bias"),
    (lambda: Net(2, detach=True), {"inputs": (torch.ones(1, 2, 1),), "output_gradient": torch.ones(1, 2, 2)},
     "no gradient can flow through the output of `make`"),
    (lambda: Net(2), {"inputs": (torch.ones(1, 2, 1),), "output_gradient": torch.ones(1, 2, 3)},
     "the output of `make` has the shape (1, 2, 2). Expected: (1, 2, 3)."),
])
def test_an_object_that_is_not_a_module_or_does_not_run(student, make, arguments, words):
    student.make = make
    with says(words):
        call_module("make", **arguments)
