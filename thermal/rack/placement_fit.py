"""Finds every thing of a tray its place: as the file says, else from front to rear devices, fans, plates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thermal.rack.expand import Device
from thermal.rack.parts import Package, Part
from thermal.rack.placement_plan import GAP, Flat, Put, arranged, grid, levels_of, named, placed_at
from thermal.rack.placement_sizes import Size, size_of, weaker
from thermal.rack.placement_tree import Join
from thermal.rack.schema import TrayGroup

__all__ = ["FANS", "MARGIN", "TrayRoom", "given_flats", "planned"]

MARGIN = 0.005  # [m] from the sides of a tray
FANS = "fans"
"""Name by which a layout places the fans."""
_BOARD, _CLEAR = 0.005, 0.001  # [m] in trays of one unit and more
_REAR = 0.06  # [m] behind the plates, for couplings and hoses
_STEP, _STEPS = 0.93, 120  # things are drawn smaller by steps until they fit


@dataclass(frozen=True, slots=True)
class TrayRoom:
    """The inside of a tray [m]."""

    width: float
    depth: float
    height: float

    @property
    def board(self) -> float:
        """Height of the packages' underside above the tray's [m]."""
        return min(_BOARD, self.height / 8)

    @property
    def clear(self) -> float:
        """What is left free below the tray's lid, and below its fans [m]."""
        return min(_CLEAR, self.height / 40)


def planned(
    group: TrayGroup, parts: Mapping[str, Part], room: TrayRoom, root: Join | None, devices: Sequence[Device]
) -> tuple[list[Put], float]:
    """Return where everything stands, and the scale to which what was arranged had to be drawn (1: to scale)."""
    flats = given_flats(group, parts, room, root, devices)
    fixed = placed_at(group.layout, flats)
    usual = (room.width - 2 * MARGIN, room.depth - 2 * MARGIN - (_REAR if root is not None else 0.0))
    scale = 1.0
    for _ in range(_STEPS):
        inside = (usual[0] / scale, usual[1] / scale)
        zones = _zones(group, parts, room, root, devices, inside)
        puts = _stacked([[flat.scaled(scale) for flat in zone] for zone in zones], fixed, usual)
        if puts is not None:
            return [*fixed, *puts], scale
        scale *= _STEP
    # The file's own places leave no room: what is left stands small in the corner.
    tiny = [flat.scaled(scale).moved(MARGIN, MARGIN) for zone in zones for flat in zone]
    return [*fixed, *(put for some in tiny for put in some)], scale


def given_flats(
    group: TrayGroup, parts: Mapping[str, Part], room: TrayRoom, root: Join | None, devices: Sequence[Device]
) -> dict[tuple[str, int], Flat]:
    """Return what a layout names, by name and number, each in an area of its own."""
    inside = (room.width - 2 * MARGIN, room.depth - 2 * MARGIN)
    flats: dict[tuple[str, int], Flat] = {}
    for key, block in (named(root) if root is not None else {}).items():
        if key[0] in group.layout:
            flats[key] = arranged(block, parts, inside, frozenset())
    for name, device in _in_air(devices).items():
        if name in group.layout:
            size = _air_size(parts, device[0].package)
            for number, one in enumerate(device, start=1):
                flats[name, number] = grid([one.path], one.package, size, inside)
    if FANS in group.layout and group.air is not None:
        part = group.air.fans.part
        for number, name in enumerate(_fan_names(group), start=1):
            flats[FANS, number] = grid([name], part, size_of(parts[part]), inside)
    return flats


def _zones(
    group: TrayGroup, parts: Mapping[str, Part], room: TrayRoom, root: Join | None, devices: Sequence[Device],
    inside: tuple[float, float],
) -> list[list[Flat]]:  # fmt: skip
    """Return what is to be arranged: devices, behind them fans, behind them plates."""
    free = [
        grid([one.path for one in some], some[0].package, _air_size(parts, some[0].package), inside)
        for name, some in _in_air(devices).items()
        if name not in group.layout
    ]
    fans: list[Flat] = []
    if group.air is not None and FANS not in group.layout:
        size = size_of(parts[group.air.fans.part])
        levels = levels_of(size, room.height - 2 * room.clear)
        fans = [_spread(grid(_fan_names(group), group.air.fans.part, size, inside, levels=levels), inside[0])]
    plates = [arranged(root, parts, inside, frozenset(group.layout))] if root is not None else []
    return [[flat for flat in zone if flat.puts] for zone in (free, fans, plates)]


def _in_air(devices: Sequence[Device]) -> dict[str, list[Device]]:
    out: dict[str, list[Device]] = {}
    for device in devices:
        if device.element is None:
            out.setdefault(device.group, []).append(device)
    return out


def _fan_names(group: TrayGroup) -> list[str]:
    return [f"fan[{number}]" for number in range(1, (group.air.fans.count if group.air else 0) + 1)]


def _air_size(parts: Mapping[str, Part], package: str) -> Size:
    """Return what a device in the air takes up, heat sink included."""
    part = parts[package]
    size = size_of(part)
    if not isinstance(part, Package) or part.heat_sink is None or part.heat_sink not in parts:
        return size
    sink = size_of(parts[part.heat_sink])
    basis = weaker(size.basis, sink.basis)
    return Size(max(size.width, sink.width), max(size.depth, sink.depth), size.height + sink.height, basis)


def _spread(flat: Flat, width: float) -> Flat:
    """Return a grid with its columns spread over a width."""
    columns = sorted({put.x for put in flat.puts})
    if len(columns) < 2 or width <= flat.width:
        return flat
    widest = flat.puts[0].width
    step = (width - widest) / (len(columns) - 1)
    places = {x: number * step for number, x in enumerate(columns)}
    puts = tuple(
        Put(put.name, put.part, places[put.x], put.y, put.width, put.depth, put.lift, put.turn, put.basis)
        for put in flat.puts
    )
    return Flat(width, flat.depth, puts)


def _stacked(zones: list[list[Flat]], fixed: list[Put], inside: tuple[float, float]) -> list[Put] | None:
    """Return the areas placed zone behind zone around what is fixed; None when they do not fit."""
    placed: list[Put] = []
    front = MARGIN
    for zone in zones:
        done: list[tuple[float, float, Flat]] = []
        for flat in zone:
            here = _first_free(flat, front, [*fixed, *placed, *_areas(done)], inside[0])
            if here is None:
                return None
            done.append((*here, flat))
        for x, y, flat in done if fixed else _centred(done, inside[0]):
            placed += flat.moved(x, y)
        front = max([front, *(y + flat.depth + 2 * GAP for _, y, flat in done)])
    rear = max((put.y + put.depth for put in placed), default=0.0)
    return placed if rear <= MARGIN + inside[1] + 1e-9 else None


def _areas(done: Iterable[tuple[float, float, Flat]]) -> list[Put]:
    return [Put("", "", x, y, flat.width, flat.depth) for x, y, flat in done]


def _first_free(flat: Flat, front: float, taken: list[Put], width: float) -> tuple[float, float] | None:
    """Return the place nearest the front, then the left, where an area touches nothing."""
    rows = sorted({front, *(put.y + put.depth + GAP for put in taken if put.y + put.depth + GAP > front)})
    for y in rows:
        beside = [put for put in taken if put.y < y + flat.depth + GAP / 2 and y < put.y + put.depth + GAP / 2]
        for x in sorted({MARGIN, *(put.x + put.width + GAP for put in beside)}):
            if x + flat.width > MARGIN + width + 1e-9:
                break
            if all(x >= put.x + put.width + GAP / 2 or put.x >= x + flat.width + GAP / 2 for put in beside):
                return x, y
    return None


def _centred(done: list[tuple[float, float, Flat]], width: float) -> list[tuple[float, float, Flat]]:
    """Return areas with those of each row moved to the middle of the tray."""
    out = []
    for x, y, flat in done:
        right = max(other_x + other.width for other_x, other_y, other in done if other_y == y)
        out.append((x + (MARGIN + width - right) / 2, y, flat))
    return out
