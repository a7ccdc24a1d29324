"""The `hiss` command: the console when called bare, the command line otherwise."""

from __future__ import annotations

import sys


def main() -> None:
    """Open the console, or hand the arguments to the command line."""
    if len(sys.argv) > 1:
        from tui.cli import main as command

        command()
    else:
        from tui.console import open_console

        sys.exit(open_console())


if __name__ == "__main__":
    main()
