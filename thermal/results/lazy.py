"""A mapping that is worked out when somebody first looks into it, so that those who do not pay nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

__all__ = ["LazyMapping"]


class LazyMapping(Mapping[str, Any]):
    """What `make` returns, made at most once.

    Parameters
    ----------
    make : callable
        Without arguments; returns the mapping.

    Examples
    --------
    >>> LazyMapping(lambda: {"rack": "small"})["rack"]
    'small'
    """

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[str, Any]:
        return self._make()

    def __getitem__(self, key: str) -> Any:
        """Return one entry."""
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        """Return the keys."""
        return iter(self._made)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._made)
