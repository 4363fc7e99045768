"""What a command prints: one JSON object, or text."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

__all__ = ["count_plates", "count_runs", "print_json", "progress"]


def print_json(content: Any) -> None:
    """Print one JSON object with keys in our order; NaN and infinity are faults, not numbers."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def progress(message: str | None) -> None:
    """Print a line on stderr, out of the way of results."""
    if message:
        click.echo(message, err=True)


def count_runs(done: int, of: int) -> None:
    """Keep one line of a terminal's stderr up to date with the runs done; say nothing to a file or a pipe."""
    _count("run", done, of)


def count_plates(done: int, of: int) -> None:
    """Keep a line for the plates solved, with a bar; more may turn out to be needed than at first."""
    filled = BAR * done // max(of, 1)
    _count(f"[{'#' * filled}{'-' * (BAR - filled)}] plate", done, of)


BAR = 24  # characters


def _count(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r  {what} {done} of {of}", err=True, nl=done == of)
