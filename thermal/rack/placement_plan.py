"""Arranges a tray in plan: plates, assemblies, devices and fans on its floor, as a file says or by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from thermal.rack.boxes import Spot
from thermal.rack.parts import Assembly, Part
from thermal.rack.placement_sizes import Size, size_of, weaker
from thermal.rack.placement_tree import Block, Join, Leaf, is_wet_plate

__all__ = ["GAP", "Flat", "Put", "arranged", "grid", "levels_of", "lying", "named", "placed_at", "turned"]

GAP = 0.012  # [m] between neighbours
_ABOVE = GAP / 4  # [m] between things above each other
_HOSES = 0.03  # [m] between rows of plates, where hoses branch


@dataclass(frozen=True, slots=True)
class Put:
    """A thing on the floor: name in the tray, part, corner, footprint as it lies, lift above the floor, turns."""

    name: str
    part: str
    x: float
    y: float
    width: float
    depth: float
    lift: float = 0.0
    turn: int = 0
    basis: str = "assumed"


@dataclass(frozen=True, slots=True)
class Flat:
    """Things arranged in an area of their own, from its corner."""

    width: float
    depth: float
    puts: tuple[Put, ...] = ()

    def moved(self, x: float, y: float) -> tuple[Put, ...]:
        """Return the things with the area's corner at a place."""
        return tuple(replace(put, x=put.x + x, y=put.y + y) for put in self.puts)

    def scaled(self, scale: float) -> Flat:
        """Return it smaller, things and gaps alike."""
        if scale == 1.0:
            return self
        puts = tuple(
            replace(put, x=put.x * scale, y=put.y * scale, width=put.width * scale, depth=put.depth * scale)
            for put in self.puts
        )
        return Flat(self.width * scale, self.depth * scale, puts)


def turned(flat: Flat, turn: int) -> Flat:
    """Return the area after quarter turns, anticlockwise seen from above."""
    for _ in range(turn % 4):
        # (x, y) becomes (depth - y, x): the front edge goes to the right.
        puts = tuple(
            replace(put, x=flat.depth - put.y - put.depth, y=put.x, width=put.depth, depth=put.width,
                    turn=(put.turn + 1) % 4)
            for put in flat.puts
        )  # fmt: skip
        flat = Flat(flat.depth, flat.width, puts)
    return flat


def named(block: Block) -> dict[tuple[str, int], Block]:
    """Return the plates, and assemblies with plates, of one tray or assembly by name and number."""
    out: dict[tuple[str, int], Block] = {}
    if isinstance(block, Join) and not block.label:
        for inner in block.blocks:
            out |= named(inner)
    elif is_wet_plate(block):
        out[block.label, block.copy] = block
    return out


def arranged(block: Block, parts: Mapping[str, Part], room: tuple[float, float], without: frozenset[str]) -> Flat:
    """Return the plates of a block arranged: in series from front to rear, in parallel side by side.

    What does not fit the room goes into another column, or another row.

    Parameters
    ----------
    room : (float, float)
        Width and depth to keep to where that is possible [m].
    without : set of str
        Names at this level that are placed elsewhere.
    """
    if isinstance(block, Leaf):
        return _leaf(block, parts)
    if block.label:
        return _assembly(block, parts, room)
    flats = [
        arranged(inner, parts, room, without)
        for inner in block.blocks
        if is_wet_plate(inner) and inner.label not in without
    ]
    flats = [flat for flat in flats if flat.puts]
    return (_rows if block.parallel else _columns)(flats, room)


def placed_at(spots: Mapping[str, Spot], flats: Mapping[tuple[str, int], Flat]) -> list[Put]:
    """Return the things for which a file gives a place."""
    out: list[Put] = []
    for label, spot in spots.items():
        for _, puts in lying(label, spot, flats):
            out += puts
    return out


def lying(label: str, spot: Spot, flats: Mapping[tuple[str, int], Flat]) -> Iterator[tuple[int, list[Put]]]:
    """Yield the number of each thing of one name for which there is a place, with what it consists of in its place."""
    numbers = sorted(copy for name, copy in flats if name == label)
    basis = spot.basis or spot.at[0][0].basis or "assumed"
    for (x, y), copy in zip(spot.places(len(numbers)), numbers, strict=False):
        puts = turned(flats[label, copy], spot.turn).moved(x, y)
        yield copy, [replace(put, basis=weaker(put.basis, basis)) for put in puts]


def levels_of(size: Size, height: float) -> int:
    """Return how many like things fit above each other, at least one."""
    return max(1, int((height + _ABOVE) / (size.height + _ABOVE) * (1.0 + 1e-9)))


def grid(names: Sequence[str], part: str, size: Size, room: tuple[float, float], *, levels: int = 1) -> Flat:
    """Return like things in a grid: rows across the room, filled evenly, on one or several levels."""
    width, depth = size.width + GAP / 2, size.depth + GAP / 2
    most = max(1, int((room[0] + GAP / 2) / width))
    tall = min(levels, -(-len(names) // most))
    rows = -(-len(names) // (most * tall))
    columns = -(-len(names) // (rows * tall))
    puts = []
    for number, name in enumerate(names):
        level, place = divmod(number, columns * rows)
        row, column = divmod(place, columns)
        lift = level * (size.height + _ABOVE)
        puts.append(Put(name, part, column * width, row * depth, size.width, size.depth, lift, 0, size.basis))
    return Flat(columns * width - GAP / 2, rows * depth - GAP / 2, tuple(puts))


def _leaf(leaf: Leaf, parts: Mapping[str, Part]) -> Flat:
    if not leaf.plate:
        return Flat(0.0, 0.0)
    size = size_of(parts[leaf.part])
    put = Put(leaf.element.path, leaf.part, 0.0, 0.0, size.width, size.depth, basis=size.basis)
    return Flat(size.width, size.depth, (put,))


def _assembly(block: Join, parts: Mapping[str, Part], room: tuple[float, float]) -> Flat:
    """Return an assembly's plates: those that its layout names there, the others behind them."""
    part = parts[block.part]
    spots = part.layout if isinstance(part, Assembly) else {}
    inner = replace(block, label="", part="")
    blocks = {key: found for key, found in named(inner).items() if key[0] in spots}
    flats = {key: arranged(found, parts, room, frozenset()) for key, found in blocks.items()}
    puts = placed_at(spots, flats)
    rest = arranged(inner, parts, room, frozenset(spots))
    behind = max((put.y + put.depth + _HOSES for put in puts), default=0.0)
    puts += rest.moved(0.0, behind)
    return _around(puts)


def _around(puts: Iterable[Put]) -> Flat:
    """Return the smallest area from the corner that holds all."""
    puts = tuple(puts)
    width = max((put.x + put.width for put in puts), default=0.0)
    return Flat(width, max((put.y + put.depth for put in puts), default=0.0), puts)


def _columns(flats: Sequence[Flat], room: tuple[float, float]) -> Flat:
    """Return areas one behind the other, in as many columns as the depth asks for."""
    return _flipped(_rows([_flipped(flat) for flat in flats], (room[1], room[0]), gap=_HOSES, between=GAP))


def _rows(flats: Sequence[Flat], room: tuple[float, float], gap: float = GAP, between: float = _HOSES) -> Flat:
    """Return areas side by side, in as many rows as the width asks for, each row in the middle of the widest."""
    rows: list[list[Flat]] = [[]]
    used = 0.0
    for flat in flats:
        if rows[-1] and used + gap + flat.width > room[0]:
            rows.append([])
            used = 0.0
        used += flat.width + (gap if rows[-1] else 0.0)
        rows[-1].append(flat)
    widths = [sum(flat.width for flat in row) + gap * (len(row) - 1) for row in rows]
    puts: list[Put] = []
    y = 0.0
    for row, width in zip(rows, widths, strict=True):
        x = (max(widths) - width) / 2
        deepest = max((flat.depth for flat in row), default=0.0)
        for flat in row:
            puts += flat.moved(x, y + (deepest - flat.depth) / 2)
            x += flat.width + gap
        y += deepest + between
    return Flat(max(0.0, max(widths)), max(0.0, y - between), tuple(puts))


def _flipped(flat: Flat) -> Flat:
    """Return the area with x and y exchanged, things not turned; twice is the area itself."""
    puts = tuple(replace(put, x=put.y, y=put.x, width=put.depth, depth=put.width) for put in flat.puts)
    return Flat(flat.depth, flat.width, puts)
