"""Keras' global settings: those that hiss trains with, whatever they are around it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Settings(NamedTuple):
    """Keras' global settings. The defaults are those that hiss trains with, and Keras' own."""

    floatx: str = "float32"
    epsilon: float = 1e-7
    image_data_format: str = "channels_last"
    dtype_policy: Any = "float32"
    """Of the calling thread: a name or a `keras.DTypePolicy`."""

    def apply(self) -> None:
        """Make these the settings of Keras, and remove any limit of epochs or steps."""
        import keras

        keras.config.set_floatx(self.floatx)
        keras.config.set_epsilon(self.epsilon)
        keras.config.set_image_data_format(self.image_data_format)
        keras.config.set_dtype_policy(self.dtype_policy)
        keras.config.set_max_epochs(None)
        keras.config.set_max_steps_per_epoch(None)


def current() -> Settings:
    """Return Keras' present settings."""
    import keras

    return Settings(
        floatx=keras.config.floatx(),
        epsilon=keras.config.epsilon(),
        image_data_format=keras.config.image_data_format(),
        dtype_policy=keras.config.dtype_policy(),
    )


@contextmanager
def settings_of(code: Hashable) -> Iterator[None]:
    """Let a user's code have settings of its own, within this context only.

    A file is run once and its function many times, so what the file has set is remembered.

    Args:
        code: identifies the file's present state and the function.
    """
    _of_code.get(code, Settings()).apply()
    try:
        yield
        _of_code[code] = current()
    finally:
        Settings().apply()


_of_code: dict[Hashable, Settings] = {}
"""The settings that the user's function left."""
