"""The command line: arguments → load → compute → view."""

from thermal.cli.entry import main, run

__all__ = ["main", "run"]
