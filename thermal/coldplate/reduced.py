"""A plate and its devices reduced to what a network needs: responses and pressure drop against flow, from the field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from math import ceil, log, sqrt
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from thermal.coldplate.model import PlateModel
from thermal.correlations.coolant import CoolantTable, density, specific_heat
from thermal.correlations.response import ResponseCurves
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.fv.grid import Floats
from thermal.numerics.interpolation import hermite, monotone_slopes

__all__ = ["ReducedPlate", "reduce_plate"]

TOLERANCE = 0.005  # of the rise, where an exact solve checks the interpolation
MOST = 25  # flows; a plate that needs more keeps the error that it says
NEAR = 5.0e-4  # of the rise by which a spot may be colder than the hottest place
COLDER = 1.0e-6  # of the largest response: how far below zero the error of solver and single precision may take one
REST = 0.25  # share of its power that one device is throttled to in a power state of the check
RATIO, WIDE = 1.2, (0.03, 0.1, 0.3, 0.6)  # of the flows at which the pressure drop is tabulated, and of those beyond

T = TypeVar("T")
Singles = NDArray[np.float32]
DoAll = Callable[[Sequence[Callable[[], T]]], list[T]]


@dataclass(frozen=True, slots=True, eq=False)
class ReducedPlate:
    """What a field was reduced to, and how well.

    Attributes
    ----------
    flows : (flows,) float64
        Rising [m3/s].
    temperatures : (states,) float64
        Mean temperatures of the coolant, rising [K].
    spots : tuple of int
        How many places each device's junction is followed at: where it is hottest moves with flow and powers.
    junction : (states, flows, spots, devices) float64
        Rise over the inlet at the spots, those of the first device first, per heat of the column's device [K/W]. A
        junction is the highest of its spots.
    case : (states, flows, devices, devices) float64
        The same for the mean of each device's case [K/W].
    temperature : float
        The middle of the temperatures, for the pressure drop [K].
    drops : (points, 2) float64
        Flow and pressure drop there [m3/s], [Pa].
    largest_error : float
        Of the rise of junctions and cases where it was checked by exact solves, relative: between the flows and between
        the temperatures, with all devices at their power, each throttled alone, and each alone.
    error_flow : float
        Where that was [m3/s].
    drop_error : float
        Largest relative error of the pressure drop between the flows [-].
    solves : int
        Operating points solved.
    """

    flows: Floats
    temperatures: Floats
    spots: tuple[int, ...]
    junction: Floats
    case: Floats
    temperature: float
    drops: Floats
    largest_error: float
    error_flow: float
    drop_error: float
    solves: int


class _Node(NamedTuple):
    """The field's responses at one flow and mean temperature."""

    flow: float
    temperature: float
    faces: list[Singles]  # of each device's active faces, (sources, cells) [K/W]
    case: Floats  # of their means, (devices, devices) [K/W]


def reduce_plate(
    model: PlateModel,
    flows: Sequence[float],
    temperatures: tuple[float, float],
    powers: Sequence[float],
    fluid: CoolantTable,
    *,
    tolerance: float = TOLERANCE,
    do_all: DoAll[_Node] | None = None,
) -> ReducedPlate:
    """Fit responses and pressure drop of a plate to its field.

    Parameters
    ----------
    model : PlateModel
        The plate with its devices.
    flows : sequence of float
        Volume flows to begin with, two at least; more are put between them until checks there agree [m3/s].
    temperatures : (float, float)
        Range of the coolant's mean temperature, between inlet and outlet [K].
    powers : sequence of float
        Full power of each device: where hot spots are looked for [W].
    fluid : CoolantTable
        Coolant.
    tolerance : float
        Error, relative to the rise, above which a flow is added [-].
    do_all : callable, optional
        Does a list of tasks and returns their results in order; one after the other by default.

    Returns
    -------
    ReducedPlate
        With the largest error found.

    Raises
    ------
    OperatingRangeError
        Fewer than two flows, flows or temperatures that make no sense, no power at all.
    ConvergenceError
        A field did not converge, or its error shows in a response below zero.
    """
    nodes = sorted({float(flow) for flow in flows})
    if len(nodes) < 2 or not 0.0 < nodes[0] <= nodes[-1] < np.inf:
        msg = f"{model.name}: a reduced model needs two different flows above zero at least"
        raise OperatingRangeError(msg)
    if not 0.0 < temperatures[0] < temperatures[1]:
        msg = f"{model.name}: a reduced model needs a range of temperatures, the lower one first"
        raise OperatingRangeError(msg)
    if not sum(powers) > 0.0:
        msg = f"{model.name}: without power there is no hot spot; give the devices' full power"
        raise OperatingRangeError(msg)
    fit = _Fit(model, temperatures, np.asarray(powers, np.float64), fluid, do_all or _one_by_one)
    fit.begin(nodes)
    while fit.refine(tolerance):
        pass
    return fit.result()


def _one_by_one(tasks: Sequence[Callable[[], T]]) -> list[T]:
    return [task() for task in tasks]


@dataclass(eq=False)
class _Fit:
    """A fit under way: nodes that carry the curves, and checks between them."""

    model: PlateModel
    temperatures: tuple[float, float]
    powers: Floats
    fluid: CoolantTable
    do_all: DoAll[_Node]
    nodes: dict[float, tuple[_Node, ...]] = field(default_factory=dict)  # by flow, at each temperature
    checks: dict[float, _Node] = field(default_factory=dict)  # at the middle temperature

    def __post_init__(self) -> None:
        """Choose the power states of the checks."""
        self.states, self.middle = _states(self.powers), 0.5 * sum(self.temperatures)

    def begin(self, flows: Sequence[float]) -> None:
        """Solve at all flows and between them."""
        self._solve(flows, [sqrt(a * b) for a, b in pairwise(flows)])

    def refine(self, tolerance: float) -> bool:
        """Put flows where checks disagree; say whether that helped somewhere, so that more may."""
        before = self.errors()
        wrong = [flow for flow, error in before.items() if error > tolerance and flow not in self.nodes]
        wrong = sorted(wrong, key=lambda flow: -before[flow])[: max(0, MOST - len(self.nodes))]
        self._solve(wrong, [])
        after, known = self.errors(), sorted(self.nodes)
        # An error that a flow put there leaves is not one of flow, and more flows would be no cure.
        helped = [flow for flow in wrong if after[flow] < 0.5 * before[flow]]
        between = set()
        for flow in helped:
            at = known.index(flow)
            between |= {sqrt(known[at - 1] * flow), sqrt(flow * known[at + 1])}
        self._solve([], sorted(between))
        return bool(helped)

    def _solve(self, flows: Sequence[float], between: Sequence[float]) -> None:
        tasks = [partial(self._node, flow, T) for flow in flows for T in self.temperatures]
        tasks += [partial(self._node, flow, self.middle) for flow in between]
        found = self.do_all(tasks)
        states = len(self.temperatures)
        self.nodes.update((flow, tuple(found[i * states : (i + 1) * states])) for i, flow in enumerate(flows))
        self.checks.update((node.flow, node) for node in found[len(flows) * states :])

    def _node(self, flow: float, temperature: float) -> _Node:
        """Solve the responses of all devices at one flow."""
        cold = [0.0] * self.powers.size  # so that the coolant's mean temperature is the one asked for
        m = density(self.fluid, temperature) * flow
        fields = self.model.responses(m, temperature, cold, self.fluid)
        planes = np.array([one.planes["junction"].values for one in fields])
        faces = [
            np.concatenate([planes[(slice(None), *chip)].reshape(len(fields), -1) for chip in chips], axis=1)
            for chips in self.model.junction_cells()
        ]
        case = np.array([[device.case_mean for device in one.devices] for one in fields]).T
        return _Node(flow, temperature, faces, self._warmed(case))

    def spots(self, d: int) -> list[int]:
        """Cells of a device's active faces that hold its hottest place in every power state, nearly, at every flow."""
        heated = self.states[self.states[:, d] > 0.0] if self.powers[d] > 0.0 else self.states[:1]
        rises = np.concatenate([heated @ node.faces[d] for nodes in self.nodes.values() for node in nodes])
        hottest, found = rises.max(axis=1), [int(rises[0].argmax())]
        scale = np.where(hottest > 0.0, hottest, 1.0)  # what no heat reaches has no hot spot to miss
        while True:
            missing = (hottest - rises[:, found].max(axis=1)) / scale
            worst = int(missing.argmax())
            if not missing[worst] > NEAR:
                return found
            found.append(int(rises[worst].argmax()))

    def junctions(self) -> tuple[tuple[int, ...], Floats]:
        """Return the number of spots of each device, and the response at each, (states, flows, spots, devices)."""
        spots = [self.spots(d) for d in range(self.powers.size)]
        table = self._table(
            lambda node: np.concatenate([face[:, cells].T for face, cells in zip(node.faces, spots, strict=True)])
        )
        return tuple(map(len, spots)), self._warmed(table)

    def _warmed(self, responses: Floats) -> Floats:
        """Return responses of zero and more: upstream of the heat, where they are zero, the solver leaves its error."""
        if responses.min() < -COLDER * responses.max():
            what = f"the response of {self.model.name} to its devices' heat"
            cause = "heat of one device would cool another; use another resolution"
            raise ConvergenceError(what, [float(-responses.min())], self.model.name, cause)
        return np.maximum(responses, 0.0)

    def _table(self, read: Callable[[_Node], NDArray[Any]]) -> Floats:
        """Put together what is read at each temperature and flow."""
        flows, states = sorted(self.nodes), range(len(self.temperatures))
        return np.array([[read(self.nodes[flow][state]) for flow in flows] for state in states], np.float64)

    def errors(self) -> dict[float, float]:
        """Relative error of the junctions' and cases' rise at each check, of devices that have power."""
        counts, junction = self.junctions()
        case = self._table(lambda node: node.case)
        begin, heated = np.cumsum([0, *counts[:-1]]), self.states > 0.0
        alike = 2.0 * self._capacity(self.middle) / sum(self._capacity(T) for T in self.temperatures)
        spots_of, case_of = (self._between(table) for table in (junction, case))
        out = {}
        for flow, node in self.checks.items():
            found = np.maximum.reduceat(spots_of(flow * alike) @ self.states.T, begin, axis=0).T
            exact = np.array([(self.states @ face).max(axis=1) for face in node.faces]).T
            cases = [(table @ self.states.T).T[heated] for table in (case_of(flow * alike), node.case)]
            ratios = found[heated] / exact[heated], cases[0] / cases[1]
            out[flow] = float(np.abs(np.concatenate(ratios) - 1.0).max())
        return out

    def _between(self, table: Floats) -> Callable[[float], Floats]:
        """Return what a table gives at the middle temperature, as a function of flow."""
        curves = [ResponseCurves(sorted(self.nodes), state) for state in table]
        return lambda flow: np.mean([one.at(flow) for one in curves], axis=0)

    def _capacity(self, temperature: float) -> float:
        return density(self.fluid, temperature) * specific_heat(self.fluid, temperature)

    def result(self) -> ReducedPlate:
        """Return the fit as it stands."""
        flows = np.array(sorted(self.nodes))
        spots, junction = self.junctions()
        error, at = max((error, flow) for flow, error in self.errors().items())
        drops, drop_error = _drops(self.model, flows, self.middle, self.fluid)
        return ReducedPlate(
            flows=flows,
            temperatures=np.array(self.temperatures),
            spots=spots,
            junction=junction,
            case=self._table(lambda node: node.case),
            temperature=self.middle,
            drops=drops,
            largest_error=error,
            error_flow=at,
            drop_error=drop_error,
            solves=len(self.temperatures) * len(self.nodes) + len(self.checks),
        )


def _states(powers: Floats) -> Floats:
    """Power states of the checks, the full one first, (states, devices) [W]."""
    states = [powers]
    if np.count_nonzero(powers) > 1:
        for d in np.flatnonzero(powers):
            alone = np.arange(powers.size) == d
            states += [np.where(alone, REST * powers, powers), np.where(alone, powers, 0.0)]
    return np.array(states)


def _drops(model: PlateModel, flows: Floats, temperature: float, fluid: CoolantTable) -> tuple[Floats, float]:
    """Tabulate the pressure drop over the flows and, more widely, beyond; its largest error between the flows."""
    low, high, rho = flows[0], flows[-1], density(fluid, temperature)
    inner = np.geomspace(low, high, 2 + ceil(log(high / low) / log(RATIO)))
    wide = np.array(WIDE)
    points = np.concatenate([low * wide, inner, high / wide[::-1]])
    drop = np.array([model.pressure_drop(rho * flow, temperature, fluid) for flow in points])
    slopes, worst = monotone_slopes(points, drop), 0.0
    for flow in np.sqrt(inner[1:] * inner[:-1]):
        exact = model.pressure_drop(rho * flow, temperature, fluid)
        worst = max(worst, abs(float(hermite(points, drop, slopes, 0, points.size, flow)[0]) / exact - 1.0))
    return np.stack([points, drop], axis=1), worst
