"""What is bundled, and what a checked rack holds, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from thermal.views.tables import labelled, number, plain_table

__all__ = ["racks_text", "valid_line"]


class _Device(Protocol):
    """What is counted of a device: its power [W] and the plate element that cools it."""

    @property
    def power(self) -> float: ...
    @property
    def element(self) -> int | None: ...


class _Tray(Protocol):
    """What is counted of a tray."""

    @property
    def group(self) -> str: ...


def racks_text(listing: Mapping[str, Any]) -> str:
    """Return the bundled racks as a table, and the names of parts, price books, shares and coolants.

    Parameters
    ----------
    listing : mapping
        ``racks``: rows with ``name, title, status, rated_power_W``; ``parts``, ``prices``, ``shares``, ``coolants``:
        names.
    """
    rows = []
    for rack in listing["racks"]:
        power = rack["rated_power_W"]
        rated = "–" if power is None else f"{number(power / 1e3, 0)} kW"
        rows.append((rack["name"], rack["title"], rack["status"], rated))
    table = plain_table(rows, ("rack", "title", "status", "rated"), "lllr")
    lists = [labelled(kind, ", ".join(listing[kind]) or "none") for kind in ("parts", "prices", "shares", "coolants")]
    return "\n".join([table, "", *lists])


def valid_line(name: str, trays: Sequence[_Tray], devices: Sequence[_Device]) -> str:
    """Return one line for a rack without problems: its trays, devices, plates and heat."""
    groups = " + ".join(f"{count} {group}" for group, count in Counter(tray.group for tray in trays).items())
    plates = len({device.element for device in devices if device.element is not None})
    heat = sum(device.power for device in devices)
    counted = f"{len(trays)} trays ({groups})" if len(trays) != 1 else f"1 tray ({trays[0].group})"
    return f"OK  {name}: {counted}, {len(devices)} devices on {plates} plates, devices {number(heat / 1e3)} kW"
