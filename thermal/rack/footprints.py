"""Where fins, coolant and devices of a plate lie, and the chips of a package: rectangles seen from above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thermal.rack.bodies import PackageBody, PlateBody
from thermal.rack.laws import Channels
from thermal.rack.power_map import SNAP

__all__ = ["Rectangle", "chip_area", "coolant_area", "finned_area", "mounts", "overlaps_in"]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle with its sides along x and y [m]."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    @classmethod
    def around(cls, x: float, y: float, width: float, length: float) -> Rectangle:
        """Return the rectangle of `width` (x) by `length` (y) around a point."""
        return cls(x - width / 2, x + width / 2, y - length / 2, y + length / 2)

    @property
    def area(self) -> float:
        """Area [m2]."""
        return (self.x_high - self.x_low) * (self.y_high - self.y_low)

    def inside(self, other: Rectangle) -> bool:
        """Whether it lies within another, edges that touch allowed."""
        low = min(self.x_low - other.x_low, self.y_low - other.y_low)
        return min(low, other.x_high - self.x_high, other.y_high - self.y_high) >= -SNAP

    def overlaps(self, other: Rectangle) -> bool:
        """Whether they share more than an edge."""
        x = min(self.x_high, other.x_high) - max(self.x_low, other.x_low)
        y = min(self.y_high, other.y_high) - max(self.y_low, other.y_low)
        return min(x, y) > SNAP


def finned_area(body: PlateBody, channels: Channels) -> Rectangle:
    """Return the area of channels and fins on a plate, from the plate's corner."""
    x, y = body.fins_at or (float(body.width) / 2, float(body.length) / 2)
    width = channels.count * (float(channels.width) + float(channels.wall))
    return Rectangle.around(float(x), float(y), width, float(channels.length))


def coolant_area(body: PlateBody, channels: Channels) -> Rectangle:
    """Return the area of fins and plenums together, from the plate's corner."""
    fins, plenum = finned_area(body, channels), float(body.plenum.length)
    return Rectangle(fins.x_low, fins.x_high, fins.y_low - plenum, fins.y_high + plenum)


def mounts(body: PlateBody, count: int) -> tuple[tuple[float, float], ...]:
    """Return the centres of `count` devices on a plate, from its corner [m].

    Without `mounts` they stand in one row across the plate, half-way along it, each in the middle of an equal part.
    """
    if body.mounts is not None:
        return tuple((float(x), float(y)) for x, y in body.mounts)
    width, middle = float(body.width), float(body.length) / 2
    return tuple((width * (number + 0.5) / count, middle) for number in range(count))


def chip_area(body: PackageBody, index: int) -> Rectangle:
    """Return the area of a chip, from the centre of its package."""
    chip = body.chips[index]
    return Rectangle.around(float(chip.at[0]), float(chip.at[1]), float(chip.width), float(chip.length))


def overlaps_in(areas: Sequence[Rectangle]) -> Iterator[tuple[int, int]]:
    """Yield for each rectangle that overlaps an earlier one the pair of their indices, the earlier first."""
    for index, area in enumerate(areas):
        clash = next((other for other in range(index) if area.overlaps(areas[other])), None)
        if clash is not None:
            yield clash, index
