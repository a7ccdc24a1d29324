"""The seed tree: all randomness of a study is a function of (study seed, replicate, role)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seeds of one replicate, the same in every arm of a study: the design is paired."""

    study: int
    replicate: int

    def of(self, role: str) -> int:
        """Return the seed, in [0, 2³¹), of a role such as `weights/0/kernel_initializer`."""
        entropy = [self.study, self.replicate, zlib.crc32(role.encode())]
        return int(np.random.SeedSequence(entropy).generate_state(1)[0] >> 1)
