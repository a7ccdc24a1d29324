"""The user's own Keras model as a network of hiss: made for each replicate, with noise."""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakSet

import keras

from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.user_model import UserModel
from hiss.network.settings import settings_of
from hiss.network.user_code import Form, changed, make
from hiss.network.user_copies import copy_of
from hiss.network.user_network import UserNetwork, check_inputs, outputs_of
from hiss.network.user_own import OwnCompile, own_compile
from hiss.network.user_sites import put_noise


class OwnModel(NamedTuple):
    """A user's model, with weights of its own."""

    made: Any
    """The `keras.Model`, built."""
    source: Any
    """The model that it is a copy of; itself where it is none."""
    form: Form
    """What makes it."""
    seeded: bool
    """Whether its function or class was given the seed of the replicate."""


def build_user_model(model: UserModel, shape: tuple[int, ...], seeds: Seeds) -> Any:
    """Make the user's model and put the noise into it.

    All random numbers that the user's code draws follow from `seeds`, so that replicates differ,
    and arms with and without noise start from the same weights.

    Args:
        model: what makes it, and where the noise goes.
        shape: of a row.
        seeds: of the replicate.

    Returns:
        A `keras.Model` from rows to what is scored, that is not compiled.

    Raises:
        EngineError: if the user's code fails, or makes something that hiss cannot train.
    """
    own = own_model(model, shape, seeds)
    compiled = None
    if model.only_by_stock_fit:
        names = [each.name for each in outputs_of(own.made, shape)]
        compiled = own_compile(model, own.source, names, shared=own.made is not own.source)
    made = _up_to_output(own.made, model.output)
    noise = put_noise(model, made, seeds)
    rows = keras.Input(shape, name="rows")
    return keras.Model(rows, UserNetwork(model, made, noise, compiled)(rows), name="network")


def own_model(model: UserModel, shape: tuple[int, ...], seeds: Seeds) -> OwnModel:
    """Make the user's model for a replicate, as it is.

    Args:
        model: what makes it, and what its weights are.
        shape: of a row.
        seeds: of the replicate.

    Raises:
        EngineError: as for `build_user_model`.
    """
    seed = seeds.of("own")
    keras.utils.set_random_seed(seed)
    with settings_of((model.reference, changed(model.reference))):
        found = _made(model.reference, seed)
        made = found.model
        _check_kind(model.name, made)
        check_inputs(model.name, made, shape)
        shared = found.shared or made in _returned
        _returned.add(made)
        keep = model.weights == "keep" or (model.weights is None and not shared)
        if shared or not keep:
            made = copy_of(model.name, made, seeds, keep=keep, shape=shape)
        if not made.built:
            made(keras.Input(shape))
    return OwnModel(made, found.model, found.form, found.seeded)


_returned: WeakSet[Any] = WeakSet()
"""Models that a user's code has returned: a function may return the same one each time."""


def user_network(network: Any) -> UserNetwork:
    """Return the layer that is the user's model in a network made of it."""
    found: UserNetwork = network.layers[-1]
    return found


def own_compile_of(network: Any) -> OwnCompile:
    """Return the loss and the optimizer of the user's that any network is trained by, if any."""
    last = network.layers[-1]
    found = last.own_compile if isinstance(last, UserNetwork) else None
    return found or OwnCompile()


def _up_to_output(made: Any, place: int) -> Any:
    """Return what of a functional model one of its outputs needs; any other model itself."""
    if not isinstance(made, keras.Function) or len(made.outputs) == 1:
        return made
    return keras.Model(made.input, made.outputs[place], name=made.name)


def _made(reference: str, seed: int) -> Any:
    """Run the user's code, which must leave the settings of all networks alone."""
    floatx = keras.config.floatx()
    made = make(reference, seed)
    if keras.config.floatx() != floatx:
        received = keras.config.floatx()
        keras.config.set_floatx(floatx)
        raise EngineError(
            f"{reference} sets Keras' floatx to {received}; hiss trains in {floatx}.",
            "Leave set_floatx out.",
        )
    return made


def _check_kind(name: str, made: Any) -> None:
    if not isinstance(made, keras.Model):
        kind = type(made).__name__
        raise EngineError(f"{name}: expected a keras.Model, received {kind}.")
    if made.dtype_policy.name == "mixed_float16":
        raise EngineError(
            f"{name} is a model of the dtype policy mixed_float16, for which Keras scales the loss "
            "by a factor that changes while training; hiss does not.",
            "Choose mixed_bfloat16, or set the policy of single layers by their `dtype`.",
        )
