"""What an expanded rack is made of: nodes, hydraulic elements, tees, trays, devices, and things to count."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Assembly", "Device", "Element", "Item", "Node", "Tee", "Tray"]


@dataclass(frozen=True, slots=True)
class Element:
    """One hydraulic branch.

    Parameters
    ----------
    path : str
        Such as ``compute[18]/module[1]/gpu_plate[2]`` or ``supply_manifold/segment[3]``.
    part : str
        Name in ``rack.parts``.
    start, end : int
        Nodes; design flow runs from start to end.
    tray : str or None
        Path of the tray it sits in.
    role : str
        ``tray``, ``supply``, ``return``, ``manifold`` or ``cdu``.
    length : float or None
        Of a manifold segment [m]; None for everything else.
    """

    path: str
    part: str
    start: int
    end: int
    tray: str | None
    role: str
    length: float | None = None


@dataclass(frozen=True, slots=True)
class Tee:
    """A tap of a manifold.

    Parameters
    ----------
    node : int
        The tap.
    run : int or None
        Header segment on the side away from the header's port; None at the last tap.
    side : int
        First element of the tray on a supply header, last on a return header.
    manifold : str
        Name of the manifold part.
    combining : bool
        Whether flows join (return header) or part (supply header).
    """

    node: int
    run: int | None
    side: int
    manifold: str
    combining: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A point of the network; `height` is above the floor [m]."""

    path: str
    height: float


@dataclass(frozen=True, slots=True)
class Tray:
    """A tray that is in place; `start` and `end` are its nodes on supply and return, -1 without a circuit."""

    path: str
    group: str
    kind: str
    slot: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Device:
    """Something that gives off heat.

    Parameters
    ----------
    path : str
        Such as ``compute[18]/gpu[3]``.
    group : str
        Its device group, such as ``gpu``.
    package : str
        Name of its package part.
    kind : str
        The package's device kind.
    power : float
        Heat [W] in `power_state`.
    power_state : str
        The rack's, or ``tdp`` when the package does not know that one.
    element : int or None
        Its plate; None when air cools it.
    tray : str
        Path of its tray.
    share : int
        Devices on that plate, itself included; 1 for air.
    """

    path: str
    group: str
    package: str
    kind: str
    power: float
    power_state: str
    element: int | None
    tray: str
    share: int


@dataclass(frozen=True, slots=True)
class Item:
    """Something countable.

    Parameters
    ----------
    path : str
        Its element path, or its own.
    part : str
        Name in ``rack.parts``; the tray group for a tray.
    item_class : str
        Class by which price books count it.
    contained_in : str or None
        Path of the assembly, tray or CDU that holds it.
    pieces : float
        How many it counts for; of a coupling (one ``qd_pair``) its halves, to be counted as ``qd_piece``; of a CDU and
        what is in it, this rack's share.
    """

    path: str
    part: str
    item_class: str
    contained_in: str | None
    pieces: float = 1


@dataclass(frozen=True, slots=True)
class Assembly:
    """The expanded rack.

    Parameters
    ----------
    supply_port, return_port : int
        Nodes between which the rack's pressure drop is taken.
    cdu_elements : tuple of int
        Elements from the return port back to the supply port.
    """

    nodes: tuple[Node, ...]
    elements: tuple[Element, ...]
    tees: tuple[Tee, ...]
    trays: tuple[Tray, ...]
    devices: tuple[Device, ...]
    items: tuple[Item, ...]
    supply_port: int
    return_port: int
    cdu_elements: tuple[int, ...]
