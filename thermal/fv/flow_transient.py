"""Flow in time, from a start to an end in equal steps, second order in both time and space."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from thermal.errors import ConvergenceError
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_notes import noted
from thermal.fv.flow_projection import project
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_steady import field_of, given_flow, state_of, untold, wrong_beginning
from thermal.fv.flow_system import flow_system
from thermal.fv.flow_time_drive import Drive, driven_input, driven_system, put_given
from thermal.fv.flow_time_step import TimeStep
from thermal.fv.grid import Floats
from thermal.fv.memory import FLOW_MARCHED, require_memory
from thermal.fv.refusal import LARGEST, Fault, called_faults, number_faults, refuse, scalar, shown

__all__ = ["march_flow"]

LATEST = 1.5  # coefficient of BDF2: (LATEST u − EARLIER[0] u before + EARLIER[1] u before that) / step
EARLIER = 2.0, -0.5
ONWARD = 2.0, -1.0  # velocities extrapolated from the last two instants
SHARE = 1.0 - math.sqrt(0.5)  # of the first step, after which its first stage ends
PASSES = 30  # at most, of each stage of the first step
COURANT = {"upwind": 0.66, "central": 0.33, "linear_upwind": 0.33, "bounded": 0.33}  # of extrapolated convection
AT_FIRST = 0.5  # share of the longest step that is advised before velocities have risen to their largest
GROWTH = 100.0  # kinetic energy over the largest so far beyond which one step has failed
WHOLE = 1.0e-6  # of a step by which the end may miss a whole number of them
Progress = Callable[[int, float], None]


class _Plan(NamedTuple):
    """How to march."""

    step: float
    end: float
    start: FlowField | None
    every: int | None
    tolerance: float
    drive: Drive | None

    @property
    def begin(self) -> float:
        """Time of the start [s]."""
        time = self.start.time if isinstance(self.start, FlowField) else None
        return 0.0 if time is None else time


def march_flow(
    problem: FlowProblem | FlowInput,
    *,
    step: float,
    end: float,
    start: FlowField | None = None,
    every: int | None = None,
    drive: Drive | None = None,
    tolerance: float = 1.0e-8,
    progress: Progress | None = None,
) -> Iterator[FlowField]:
    """March a flow in time.

    Parameters
    ----------
    problem : FlowProblem or FlowInput
        The problem.
    step : float
        Time step [s]. Convection is extrapolated, so no cell may lose more than a third of its fluid in a step (two
        thirds with ``upwind``); friction and drag set no limit.
    end : float
        Time at which to end, a whole number of steps after the start [s].
    start : FlowField, optional
        Flow on the same grid to begin with, at its own `time`, or zero; at rest by default. What of it does not
        conserve mass with the problem's inlets is removed at once, as an impulse would.
    every : int, optional
        Steps between the instants handed out; by default only the end is.
    drive : callable, optional
        Factor, of the time [s], on all that drives the flow: velocities of inlets and walls, pressures of outlets and
        imposed on periodic directions, mass put in, and forces; 1 by default.
    tolerance : float, optional
        Relative residual at which the velocities' change in a step is solved [-]. Mass is conserved to rounding
        whatever its value.
    progress : callable, optional
        Called after each step with its number and the time [s].

    Returns
    -------
    iterator of FlowField
        Every so many steps, and at the end, with `time`; what is not asked for is not computed. `history` holds the
        imbalance of momentum that the last pass over each step began with, over inertia and forces; it goes to zero
        as the flow becomes steady.

    Raises
    ------
    InputError
        At once: a problem that is not complete, more cells than there is memory for, a step or an end that is not
        right, a start on another grid. While it marches: a step too long for the velocities that arise, with the one
        to take.
    ConvergenceError
        While it marches: velocities that grow without bound.

    Warns
    -----
    RangeWarning
        As `solve_flow`, of each kind at the first instant handed out that has it; the fields' `notes` say it of each.

    Notes
    -----
    Backward differences (BDF2), begun by one step of the diagonally implicit Runge–Kutta method of two stages of
    Alexander (SIAM J. Numer. Anal. 14 (1977) 1006), whose stages are iterated; incremental pressure projection in
    rotational form (Guermond, Minev & Shen, Comput. Methods Appl. Mech. Eng. 195 (2006) 6011). Velocities are of
    second order in time, the pressure too but near corners and outlets, where the splitting leaves 3/2 [ibid.].
    With the coupled multigrid of `solve_flow` there would be no splitting and no bound on the step, but a step takes
    five times as long: 58 ms instead of 12 on one core for vortices on 64 × 64 cells, 1e-8 of the velocities asked.

    Examples
    --------
    Start-up between plates 1 m apart; 1 m/s in the middle in the end:

    >>> from thermal.fv import FlowProblem, Grid
    >>> plates = FlowProblem(Grid.uniform((0.1, 1.0, 1.0), (1, 20, 1)), density=1.0, viscosity=1.0)
    >>> plates.periodic("x", pressure_drop=0.8)
    >>> for flow in march_flow(plates, step=0.01, end=0.6, every=20):
    ...     print(f"{flow.time:.1f} s: {flow.u.max():.3f} m/s")
    0.2 s: 0.857 m/s
    0.4 s: 0.980 m/s
    0.6 s: 0.997 m/s
    """
    given = given_flow("march_flow", problem)
    plan = _Plan(step, end, start, every, tolerance, drive)
    refuse("march_flow", _faults(given, plan, progress))
    require_memory(given.grid, bytes_per_cell=FLOW_MARCHED)
    with untold():
        march = _March(given, plan)
    return march.run(progress)


def _faults(given: FlowInput, plan: _Plan, progress: object) -> Iterator[Fault]:
    """Yield what is wrong with how to march."""
    step, end, begin = scalar(plan.step), scalar(plan.end), plan.begin
    wrong = list(number_faults("step", plan.step, "s", shapes=((),), above=0.0))
    yield from wrong
    if not begin < end <= LARGEST:
        yield "end", f"{shown(plan.end, 's')}, and the march begins at {begin:g} s", "give a later time"
    elif not wrong:
        ratio = (end - begin) / step
        if abs(ratio - round(ratio)) > WHOLE * max(1.0, ratio) or round(ratio) < 1:
            fits = (end - begin) / math.ceil(ratio)
            yield "step", f"{step:g} s fits {ratio:g} times into {end - begin:g} s", f"take a step of {fits:.6g} s"
    every = 1.0 if plan.every is None else scalar(plan.every)
    if not (every >= 1.0 and every.is_integer()):
        yield "every", shown(plan.every, "steps"), "give a whole number, at least 1"
    yield from called_faults("drive", plan.drive)
    yield from wrong_beginning(given, plan.start, plan.tolerance, progress)


def _factor(drive: Drive, time: float) -> float:
    """Return the drive at a time."""
    value = drive(time)
    factor = scalar(value)
    if not abs(factor) <= LARGEST:
        refuse("march_flow", [("drive", f"{shown(value)} at {time:g} s", f"return a finite number, up to {LARGEST:g}")])
    return factor


class _March:
    """A march and its last two instants."""

    def __init__(self, given: FlowInput, plan: _Plan) -> None:
        self.given, self.plan = given, plan
        self.whole = flow_system(given)  # with the drive at 1
        self.residual = Residual(self.whole)
        self.take = TimeStep(self.residual, plan.tolerance)
        self.history: list[float] = []
        self.largest = 0.0  # kinetic energy
        x = self.whole.start() if plan.start is None else state_of(self.whole, plan.start)
        self._put_given(x, plan.begin)
        project(self.residual, x)  # an impulse: inertia alone resists it, and drag has no time to
        self.now, self.before = x, x
        self.told: set[str] = set()  # kinds of notes that were warned of

    def run(self, progress: Progress | None) -> Iterator[FlowField]:
        """Yield the instants asked for."""
        plan = self.plan
        count = round((plan.end - plan.begin) / plan.step)
        every = plan.every or count
        for n in range(1, count + 1):
            time = plan.begin + n * plan.step
            with untold():
                self._require_short_step(time - plan.step)
                after = self._first(time) if n == 1 else self._next(time)
                self.before, self.now = self.now, after
                self._require_bounded(time)
            if progress is not None:
                progress(n, time)
            if n % every == 0 or n == count:
                yield self._field(n, time)

    def _next(self, time: float) -> Floats:
        """Take a step of BDF2 to a time."""
        guess = ONWARD[0] * self.now + ONWARD[1] * self.before
        guess[3] = self.now[3]
        self._put_given(guess, time)
        known = (EARLIER[0] * self.now + EARLIER[1] * self.before) / LATEST
        self.history.append(self._taken(guess, known, LATEST / self.plan.step, time))
        return guess

    def _first(self, time: float) -> Floats:
        """Take the first step, of two stages that end after SHARE of it and with it."""
        step = self.plan.step
        middle = self._settled(self.now, self.now, time - (1.0 - SHARE) * step)
        known = self.now + (1.0 - SHARE) / SHARE * (middle - self.now)
        return self._settled(middle, known, time)

    def _settled(self, guess: Floats, known: Floats, time: float) -> Floats:
        """Repeat passes over a stage until convection and pressure are those of its end."""
        x, left = guess.copy(), math.inf
        self._put_given(x, time)
        for _ in range(PASSES):
            left = self._taken(x, known, 1.0 / (SHARE * self.plan.step), time)
            if left < self.plan.tolerance:
                break
        self.history.append(left)
        return x

    def _taken(self, x: Floats, known: Floats, coefficient: float, time: float) -> float:
        """Do one pass and return the imbalance before it; ConvergenceError where that is no number any more."""
        left = self.take(x, known, coefficient)
        if not math.isfinite(left):
            raise self._grown(time)
        return left

    def _put_given(self, x: Floats, time: float) -> None:
        """Let the drive be that of a time, also in a state."""
        if self.plan.drive is not None:
            self.residual.system = driven_system(self.whole, _factor(self.plan.drive, time))
            put_given(self.residual.system, x)
        for values in x:
            self.whole.wrap(values)

    def _field(self, n: int, time: float) -> FlowField:
        system = self.residual.system
        if self.plan.drive is not None:
            system = system._replace(input=driven_input(self.given, _factor(self.plan.drive, time)))
        with untold():
            field = field_of(system, self.now, n, tuple(self.history), time)
            return noted(field, depth=3, told=self.told)

    def _require_short_step(self, time: float) -> None:
        """Refuse a step in which a cell loses more than the scheme allows."""
        number, cell = self.take.courant(self.now, self.plan.step)
        most = COURANT[self.given.scheme]
        if number > most:
            where = self.given.grid.describe(list(cell))
            wrong = (
                f"{self.plan.step:g} s, and at {time:g} s {number:.2g} times the fluid of {where} leaves it in a step"
            )
            begun = time > self.plan.begin
            right = f"take at most {(0.9 if begun else AT_FIRST) * most / number * self.plan.step:.2g} s"
            if begun:
                right += ", or scheme='bounded' on a finer grid if such velocities should not arise"
            refuse("march_flow", [("step", wrong, right)])

    def _require_bounded(self, time: float) -> None:
        """Raise where velocities are no longer numbers or have grown more in a step than flows do."""
        now = self.now
        energy = float(sum(np.vdot(now[m], now[m] * self.take.volumes_around[m]) for m in self.residual.live))
        steady = self.plan.drive is None and self.largest > 0.0
        if not math.isfinite(energy) or (steady and energy > GROWTH * self.largest):
            raise self._grown(time)
        self.largest = max(self.largest, energy)

    def _grown(self, time: float) -> ConvergenceError:
        """Return what to raise where velocities are no longer numbers or grow more than flows do."""
        cause = "velocities grow without bound: take a shorter step, scheme='bounded' or a finer grid"
        return ConvergenceError("flow in time", self.history, f"{time:g} s", cause)
