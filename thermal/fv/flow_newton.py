"""Steady flow by a Newton–Krylov iteration that begins with what carries momentum held.

With held carriers each step is linear and the steps converge from far away, but slowly; once they have come close
Newton's derivative takes over, from differences of the residual.  Both are solved by GMRES around one cycle of the
multigrid of velocities and pressure.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thermal.errors import ConvergenceError
from thermal.fv.boundary import SIDES
from thermal.fv.flow_failure import DIVERGES, likely_cause, worst_place
from thermal.fv.flow_kernels import BOUNDED
from thermal.fv.flow_precondition import Preconditioner, saddle_at
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_vector import Unknowns
from thermal.fv.grid import Floats
from thermal.numerics.gmres import improve
from thermal.numerics.saddle_levels import Saddle, Singles, coefficients

__all__ = ["Newton"]

STEPS = 80
VECTORS, FEW = 30, 7  # of GMRES for one step; after how many a large problem is content with less
SPARING, LARGE = 150_000, 1_000_000  # unknowns from which one basis is kept, and few vectors if they do
CONTENT = 0.6  # residual left of a linear step after FEW
HELD, NEWTON = 0.3, 0.1  # residual left of a linear step, by kind
CLOSE = 0.05  # of the residual after the first step: where Newton takes over
AGAIN = 0.3  # of the residual from which it failed: where it may try again
FAILED = 0.99  # a step of Newton's that leaves more than this of the residual
SHARES = 1.0, 0.5, 0.25, 0.125  # of a step of Newton's
LEAST = 0.1  # of the gain a step promises
DIVERGED = 1.0e3  # times the residual of the start
STALLED, GAIN = 15, 0.05  # steps in a row that gain less than this share of the residual
SLOW = 5  # of these after which Newton takes over: a start near the answer leaves no large residual to compare with
STEP = 1.0e-7  # of the largest velocity, for differences
Progress = Callable[[int, float], None]


class Newton:
    """The iteration.

    Parameters
    ----------
    residual : Residual
        The problem.
    x : (4, NZ, NY, NX) float64
        Velocities and pressure to begin with; receives those found.
    tolerance : float
        Imbalance over what flows at which to stop [-].
    progress : callable, optional
        Called with the number of the step and the imbalance before it.
    """

    def __init__(self, residual: Residual, x: Floats, tolerance: float, progress: Progress | None = None) -> None:
        self.residual, self.x, self.tolerance, self.progress = residual, x, tolerance, progress
        self.unknowns = Unknowns(residual.system)
        self.lean = self.unknowns.size > SPARING
        self.work = np.empty_like(x)
        self.r = np.empty(self.unknowns.size)
        self.newton = False
        self.iterations = 0
        self.history: list[float] = []

    def run(self) -> None:
        """Iterate to the tolerance; raises ConvergenceError."""
        self.newton, best, below = False, np.inf, np.inf
        mark, worst, share = np.inf, 0, 1.0
        step: Singles = np.zeros(0, np.float32)
        while True:
            saddle = saddle_at(self.residual, self.x)
            self._scale(saddle)
            left = self._left(self.r)
            if self.newton and not left < FAILED * best:  # back to where the last step began
                self.unknowns.add(self.x, step, -share)
                self.newton, below, best = False, AGAIN * best, np.inf
                self._judge(left)
                continue
            del step
            self.history.append(left)
            if self.progress is not None:
                self.progress(len(self.history) - 1, left)
            if left <= self.tolerance:
                return
            mark, worst = (left, 0) if left < (1.0 - GAIN) * mark else (mark, worst + 1)
            self._judge(left, worst)
            close = len(self.history) > 2 and (left < CLOSE * self.history[1] or worst > SLOW)
            self.newton = self.newton or (close and left < below)
            best = left
            cycle = Preconditioner(self.residual.system, self.unknowns, saddle, self.work)
            del saddle  # the levels need it no more
            step = self._step(cycle)
            del cycle
            share = self._taken(step, left)

    def _judge(self, left: float, worst: int = 0) -> None:
        """Raise where the iteration diverges or does not end."""
        history = self.history
        start = max(history[:2], default=1.0)
        if not np.isfinite(left) or left > DIVERGED * max(start, 1.0):
            raise self._failure(DIVERGES)
        if len(history) > STEPS or worst > STALLED:
            raise self._failure(likely_cause(self.residual, self.x, history))

    def _failure(self, cause: str) -> ConvergenceError:
        place = worst_place(self.residual, self.work, (self.force, self.flow))
        return ConvergenceError("steady flow", self.history, place, cause)

    def _scale(self, saddle: Saddle) -> None:
        """Choose the units in which imbalances of momentum and volume are measured: what flows at this state."""
        system, x = self.residual.system, self.x
        force = flow = 0.0
        for m in self.residual.live:
            inner = self.unknowns.inner[m]
            on, area = system.active[m][inner], np.broadcast_to(system.area(m), system.shape)
            force += _square((coefficients(saddle, m, saddle.momentum(m))[2] * x[m][inner])[on]) + _square(
                system.pull[m]
            )
            if system.force[m].size:
                force += _square(system.force[m][inner][on])
            flow += _square(area[inner] * x[m][inner])
            force += self._behind_outlets(m)
        if system.mass is not None:
            flow += _square(system.mass)
        self.force, self.flow = (1.0 / np.sqrt(v) if v > 0.0 else 1.0 for v in (force, flow))
        if not force > 0.0 or not flow > 0.0:
            self.flow = self.flow if flow > 0.0 else self._expected(force)
            self.force = self.force if force > 0.0 else 1.0

    def _behind_outlets(self, axis: int) -> float:
        """Squares of the forces of the pressures given on the sides across an axis [N2]."""
        given = self.residual.system.input
        return sum(
            _square(given.sides[side].pressure * given.grid.areas(axis)) for side, (a, _) in SIDES.items() if a == axis
        )

    def _expected(self, force: float) -> float:
        """Inverse of the flow that a force drives at rest, for its unit: walls and resistances take all of it."""
        system, areas, faces, held, rubbed = self.residual.system, 0.0, 0, 0.0, 0.0
        for m in self.residual.live:
            inner = self.unknowns.inner[m]
            on = system.active[m][inner]
            areas += _square(system.free(m)[inner])
            faces += int(np.count_nonzero(on))
            held += float(system.walls[m].sum())
            rubbed += sum(float(link[inner][on].sum(dtype=np.float64)) for link in system.links[m])
            if system.linear is not None:
                held += float(system.linear[m][inner][on].sum())
        resisting = held if held > 0.0 else rubbed
        return resisting / float(np.sqrt(force * areas * faces)) if resisting > 0.0 and force > 0.0 else 1.0

    def _left(self, r: Floats | None = None) -> float:
        """Length of the residual in those units; the residual itself into `r`."""
        self.residual(self.x, self.work)
        if r is not None:
            self.unknowns.gather(self.work, r)
        return self._measured(self.work)

    def _measured(self, r: Floats) -> float:
        """Length of a residual (4, NZ, NY, NX) in those units."""
        parts = {m: r[m][inner] for m, inner in self.unknowns.inner.items()}
        momentum = sum(_square(parts[m]) for m in self.residual.live)
        return float(np.sqrt(self.force**2 * momentum + self.flow**2 * _square(parts[3])))

    def _taken(self, step: Singles, left: float) -> float:
        """Add a step to the state, of Newton's the share, one half after the other, that makes the residual less."""
        self.unknowns.add(self.x, step, 1.0)
        if not self.newton:
            return 1.0
        share = SHARES[0]
        for less in SHARES[1:]:
            if self._left() < (1.0 - LEAST * share) * left:
                break
            self.unknowns.add(self.x, step, less - share)
            share = less
        return share

    def _step(self, cycle: Preconditioner) -> Singles:
        """Solve the linear step roughly."""
        residual, unknowns, x = self.residual, self.unknowns, self.x
        carried = None if self.newton else residual.carried(x)
        areas = sum(_square(np.broadcast_to(residual.system.area(m), x[m].shape)) for m in residual.live)
        fastest = max(float(np.abs(x[:3]).max()), 1.0 / (self.flow * float(np.sqrt(areas))))
        linear = carried is not None and residual.scheme != BOUNDED  # then differences need not be small
        change = fastest * (1.0 if linear else STEP)
        r = unknowns.views(self.r)

        def operator(z: Singles, out: Singles) -> None:
            parts = unknowns.views(z)
            largest = max(float(np.abs(parts[m]).max()) for m in residual.live)
            e = change / largest if largest > 0.0 else 1.0
            unknowns.add(x, z, e)
            residual(x, self.work, carried=carried)
            unknowns.add(x, z, -e)
            for m, part in unknowns.views(out).items():
                scale = self.flow if m == 3 else self.force
                part[...] = (self.work[m][unknowns.inner[m]] - r[m]) * (scale / e)

        def precondition(v: Singles, z: Singles) -> None:
            cycle(v, z, (1.0 / self.force, 1.0 / self.flow))

        target = NEWTON if self.newton else HELD
        few = (FEW, CONTENT) if unknowns.size > LARGE else None
        step, used = improve(operator, precondition, self._driving(), target, VECTORS, lean=self.lean, few=few)
        self.iterations += len(used) - 1
        return step

    def _driving(self) -> Singles:
        """Right-hand side of a step: the residual turned round, in its units."""
        out = np.empty(self.unknowns.size, np.float32)
        r = self.unknowns.views(self.r)
        for m, part in self.unknowns.views(out).items():
            np.multiply(r[m], -(self.flow if m == 3 else self.force), out=part, casting="same_kind")
        return out


def _square(values: Floats) -> float:
    """Sum of the squares."""
    return float(np.vdot(values, values))
