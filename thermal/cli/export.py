"""``thermal export``: being built."""

from __future__ import annotations

import click


@click.command("export", short_help="Being built.")
def command() -> None:
    """Being built."""
    raise click.UsageError("not built yet")
