"""Importing TensorFlow leaves the other threads their turns."""

from __future__ import annotations

import gc

from hiss.training import machine as importing


def test_the_collector_rests_meanwhile_and_then_leaves_alone_what_is_there_for_good():
    gc.unfreeze()
    with importing.import_without_gc():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with importing.import_without_gc():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_without_tensorflow_nothing_is_loaded_beforehand(monkeypatch):
    monkeypatch.setattr(importing.importlib.util, "find_spec", lambda name: None)
    with importing.import_without_gc():
        pass
