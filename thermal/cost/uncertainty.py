"""How sure a supplier's content is: prices and shares drawn from their ranges, or moved to their ends one at a time."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from thermal.cost.bill_of_materials import Line
from thermal.cost.shares import OTHER, Share
from thermal.cost.suppliers import Content, Entry

__all__ = ["Range", "Swing", "ranges", "scaled_draws", "tornado", "triangular"]

Array: TypeAlias = npt.NDArray[np.float64]
PriceKey: TypeAlias = tuple[str, Decimal, Decimal, Decimal]
"""A price by its line's name, its value and its range; lines that agree in all of them are one price."""

TOTAL = "total"
_ROUNDING = 1e-12  # of shares that sum to 1


@dataclass(frozen=True, slots=True)
class Range:
    """What a supplier's content of one rack may be: percentiles, mean and standard deviation [the bill's currency]."""

    p5: float
    p50: float
    p95: float
    mean: float
    deviation: float

    def summary(self) -> dict[str, float]:
        """Return the range as JSON carries it."""
        return {"p5": self.p5, "p50": self.p50, "p95": self.p95, "mean": self.mean, "deviation": self.deviation}


@dataclass(frozen=True, slots=True)
class Swing:
    """A supplier's content with one price or share at its low and at its high end, all others as given."""

    name: str
    kind: str
    low: float
    high: float
    low_at: float
    high_at: float

    def summary(self) -> dict[str, Any]:
        """Return the swing as JSON carries it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "low_at": self.low_at,
            "high_at": self.high_at,
        }


def triangular(uniform: Array, low: float, mode: float, high: float) -> Array:
    """Return draws of a triangular distribution by inverting its cumulative distribution.

    Parameters
    ----------
    uniform : ndarray
        Draws from 0 to 1.
    low, mode, high : float
        Ends and peak, ``low <= mode <= high``.

    Returns
    -------
    ndarray
        Mean ``(low + mode + high)/3``, variance ``(low² + mode² + high² - low mode - low high - mode high)/18``.
    """
    if high <= low:
        return np.full_like(uniform, mode)
    peak = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < peak, rising, falling)


def ranges(content: Content, *, samples: int, seed: int) -> dict[str, Range]:
    """Draw every price and share that has a range, and return what each supplier may come to.

    Prices and shares are independent and triangular between low and high with the given value as the peak; lines that
    agree in item and price are one price and move together. Where the shares of one entry exceed 1 together, those
    that have a range are scaled down; what all leave is ``other``. Each quantity has a stream of its own, named after
    it, so the same price takes the same draws in every scenario. Prices are drawn in the book's currency and converted
    after: another currency shows the same draws.

    Parameters
    ----------
    content : Content
        One rack by one scenario.
    samples : int
        Number of draws, above zero.
    seed : int
        Not negative; the same seed gives the same numbers.

    Returns
    -------
    dict of str to Range
        By supplier, in the order of `content`, and ``total`` last.
    """
    conversion = content.bill.conversion
    rate = Decimal(1) if conversion is None else conversion.rate
    prices = {}
    for key in _prices(content):
        value, low, high = (price / rate for price in key[1:])  # exact, as they were multiplied by it
        name = f"price of {key[0]} {_plain(value)}"
        prices[key] = float(rate) * _drawn(name, (float(low), float(value), float(high)), samples, seed)
    shares = {
        entry: _fitted(draws, _sure(_shares(content)[entry]))
        for entry, draws in _drawn_shares(content, samples, seed).items()
    }
    amounts = _amounts(content, prices, shares)
    amounts[TOTAL] = np.sum(list(amounts.values()), axis=0)
    return {name: _range(np.broadcast_to(values, samples)) for name, values in amounts.items()}


def scaled_draws(content: Content, *, samples: int, seed: int) -> float:
    """Return the part of the draws of `ranges` in which the shares of any entry exceed 1 and are scaled."""
    scaled = np.zeros(samples, dtype=bool)
    for draws in _drawn_shares(content, samples, seed).values():
        scaled |= np.sum(list(draws.values()), axis=0) > 1.0 + _ROUNDING if draws else False
    return float(np.mean(scaled))


def _drawn(name: str, ends: tuple[float, float, float], samples: int, seed: int) -> Array:
    """Draw from low, peak and high by the stream of that name."""
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return triangular(generator.random(samples), *ends)


def _drawn_shares(content: Content, samples: int, seed: int) -> dict[Entry, dict[str, Array]]:
    """Draw every share, before those that exceed 1 together are scaled."""
    return {
        entry: {name: _drawn(f"share {entry} {name}", _ends(share), samples, seed) for name, share in of_entry.items()}
        for entry, of_entry in _shares(content).items()
    }


def _ends(share: Share) -> tuple[float, float, float]:
    return float(_low(share)), float(share.value), float(_high(share))


def _plain(price: Decimal) -> str:
    """Write a price the same way however many noughts it has behind the point."""
    return f"{price.normalize():f}"


def tornado(content: Content, supplier: str) -> list[Swing]:
    """Move one price or share at a time to both ends of its range, and return what it does to one supplier.

    Parameters
    ----------
    content : Content
        One rack by one scenario.
    supplier : str
        One of `content.by_supplier`.

    Returns
    -------
    list of Swing
        The widest first; what moves nothing is left out. Where a share that is moved makes the sum exceed 1, the
        others that have a range give way.
    """
    base = {key: np.array(float(key[1])) for key in _prices(content)}
    shares = {
        entry: {name: np.array(float(share.value)) for name, share in of_entry.items()}
        for entry, of_entry in _shares(content).items()
    }

    def amount(prices: Mapping[PriceKey, Array], of_shares: Mapping[Entry, Mapping[str, Array]]) -> float:
        return float(_amounts(content, prices, of_shares)[supplier])

    swings: list[Swing] = []
    for key in base:
        ends = [amount({**base, key: np.array(float(end))}, shares) for end in key[2:]]
        swings.append(Swing(f"price: {key[0]}", "price", ends[0], ends[1], float(key[2]), float(key[3])))
    for entry, of_entry in _shares(content).items():
        for name, share in of_entry.items():
            held = {*_sure(of_entry), name}
            ends = []
            for end in (_low(share), _high(share)):
                moved = {**shares[entry], name: np.array(float(end))}
                ends.append(amount(base, {**shares, entry: _fitted(moved, held)}))
            swing = (float(_low(share)), float(_high(share)))
            swings.append(Swing(f"share: {entry[1]}, {name}", "share", ends[0], ends[1], *swing))
    moving = [swing for swing in swings if swing.low != swing.high]
    return sorted(moving, key=lambda swing: -abs(swing.high - swing.low))


def _price_key(line: Line) -> PriceKey:
    return line.item, line.unit_price, line.low, line.high


def _prices(content: Content) -> dict[PriceKey, None]:
    return dict.fromkeys(_price_key(portion.line) for portion in content.portions)


def _shares(content: Content) -> dict[Entry, Mapping[str, Share]]:
    return {portion.entry: portion.shares for portion in content.portions if portion.entry is not None}


def _low(share: Share) -> Decimal:
    return share.value if share.low is None else share.low


def _high(share: Share) -> Decimal:
    return share.value if share.high is None else share.high


def _amounts(
    content: Content, prices: Mapping[PriceKey, Array], fitting: Mapping[Entry, Mapping[str, Array]]
) -> dict[str, Array]:
    """Return each supplier's amount for prices and fitting shares that may be arrays of draws."""
    out: dict[str, Array] = dict.fromkeys(content.by_supplier, np.array(0.0))
    for portion in content.portions:
        amount = float(portion.line.quantity) * prices[_price_key(portion.line)]
        left = amount
        for name, share in fitting.get(portion.entry, {}).items() if portion.entry is not None else ():
            out[name] = out[name] + amount * share
            left = left - amount * share
        out[OTHER] = out[OTHER] + left
    return out


def _fitted(shares: Mapping[str, Array], held: Set[str]) -> dict[str, Array]:
    """Return shares that sum to one at most: those that are not held give way first."""
    zero = np.array(0.0)
    of_held = np.asarray(sum((share for name, share in shares.items() if name in held), zero))
    of_rest = np.asarray(sum((share for name, share in shares.items() if name not in held), zero))
    room = np.maximum(1.0 - of_held, 0.0)
    rest = np.where(of_rest > room, room / np.where(of_rest > 0.0, of_rest, 1.0), 1.0)
    kept = 1.0 / np.maximum(of_held, 1.0)
    return {name: share * (kept if name in held else rest) for name, share in shares.items()}


def _sure(shares: Mapping[str, Share]) -> set[str]:
    """Return the suppliers whose shares have no range."""
    return {name for name, share in shares.items() if _low(share) == _high(share)}


def _range(values: Array) -> Range:
    p5, p50, p95 = np.percentile(values, [5.0, 50.0, 95.0])
    return Range(float(p5), float(p50), float(p95), float(np.mean(values)), float(np.std(values)))
