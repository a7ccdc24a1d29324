"""Training what is kept from its first block on, and going on with what was interrupted."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.cluster.places import place_named
from hiss.errors import EngineError
from hiss.store.owner import living_owner
from hiss.store.records import EXPLAINS, ON
from hiss.tui.cli.options import Delivery
from hiss.tui.cli.output import print_note, write_stdout
from hiss.tui.workers.detached import is_background, start_in_background

if TYPE_CHECKING:
    from hiss.store.records import Order, Record
    from hiss.store.session import Session

FORMAT = "format"
"""The option of an order that holds the format of its result."""


def train_order(
    order: Order, delivery: Delivery, on: str | None = None, snapshots: bool = False
) -> int:
    """Train what is asked for, keep it, write its result and return the exit code.

    Args:
        order: What is asked for.
        delivery: Where the result goes.
        on: The cluster that trains it, as `--on` names it; None is this process.
        snapshots: Whether snapshots of the weights are kept, for `hiss explain`.

    Raises:
        EngineError: It cannot be trained, or the result not be written.
    """
    from hiss.store.session import Session
    from hiss.studies.orders import recorded_order

    options = {**order.options, FORMAT: delivery.chosen_format}
    if on is not None:
        check_place(on, snapshots)
        options[ON] = on
    order = replace(order, options=options)
    if snapshots:
        order = recorded_order(order)
    return _train(Session.begin(order, delivery.store), delivery)


def check_place(on: str, snapshots: bool) -> None:
    """Refuse a cluster that there is not, or one that is to take snapshots of the weights.

    Raises:
        EngineError: It cannot train such a study.
    """
    place_named(on)
    if snapshots:
        raise EngineError(
            "Snapshots of the weights are kept of what this machine trains alone.",
            f"Leave out --snapshots or --on {on}.",
        )


def resume_record(record: Record, delivery: Delivery) -> int:
    """Go on with a kept study, write its result and return the exit code.

    The format is that of the first command, where no other is asked for.

    Raises:
        EngineError: It cannot be trained, or the result not be written.
    """
    from hiss.store.session import Session

    if delivery.output_format is None and delivery.output is None:
        delivery = replace(delivery, output_format=record.order.options.get(FORMAT))
    return _train(Session.resume(record), delivery)


def _train(session: Session, delivery: Delivery) -> int:
    if delivery.detach:
        return _detach(session, delivery)
    session.waits = is_background()
    if on := session.order.options.get(ON):
        session.elsewhere = not place_named(on).is_here
    from hiss.tui.cli.announce import announced
    from hiss.tui.cli.trainers import train_comparison, train_explanation, train_run, train_sweep
    from hiss.tui.cli.training import print_how_to_go_on

    verbs = {"run": train_run, "compare": train_comparison, "sweep": train_sweep}
    if session.problem:
        print_note(f"not kept: {session.problem}")
    with announced(session, delivery), session:
        if session.stop.is_set():  # while it waited
            session.end("stopped")
            return 0
        if session.shares:
            print_note("another study trains on this machine: both take longer")
        explains = session.order.options.get(EXPLAINS)
        trainer = train_explanation if explains else verbs[session.order.kind]
        code = trainer(session, delivery)
    for damaged in session.keeper.damaged if session.keeper else ():
        print_note(damaged)
    print_how_to_go_on(session)
    kept = session.id and not session.problem
    if kept and not delivery.quiet and code == 0 and sys.stderr.isatty():
        print_note(f"kept as {session.id}")
    return code


def _detach(session: Session, delivery: Delivery) -> int:
    """Train a session's study in the background, and print its ID."""
    if session.record is None:
        raise EngineError(f"--detach: not kept: {session.problem}.", "Name a --store DIR.")
    if (owner := living_owner(session.record.folder)) is not None:
        raise EngineError(f"{session.id}: {owner} is training this study already.")
    start_in_background(session.record, _arguments(delivery))
    write_stdout(f"{session.id}\n")
    print_note(f"`hiss attach {session.id}` follows it, `hiss stop {session.id}` stops it")
    return 0


def _arguments(delivery: Delivery) -> list[str]:
    """Return the arguments of a process that delivers a result so."""
    arguments = ["--format", delivery.chosen_format]
    if delivery.output is not None:
        arguments += ["--output", os.path.abspath(delivery.output)]
    if delivery.notify is not None:
        arguments += ["--notify", delivery.notify]
    return [*arguments, "--force"] if delivery.force else arguments
