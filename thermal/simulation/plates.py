"""Plate fidelity: every cold plate of the rack as a field in 3D, coupled to the coolant network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.coolant import specific_heat
from thermal.errors import InputError, Problem
from thermal.fv.memory import BYTES_PER_CELL, available_memory
from thermal.hydraulics.loop import fluid_table
from thermal.lumped.chips import coolant_heat
from thermal.rack.expand import expand
from thermal.rack.schema import Rack
from thermal.simulation.plate_chips import differences, other_heat, plate_chips
from thermal.simulation.plate_flow import CoupledLoop, coupled_loop
from thermal.simulation.plate_instances import PlateInstance, plate_grid_estimate, plate_instances, plate_model
from thermal.simulation.plate_sharing import ALIKE, Group, solve_groups

if TYPE_CHECKING:
    from thermal.coldplate.field import PlateField
    from thermal.coldplate.model import PlateModel
    from thermal.coldplate.refinement import GridEstimate
    from thermal.simulation.steady import Solved

__all__ = ["PlateSettings", "PlateSolution", "solve_one_coarsely", "solve_plates"]

COARSE, RISE = 0.2, 5.0  # resolution, and rise of the coolant [K], at which compiled code is loaded
BYTES_KEPT = 2 * 4.0  # of a cell of a volume: float32, of the plate itself and among those of its set
Progress = Callable[[int, int], None]
Kind = tuple[str, tuple[str, ...]]  # plate and packages


@dataclass(frozen=True)
class PlateSettings:
    """How plates are solved.

    Attributes
    ----------
    resolution : float
        Of the grid; 1 is the default, 2 twice as fine in each direction.
    brute_force : bool
        Solve every plate itself: none is interpolated, and plates of one state are not solved once for all.
    volumes : bool
        Keep every cell's temperature, not only the planes.
    """

    resolution: float = 1.0
    brute_force: bool = False
    volumes: bool = False


@dataclass(frozen=True)
class PlateSolution:
    """The fields of a rack's plates, and how they came about.

    Attributes
    ----------
    settings : PlateSettings
        As asked.
    instances : tuple of PlateInstance
        Plates solved in 3D.
    models : tuple of PlateModel
        Of each of them; like plates have the same one.
    fields : tuple of PlateField
        Of each of them; plates of like flow may have the same one.
    details : dict of str to array
        Columns of the devices beside those of `Chips`, (devices,) float64.
    exact : tuple of bool
        Whether each was solved itself.
    solves : int
        Fields solved for that.
    interpolation_error : float or None
        Largest difference found at a check [K]; None when nothing is interpolated.
    imbalance : float
        Largest imbalance of a solved plate's heat, relative [-].
    grid : (str, GridEstimate)
        Path of the hottest plate, and the error of its grid.
    passes : int
        Times that the network was solved.
    notes : tuple of str
        What the reader should know.
    """

    settings: PlateSettings
    instances: tuple[PlateInstance, ...]
    models: tuple[PlateModel, ...]
    fields: tuple[PlateField, ...]
    details: dict[str, NDArray[np.float64]]
    exact: tuple[bool, ...]
    solves: int
    interpolation_error: float | None
    imbalance: float
    grid: tuple[str, GridEstimate]
    passes: int
    notes: tuple[str, ...]


def solve_plates(rack: Rack, settings: PlateSettings, progress: Progress | None = None) -> Solved:
    """Solve network, plates and what stays at network fidelity; the table of contents of plate fidelity.

    Parameters
    ----------
    rack : Rack
        As loaded.
    settings : PlateSettings
        How.
    progress : callable, optional
        Called with solves done and solves known to be needed.

    Returns
    -------
    Solved
        With the plates' fields.

    Raises
    ------
    InputError
        No plate has its geometry given, a geometry that cannot be, or a grid too large for the memory.
    ConvergenceError, OperatingRangeError
        As at network fidelity; or a field that did not converge.
    """
    from thermal.simulation.steady import Solved

    assembly = expand(rack)
    instances, notes = plate_instances(rack, assembly)
    heat, air_heat = coolant_heat(rack, assembly)
    models = _models(rack, instances, settings)
    coupled = coupled_loop(rack, assembly, heat, instances, {part: model for (part, _), model in models.items()})
    groups, members = _groups(instances, models, coupled, settings)
    solve_groups(groups, coupled.loop.fluid, everything=settings.brute_force, progress=progress or _silent)
    found = {(g, point): groups[g].field(point) for g, point in set(members)}
    fields = tuple(found[member] for member in members)
    chips, details = plate_chips(rack, assembly, coupled, air_heat, instances, fields)
    exact = tuple(point in groups[g].solved for g, point in members)
    errors = [groups[g].error for (g, _), known in zip(members, exact, strict=True) if not known]
    solution = PlateSolution(
        settings=settings,
        instances=tuple(instances),
        models=tuple(groups[g].model for g, _ in members),
        fields=fields,
        details=details,
        exact=exact,
        solves=sum(len(group.solved) for group in groups),
        interpolation_error=max((error for error in errors if error is not None), default=None),
        imbalance=max(field.largest_imbalance for group in groups for field in group.solved.values()),
        grid=_grid(rack, instances, fields, exact, coupled, settings),
        passes=coupled.passes,
        notes=(
            *notes,
            *coupled.notes,
            *other_heat(coupled, instances, fields),
            *differences(rack, assembly, coupled, air_heat, chips),
        ),
    )
    return Solved(rack, assembly, coupled.loop, chips, solution)


def solve_one_coarsely(rack: Rack) -> None:
    """Solve the first plate on a coarse grid, so that compiled code is loaded (or compiled).

    Parameters
    ----------
    rack : Rack
        As loaded.

    Raises
    ------
    InputError
        No plate has its geometry given, or one that cannot be.
    """
    one = plate_instances(rack, expand(rack))[0][0]
    assert rack.coolant is not None  # plates are cooled by it
    fluid, inlet = fluid_table(rack.coolant.fluid), float(rack.coolant.supply_temperature)
    flow = sum(one.powers) / (specific_heat(fluid, inlet) * RISE)
    plate_model(rack, one.part, one.packages, COARSE).solve(flow, inlet, one.powers, fluid)


def _silent(done: int, of: int) -> None:
    pass


def _models(rack: Rack, instances: Sequence[PlateInstance], settings: PlateSettings) -> dict[Kind, PlateModel]:
    """Make a model of each kind of plate; refuse volumes that would not fit."""
    kinds = Counter((one.part, one.packages) for one in instances)
    models = {(part, packages): plate_model(rack, part, packages, settings.resolution) for part, packages in kinds}
    if settings.volumes:
        _require_memory(rack, len(instances), [(count, models[kind]) for kind, count in kinds.items()])
    return models


def _require_memory(rack: Rack, plates: int, models: Sequence[tuple[int, PlateModel]]) -> None:
    """Refuse volumes that do not fit beside a solve."""
    kept = sum(count * (model.cells + _coolant_cells(model)) for count, model in models)
    need = BYTES_KEPT * kept + BYTES_PER_CELL * max(model.cells for _, model in models)
    free = available_memory()
    if need > free:
        wrong = f"the volumes of {plates} plates and a solve take {need / 1e9:.3g} GB; {free / 1e9:.3g} GB are free"
        right = "leave it out (planes are stored anyway), or lower --resolution"
        raise InputError([Problem(rack.file or rack.name, 0, 0, "--volumes", wrong, right)])


def _coolant_cells(model: PlateModel) -> int:
    """Cells in the layers of the fins: those that the coolant's volume has an entry for."""
    z, (low, high) = model.grid.centres.z, model.stack.fins.z
    return model.cells // z.size * int(np.count_nonzero((z > low) & (z < high)))


def _groups(
    instances: Sequence[PlateInstance],
    models: Mapping[Kind, PlateModel],
    coupled: CoupledLoop,
    settings: PlateSettings,
) -> tuple[list[Group], list[tuple[int, int]]]:
    """Put plates of like part, packages and powers into groups; each plate's group and point."""
    rows: dict[tuple[Kind, tuple[float, ...]], list[int]] = defaultdict(list)
    for i, one in enumerate(instances):
        rows[(one.part, one.packages), one.powers].append(i)
    groups, members = [], [(0, 0)] * len(instances)
    for g, ((kind, powers), plates) in enumerate(rows.items()):
        points = np.empty((0, 2))
        for i in plates:
            own = np.array([coupled.mass_flow[i], coupled.inlet[i]])
            alike = np.flatnonzero((np.abs(points - own) <= ALIKE * own).all(axis=1) & (not settings.brute_force))
            members[i] = (g, int(alike[0]) if alike.size else len(points))
            points = points if alike.size else np.vstack([points, own])
        groups.append(Group(models[kind], powers, points[:, 0], points[:, 1], settings.volumes))
    return groups, members


def _grid(
    rack: Rack,
    instances: Sequence[PlateInstance],
    fields: Sequence[PlateField],
    exact: Sequence[bool],
    coupled: CoupledLoop,
    settings: PlateSettings,
) -> tuple[str, GridEstimate]:
    """Estimate what the grid is wrong by at the plate with the hottest junction."""
    hottest = max(range(len(fields)), key=lambda i: max(device.junction_max for device in fields[i].devices))
    one, at = instances[hottest], (float(coupled.mass_flow[hottest]), float(coupled.inlet[hottest]), coupled.loop.fluid)
    finest = fields[hottest] if exact[hottest] else None
    return one.path, plate_grid_estimate(rack, one, settings.resolution, at, finest)
