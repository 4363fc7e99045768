"""Outside measures of parts, from their box, their body or, for want of both, a documented rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

from thermal.rack.bodies import PackageBody
from thermal.rack.boxes import BoxSize
from thermal.rack.parts import Cdu, Fan, HeatSink, Package, Part, Plate
from thermal.rack.values import Value

__all__ = ["Size", "bore", "size_of", "weaker", "weakest"]

_BASES = ("published", "estimate", "article", "inferred", "fitted", "assumed")
_BORE = 0.006  # [m] of a part inside a tray that tells none
_CABINET = 300e3  # [W] a CDU of more stands on the floor


@dataclass(frozen=True, slots=True)
class Size:
    """Width (x), depth (y) and height (z) of a part in its own axes [m], and what stands behind them."""

    width: float
    depth: float
    height: float
    basis: str = "assumed"

    def turned(self, turn: int) -> Size:
        """Return the measures after quarter turns."""
        return replace(self, width=self.depth, depth=self.width) if turn % 2 else self


_RULES: dict[type, Size] = {
    Plate: Size(0.08, 0.08, 0.01),
    Package: Size(0.06, 0.06, 0.008),
    HeatSink: Size(0.07, 0.07, 0.025),
    Fan: Size(0.04, 0.056, 0.04),
    Cdu: Size(0.44, 0.75, 0.178),
}


def size_of(part: Part) -> Size:
    """Return the outside measures of a plate, package, heat sink, fan or CDU."""
    size = _from_body(part)
    return _boxed(part.box, size) if part.box is not None else size


def bore(part: Part) -> float:
    """Return the inside diameter of what coolant passes [m]; a few millimetres where the file tells none."""
    given: Value | None = getattr(part, "inner_diameter", None)
    if given is None and isinstance(part, Plate) and part.body is not None:
        given = part.body.port.diameter
    return float(given) if given is not None else _BORE


def weaker(first: str, second: str) -> str:
    """Return the weaker of two bases."""
    return max(first, second, key=_BASES.index)


def weakest(values: list[Value | None]) -> str:
    """Return the weakest basis among values; `assumed` where one is absent or tells none."""
    bases = [value.basis if value is not None and value.basis else "assumed" for value in values]
    return max(bases, key=_BASES.index, default="assumed")


def _from_body(part: Part) -> Size:
    if isinstance(part, Plate) and part.body is not None and part.channels is not None:
        plate, channels = part.body, part.channels
        lift = max(float(channels.height), float(plate.plenum.height) if plate.plenum.height is not None else 0.0)
        height = float(channels.base) + lift + float(plate.cover.thickness)
        return Size(float(plate.width), float(plate.length), height, weakest([plate.width, plate.length]))
    if isinstance(part, Package) and part.body is not None:
        body = part.body
        return Size(float(body.width), float(body.length), _stack(body), weakest([body.width, body.length]))
    if isinstance(part, Cdu) and part.rated is not None and float(part.rated.heat) > _CABINET:
        return Size(0.8, 1.2, 2.1)
    return _RULES.get(type(part), _RULES[Package])


def _stack(body: PackageBody) -> float:
    """Return the height of a package, substrate to case [m]."""
    sheets = (body.substrate, body.tim1, body.lid)
    return float(body.chip_thickness) + sum(float(sheet.thickness) for sheet in sheets if sheet is not None)


def _boxed(box: BoxSize, size: Size) -> Size:
    """Return the measures with those that a box gives."""
    given = [box.width, box.depth, box.height]
    width, depth, height = (
        float(value) if value is not None else own
        for value, own in zip(given, (size.width, size.depth, size.height), strict=True)
    )
    basis = weakest([value for value in given if value is not None])
    if any(value is None for value in given):
        basis = weaker(basis, size.basis)
    return Size(width, depth, height, basis)
