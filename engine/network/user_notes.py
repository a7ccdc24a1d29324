"""What the user should know of how their model is trained, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from hiss.data.arrays import Split
from hiss.experiment.training import Keras as Table
from hiss.network.metrics import metrics_for
from hiss.network.user_compile import unmeasured
from hiss.network.user_facts import ModelFacts
from hiss.network.user_own import own_step

SHOWN = 6
"""The most features of an input that are named."""


def notes_on(facts: ModelFacts, split: Split) -> tuple[str, ...]:
    """Return what a user should know of how their model is trained, a sentence each; often none.

    Args:
        facts: of the model.
        split: of the data.
    """
    return tuple(
        f"{facts.model.name}: {note}"
        for notes in (_on_compile, _on_weights, _on_inputs, _on_outputs)
        for note in notes(facts, split)
    )


def _on_compile(facts: ModelFacts, split: Split) -> Iterator[str]:
    if step := own_step(facts.own.made):
        yield f"fit calls its own {step}; its curves are measured after each epoch, without noise"
    if (compiled := facts.compiled) is None:
        return
    chosen = (compiled.optimizer or compiled.own_optimizer, compiled.loss or compiled.own_loss)
    named = [*(_written(each) for each in chosen if each), *compiled.metrics]
    yield f"compiled with {', '.join(named)}: taken over"
    if compiled.own_loss:
        targets = "class numbers" if split.task == "multiclass" else "targets"
        yield f"its loss {compiled.own_loss} gets {targets} of shape (rows, 1)"
    missing = unmeasured(compiled.metrics, tuple(each.name for each in metrics_for(split.task)))
    if missing:
        yield f"hiss does not measure its metric{'s' * (len(missing) > 1)} {', '.join(missing)}"


def _on_weights(facts: ModelFacts, split: Split) -> Iterator[str]:
    if facts.model.weights == "keep":
        yield "each repeat trains on from the weights that it has"
    elif facts.same_weights:
        yield "each repeat starts from the same weights; an argument `seed` could change that"
    elif facts.own.form in ("object", "file"):
        yield "its weights are drawn for each repeat; --model-weights keep goes on from its own"


def _on_inputs(facts: ModelFacts, split: Split) -> Iterator[str]:
    if len(facts.inputs) < 2:
        return
    parts, start = [], 0
    for each in facts.inputs:
        taken = split.features[start : start + each.width]
        start += each.width
        listed = f" ({', '.join(taken)})" if len(taken) <= SHOWN else ""
        parts.append(f"{each.width} to {each.name}{listed}")
    yield f"the features go to its inputs in order: {', '.join(parts)}"


def _on_outputs(facts: ModelFacts, split: Split) -> Iterator[str]:
    if len(facts.outputs) > 1:
        others = [each.name for each in facts.outputs if each is not facts.outputs[facts.place]]
        scored = facts.outputs[facts.place].name
        verb = "is" if len(others) == 1 else "are"
        yield f"trained and scored on its output {scored}; {', '.join(others)} {verb} ignored"
    if facts.logits:
        ending = "softmax" if split.task == "multiclass" else "sigmoid"
        yield f"its loss takes logits (from_logits): they pass through a {ending}"
    if facts.two_units:
        yield f"of its two units, the second's is read as the probability of {split.classes[1]}"


def _written(chosen: str | Table) -> str:
    """Return an optimizer or a loss as in Python: `SGD(learning_rate=0.1)`."""
    if isinstance(chosen, str):
        return chosen
    given = ", ".join(f"{key}={_value(value)}" for key, value in chosen.arguments.items())
    return f"{chosen.class_name}({given})"


def _value(value: object) -> str:
    match value:
        case {"class_name": str(kind)}:
            return kind
        case _:
            return str(value)
