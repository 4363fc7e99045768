"""What a command prints: one JSON object, or text."""

from __future__ import annotations

import json
from typing import Any

import click

__all__ = ["print_json", "progress"]


def print_json(content: Any) -> None:
    """Print one JSON object with keys in our order; NaN and infinity are faults, not numbers."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def progress(message: str | None) -> None:
    """Print a line on stderr, out of the way of results."""
    if message:
        click.echo(message, err=True)
