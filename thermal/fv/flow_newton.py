"""Steady flow by a Newton–Krylov iteration that begins with what carries momentum held.

With held carriers each step is linear and the steps converge from far away, but slowly; once they have come close
Newton's derivative takes over, from differences of the residual.  Both are solved by GMRES around one cycle of the
multigrid of velocities and pressure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from thermal.errors import ConvergenceError
from thermal.fv.flow_kernels import BOUNDED
from thermal.fv.flow_precondition import Preconditioner, saddle_at
from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats
from thermal.numerics.gmres import improve
from thermal.numerics.saddle_levels import Saddle, coefficients

__all__ = ["Newton"]

STEPS = 80
VECTORS, FEW = 30, 10  # of GMRES for one step, of a large problem
LARGE = 200_000  # cells with ghosts
HELD, NEWTON = 0.3, 0.1  # residual left of a linear step, by kind
CLOSE = 0.05  # of the residual after the first step: where Newton takes over
AGAIN = 0.3  # of the residual from which it failed: where it may try again
FAILED = 0.99  # a step of Newton's that leaves more than this of the residual
SHARES = 1.0, 0.5, 0.25, 0.125  # of a step of Newton's
LEAST = 0.1  # of the gain a step promises
DIVERGED = 1.0e3  # times the residual of the start
STALLED = 15  # steps without a new least residual
STEP = 1.0e-7  # of the largest velocity, for differences
DIVERGES = "it diverges; check velocities and viscosity, refine the grid where flow turns sharply"
UNSTEADY = (
    "there may be no steady flow at this Reynolds number: lower the flow or raise the viscosity, refine the grid, "
    "use scheme='bounded', or march in time"
)
Progress = Callable[[int, float], None]


@dataclass(eq=False)
class Newton:
    """The iteration; `x` is its state, velocities and pressure (4, NZ, NY, NX)."""

    residual: Residual
    x: Floats
    tolerance: float
    progress: Progress | None = None
    iterations: int = 0
    history: list[float] = field(default_factory=list)

    def run(self) -> Floats:
        """Iterate to the tolerance; raises ConvergenceError."""
        self.newton, best, below = False, (np.inf, self.x), np.inf
        r, worst = np.zeros_like(self.x), 0
        while True:
            saddle = saddle_at(self.residual, self.x)
            self._scale(saddle)
            left = self._measured(self.residual(self.x, r))
            if self.newton and not left < FAILED * best[0]:
                self.newton, self.x, below = False, best[1], AGAIN * best[0]
                best = (np.inf, self.x)
                self._judge(left)
                continue
            self.history.append(left)
            if self.progress is not None:
                self.progress(len(self.history) - 1, left)
            if left <= self.tolerance:
                return self.x
            worst = 0 if left < best[0] else worst + 1
            self._judge(left, worst)
            close = len(self.history) > 2 and left < min(CLOSE * self.history[1], below)
            self.newton = self.newton or close
            if left < best[0]:
                best = (left, self.x)
            cycle = Preconditioner(self.residual, saddle)
            del saddle  # the levels need it no more
            step = self._step(r, cycle)
            if self.newton:
                step *= self._length(step, left)
                self.x = self.x + step
            else:
                self.x += step
            del step, cycle

    def _judge(self, left: float, worst: int = 0) -> None:
        """Raise where the iteration diverges or does not end."""
        history = self.history
        start = max(history[:2], default=1.0)
        if not np.isfinite(left) or left > DIVERGED * max(start, 1.0):
            raise self._failure(DIVERGES)
        if len(history) > STEPS or worst > STALLED:
            raise self._failure(UNSTEADY)

    def _failure(self, cause: str) -> ConvergenceError:
        return ConvergenceError("steady flow", self.history, "the whole field", cause)

    def _scale(self, saddle: Saddle) -> None:
        """Choose the units in which imbalances of momentum and volume are measured: what flows at this state."""
        system, x = self.residual.system, self.x
        force = flow = 0.0
        for m in self.residual.live:
            inner = system.inner(m)
            on = system.active[m][inner]
            pushed = coefficients(saddle, m)[2] * x[m][inner]
            force += float((pushed[on] ** 2).sum()) + float((system.force[m][inner][on] ** 2).sum())
            force += float((system.pull[m][inner][on] ** 2).sum())
            outside = system.area[m] * (system.pressure - np.roll(system.pressure, 1, 2 - m))  # behind outlets
            force += float((outside[inner][on] ** 2).sum())
            flow += float(((system.area[m] * x[m])[inner] ** 2).sum())
        if system.mass is not None:
            flow += float((system.mass**2).sum())
        self.force, self.flow = (1.0 / np.sqrt(v) if v > 0.0 else 1.0 for v in (force, flow))
        if not force > 0.0 or not flow > 0.0:
            self.flow = self.flow if flow > 0.0 else self._expected(force)
            self.force = self.force if force > 0.0 else 1.0

    def _length(self, step: Floats, left: float) -> float:
        """Return the share of a step of Newton's, one half after the other, that makes the residual less."""
        r = np.zeros_like(step)
        for share in SHARES:
            if self._measured(self.residual(self.x + share * step, r)) < (1.0 - LEAST * share) * left:
                break
        return share

    def _expected(self, force: float) -> float:
        """Inverse of the flow that a force drives at rest, for its unit: walls and resistances take all of it."""
        system, areas, faces, held, rubbed = self.residual.system, 0.0, 0, 0.0, 0.0
        for m in self.residual.live:
            inner = system.inner(m)
            on = system.active[m][inner]
            areas += float((system.free[m][inner] ** 2).sum())
            faces += int(np.count_nonzero(on))
            held += float(system.wall[m][inner][on].sum())
            rubbed += sum(float(link[inner][on].sum()) for link in system.links[m])
            if system.linear is not None:
                held += float(system.linear[m][inner][on].sum())
        resisting = held if held > 0.0 else rubbed
        return resisting / float(np.sqrt(force * areas * faces)) if resisting > 0.0 and force > 0.0 else 1.0

    def _measured(self, r: Floats) -> float:
        """Length of a residual in those units."""
        momentum = sum(float(np.vdot(r[m], r[m])) for m in self.residual.live)
        return float(np.sqrt(self.force**2 * momentum + self.flow**2 * float(np.vdot(r[3], r[3]))))

    def _step(self, r: Floats, cycle: Preconditioner) -> Floats:
        """Solve the linear step roughly."""
        residual, system, x = self.residual, self.residual.system, self.x
        carrier = None if self.newton else x
        areas = sum(float(np.vdot(system.area[m], system.area[m])) for m in residual.live)
        fastest = max(float(np.abs(x[:3]).max()), 1.0 / (self.flow * float(np.sqrt(areas))))
        linear = carrier is not None and residual.scheme != BOUNDED  # then differences need not be small
        change = fastest * (1.0 if linear else STEP)
        y = np.empty_like(x)
        closed, fluid = not system.input.has_outlet, system.fluid

        def operator(z: NDArray[np.floating], out: Floats) -> None:
            largest = float(np.abs(z[:3]).max())
            e = change / largest if largest > 0.0 else 1.0
            np.multiply(z, e, out=y)
            y.__iadd__(x)
            residual(y, out, carrier=carrier)
            out -= r
            out[:3] *= self.force / e
            out[3] *= self.flow / e

        def precondition(v: Floats, scale: float, z: NDArray[np.floating]) -> None:
            np.multiply(v[:3], scale / self.force, out=y[:3])
            np.multiply(v[3], scale / self.flow, out=y[3])
            if closed:
                y[3][fluid] -= y[3][fluid].mean()
            cycle(y, z)
            if closed:
                z[3][fluid] -= z[3][fluid].mean()

        w = -r
        w[:3] *= self.force
        w[3] *= self.flow
        step, used = np.zeros_like(x), [1.0]
        lean = system.fluid.size > LARGE
        target, most = (NEWTON if self.newton else HELD), VECTORS
        improve(operator, precondition, w, step, used, target, FEW if lean else most, lean=lean)
        self.iterations += len(used) - 1
        return step
