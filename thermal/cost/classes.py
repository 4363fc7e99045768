"""The classes of things that price books count, and how each is counted."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "ASSEMBLY",
    "COUNTED",
    "COUPLING",
    "GROUPS",
    "PAIR",
    "PIECE",
    "RACK",
    "base_class",
    "classes_and_groups",
    "is_basket",
    "is_bought_whole",
    "is_tray",
]

PIECE = "qd_piece"
PAIR = "qd_pair"
COUPLING = frozenset({PIECE, PAIR, "quick_disconnect"})
"""Classes a coupling part may carry; a book counts it by halves (`PIECE`) or by pairs (`PAIR`)."""

ASSEMBLY = "assembly"
"""Several parts put together that no class names; it is no purchase beside them."""

RACK = "rack"
"""The rack itself, one of it; for prices that a book gives per rack."""

COUNTED: dict[str, str] = {
    "rack": "the rack itself, once",
    "compute_tray": "compute tray, as a basket of content",
    "switch_tray": "switch tray, as a basket of content",
    "system_tray": "system (a server of several units), as a basket of content",
    "power_tray": "power shelf, as a basket of content",
    "other_tray": "any other tray, as a basket of content",
    "module": "superchip cooling module with its plates",
    "power_module": "module that cools converters and network adapters",
    "cpx_module": "module that cools Rubin CPX",
    "gpu_plate": "cold plate of a GPU or accelerator",
    "cpu_plate": "cold plate of a CPU",
    "switch_plate": "cold plate of a switch chip",
    "power_plate": "cold plate of converters and network adapters",
    "cpx_plate": "cold plate of Rubin CPX",
    "qd_piece": "half of a quick disconnect",
    "qd_pair": "both halves of a quick disconnect",
    "internal_manifold": "manifold inside a tray",
    "rack_manifold": "manifold of the rack, supply or return",
    "restrictor": "orifice that limits a tray's or module's flow",
    "hose": "hose between CDU and rack manifold",
    "tray_hose": "hose inside a tray",
    "cdu": "coolant distribution unit; a rack counts its share",
    "fan": "fan of a tray",
    "shelf_fan": "fan of a power shelf",
    "heat_sink": "heat sink in air",
    "plate": "cold plate without a class of its own",
    "pipe": "pipe or hose without a class of its own",
    "valve": "valve",
    "check_valve": "check valve",
    "orifice": "orifice without a class of its own",
    "filter": "filter or strainer",
    "pump": "pump",
    "exchanger": "heat exchanger",
    "assembly": "assembly without a class of its own",
}
"""Every class a book may name, with what it means."""

GROUPS: dict[str, str] = {
    "plates": "cold plates and the modules made of them",
    "quick_disconnects": "quick disconnects",
    "manifolds": "manifolds of racks and trays, and their restrictors",
    "hoses": "hoses",
    "fans": "fans",
    "cdu": "coolant distribution units",
    "tray_rest": "what a book prices of a tray without naming it",
}
"""Groups of makers that bundled parts and books name; a file of shares may declare others."""


def classes_and_groups(declared: Iterable[str] = ()) -> list[str]:
    """Return what shares may be given for: every class, the known groups, and those that a file declares."""
    return list(dict.fromkeys((*COUNTED, *GROUPS, *declared)))


def base_class(item_class: str) -> str:
    """Return the class under which things are claimed: halves and pairs of quick disconnects are the same things."""
    return PAIR if item_class in COUPLING else item_class


def is_tray(item_class: str) -> bool:
    """Whether things of this class are trays, which hold other things and are no purchase themselves."""
    return item_class.endswith("_tray")


def is_basket(item_class: str) -> bool:
    """Whether a price for this class is for some of what it holds, so that several lines may add up."""
    return item_class == RACK or is_tray(item_class)


def is_bought_whole(item_class: str) -> bool:
    """Whether things of this class come with their content, which is then no purchase of its own."""
    return item_class == "cdu"
