"""Flows and pressures of a network at a given state of its coolant, check valves and cut-off parts included."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.branches import PUMP, PUMP_TABLE, RESISTANCE, TABLE, Coefficients
from thermal.hydraulics.network import GRAVITY, Network, coefficients
from thermal.hydraulics.newton import STILL_HEAD, Tees, Topology, newton
from thermal.hydraulics.topology import reachable
from thermal.numerics.elimination import entries, order

__all__ = ["Flow", "HydraulicSolver"]

ITERATIONS = 100
ROUNDS = 40
ALL_AT_ONCE = 10  # rounds in which every check valve that should turn does
PUSH_TOLERANCE = 1.0e-12  # of the largest pressure: less is rounding and opens no check valve
REVERSE_TOLERANCE = 1.0e-9  # of the largest flow: less is within the mass balance and shuts no check valve
WARM_FLOW = 1.0e-6  # least start flow, as a share of what the other start flows suggest


@dataclass(frozen=True)
class Flow:
    """Solved flows.

    Attributes
    ----------
    mass_flow : (branches,) float64
        From start to end [kg/s].
    pressure : (nodes,) float64
        Total pressure, of the same datum as the given ones [Pa]; meaningless (0) where not `connected`.
    active : (branches,) bool
        False for closed branches and those cut off by them.
    connected : (nodes,) bool
        False for nodes that no open path joins to a given pressure.
    iterations : int
        Newton steps, over all rounds of check valves.
    history : (iterations, 2) float64
        Relative pressure residual and relative step.
    pressure_residual : float
        Largest pressure residual over the largest pressure drop; 0 when nothing flows [-].
    """

    mass_flow: NDArray[np.float64]
    pressure: NDArray[np.float64]
    active: NDArray[np.bool_]
    connected: NDArray[np.bool_]
    iterations: int
    history: NDArray[np.float64]
    pressure_residual: float


class HydraulicSolver:
    """Solves one network many times; the order of elimination is found at the first use and kept.

    Parameters
    ----------
    network : Network
        The network.
    given : sequence of int
        Nodes whose pressure is given; at least one.
    """

    def __init__(self, network: Network, given: list[int] | tuple[int, ...]) -> None:
        if not given:
            msg = "no node has a given pressure, so pressures have no datum; give the pressure of one node"
            raise ValueError(msg)
        self.network = network
        self.given = np.asarray(given, np.int64)
        free = np.ones(len(network.nodes), np.bool_)
        free[self.given] = False
        self._number = np.where(free, np.cumsum(free) - 1, -1)
        self._kept: tuple[object, Coefficients, NDArray[np.float64]] | None = None

    @cached_property
    def _structure(self):  # type: ignore[no-untyped-def]
        n = self.network
        first, second = self._pairs(n.start, n.end)
        far_run, far_side = self._tee_ends
        more, most = self._pairs(far_run, far_side)
        count = int(self._number.max()) + 1
        return order(count, np.concatenate([first, more]), np.concatenate([second, most]))

    def _pairs(self, first: NDArray[np.int64], second: NDArray[np.int64]):  # type: ignore[no-untyped-def]
        a, b = self._number[first], self._number[second]
        both = (a >= 0) & (b >= 0) & (a != b)
        return a[both], b[both]

    @cached_property
    def _tee_ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        n = self.network
        run = np.where(n.tee_run >= 0, n.tee_run, n.tee_side)
        far_run = np.where(n.start[run] == n.tee_node, n.end[run], n.start[run])
        far_side = np.where(n.start[n.tee_side] == n.tee_node, n.end[n.tee_side], n.start[n.tee_side])
        return far_run, far_side

    def _entry(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
        a, b = self._number[first], self._number[second]
        out = np.full(first.size, -1, np.int64)
        both = (a >= 0) & (b >= 0) & (a != b)
        out[both] = entries(self._structure, a[both], b[both])
        return out

    @cached_property
    def _fixed_parts(self):  # type: ignore[no-untyped-def]
        """Places, entries and tees, none of which depends on what is open."""
        n = self.network
        place = np.append(self._structure.position, -1)[self._number]  # −1 for given nodes
        run = np.maximum(n.tee_run, 0)
        uses = np.bincount(np.concatenate([n.tee_side, n.tee_run[n.tee_run >= 0]]), minlength=len(n.branches))
        grouped = np.zeros(len(n.branches), np.bool_)
        alone = (n.tee_run >= 0) & (uses[run] == 1) & (uses[n.tee_side] == 1)
        grouped[n.tee_run[alone]] = grouped[n.tee_side[alone]] = True
        tees = Tees(
            run=n.tee_run,
            side=n.tee_side,
            run_sign=np.where(n.start[run] == n.tee_node, 1.0, -1.0),
            side_sign=np.where(n.start[n.tee_side] == n.tee_node, 1.0, -1.0),
            header_area=0.25 * np.pi * n.tee_header**2,
            ratio=(n.tee_tap / n.tee_header) ** 2 if n.tee_tap.size else np.empty(0),
            coefficient=n.tee_coefficient,
            entry=self._entry(*self._tee_ends),
        )
        return place, self._entry(n.start, n.end), grouped, tees

    @cached_property
    def _unshut(self) -> tuple[Topology, Tees, NDArray[np.bool_], NDArray[np.int64]]:
        """Topology with every check valve open."""
        return self._topology(self.network.is_open)

    def _state(
        self, density: NDArray[np.float64] | float, viscosity: NDArray[np.float64] | float, pump_speed: float
    ) -> tuple[Coefficients, NDArray[np.float64]]:
        """Coefficients and start flows at a state of the coolant; a uniform state is kept for the next call."""
        uniform = isinstance(density, float) and isinstance(viscosity, float)
        key = (density, viscosity, pump_speed) if uniform else None
        if key is None or self._kept is None or self._kept[0] != key:
            laws = coefficients(self.network, np.asarray(density, float), np.asarray(viscosity, float), pump_speed)
            self._kept = key, laws, _start(self.network, laws)
        return self._kept[1], self._kept[2]

    def _topology(self, is_open: NDArray[np.bool_]) -> tuple[Topology, Tees, NDArray[np.bool_], NDArray[np.int64]]:
        n = self.network
        place, entry, grouped, tees = self._fixed_parts
        connected = reachable(len(n.nodes), n.start, n.end, is_open, self.given)
        active = is_open & connected[n.start] & connected[n.end]
        if not active.all():
            whole = active[tees.side] & ((tees.run < 0) | active[tees.run])
            kept = Tees(*(column[whole] for column in tees))
            grouped = grouped.copy()
            lost = tees.side[~whole]
            grouped[lost] = False
            grouped[tees.run[~whole & (tees.run >= 0)]] = False
            tees = kept
        place = np.where(connected, place, -1)
        topology = Topology(n.start, n.end, place[n.start], place[n.end], entry, active, grouped)
        return topology, tees, connected, place

    def solve(
        self,
        pressure: NDArray[np.float64],
        *,
        density: NDArray[np.float64] | float,
        viscosity: NDArray[np.float64] | float,
        injection: NDArray[np.float64] | None = None,
        start: Flow | None = None,
        pump_speed: float = 1.0,
    ) -> Flow:
        """Solve mass and pressure balance.

        Parameters
        ----------
        pressure : (given,) float64
            Pressure of the given nodes [Pa].
        density, viscosity : float or (branches,) float64
            Coolant in each branch [kg/m3], [Pa s].
        injection : (nodes,) float64, optional
            Flow put in at each node [kg/s]; zero by default.
        start : Flow, optional
            Start values; 1 m/s everywhere by default.
        pump_speed : float
            Factor on the speed of every pump [-].

        Returns
        -------
        Flow
            Mass balanced to 1e-10 of the largest flow, pressure to 1e-8 of the largest drop.

        Raises
        ------
        ConvergenceError
            With the history, the branch of the largest residual and the likeliest cause.
        OperatingRangeError
            When flow is put in at a node that no open path connects.
        """
        n = self.network
        laws, guess = self._state(density, viscosity, pump_speed)
        put_in = np.zeros(len(n.nodes)) if injection is None else np.asarray(injection, float)
        shut = np.zeros(len(n.branches), np.bool_)
        histories = []
        datum, static = _datum(n, laws, self.given[0], float(pressure[0]))
        laws = laws._replace(static=static)
        usual = float(np.max(guess, initial=0.0, where=np.isfinite(guess)))
        m = guess.copy() if start is None else _warm(start.mass_flow, guess)
        p = np.zeros(len(n.nodes)) if start is None else start.pressure - datum
        for turn in range(ROUNDS):
            topology, tees, connected, place = self._topology(n.is_open & ~shut) if shut.any() else self._unshut
            self._check_injection(put_in, connected)
            m[~topology.active] = 0.0
            p[self.given] = pressure - datum[self.given]
            history = np.zeros((ITERATIONS, 2))
            curves, channels = n.curves, n.channels
            done, worst, still = newton(
                laws, curves, channels, topology, tees, self._structure, place, put_in, usual, m, p, history
            )
            histories.append(history[: abs(done) + (done >= 0)])
            if done < 0 and start is not None:  # start values that mislead: begin again without them
                start, m, p = None, guess.copy(), np.zeros(len(n.nodes))
                shut[:] = False
                continue
            if done < 0:
                raise self._failure(np.concatenate(histories), worst, laws)
            still = still and not put_in.any()
            if still:
                m[:] = 0.0
            flips = self._check_valves(shut, m, p, laws)
            if not flips.size:
                trail = np.concatenate(histories)
                p = np.where(connected, p + datum, 0.0)
                left = 0.0 if still else float(trail[-1, 0])
                return Flow(m, p, topology.active, connected, len(trail), trail, left)
            if turn >= ALL_AT_ONCE or self._isolating(flips, shut, connected):
                flips = flips[:1]  # all at once goes in circles, or cuts off a part that turns by itself
            m[flips] = np.where(shut[flips], guess[flips], 0.0)
            shut[flips] = ~shut[flips]
        raise self._failure(np.concatenate(histories), int(flips[0]), laws)

    def _check_valves(self, shut, m, p, laws: Coefficients) -> NDArray[np.int64]:  # type: ignore[no-untyped-def]
        """Check valves to turn: open ones with reverse flow, shut ones that pressure pushes forward."""
        n = self.network
        if not n.one_way.any():
            return np.empty(0, np.int64)
        forward = p[n.start] - p[n.end] - laws.static + laws.shut_off
        pushed = forward > max(PUSH_TOLERANCE * max(np.max(np.abs(p)), np.max(laws.shut_off)), STILL_HEAD)
        reverse = m < -REVERSE_TOLERANCE * np.max(np.abs(m))
        return np.flatnonzero(n.one_way & n.is_open & np.where(shut, pushed, reverse))

    def _isolating(self, flips: NDArray[np.int64], shut: NDArray[np.bool_], connected: NDArray[np.bool_]) -> bool:
        """Whether turning all these check valves would cut off nodes that are connected now."""
        n, after = self.network, shut.copy()
        after[flips] = ~after[flips]
        return bool(np.any(connected & ~reachable(len(n.nodes), n.start, n.end, n.is_open & ~after, self.given)))

    def _check_injection(self, injection: NDArray[np.float64], connected: NDArray[np.bool_]) -> None:
        lost = np.flatnonzero((injection != 0.0) & ~connected)
        if lost.size:
            names = ", ".join(self.network.nodes[i] for i in lost[:5])
            msg = f"flow is put in at {names}, which no open path joins to a given pressure; open a valve on its path"
            raise OperatingRangeError(msg)

    def _failure(self, history: NDArray[np.float64], worst: int, laws: Coefficients) -> ConvergenceError:
        n = self.network
        kind = n.kind[worst]
        numbers = [column[worst] for name, column in laws._asdict().items() if name != "limit"]
        cause = "start values too far from the answer, or two laws with a jump in one loop; check its data"
        if not np.all(np.isfinite(numbers)):
            cause = "its data or its coolant are not finite numbers; check them"
        elif kind <= RESISTANCE and laws.friction[worst] == laws.linear[worst] == laws.quadratic[worst] == 0.0:
            cause = "an element without resistance, whose flow grows without bound; check its length, Kv or loss"
        elif kind in (PUMP, PUMP_TABLE):
            cause = "a pump curve that rises with flow, or pumps that work against each other; check the curve"
        elif n.one_way[worst]:
            cause = "a check valve that opens and closes in turn; check its direction and the pumps beside it"
        elif kind == TABLE:
            cause = "a table of pressure drop that does not rise with flow; check its points"
        return ConvergenceError("the coolant network", history[:, 0].tolist(), n.branches[worst], cause)


def _start(network: Network, laws: Coefficients) -> NDArray[np.float64]:
    """Start values of flow: 1 m/s where there is a bore, else the flow at 10 kPa; pumps at half their curve."""
    area = 0.25 * np.pi * network.diameter**2
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        quadratic = np.where(laws.quadratic > 0.0, np.sqrt(1.0e4 / laws.quadratic), np.inf)
        linear = np.where(laws.linear > 0.0, 1.0e4 / laws.linear, np.inf)
    m = np.minimum(quadratic, linear)
    m[~np.isfinite(m)] = 0.1
    m = np.where(network.kind < RESISTANCE, laws.density * area, m)
    pump = np.isfinite(laws.limit)
    m[pump] = 0.5 * laws.limit[pump]
    return np.asarray(m / laws.copies)


def _warm(m: NDArray[np.float64], guess: NDArray[np.float64]) -> NDArray[np.float64]:
    """Start values from an earlier answer; a quadratic law at rest has no slope, so no branch starts from rest."""
    scale = float(np.max(np.abs(m) / guess, initial=0.0))
    if scale == 0.0:
        return guess.copy()
    least = WARM_FLOW * scale * guess
    return np.where(np.abs(m) < least, least, m)


def _datum(
    network: Network, laws: Coefficients, node: int, pressure: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pressure at rest of every node for a coolant of one density, and what of each branch's weight exceeds it.

    Newton works on differences from this, so that small pressure drops are not lost behind a large common pressure.
    """
    n = network
    weight = GRAVITY * float(laws.density[0]) if len(n.branches) else 0.0
    rise = n.height[n.end] - n.height[n.start]
    return pressure - weight * (n.height - n.height[node]), (GRAVITY * laws.density - weight) * rise
