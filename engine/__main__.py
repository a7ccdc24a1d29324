"""The `hiss` command: the console when called bare, the command line otherwise."""

from __future__ import annotations

import sys


def main() -> None:
    """Open the console, or hand the arguments to the command line."""
    if len(sys.argv) > 1:
        from hiss.tui.cli.main import main as command

        command()
    else:
        from hiss.tui.console.launch import open_console

        sys.exit(open_console())


if __name__ == "__main__":
    main()
