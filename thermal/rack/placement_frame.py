"""The fixed points of a rack: its frame, its tray openings, the axes of its manifolds, the place of its CDU."""

from __future__ import annotations

from dataclasses import dataclass

from thermal.rack.boxes import BoxSize
from thermal.rack.layout import Point
from thermal.rack.parts import Cdu, Manifold
from thermal.rack.placement_fit import TrayRoom
from thermal.rack.placement_sizes import Size, size_of, weakest
from thermal.rack.schema import RackFile, TrayGroup

__all__ = ["RackFrame", "rack_frame"]

_WIDTH, _DEPTH, _FEET = 0.6, 1.068, 0.05  # [m] of a rack that tells none
_FRONT, _BEHIND = 0.05, 0.3  # [m] from the front to the trays; all that a tray's depth leaves of the rack's
_OPENING = 0.44  # [m] between the rails of a 19-inch rack, less clearance
_CLEARANCE = 0.0008  # [m] that a tray is lower than its units
_BEHIND_TRAYS = 0.06  # [m] from the trays to the manifolds
_FROM_SIDE = 0.03  # [m] from the tray's side to the manifolds' axes
_AISLE = 0.3  # [m] to a CDU beside the rack
_IN_RACK = 0.4  # [m] a CDU of more height stands beside the rack


@dataclass(frozen=True, slots=True)
class RackFrame:
    """Measures that all trays share [m].

    Parameters
    ----------
    size : (float, float, float)
        Outside of the rack.
    basis : str
        What stands behind it.
    feet : float
        Height of the lowest unit's underside above the floor.
    unit : float
        Height of a rack unit.
    header_y : float
        Of the manifolds' axes.
    headers_x : (float, float)
        Of the supply manifold's axis and of the return manifold's.
    """

    size: Point
    basis: str
    feet: float
    unit: float
    header_y: float
    headers_x: tuple[float, float]

    def corner(self, room: TrayRoom, slot: int) -> Point:
        """Return the front left lower corner of a tray in a slot."""
        return (self.size[0] - room.width) / 2, _FRONT, self.feet + (slot - 1) * self.unit

    def room(self, group: TrayGroup) -> tuple[TrayRoom, str]:
        """Return the inside of the trays of a group, and what stands behind it."""
        box = group.box or BoxSize(width=None, depth=None, height=None)
        width = float(box.width) if box.width is not None else min(_OPENING, 0.75 * self.size[0])
        depth = float(box.depth) if box.depth is not None else max(self.size[1] - _BEHIND, 0.6 * self.size[1])
        room = TrayRoom(width, depth, group.height * self.unit - min(_CLEARANCE, 0.02 * self.unit))
        return room, weakest([box.width, box.depth])

    def cdu(self, part: Cdu, rack: RackFile) -> tuple[Point, Size, bool]:
        """Return corner and size of the CDU, and whether it stands in the rack: in the lowest units that hold it."""
        size = size_of(part)
        left = (self.size[0] - size.width) / 2
        if size.height <= _IN_RACK and left >= 0.0 and size.depth <= self.header_y - _FRONT:
            slot = _free_slot(rack, -int(-size.height / self.unit // 1))
            if slot is not None:
                return (left, _FRONT, self.feet + (slot - 1) * self.unit), size, True
        return (self.size[0] + _AISLE, 0.0, 0.0), size, False


def rack_frame(rack: RackFile) -> RackFrame:
    """Return the frame of a rack; what the file does not give is assumed."""
    given = rack.rack
    unit = float(given.unit_height)
    width = float(given.width) if given.width is not None else _WIDTH
    depth = float(given.depth) if given.depth is not None else _DEPTH
    stack = given.units * unit
    height = max(float(given.height) if given.height is not None else stack + 2 * _FEET, stack)
    feet = (height - stack) / 2
    frame = RackFrame((width, depth, height), weakest([given.width, given.depth, given.height]), feet, unit, 0.0,
                      (0.0, 0.0))  # fmt: skip
    rooms = [frame.room(group)[0] for group in rack.trays.values()]
    wide = max(room.width for room in rooms)
    bores = [
        float(part.inner_diameter) / 2 for part in map(rack.parts.get, _headers(rack)) if isinstance(part, Manifold)
    ]
    y = _FRONT + max(room.depth for room in rooms) + _BEHIND_TRAYS + max(bores, default=0.0)
    left = (width - wide) / 2 + max(_FROM_SIDE, *bores, 0.0)
    return RackFrame(frame.size, frame.basis, feet, unit, y, (left, width - left))


def _headers(rack: RackFile) -> tuple[str, ...]:
    return (rack.manifold.supply, rack.manifold.return_) if rack.manifold is not None else ()


def _free_slot(rack: RackFile, units: int) -> int | None:
    """Return the lowest unit above which that many are free; None when there is none."""
    taken = {
        unit for group in rack.trays.values() for slot in group.positions for unit in range(slot, slot + group.height)
    }
    for slot in range(1, rack.rack.units - units + 2):
        if not taken & set(range(slot, slot + units)):
            return slot
    return None
