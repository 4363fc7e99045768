"""What is wrong with the options of a command, gathered and told at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from thermal.errors import InputError

__all__ = ["Faults"]


class Faults:
    """Wrong options, and files that options name and that cannot be written."""

    def __init__(self) -> None:
        self._found: list[click.BadParameter | InputError] = []

    def add(self, option: str, message: str) -> None:
        """Note what is wrong with an option, and the remedy."""
        self._found.append(click.BadParameter(message, param_hint=option))

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what is refused inside, and go on behind."""
        try:
            yield
        except (click.BadParameter, InputError) as error:
            self._found.append(error)

    def tell(self) -> None:
        """Refuse all that was noted.

        Raises
        ------
        click.BadParameter, InputError
            Where it is one.
        click.UsageError
            With each of several on lines of its own.
        """
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            texts = [str(one) if isinstance(one, InputError) else one.format_message() for one in self._found]
            message = f"{len(texts)} options are wrong.\n" + "\n".join(texts)
            raise click.UsageError(message)
