"""The part of a stand-alone script that makes the user's own model and puts noise into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hiss.experiment.spec import Experiment
from hiss.experiment.user_model import KERAS_FILE, Insertion, UserModel
from hiss.scripts.python_text import call, function, literal

if TYPE_CHECKING:
    from hiss.network.user_facts import ModelFacts

ADD_NOISE = '''\
def add_noise(layer, before=(), after=()):
    """Have a layer pass its inputs, and then its outputs, through layers of noise."""
    call = layer.call

    def noisy_call(inputs, *others, **context):
        for noise in before:
            inputs = keras.tree.map_structure(noise, inputs)
        outputs = call(inputs, *others, **context)
        for noise in after:
            outputs = keras.tree.map_structure(noise, outputs)
        return outputs

    layer.call = noisy_call'''
DRAWN = (
    "drawn = keras.models.clone_model(model)",
    "for variable, value in zip(model.trainable_variables, drawn.trainable_variables):",
    "    variable.assign(value)",
)
"""Lines that draw the weights of a model which is there already."""


def model_imports(model: UserModel) -> set[str]:
    """Return the import lines that making the model needs."""
    return set() if model.file.suffix == KERAS_FILE else {"import runpy", "import sys"}


def model_functions(
    experiment: Experiment, noise: Sequence[tuple[Insertion, str]], compiled: str
) -> list[str]:
    """Return the functions that make the user's model, with noise, and compile it.

    Args:
        experiment: on the user's model, which is made to see what it is.
        noise: each with the code of its layer.
        compiled: the line that compiles `model`.

    Raises:
        EngineError: if the user's model cannot be made.
    """
    from hiss.training.model_summary import model_facts

    assert experiment.model is not None
    facts = model_facts(experiment)
    body = [*_made(facts), *_noisy(noise), *_between(facts), compiled, "return model"]
    built = function("build_model", "Return the compiled network.", body)
    return [ADD_NOISE, built] if noise else [built]


def _made(facts: ModelFacts) -> Iterator[str]:
    """Yield the lines that make the model, with the weights that a training starts from."""
    model, own = facts.model, facts.own
    if own.form == "file":
        yield "model = keras.models.load_model(MODEL)"
    else:
        name = literal(model.reference.rpartition(":")[2])
        arguments = "" if own.form == "object" else "(seed=SEED)" if own.seeded else "()"
        yield 'sys.path.insert(0, MODEL.rpartition("/")[0])  # it may import its neighbours'
        yield f"model = runpy.run_path(MODEL)[{name}]{arguments}"
    if model.own_loss:
        yield f"loss = {_loss(facts)}"
    if model.own_optimizer:
        yield "optimizer = model.optimizer"
    there = own.form in ("file", "object")
    if model.weights == "draw" or (model.weights is None and there):
        yield from DRAWN


def _loss(facts: ModelFacts) -> str:
    """Return the expression for the loss of the scored output."""
    match facts.own.source.loss:
        case dict():
            return f"model.loss[{literal(facts.outputs[facts.place].name)}]"
        case list() | tuple():
            return f"model.loss[{facts.place}]"
        case _:
            return "model.loss"


def _noisy(noise: Sequence[tuple[Insertion, str]]) -> Iterator[str]:
    """Yield the lines that put noise at its sites."""
    for name in dict.fromkeys(each.layer for each, _ in noise):
        layer = "model" + "".join(f".get_layer({literal(part)})" for part in name.split("/"))
        places = []
        for where in ("before", "after"):
            made = [text for each, text in noise if (each.layer, each.where) == (name, where)]
            places += [f"{where}=[{', '.join(made)}]"] if made else []
        yield call("add_noise", [layer, *places])


def _between(facts: ModelFacts) -> Iterator[str]:
    """Yield the lines that lead from rows to the inputs, and from the outputs to what is scored."""
    several = len(facts.outputs) > 1
    if several and facts.is_functional:
        yield f"model = keras.Model(model.input, model.outputs[{facts.place}])"
        several = False
    plain = len(facts.inputs) == 1 and not several
    if plain and not facts.two_units and not facts.logits:
        return
    yield f"rows = keras.Input({literal(facts.shape)})"
    if len(facts.inputs) > 1:
        yield "parts = []"
        start = 0
        for each in facts.inputs:
            yield f"parts.append(rows[:, {start}:{start + each.width}])"
            if len(each.shape) != 1:
                yield f"parts[-1] = keras.ops.reshape(parts[-1], {literal((-1, *each.shape))})"
            start += each.width
        yield "inputs = keras.tree.pack_sequence_as(model.input, parts)"
        yield "outputs = model(inputs)"
    else:
        yield "outputs = model(rows)"
    if several:
        yield f"outputs = keras.tree.flatten(outputs)[{facts.place}]"
    if facts.logits:
        ending = "sigmoid" if facts.outputs[facts.place].shape == (1,) else "softmax"
        yield f"outputs = keras.activations.{ending}(outputs)"
    if facts.two_units:
        yield "outputs = outputs[:, 1:]  # the probability of the second class"
    yield "model = keras.Model(rows, outputs)"
