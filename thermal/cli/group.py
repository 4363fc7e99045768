"""The commands by name; a command's module is imported only when it is asked for."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

import click

__all__ = ["COMMANDS", "LazyGroup"]

# each is a module of thermal.cli with a click command `command`; none imports more than click at its top
COMMANDS = ("racks", "validate", "simulate", "coldplate", "cost", "compare", "suppliers", "view", "export", "schema")


class LazyGroup(click.Group):
    """A group whose commands are modules, listed in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"commands are {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {cmd_name!r}; {hint}")
        command: click.Command = import_module(f"thermal.cli.{cmd_name}").command
        return command
