"""One cold plate and the packages on it as boxes of material, from the YAML's bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from thermal.errors import InputError, Problem
from thermal.fv.grid import Box, Range
from thermal.rack.bodies import Conductivities, Interface, PackageBody, PlateBody, Sheet
from thermal.rack.footprints import Rectangle, chip_area, coolant_area, finned_area, mounts, overlaps_in
from thermal.rack.laws import Channels
from thermal.rack.parts import Package, Plate
from thermal.rack.power_map import SNAP, PowerMap

__all__ = ["AIR", "Chip", "FinZone", "Level", "Mounted", "Region", "Stack", "plate_stack"]

AIR = 0.026  # still air around 300 K, beside and below packages [W/(m K)]
Conductivity = tuple[float, float, float]
Complaint = tuple[str, str, str]  # place, what is wrong, what would be right


class Level(NamedTuple):
    """A layer of one kind of thing, for the mesh to cut."""

    kind: str  # substrate, chip, tim1, lid, interface, base, fins, cover
    z: Range


class Region(NamedTuple):
    """A box of one solid; a later region replaces an earlier one."""

    name: str
    box: Box
    conductivity: Conductivity  # along x, y, z [W/(m K)]


@dataclass(frozen=True, slots=True, eq=False)
class Chip:
    """A chip whose lower face gives off heat.

    Attributes
    ----------
    name : str
        As in the package.
    area : Rectangle
        In the plate's frame [m].
    share : float
        Of the package's power [-].
    power_map : PowerMap
        Where on the chip its share is given off.
    junction : bool
        Whether it counts for the device's junction temperature.
    """

    name: str
    area: Rectangle
    share: float
    power_map: PowerMap
    junction: bool


@dataclass(frozen=True, slots=True, eq=False)
class Mounted:
    """A package where it stands: its outline, the level of its chips' active faces [m], its chips."""

    area: Rectangle
    active: float
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FinZone:
    """The fins and the coolant in and around them.

    Attributes
    ----------
    area : Rectangle
        Of the finned zone [m].
    coolant : Rectangle
        Of fins and plenums [m].
    z : (float, float)
        Of channels and plenums [m].
    wall, width : float
        Fin thickness and channel width [m].
    conductivity : float
        Of the fins [W/(m K)].
    split : bool
        Whether the coolant enters at the zone's middle and leaves at both ends.
    """

    area: Rectangle
    coolant: Rectangle
    z: Range
    wall: float
    width: float
    conductivity: float
    split: bool

    @property
    def middle(self) -> float:
        """Centre of the zone along y, where a split flow enters [m]."""
        return 0.5 * (self.area.y_low + self.area.y_high)

    def solid(self, coolant: float) -> Conductivity:
        """Conductivity of the zone taken as one solid: wall and coolant one behind the other in x, walls in y and z.

        Along y and z the coolant between the walls is left out: what it conducts there, a thousandth of what copper
        walls do, is part of the film coefficient where that is calibrated.

        Parameters
        ----------
        coolant : float
            Conductivity of the coolant [W/(m K)].

        Examples
        --------
        >>> area = Rectangle(0.0, 0.01, 0.0, 0.04)
        >>> zone = FinZone(area, area, (0.0, 0.002), 1e-4, 1e-4, 400.0, split=False)
        >>> [round(k, 2) for k in zone.solid(0.5)]
        [1.0, 200.0, 200.0]
        """
        pitch = self.wall + self.width
        across = pitch / (self.wall / self.conductivity + self.width / coolant)
        along = self.conductivity * self.wall / pitch
        return across, along, along


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Everything solid of a plate with its packages, in the frame of the plate.

    The origin is the plate's corner; x runs across the channels, y along them, z up from the lowest package to the
    cover. Packages of different thickness meet in the plane of their cases; beside and below them is still air.

    Attributes
    ----------
    size : (float, float, float)
        Extent in x, y, z [m].
    levels : tuple of Level
        Layers through z; those of packages of different thickness overlap.
    regions : tuple of Region
        Solids in the order in which they are laid.
    packages : tuple of Mounted
        In the order of the devices.
    case, base : float
        Level of the cases, and of the lower face of the plate; one where the interface has no thickness [m].
    contact : float or None
        Resistance between case and base where the interface has no thickness [m2 K/W].
    fins : FinZone
        Fins and coolant.
    """

    size: tuple[float, float, float]
    levels: tuple[Level, ...]
    regions: tuple[Region, ...]
    packages: tuple[Mounted, ...]
    case: float
    base: float
    contact: float | None
    fins: FinZone


def plate_stack(name: str, plate: Plate, packages: Sequence[Package]) -> Stack:
    """Lay out a plate and the packages on it.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    plate : Plate
        With `channels` and `body`.
    packages : sequence of Package
        One for each device, in the order of the mounts; each with a `body`.

    Raises
    ------
    InputError
        No body or no package, mounts for another number of packages, packages beyond the plate or over each other.
        What else may be wrong with a body is refused where its rack is loaded.
    """
    _refuse(name, _missing(plate, packages))
    body, channels = plate.body, plate.channels
    bodies = [package.body for package in packages if package.body is not None]
    if body is None or channels is None:
        raise AssertionError  # just asked
    _refuse(name, _misplaced(body, bodies))
    width, length = float(body.width), float(body.length)
    case = max(map(_depth, bodies))
    joint = body.interface
    base = case + (float(joint.thickness) if joint.thickness is not None else 0.0)
    root = base + float(channels.base)
    roof = root + float(channels.height)
    top = roof + float(body.cover.thickness)
    levels: dict[Level, None] = {}  # each once, in order
    regions = [Region("air", Box(z=(0.0, base)), (AIR, AIR, AIR))]
    mounted = []
    for package, at in zip(bodies, mounts(body, len(bodies)), strict=True):
        laid = list(_layers(package, at, case))
        levels |= dict.fromkeys(level for level, _ in laid)
        regions += [region for _, region in laid]
        mounted.append(_mounted(package, at, case))
        regions += _interface(joint, mounted[-1].area, (case, base))
    if base > case:
        levels[Level("interface", (case, base))] = None
    copper = (float(channels.conductivity),) * 3
    metal = {"base": copper, "fins": copper, "cover": _k(body.cover.conductivity)}  # beside the fins is the rim
    for kind, z in {"base": (base, root), "fins": (root, roof), "cover": (roof, top)}.items():
        levels[Level(kind, z)] = None
        regions.append(Region("rim" if kind == "fins" else kind, Box(z=z), metal[kind]))
    contact = joint.resistance if base == case else None
    fins = _fin_zone(body, channels, (root, roof))
    return Stack((width, length, top), tuple(levels), tuple(regions), tuple(mounted), case, base, contact, fins)


def _k(given: Conductivities) -> Conductivity:
    x, y, z = map(float, given)
    return x, y, z


def _fin_zone(body: PlateBody, channels: Channels, z: Range) -> FinZone:
    return FinZone(
        finned_area(body, channels), coolant_area(body, channels), z, float(channels.wall), float(channels.width),
        float(channels.conductivity), split=channels.split == "centre",
    )  # fmt: skip


def _interface(joint: Interface, area: Rectangle, z: Range) -> Iterator[Region]:
    """Yield the interface's layer over a package, where it has a thickness."""
    if joint.conductivity is not None:
        yield Region("interface", _box(area, z), (float(joint.conductivity),) * 3)


def _box(area: Rectangle, z: Range) -> Box:
    return Box((area.x_low, area.x_high), (area.y_low, area.y_high), z)


def _thicknesses(package: PackageBody) -> dict[str, float]:
    """Thickness of each layer of a package, from below [m]."""
    layers = {"substrate": package.substrate, "chip": package.chip_thickness, "tim1": package.tim1, "lid": package.lid}
    return {
        kind: float(layer.thickness if isinstance(layer, Sheet) else layer)
        for kind, layer in layers.items()
        if layer is not None
    }


def _depth(package: PackageBody) -> float:
    return sum(_thicknesses(package).values())


def _layers(package: PackageBody, at: tuple[float, float], case: float) -> Iterator[tuple[Level, Region]]:
    """Yield the layers of a package from below, each with every solid that lies in it."""
    outline = _outline(package, at)
    level = case - _depth(package)
    for kind, thickness in _thicknesses(package).items():
        top = level + thickness
        z = (max(level, 0.0), top if abs(top - case) > SNAP else case)
        sheet = {"substrate": package.substrate, "tim1": package.tim1, "lid": package.lid}.get(kind)
        if kind in {"chip", "tim1"}:
            if package.mould is not None:
                yield Level(kind, z), Region("mould", _box(outline, z), _k(package.mould.conductivity))
            for index, chip in enumerate(package.chips):
                k = chip.conductivity if sheet is None else sheet.conductivity
                yield Level(kind, z), Region(kind, _box(_shifted(chip_area(package, index), at), z), _k(k))
        elif sheet is not None:
            yield Level(kind, z), Region(kind, _box(outline, z), _k(sheet.conductivity))
        level = top


def _outline(package: PackageBody, at: tuple[float, float]) -> Rectangle:
    return Rectangle.around(*at, float(package.width), float(package.length))


def _shifted(area: Rectangle, at: tuple[float, float]) -> Rectangle:
    (x, y), a = at, area
    return Rectangle(a.x_low + x, a.x_high + x, a.y_low + y, a.y_high + y)


def _mounted(package: PackageBody, at: tuple[float, float], case: float) -> Mounted:
    """Return a package with its chips where they stand."""
    layers = _thicknesses(package)
    active = max(case - sum(layers.values()), 0.0) + layers.get("substrate", 0.0)
    chips = tuple(
        Chip(chip.name, _shifted(chip_area(package, n), at), float(chip.share), chip.power_map, chip.junction)
        for n, chip in enumerate(package.chips)
    )
    return Mounted(_outline(package, at), active, chips)


def _refuse(name: str, complaints: Iterator[Complaint]) -> None:
    found = [Problem(name, 0, 0, *complaint) for complaint in complaints]
    if found:
        raise InputError(found)


def _missing(plate: Plate, packages: Sequence[Package]) -> Iterator[Complaint]:
    """Yield what is needed and not given."""
    lacks = [key for key in ("body", "channels") if getattr(plate, key) is None]
    for key in lacks:
        yield key, f"the plate has no {key}", "give `body` and `channels`: plate fidelity builds on the plate's shape"
    if not packages:
        yield "packages", "no device stands on the plate", "put at least one package on it"
    for n, package in enumerate(packages, start=1):
        if package.body is None:
            wrong = f"{package.title or 'its package'} has no body"
            yield f"device {n}", wrong, "give the package a `body`: its chips and layers up to the case"


def _misplaced(body: PlateBody, packages: Sequence[PackageBody]) -> Iterator[Complaint]:
    """Yield packages that do not fit on the plate or beside each other."""
    plate, centres = Rectangle(0.0, float(body.width), 0.0, float(body.length)), mounts(body, len(packages))
    if len(centres) != len(packages):
        right = "give one centre for each device on this plate, or leave `mounts` out"
        yield "body.mounts", f"{len(centres)} mounts for {len(packages)} devices", right
        return
    outlines = [_outline(package, at) for package, at in zip(packages, centres, strict=True)]
    for n, outline in enumerate(outlines, start=1):
        if not outline.inside(plate):
            wrong = f"its package reaches beyond the plate: {_text(outline)}, the plate {_text(plate)}"
            yield f"device {n}", wrong, "move its mount or enlarge the plate's body"
    for first, second in overlaps_in(outlines):
        wrong = f"devices {first + 1} and {second + 1} overlap: {_text(outlines[first])}, {_text(outlines[second])}"
        yield "body.mounts", wrong, "move their mounts apart"


def _text(area: Rectangle) -> str:
    x_low, x_high, y_low, y_high = (1e3 * end for end in (area.x_low, area.x_high, area.y_low, area.y_high))
    return f"x {x_low:.4g} to {x_high:.4g} mm, y {y_low:.4g} to {y_high:.4g} mm"
