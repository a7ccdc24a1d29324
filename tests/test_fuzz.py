from __future__ import annotations

import pytest
from bench.fuzz import fuzz
from fuzzing import FUZZERS


@pytest.mark.parametrize("name", FUZZERS)
def test_random_input_ends_in_a_value_or_a_message(name: str) -> None:
    assert sum(fuzz(FUZZERS[name], examples=50, deterministic=True).values()) >= 50
