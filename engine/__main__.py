"""The `hiss` command: the console without arguments, the command line with them."""

from __future__ import annotations

import sys


def main() -> None:
    """Open the console, or run the command line if there are arguments."""
    if len(sys.argv) > 1:
        from hiss.tui.cli.main import main as command

        command()
    else:
        from hiss.tui.console.launch import open_console

        sys.exit(open_console())


if __name__ == "__main__":
    main()
