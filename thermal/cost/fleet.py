"""A fleet of like racks: how many a power makes, how many come in each quarter, and what learning does to prices."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from thermal.cost.learning import mean_factor
from thermal.errors import ThermalError
from thermal.units import UnitError, parse_quantity

__all__ = ["Fleet", "FleetError", "Learning", "Quarter", "RackPower", "Size", "fleet_of", "rack_power", "read_ramp",
           "read_size"]  # fmt: skip

MOST_RACKS = 100_000_000
_UP = 1.0 + 1e-12  # a whole number of racks stays whole when its power is rounded


class FleetError(ThermalError, ValueError):
    """A fleet, a ramp or a learning curve that cannot be."""


@dataclass(frozen=True, slots=True)
class RackPower:
    """Power of one rack [W], and where it comes from."""

    watts: float
    basis: str


@dataclass(frozen=True, slots=True)
class Size:
    """How large a fleet is to be: a number of racks, or their power together [W]; one of them is None."""

    text: str
    racks: int | None = None
    watts: float | None = None


@dataclass(frozen=True, slots=True)
class Learning:
    """Prices times `ratio` with each doubling of the number of racks made; the book's hold at number `reference`.

    The fleet starts after those `reference` racks. The mean over a quarter is the integral of the curve over its racks,
    each counted in fractions: exact for large fleets (`mean_factor`).
    """

    ratio: float
    reference: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """Racks delivered in one quarter, and the mean of their prices over the book's; None without racks."""

    number: int
    share: Decimal
    racks: int
    price_factor: float | None


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet of one rack.

    Parameters
    ----------
    size : Size
        As asked for.
    racks : int
        Whole racks.
    quarters : tuple of Quarter
        Their racks sum to `racks`.
    learning : Learning or None
        What makes the quarters' prices differ.
    """

    size: Size
    racks: int
    quarters: tuple[Quarter, ...]
    learning: Learning | None

    @property
    def racks_at_book_price(self) -> Fraction:
        """Number of racks at the book's prices that costs as much as the fleet."""
        return sum((weight(quarter) for quarter in self.quarters), Fraction(0))

    def summary(self) -> dict[str, Any]:
        """Return the fleet as JSON carries it."""
        learning = None
        if self.learning is not None:
            learning = {"ratio": self.learning.ratio, "from_racks": self.learning.reference}
        return {
            "asked": self.size.text,
            "power_W": self.size.watts,
            "racks": self.racks,
            "learning": learning,
            "quarters": [
                {"quarter": q.number, "share": float(q.share), "racks": q.racks, "price_factor": q.price_factor}
                for q in self.quarters
            ],
        }


def weight(quarter: Quarter) -> Fraction:
    """Return the racks of a quarter times the mean factor of their prices."""
    return Fraction(0) if quarter.price_factor is None else quarter.racks * Fraction(quarter.price_factor)


def rack_power(rated: float | None, heat: float, state: str) -> RackPower:
    """Return the power of a rack [W]: as rated by its maker, else the heat of its devices and fans."""
    if rated is not None and rated > 0.0:
        return RackPower(rated, "rated power of the rack file")
    if heat <= 0.0:
        message = "the rack has neither a rated power nor heat; give it `rack.rated_power`"
        raise FleetError(message)
    return RackPower(heat, f"heat of devices and fans in power state {state}, as the rack file gives no rated power")


def read_size(text: str) -> Size:
    """Read ``5000``, ``5000 racks`` or ``1.4 GW``.

    Raises
    ------
    FleetError
        Anything else, less than one rack, or more than a hundred million.

    Examples
    --------
    >>> read_size("5000").racks, read_size("1.4 GW").watts
    (5000, 1400000000.0)
    """
    number = re.fullmatch(r"\s*([0-9]{1,12})\s*(racks?)?\s*", text)
    if number is not None:
        racks = int(number.group(1))
        if not 1 <= racks <= MOST_RACKS:
            message = f"{text!r} is no fleet; give from 1 to {MOST_RACKS:,} racks"
            raise FleetError(message)
        return Size(text.strip(), racks=racks)
    try:
        watts = parse_quantity(text, "power")
    except UnitError:
        message = f"{text!r:.80} is no fleet; give a power such as '1.4 GW' or a whole number of racks such as 5000"
        raise FleetError(message) from None
    if watts <= 0.0:
        message = f"{text!r:.80} is no fleet; give a power above zero"
        raise FleetError(message)
    return Size(text.strip(), watts=watts)


def read_ramp(text: str) -> tuple[Decimal, ...]:
    """Read the shares of the quarters, ``0.1,0.2,0.3,0.4``; they sum to 1. Raises FleetError."""
    try:
        shares = tuple(Decimal(entry.strip()) for entry in text.split(","))
    except InvalidOperation:
        message = f"{text!r:.80} is no ramp; give the share of each quarter such as 0.1,0.2,0.3,0.4"
        raise FleetError(message) from None
    if not all(share.is_finite() and 0 <= share <= 1 for share in shares):
        message = f"{text!r:.80} is no ramp; each share lies from 0 to 1"
        raise FleetError(message)
    if sum(shares) != 1:
        message = f"the ramp {text!r:.80} sums to {sum(shares)}; its shares must sum to 1"
        raise FleetError(message)
    return shares


def fleet_of(size: Size, power: RackPower, ramp: Sequence[Decimal], learning: Learning | None) -> Fleet:
    """Return the fleet of a rack.

    Parameters
    ----------
    size : Size
        Of a power, as many whole racks as it feeds are taken.
    power : RackPower
        Of one rack.
    ramp : sequence of Decimal
        Share of each quarter; empty for all at once.
    learning : Learning or None
        The fleet is made after the first `learning.reference` racks, so its first rack has the book's price.

    Raises
    ------
    FleetError
        The power feeds not one rack, or too many.
    """
    racks = size.racks if size.racks is not None else math.floor((size.watts or 0.0) / power.watts * _UP)
    if not 1 <= racks <= MOST_RACKS:
        made_of = f"{size.text} makes {racks:,} racks of {power.watts / 1e3:.1f} kW"
        message = f"{made_of}; give a fleet of 1 to {MOST_RACKS:,} racks"
        raise FleetError(message)
    quarters: list[Quarter] = []
    made, reached = 0, Decimal(0)
    for number, share in enumerate(ramp or (Decimal(1),), start=1):
        reached += share
        target = math.floor(racks * Fraction(reached) + Fraction(1, 2))
        quarters.append(Quarter(number, share, target - made, _factor(learning, made, target)))
        made = target
    return Fleet(size, racks, tuple(quarters), learning)


def _factor(learning: Learning | None, start: int, stop: int) -> float | None:
    if start == stop:
        return None
    if learning is None:
        return 1.0
    first = learning.reference
    return mean_factor(learning.ratio, float(first), float(first + start), float(first + stop))
