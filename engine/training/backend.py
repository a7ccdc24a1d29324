"""The one door to TensorFlow: its environment, its import, its devices."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import os
import platform

from hiss.errors import EngineError
from hiss.results.outcomes import Fingerprint
from hiss.training import compile_cache as compiled_cache
from hiss.training import machine
from hiss.training import machine as memory
from hiss.training.machine import import_without_gc

ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
}
XLA_FLAGS = "--xla_cpu_prefer_vector_width=512 --xla_backend_optimization_level=2"
"""XLA would use 256 of the 512 bits that a recent processor's vectors have; hidden noise takes a
quarter less time with all. Its third level of optimization makes compiling a tenth longer and
training no faster. Flags of the user come after these and override them."""


def load(device: str | None = None) -> Fingerprint:
    """Import TensorFlow, once, on the calling thread, and say what `device` a study would use.

    Raises:
        EngineError: if there is no such device, or if Keras was set up for another backend.
    """
    _import()
    return fingerprint(choose(device))


@functools.cache
def _import() -> None:
    os.environ.update(ENVIRONMENT)
    os.environ["XLA_FLAGS"] = f"{XLA_FLAGS} {os.environ.get('XLA_FLAGS', '')}".strip()
    flags = [os.environ.get("TF_XLA_FLAGS", ""), *compiled_cache.flags()]
    os.environ["TF_XLA_FLAGS"] = " ".join(flags).strip()
    memory.limit_malloc_arenas()
    with import_without_gc():
        import keras

        importlib.import_module("hiss.studies.runner")
    if keras.backend.backend() != "tensorflow":
        raise EngineError(
            f"Keras runs on {keras.backend.backend()} here; hiss needs it on TensorFlow.",
            "Unset KERAS_BACKEND.",
        )


def devices() -> tuple[str, ...]:
    """Name the devices there are: `cpu`, then `gpu:0`, `gpu:1` and so on."""
    _import()
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return ("cpu", *(f"gpu:{number}" for number in range(len(gpus))))


def choose(device: str | None) -> str:
    """Give the device asked for, or the best there is: a GPU before the CPU."""
    there = devices()
    if device is None:
        return there[min(1, len(there) - 1)]
    wanted = device.lower()
    wanted = "gpu:0" if wanted == "gpu" else wanted
    if wanted not in there:
        raise EngineError(
            f"There is no device `{device}`; there are: {', '.join(there)}.",
            "Choose one of them with --device, or leave the choice to hiss.",
        )
    return wanted


def fingerprint(device: str) -> Fingerprint:
    """Describe what numbers depend on: versions, processor, device."""
    return Fingerprint(
        hiss=importlib.metadata.version("hiss"),
        python=platform.python_version(),
        tensorflow=importlib.metadata.version("tensorflow"),
        keras=importlib.metadata.version("keras"),
        cpu=f"{machine.processor()} × {machine.cores()}",
        device=device,
    )
