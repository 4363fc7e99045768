"""A value as racks carry it: SI number, range, and what is known about where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BASES", "DEFAULT", "Value"]

BASES = {
    "published": "a maker's or standards body's document",
    "estimate": "an analyst or broker",
    "article": "an engineering article or public repository",
    "inferred": "arithmetic from other values, given in the source",
    "fitted": "chosen so that a sum closes; proves nothing when it does",
    "assumed": "our choice, for want of data",
}
"""What may stand behind a value, from the strongest to the weakest."""

DEFAULT = "default where the file gives nothing"
"""Source of a value that no file writes; its basis is ``assumed``."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a rack.

    Parameters
    ----------
    value : float
        In the SI unit of its field; temperatures absolute [K].
    low, high : float or None
        Range it may lie in, ``low <= value <= high``, same unit.
    basis : str or None
        One of `BASES`.
    source : str or None
        Document it comes from.
    text : str
        As written in the file.

    Examples
    --------
    >>> float(Value(1400.0, text="1.4 kW")) / 2
    700.0
    """

    value: float
    low: float | None = None
    high: float | None = None
    basis: str | None = None
    source: str | None = None
    text: str = ""

    def __float__(self) -> float:
        return self.value
