"""Importing TensorFlow does not hold up the other threads."""

from __future__ import annotations

import gc

from hiss.training import machine


def test_nothing_is_collected_meanwhile_and_what_was_imported_is_frozen():
    gc.unfreeze()
    with machine.import_without_gc():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with machine.import_without_gc():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_contexts_can_be_nested():
    with machine.import_without_gc():
        with machine.import_without_gc():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_without_tensorflow_no_library_is_loaded_first(monkeypatch):
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    with machine.import_without_gc():
        pass
