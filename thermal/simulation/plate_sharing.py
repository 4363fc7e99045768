"""All plates of a rack from few solves: like plates share a model, and those of nearly like flow are interpolated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.coolant import CoolantTable
from thermal.simulation.plate_blend import blend, coordinates, difference, reach, weights
from thermal.simulation.plate_pool import all_done

if TYPE_CHECKING:
    from thermal.coldplate.field import PlateField
    from thermal.coldplate.model import PlateModel

__all__ = ["CHECKED", "Group", "solve_groups"]

CHECKED = 0.01  # [K] largest difference allowed where an interpolated field is solved after all
ALIKE = 1.0e-9  # relative difference of flow and inlet temperature below which two plates are one
Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(eq=False)
class Group:
    """Plates of one part with the same packages and powers, on their way to a field each.

    Parameters
    ----------
    model : PlateModel
        Of all of them.
    powers : tuple of float
        Of the devices on each [W].
    mass_flow, inlet : (points,) float64
        Operating points, no two alike [kg/s], [K].
    keep_volumes : bool
        Whether fields keep their volumes.

    Attributes
    ----------
    solved : dict of int to PlateField
        Points solved so far.
    error : float or None
        Difference found at the last point that was interpolated first and solved then, or how far that moved the
        interpolated junctions, whichever is larger [K].
    """

    model: PlateModel
    powers: tuple[float, ...]
    mass_flow: Floats
    inlet: Floats
    keep_volumes: bool = False
    solved: dict[int, PlateField] = field(default_factory=dict)
    error: float | None = None

    def __post_init__(self) -> None:
        """Place the points."""
        self.places = coordinates(self.mass_flow, self.inlet)

    def solve(self, point: int, fluid: CoolantTable) -> PlateField:
        """Solve one point."""
        m, T = float(self.mass_flow[point]), float(self.inlet[point])
        return self.model.solve(m, T, self.powers, fluid, volumes=self.keep_volumes)

    def field(self, point: int) -> PlateField:
        """Return a point's field, solved or interpolated."""
        return self.solved[point] if point in self.solved else self._between(point, list(self.solved))

    def _between(self, point: int, nodes: Sequence[int]) -> PlateField:
        w = weights(self.places[list(nodes)], self.places[point])
        return blend([self.solved[node] for node in nodes], w, float(self.inlet[point]))

    def first(self) -> list[int]:
        """Points to begin with: the two farthest apart, and the one that those say least about, as a check."""
        count = len(self.places)
        if count <= 3:
            return list(range(count))
        far = int(np.argmax(np.hypot(*(self.places - self.places.mean(axis=0)).T)))
        farthest = int(np.argmax(np.hypot(*(self.places - self.places[far]).T)))
        return [far, farthest, self._least_known([far, farthest])]

    def next(self) -> int | None:
        """Check the last point solved against what the others say of it; return the next point to solve, if any."""
        if len(self.solved) == len(self.places):
            return None
        *known, last = self.solved
        self.error = max(difference(self._between(last, known), self.solved[last]), self._unsettled(known))
        return None if self.error < CHECKED else self._least_known(list(self.solved))

    def _unsettled(self, known: list[int]) -> float:
        """How far the last solve moved the interpolated junctions, or how far solved ones lie off what fits all [K]."""
        nodes = list(self.solved)
        rises = np.array([[one.junction_max - field.inlet for one in field.devices] for field in self.solved.values()])
        found = []
        for point, place in enumerate(self.places):
            before = weights(self.places[known], place) @ rises[: len(known)]
            after = weights(self.places[nodes], place) @ rises
            found.append(after - (rises[nodes.index(point)] if point in self.solved else before))
        return float(np.abs(found).max())

    def _least_known(self, nodes: list[int]) -> int:
        rest = [point for point in range(len(self.places)) if point not in nodes]
        return max(rest, key=lambda point: reach(self.places[nodes], self.places[point]))


def solve_groups(groups: Sequence[Group], fluid: CoolantTable, *, everything: bool, progress: Progress) -> None:
    """Solve as many points of every group as its fields need.

    Parameters
    ----------
    groups : sequence of Group
        They receive what is solved.
    fluid : CoolantTable
        The coolant.
    everything : bool
        Solve every point, by brute force.
    progress : callable
        Called with solves done and solves known to be needed.

    Raises
    ------
    ConvergenceError, InputError
        As the model of a plate.
    """
    largest = max((group.model.cells for group in groups), default=0)
    jobs = [(group, p) for group in groups for p in (range(len(group.places)) if everything else group.first())]
    done, known = 0, len(jobs)

    def tell() -> None:
        nonlocal done
        done += 1
        progress(done, known)

    while jobs:
        tasks = [partial(group.solve, point, fluid) for group, point in jobs]
        for (group, point), solved in zip(jobs, all_done(tasks, largest, tell), strict=True):
            group.solved[point] = solved
        waiting = [] if everything else dict.fromkeys(group for group, _ in jobs)
        jobs = [(group, more) for group in waiting if (more := group.next()) is not None]
        known += len(jobs)
