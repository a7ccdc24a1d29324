"""Whether a kept study would go on with the same numbers here: versions and machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from hiss.store.blocks import Block, blocks_in
from hiss.store.records import IMPORTED, ON, Record, versions
from hiss.training import machine

NAMES = {
    "hiss": "hiss",
    "python": "Python",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "scikit-learn": "scikit-learn",
    "cpu": "processor",
}
"""What is compared; which device TensorFlow finds is not known before it is loaded."""


def differences(record: Record) -> tuple[str, ...]:
    """Return in what this machine differs from where a study's blocks were trained.

    Each is a phrase such as `TensorFlow 2.20.0 then, 2.21.0 now`. A study of which nothing has
    been trained has none. Of one that a cluster trains, the processor of its driver is no matter.
    """
    here = versions()
    if not record.order.options.get(ON):
        here["cpu"] = f"{machine.processor()} × {machine.cores()}"
    there: dict[str, set[str]] = {}
    for block in blocks_in(record.blocks):
        if isinstance(block, Block):
            known = {**record.versions, **asdict(block.fingerprint)}
            for name in NAMES.keys() & known.keys() & here.keys():
                there.setdefault(name, set()).add(known[name])
    return tuple(_phrases(there, here))


def foreign_code(record: Record) -> tuple[str, ...]:
    """Return the users' models that a study from elsewhere would run here."""
    if not (record.folder / IMPORTED).exists():
        return ()
    models = (arm.model for arm in record.order.study.arms)
    return tuple(dict.fromkeys(model.reference for model in models if model is not None))


def cautions(record: Record) -> tuple[str, ...]:
    """Return what the user is to know before a study is trained here again, in sentences."""
    found = []
    if different := differences(record):
        found.append(f"{record.id} was trained elsewhere: {'; '.join(different)}.")
    if files := foreign_code(record):
        found.append(f"{record.id} comes from elsewhere and runs {', '.join(files)}.")
    return tuple(found)


def _phrases(there: Mapping[str, set[str]], here: Mapping[str, str]) -> list[str]:
    return [
        f"{word} {' and '.join(sorted(there[name]))} then, {here[name]} now"
        for name, word in NAMES.items()
        if name in here and there.get(name, {here[name]}) != {here[name]}
    ]
