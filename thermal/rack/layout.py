"""Where everything of a rack stands: named boxes and tubes, to scale, ready to be drawn and stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

__all__ = ["Box", "BoxRole", "Layout", "Point", "Tube", "TubeRole", "layout_from"]

Point: TypeAlias = tuple[float, float, float]
BoxRole: TypeAlias = Literal["frame", "tray", "plate", "package", "cdu", "fan", "other"]
TubeRole: TypeAlias = Literal["hose", "header", "coupling", "pipe"]


@dataclass(frozen=True, slots=True)
class Box:
    """A part with its sides along the axes of the rack.

    Parameters
    ----------
    path : str
        As results name it: ``compute[18]``, ``compute[18]/module[1]/gpu_plate[2]``, ``compute[18]/gpu[3]``.
    role : str
        What kind of thing it is.
    part : str
        Name in ``rack.parts``; of a tray the group, of the frame the rack.
    tray : str or None
        Path of the tray that holds it (of a tray, its own).
    origin : (float, float, float)
        Corner with the smallest x, y and z [m].
    size : (float, float, float)
        Along x, y and z [m], greater than zero.
    turn : int
        Quarter turns, seen from above and anticlockwise, of a plate's or package's own axes against the rack's.
    basis : str
        What stands behind its size and place.

    Raises
    ------
    ValueError
        For a side that is zero, negative or no number.
    """

    path: str
    role: BoxRole
    part: str
    tray: str | None
    origin: Point
    size: Point
    turn: int = 0
    basis: str = "assumed"

    def __post_init__(self) -> None:
        """Refuse a box without extent."""
        if not min(self.size) > 0.0:
            message = f"box {self.path!r}: its sides are {self.size} m; each must be greater than zero"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Tube:
    """A hose, pipe, header or coupling along a line.

    Parameters
    ----------
    path : str
        Of the branch in the results: ``compute[18]/inlet_hose``, ``supply_manifold/segment[3]``.
    points : tuple of (float, float, float)
        The centre line in the direction of the design flow, bends already rounded [m].
    diameter : float
        Inside diameter [m].
    stretch : (float, float)
        Which part of the branch it shows: (0, 1) the whole from inlet to outlet; (0, 0) a way in, at the branch's inlet
        temperature all along, such as what leads to a plate; (1, 1) a way out.
    """

    path: str
    role: TubeRole
    part: str
    tray: str | None
    points: tuple[Point, ...]
    diameter: float
    basis: str = "assumed"
    stretch: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """A rack drawn to scale [m]: x right, y from front to rear, z up, all from the front left corner at the floor."""

    rack: str
    size: Point
    boxes: tuple[Box, ...]
    tubes: tuple[Tube, ...]
    notes: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        whole = {name: getattr(self, name) for name in _LAYOUT}
        # `dataclasses.asdict` does the same, but copies every number of every line one by one.
        boxes = tuple({name: getattr(box, name) for name in _BOX} for box in self.boxes)
        tubes = tuple({name: getattr(tube, name) for name in _TUBE} for tube in self.tubes)
        return {**whole, "boxes": boxes, "tubes": tubes}


_LAYOUT, _BOX, _TUBE = (tuple(field.name for field in fields(form)) for form in (Layout, Box, Tube))


def layout_from(plain: Mapping[str, Any]) -> Layout:
    """Return the layout that `Layout.plain` made a mapping of.

    Raises
    ------
    KeyError, TypeError, ValueError
        For a mapping of another form.
    """
    boxes = [Box(**{**box, "origin": _point(box["origin"]), "size": _point(box["size"])}) for box in plain["boxes"]]
    tubes = [_tube(tube) for tube in plain["tubes"]]
    return Layout(str(plain["rack"]), _point(plain["size"]), tuple(boxes), tuple(tubes), tuple(plain["notes"]))


def _tube(plain: Mapping[str, Any]) -> Tube:
    low, high = (float(value) for value in plain["stretch"])
    points = tuple(_point(point) for point in plain["points"])
    return Tube(**{**plain, "points": points, "stretch": (low, high)})


def _point(values: Any) -> Point:
    x, y, z = (float(value) for value in values)
    return x, y, z
