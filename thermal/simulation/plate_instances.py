"""Which cold plates of a rack are solved in 3D: those whose geometry, and whose packages' geometry, is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thermal.errors import InputError, Problem
from thermal.rack.expand import Assembly
from thermal.rack.parts import Package, Plate
from thermal.rack.schema import Rack

if TYPE_CHECKING:
    from thermal.coldplate.field import PlateField
    from thermal.coldplate.model import PlateModel
    from thermal.coldplate.refinement import GridEstimate
    from thermal.correlations.coolant import CoolantTable

__all__ = ["PlateInstance", "geometry_problems", "lacking_geometry", "plate_grid_estimate", "plate_instances",
           "plate_model"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlateInstance:
    """One cold plate of the rack with what it cools.

    Attributes
    ----------
    element : int
        Its element in the assembly.
    path, part : str
        Where it is, and what.
    packages : tuple of str
        Packages on it, in the order of the rack's devices.
    powers : tuple of float
        Their heat [W].
    devices : tuple of int
        Their places in the assembly's devices.
    """

    element: int
    path: str
    part: str
    packages: tuple[str, ...]
    powers: tuple[float, ...]
    devices: tuple[int, ...]


def plate_instances(rack: Rack, assembly: Assembly) -> tuple[list[PlateInstance], list[str]]:
    """Return the plates that can be solved in 3D, and a note on each kind that cannot.

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        The rack.

    Returns
    -------
    list of PlateInstance
        Heated plates with `body` and `channels` all of whose packages have `body`.
    list of str
        Plates that stay at network fidelity, and why.

    Raises
    ------
    InputError
        No plate can be solved in 3D: naming each part that lacks its body.
    """
    on_plate: dict[int, list[int]] = defaultdict(list)
    for d, device in enumerate(assembly.devices):
        if device.element is not None:
            on_plate[device.element].append(d)
    found, missing = [], dict[tuple[str, tuple[str, ...]], list[str]]()
    for element, devices in on_plate.items():
        part = assembly.elements[element].part
        packages = tuple(assembly.devices[d].package for d in devices)
        lacking = lacking_geometry(rack, part, packages)
        if lacking:
            missing[part, packages] = lacking
            continue
        powers = tuple(assembly.devices[d].power for d in devices)
        if sum(powers) > 0.0:  # a cold plate is as warm as its coolant, which the network knows
            found.append(
                PlateInstance(element, assembly.elements[element].path, part, packages, powers, tuple(devices))
            )
    if not found:
        raise InputError(_refusals(rack, missing))
    return found, [_note(part, lacking) for (part, _), lacking in missing.items()]


def plate_model(rack: Rack, part: str, packages: Iterable[str], resolution: float) -> PlateModel:
    """Return the 3D model of a plate with packages on it."""
    from thermal.coldplate.model import PlateModel

    return PlateModel(part, *_parts(rack, part, packages), resolution=resolution)


def plate_grid_estimate(
    rack: Rack, one: PlateInstance, resolution: float, at: tuple[float, float, CoolantTable], finest: PlateField | None
) -> GridEstimate:
    """Return the error of a plate's grid, by Richardson's estimate from coarser ones.

    Parameters
    ----------
    rack : Rack
        For its parts.
    one : PlateInstance
        The plate, its packages and their powers.
    resolution : float
        Of the grid.
    at : (float, float, CoolantTable)
        Mass flow [kg/s], inlet temperature [K], coolant.
    finest : PlateField or None
        The field on that grid, where it is solved already.
    """
    from thermal.coldplate.refinement import grid_estimate

    return grid_estimate(
        one.part,
        *_parts(rack, one.part, one.packages),
        mass_flow=at[0],
        inlet_temperature=at[1],
        powers=one.powers,
        fluid=at[2],
        resolution=resolution,
        finest=finest,
    )


def _parts(rack: Rack, part: str, packages: Iterable[str]) -> tuple[Plate, list[Package]]:
    plate = rack.parts[part]
    assert isinstance(plate, Plate)
    mounted = []
    for name in packages:
        package = rack.parts[name]
        assert isinstance(package, Package)
        mounted.append(package)
    return plate, mounted


def lacking_geometry(rack: Rack, part: str, packages: tuple[str, ...]) -> list[str]:
    """Return the fields of the rack file that a model of the plate would need and that are not given."""
    plate = rack.parts[part]
    assert isinstance(plate, Plate)
    fields = [f"parts.{part}.{field}" for field in ("body", "channels") if getattr(plate, field) is None]
    for name in dict.fromkeys(packages):
        package = rack.parts[name]
        assert isinstance(package, Package)
        fields += [f"parts.{name}.body"] if package.body is None else []
    return fields


def _note(part: str, lacking: list[str]) -> str:
    return f"{part} stays at network fidelity: its geometry is not given ({', '.join(lacking)})"


def _refusals(rack: Rack, missing: dict[tuple[str, tuple[str, ...]], list[str]]) -> list[Problem]:
    """Say what keeps each kind of plate from being solved; or that no plate has anything to cool."""
    problems = geometry_problems(rack, dict.fromkeys(field for lacking in missing.values() for field in lacking))
    if not problems:
        wrong = "no cold plate of this rack is heated, so there is no field to solve"
        problems.append(Problem(rack.file or rack.name, 0, 0, "trays", wrong, "use --fidelity network"))
    return problems


def geometry_problems(rack: Rack, fields: Iterable[str]) -> list[Problem]:
    """Say of fields of the rack file that a model of a plate needs them."""
    wrong, right = (
        "is not given, and plate fidelity solves it",
        "describe the geometry there, or use --fidelity network",
    )
    return [Problem(rack.file or rack.name, 0, 0, field, wrong, right) for field in fields]
