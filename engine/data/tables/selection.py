"""Which columns of a table are learnt from, and what is predicted."""

from __future__ import annotations

from typing import Literal

Prediction = Literal["guess", "classification", "regression"]
