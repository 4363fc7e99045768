"""What does not fit in the bodies of plates and packages: overlaps, holes, shares, power maps, mounts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from thermal.rack.bodies import PackageBody, PlateBody
from thermal.rack.circuit import Circuit
from thermal.rack.footprints import (
    Rectangle,
    chip_area,
    coolant_area,
    finned_area,
    mounts,
    overlaps_in,
)
from thermal.rack.laws import Channels
from thermal.rack.operation import Fault
from thermal.rack.parts import Package, Plate
from thermal.rack.plumbing import Plumbing, uses_in
from thermal.rack.schema import DeviceGroup, RackFile
from thermal.rack.tree import Location

__all__ = ["loaded_plates", "misfit_bodies", "misfit_mounts"]

_MAP_TOLERANCE = 1e-3  # of the chip's power
_SHARE_TOLERANCE = 1e-6
_SAME_SLOT = 1e-3  # relative difference of a slot from that of a closure
_MOST_DEVICES = 1000  # on one plate


def misfit_bodies(rack: RackFile) -> Iterator[Fault]:
    """Yield what is wrong with the bodies of single parts."""
    for name, part in rack.parts.items():
        location: Location = ("parts", name, "body")
        if isinstance(part, Package) and part.body is not None:
            yield from _chips(part.body, location)
            yield from _hole(part.body, location)
            yield from _shares(part.body, float(part.power["tdp"]), location)
        if isinstance(part, Plate) and part.channels is not None:
            yield from _closure(part.channels, name)
        if isinstance(part, Plate) and part.body is not None and part.channels is not None:
            yield from _coolant(part.body, part.channels, location)
            yield from _slot(part.body, part.channels, name)
            yield from _centres(part.body, location)


def _chips(body: PackageBody, location: Location) -> Iterator[Fault]:
    """Chips have names of their own, lie inside the footprint and beside each other."""
    areas = [chip_area(body, index) for index in range(len(body.chips))]
    whole = Rectangle.around(0.0, 0.0, float(body.width), float(body.length))
    names: set[str] = set()
    for index, (chip, area) in enumerate(zip(body.chips, areas, strict=True)):
        if chip.name in names:
            yield (*location, "chips", index, "name"), f"two chips are named '{chip.name}'", "give each its own name"
        names.add(chip.name)
        if not area.inside(whole):
            wrong = f"chip '{chip.name}' ({_text(area)}) reaches beyond the package ({_text(whole)} from its centre)"
            yield (
                (*location, "chips", index),
                wrong,
                "`at` counts from the package's centre; move it, or widen the body",
            )
    for first, second in overlaps_in(areas):
        wrong = f"chip '{body.chips[second].name}' overlaps chip '{body.chips[first].name}'"
        yield (*location, "chips", second), wrong, f"they take {_text(areas[second])} and {_text(areas[first])}"


def _hole(body: PackageBody, location: Location) -> Iterator[Fault]:
    """Something fills the layer of chips everywhere."""
    covered = math.fsum(chip_area(body, index).area for index in range(len(body.chips)))
    whole = float(body.width) * float(body.length)
    if body.mould is None and covered < whole * (1.0 - _SHARE_TOLERANCE):
        wrong = f"the layer of chips has holes: they cover {1e6 * covered:.4g} of {1e6 * whole:.4g} mm2"
        yield location, wrong, "add `mould: {conductivity: …}`, or let the chips cover the whole body"


def _shares(body: PackageBody, power: float, location: Location) -> Iterator[Fault]:
    """Shares sum to one, and maps to their chip's share of the power."""
    total = math.fsum(float(chip.share) for chip in body.chips)
    if abs(total - 1.0) > _SHARE_TOLERANCE:
        wrong = f"the shares of the chips sum to {total:.7g}, not to 1"
        yield (*location, "chips"), wrong, "let each `share` be the chip's part of the package's power"
    for index, chip in enumerate(body.chips):
        if chip.map is None or chip.map.rescale:
            continue
        found, needed = chip.power_map.power or 0.0, float(chip.share) * power
        if abs(found - needed) > _MAP_TOLERANCE * needed:
            wrong = (
                f"the map of chip '{chip.name}' sums to {found:.6g} W; "
                f"its share of {float(chip.share):.6g} of {power:.6g} W is {needed:.6g} W"
            )
            yield (*location, "chips", index, "map"), wrong, "correct the powers, or add `rescale: true` to scale them"


def _coolant(body: PlateBody, channels: Channels, location: Location) -> Iterator[Fault]:
    """Fins and plenums lie inside the plate."""
    whole = Rectangle(0.0, float(body.width), 0.0, float(body.length))
    fins, coolant = finned_area(body, channels), coolant_area(body, channels)
    if not fins.inside(whole):
        wrong = (
            f"the finned zone ({_text(fins)}: {channels.count} channels of {channels.width.text} between walls of "
            f"{channels.wall.text}, {channels.length.text} long) lies outside the plate ({_text(whole)})"
        )
        yield location, wrong, "make channels.count or channels.length smaller, the body larger, or move `fins_at`"
    elif not coolant.inside(whole):
        wrong = f"fins and plenums together ({_text(coolant)}) lie outside the plate ({_text(whole)})"
        yield (*location, "plenum"), wrong, "make plenum.length or channels.length smaller, or the body longer"


def _closure(channels: Channels, name: str) -> Iterator[Fault]:
    """Check that a closure was computed for channels as these are."""
    if channels.closure is None:
        return
    own = {key: float(getattr(channels, key)) for key in ("width", "height", "wall", "conductivity")}
    own["path"] = float(channels.length) / (2.0 if channels.split == "centre" else 1.0)
    differences = ", ".join(channels.closure.differences(own))
    if differences:
        location: Location = ("parts", name, "channels", "closure")
        wrong = f"closure '{channels.closure.name}' was computed for other channels: {differences}"
        yield location, wrong, f"compute one for these with --fidelity resolved --closure, {_without_closure(name)}"


def _without_closure(name: str) -> str:
    """Return how a plate gets rid of its closure, wherever it has it from."""
    return f"or take it away: --set parts.{name}.channels.closure=null, in a file `closure: null`"


def _slot(body: PlateBody, channels: Channels, name: str) -> Iterator[Fault]:
    """Check that a centre-fed plate has a slot over its fins, and no other one."""
    location: Location = ("parts", name, "body")
    if channels.split == "centre" and body.slot is None:
        yield (
            location,
            "the channels are fed at their centre, and there is no `slot`",
            "add `slot: 3 mm`, its width in y",
        )
    if channels.split != "centre" and body.slot is not None:
        yield (*location, "slot"), "only a centre-fed plate has a slot", "take it out, or write channels.split: centre"
    if body.slot is not None and float(body.slot) >= float(channels.length):
        wrong = f"the slot ({body.slot.text}) is not narrower than the fins are long ({channels.length.text})"
        yield (*location, "slot"), wrong, "make it narrower"
    closure = channels.closure
    if closure is not None and closure.slot is not None and body.slot is not None:
        own = 2.0 * closure.slot[0]
        if abs(float(body.slot) - own) > _SAME_SLOT * own:
            wrong = f"closure '{closure.name}' was computed for a slot of {1e3 * own:.6g} mm, here {body.slot.text}"
            right = f"compute one for this slot with --fidelity resolved --sector --closure, {_without_closure(name)}"
            yield (*location, "slot"), wrong, right


def _centres(body: PlateBody, location: Location) -> Iterator[Fault]:
    """Mounts lie on the plate."""
    whole = Rectangle(0.0, float(body.width), 0.0, float(body.length))
    for index, (x, y) in enumerate(mounts(body, 0)):
        if not Rectangle(x, x, y, y).inside(whole):
            wrong = f"mount {index + 1} at {1e3 * x:.4g}, {1e3 * y:.4g} mm lies outside the plate ({_text(whole)})"
            yield (*location, "mounts", index), wrong, "mounts count from the plate's corner"


def misfit_mounts(rack: RackFile, plumbing: Plumbing) -> Iterator[Fault]:
    """Yield the plates whose devices, as the rack puts them there, do not fit."""
    for name, plate, devices in loaded_plates(rack, plumbing):
        if plate.body is not None:
            yield from _placed(rack, name, plate.body, devices)


def loaded_plates(rack: RackFile, plumbing: Plumbing) -> Iterator[tuple[str, Plate, tuple[str, ...]]]:
    """Yield each plate with the packages that a tray puts on it, in that order; what many trays do alike, once."""
    known: set[tuple[str, tuple[str, ...]]] = set()
    for tray in rack.trays.values():
        if tray.circuit is None:
            continue
        for label, names in _plate_parts(tray.circuit, plumbing).items():
            devices = tuple(_devices_on(tray.devices.values(), label, plumbing.plates(tray.circuit)[label]))
            for name in names:
                part = rack.parts[name]
                if devices and (name, devices) not in known and isinstance(part, Plate):
                    known.add((name, devices))
                    yield name, part, devices


def _plate_parts(circuit: Circuit, plumbing: Plumbing) -> dict[str, list[str]]:
    """Return the plates of a circuit by the name that paths show, assemblies opened."""
    out: dict[str, dict[str, None]] = {}
    todo, seen = [circuit], set[str]()
    while todo:
        for _, use in uses_in(todo.pop()):
            inner = plumbing.inside(use)
            if isinstance(plumbing.parts.get(use.part), Plate):
                out.setdefault(use.label, {})[use.part] = None
            elif inner is not None and use.part not in seen:
                seen.add(use.part)
                todo.append(inner)
    return {label: list(names) for label, names in out.items()}


def _devices_on(groups: Iterable[DeviceGroup], label: str, plates: int) -> Iterator[str]:
    """Yield the packages on each plate of that name, in the order in which the rack puts them there."""
    for group in groups:
        if group.cooled_by == label:
            yield from [group.package] * (group.count // plates)


def _placed(rack: RackFile, name: str, body: PlateBody, devices: tuple[str, ...]) -> Iterator[Fault]:
    """Each device has a mount, lies on the plate and beside the others."""
    location: Location = ("parts", name, "body")
    where: Location = (*location, "mounts") if body.mounts is not None else location
    if body.mounts is not None and len(body.mounts) != len(devices):
        shown = ", ".join(f"{devices.count(package)} {package}" for package in dict.fromkeys(devices))
        wrong = f"there are {len(body.mounts)} mounts, and the rack puts {len(devices)} devices on the plate ({shown})"
        yield where, wrong, "give a mount for each, in that order"
        return
    if len(devices) > _MOST_DEVICES:
        wrong = f"the rack puts {len(devices)} devices on the plate"
        yield where, wrong, f"a plate with a body carries at most {_MOST_DEVICES}"
        return
    areas, names = list[Rectangle](), list[str]()
    for package, (x, y) in zip(devices, mounts(body, len(devices)), strict=True):
        part = rack.parts.get(package)
        if isinstance(part, Package) and part.body is not None:
            areas.append(Rectangle.around(x, y, float(part.body.width), float(part.body.length)))
            names.append(package)
    whole = Rectangle(0.0, float(body.width), 0.0, float(body.length))
    for package, area in zip(names, areas, strict=True):
        if not area.inside(whole):
            wrong = f"package '{package}' ({_text(area)}) reaches beyond the plate ({_text(whole)})"
            yield where, wrong, "move its mount, or give the plate a larger body"
    for first, second in overlaps_in(areas):
        wrong = f"package '{names[second]}' ({_text(areas[second])}) overlaps '{names[first]}' ({_text(areas[first])})"
        yield where, wrong, "give each device its own place on the plate with `mounts`"


def _text(area: Rectangle) -> str:
    x_low, x_high, y_low, y_high = (1e3 * end for end in (area.x_low, area.x_high, area.y_low, area.y_high))
    return f"x {x_low:.4g} to {x_high:.4g} mm, y {y_low:.4g} to {y_high:.4g} mm"
