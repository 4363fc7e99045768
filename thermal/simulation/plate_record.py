"""What a run at plate fidelity leaves behind: its fields, and how they came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.results.channel_flow import ChannelFlow
from thermal.results.plate_fields import PlateFields, PlatePlane, PlateSet, PlateVolume
from thermal.results.summary import ChannelSpread, PlateRun

if TYPE_CHECKING:
    from thermal.coldplate.field import PlateField
    from thermal.simulation.plates import PlateSolution

__all__ = ["plate_fields", "plate_run"]


def plate_run(solution: PlateSolution) -> PlateRun:
    """Return the summary's entry on the plates."""
    path, grid = solution.grid
    cells = {one.part: model.cells for one, model in zip(solution.instances, solution.models, strict=True)}
    return {
        "plates": len(solution.instances),
        "resolution": solution.settings.resolution,
        "cells_per_plate": cells,
        "solves": solution.solves,
        "interpolated": sum(not exact for exact in solution.exact),
        "largest_interpolation_error_K": solution.interpolation_error,
        "grid_error_K": grid.hot_spot.error,
        "grid_error_plate": path,
        "energy_imbalance_rel": solution.imbalance,
        "network_passes": solution.passes,
        "channels": _spreads(solution),
    }


def _spreads(solution: PlateSolution) -> dict[str, ChannelSpread]:
    """How evenly channels are fed, of each part at the plate where they are fed least evenly."""
    worst: dict[str, ChannelSpread] = {}
    for one, field in zip(solution.instances, solution.fields, strict=True):
        if field.channels is None:
            continue
        relative = field.channels.relative
        least, most = float(relative.min()), float(relative.max())
        if one.part not in worst or most - least > worst[one.part]["channel_flow_spread_rel"]:
            worst[one.part] = {
                "path": one.path,
                "channel_flow_least_rel": least,
                "channel_flow_most_rel": most,
                "channel_flow_spread_rel": most - least,
            }
    return worst


def plate_fields(solution: PlateSolution) -> PlateFields:
    """Return the fields as they are stored: plates of like part and packages together."""
    sets: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for i, one in enumerate(solution.instances):
        sets[one.part, one.packages].append(i)
    return PlateFields(tuple(_set(solution, *kind, members) for kind, members in sets.items()))


def _set(solution: PlateSolution, part: str, packages: tuple[str, ...], members: Sequence[int]) -> PlateSet:
    fields = [solution.fields[i] for i in members]
    planes = {
        name: PlatePlane(plane.z, plane.x_faces, plane.y_faces, _stacked([one.planes[name].values for one in fields]))
        for name, plane in fields[0].planes.items()
    }
    return PlateSet(
        part=part,
        packages=packages,
        paths=tuple(solution.instances[i].path for i in members),
        exact=np.array([solution.exact[i] for i in members]),
        planes=planes,
        volumes=_volumes(fields) if solution.settings.volumes else {},
        channels=_channels(fields),
    )


def _channels(fields: Sequence[PlateField]) -> ChannelFlow | None:
    """Flows of the channels of all plates; those that are stored are heated, so coolant flows through them."""
    known = [one.channels for one in fields if one.channels is not None]
    if len(known) < len(fields):
        return None
    share, velocity = np.stack([one.share for one in known]), np.stack([one.velocity for one in known])
    return ChannelFlow(known[0].column_faces, share, velocity)


def _volumes(fields: Sequence[PlateField]) -> dict[str, PlateVolume]:
    """All cells, and the coolant in the layers of the fins."""
    faces = fields[0].grid.faces
    found = {}
    for name, arrays in (
        ("solid", [one.volume for one in fields]),
        ("coolant", [one.coolant_volume for one in fields]),
    ):
        values = [array for array in arrays if array is not None]
        if values:
            z = faces.z if name == "solid" else _layers(fields[0], values[0].shape[0])
            found[name] = PlateVolume(faces.x, faces.y, z, _stacked(values))
    return found


def _layers(one: PlateField, count: int) -> NDArray[np.float64]:
    """Edges of the layers that hold coolant, which begin where the fins do."""
    z = one.grid.faces.z
    first = int(np.abs(z - one.planes["fin_root"].z).argmin())
    return z[first : first + count + 1]


def _stacked(values: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Put the arrays of all plates together, read-only."""
    out = np.stack(values)
    out.setflags(write=False)
    return out
