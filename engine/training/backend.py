"""The one door to TensorFlow: its environment, its import, its devices.

Nothing here imports TensorFlow before `load` or `devices` is called. Modules that import Keras or
TensorFlow at their top are to be imported after that.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
from typing import Any

from hiss.errors import EngineError, first_line
from hiss.network.settings import Settings
from hiss.results.outcomes import Fingerprint
from hiss.training import compile_cache, machine

ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # so that gpu:1 is what nvidia-smi calls 1
}
LIMITS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")
"""Variables that would end each training early, meant for trying a script."""
XLA_FLAGS = "--xla_cpu_prefer_vector_width=512 --xla_backend_optimization_level=2"
"""XLA would use 256 of the 512 bits that a recent processor's vectors have; hidden noise takes a
quarter less time with all. Its third level of optimization makes compiling a tenth longer and
training no faster. Flags of the user come after these and override them."""


def load(device: str | None = None) -> Fingerprint:
    """Import Keras and TensorFlow, once, on the calling thread.

    Args:
        device: `cpu`, `gpu`, `gpu:0` …; None leaves the choice to hiss.

    Returns:
        The versions, and the device that a study would use.

    Raises:
        EngineError: if there is no such device, or if Keras was set up for another backend.
    """
    import_tensorflow()
    return fingerprint(choose(device))


def devices() -> tuple[str, ...]:
    """Return the names of the devices there are: `cpu`, then `gpu:0`, `gpu:1` and so on."""
    import_tensorflow()
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return ("cpu", *(f"gpu:{number}" for number in range(len(gpus))))


def choose(device: str | None) -> str:
    """Return the name of the device asked for, or of the best there is: a GPU before the CPU.

    Raises:
        EngineError: if there is no such device.
    """
    available = devices()
    if device is None:
        return available[min(1, len(available) - 1)]
    wanted = device.lower()
    wanted = "gpu:0" if wanted == "gpu" else wanted
    if wanted not in available:
        raise EngineError(
            f"There is no device `{device}`; there are: {', '.join(available)}.",
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


@functools.cache
def import_tensorflow() -> None:
    """Set up the environment, which TensorFlow reads when it is imported, and import it."""
    os.environ.update(ENVIRONMENT)
    for limit in LIMITS:
        os.environ.pop(limit, None)
    os.environ["XLA_FLAGS"] = f"{XLA_FLAGS} {os.environ.get('XLA_FLAGS', '')}".strip()
    flags = [os.environ.get("TF_XLA_FLAGS", ""), *compile_cache.flags()]
    os.environ["TF_XLA_FLAGS"] = " ".join(flags).strip()
    machine.limit_malloc_arenas()
    with machine.import_without_gc():
        keras = _import_keras()
        import tensorflow  # noqa: F401
    if keras.backend.backend() != "tensorflow":
        raise EngineError(
            f"Keras runs on {keras.backend.backend()} here; hiss needs it on TensorFlow.",
            "Unset KERAS_BACKEND.",
        )
    Settings().apply()


def _import_keras() -> Any:
    """Import Keras, which reads the user's `keras.json` and refuses settings unknown to it."""
    try:
        import keras
    except (ValueError, TypeError, AttributeError) as error:
        folder = os.environ.get("KERAS_HOME", "~/.keras")
        raise EngineError(
            f"Keras cannot be imported: {first_line(error)}",
            f"Correct or remove {os.path.join(folder, 'keras.json')}.",
        ) from error
    return keras
