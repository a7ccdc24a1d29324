"""The `hiss` command: the console without arguments, the command line with them."""

from __future__ import annotations

import sys


def main() -> None:
    """Open the console, or run the command line if there are arguments."""
    if len(sys.argv) > 1:
        _run_command()
    else:
        from hiss.tui.console.launch import open_console

        sys.exit(open_console())


def _run_command() -> None:
    """Run the command line; a verb, which may load TensorFlow, has a watchdog."""
    from hiss.tui.terminal.captured_output import log_path
    from hiss.tui.terminal.descriptors import occupy_closed_descriptors
    from hiss.tui.terminal.watchdog import mark_orderly_end, start_watchdog

    occupy_closed_descriptors()
    if not sys.argv[1].startswith("-"):
        start_watchdog(log_path, terminal=False)
    try:
        from hiss.tui.cli.main import main as command

        command()
    finally:
        mark_orderly_end()


if __name__ == "__main__":
    main()
