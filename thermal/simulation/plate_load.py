"""What a rack puts on a cold plate: the heat, and how many devices share the plate."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from thermal.rack.expand import expand
from thermal.rack.parts import Package
from thermal.rack.schema import Rack
from thermal.rack.topology import Device
from thermal.rack.values import Value

__all__ = ["PlateLoad", "plate_load"]


@dataclass(frozen=True, slots=True)
class PlateLoad:
    """The devices on one plate.

    Attributes
    ----------
    power : float
        Heat of all of them [W].
    like_devices : float
        That heat over the largest device's: how many such devices share the plate [-].
    devices : dict of str to int
        Count of each package.
    value : Value
        Power of the largest device, with basis and source.
    packages : tuple of str
        Package of each device, in the rack's order.
    powers : tuple of float
        Heat of each [W].
    """

    power: float
    like_devices: float
    devices: dict[str, int]
    value: Value
    packages: tuple[str, ...]
    powers: tuple[float, ...]


def plate_load(rack: Rack, name: str) -> PlateLoad | None:
    """Return the load of the most heavily loaded plate of that name; None where the rack puts no heat on any.

    Parameters
    ----------
    rack : Rack
        As loaded.
    name : str
        Name of the plate's part.

    Examples
    --------
    >>> from thermal.rack.loader import load_rack
    >>> plate_load(load_rack("gb300_nvl72"), "gb300_gpu_plate").power
    1400.0
    """
    assembly = expand(rack)
    on_plate: dict[int, list[Device]] = defaultdict(list)
    for device in assembly.devices:
        if device.element is not None and assembly.elements[device.element].part == name:
            on_plate[device.element].append(device)
    groups = [group for group in on_plate.values() if any(device.power > 0.0 for device in group)]
    if not groups:
        return None
    heaviest = max(groups, key=lambda group: sum(device.power for device in group))
    largest = max(heaviest, key=lambda device: device.power)
    package = rack.parts[largest.package]
    assert isinstance(package, Package)  # the loader refuses others
    total = sum(device.power for device in heaviest)
    packages, powers = zip(*((device.package, device.power) for device in heaviest), strict=True)
    value = package.power[largest.power_state]
    return PlateLoad(total, total / largest.power, dict(Counter(packages)), value, packages, powers)
