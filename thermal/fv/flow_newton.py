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
from thermal.fv.flow_precondition import Preconditioner, saddle_at
from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats
from thermal.numerics.gmres import improve
from thermal.numerics.saddle import Saddle, coefficients

__all__ = ["Newton"]

STEPS = 80
VECTORS = 30  # of GMRES for one step
HELD, NEWTON = 0.3, 0.1  # residual left of a linear step, by kind
CLOSE = 0.05  # of the residual after the first step: where Newton takes over
AGAIN = 0.3  # the same after it has failed, over that before
FAILED = 0.9  # a step of Newton's that leaves more than this of the residual
DIVERGED = 1.0e3  # times the residual of the start
STALLED = 15  # steps without a new least residual
STEP = 1.0e-7  # of the largest velocity, for differences
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
        self.close, self.newton, best = CLOSE, False, (np.inf, self.x)
        r, worst = np.zeros_like(self.x), 0
        while True:
            saddle = saddle_at(self.residual, self.x)
            self._scale(saddle)
            left = self._measured(self.residual(self.x, r))
            if self.newton and not left < FAILED * best[0]:
                self.newton, self.close, self.x = False, AGAIN * self.close, best[1]
                best = (np.inf, self.x)
                self._judge(left)
                continue
            self.history.append(left)
            if self.progress is not None:
                self.progress(len(self.history) - 1, left)
            if left <= self.tolerance:
                return self.x
            worst = 0 if left < best[0] else worst + 1
            if left < best[0]:
                best = (left, self.x)
            self._judge(left, worst)
            self.newton = self.newton or (len(self.history) > 2 and left < self.close * self.history[1])
            self.x = self.x + self._step(r, saddle)

    def _judge(self, left: float, worst: int = 0) -> None:
        """Raise where the iteration diverges or does not end."""
        history = self.history
        start = max(history[:2], default=1.0)
        if not np.isfinite(left) or left > DIVERGED * max(start, 1.0):
            raise self._failure("it diverges; check velocities and viscosity, refine the grid where flow turns sharply")
        if len(history) > STEPS or worst > STALLED or self.close < self.tolerance * 1e-3:
            raise self._failure(
                "there may be no steady flow at this Reynolds number: lower the flow or raise the viscosity, "
                "refine the grid, use scheme='bounded', or march in time"
            )

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
            flow += float(((system.area[m] * x[m])[inner] ** 2).sum())
        if system.mass is not None:
            flow += float((system.mass**2).sum())
        self.force, self.flow = (1.0 / np.sqrt(v) if v > 0.0 else 1.0 for v in (force, flow))
        if not force > 0.0 or not flow > 0.0:
            self.flow = self.flow if flow > 0.0 else self._expected(force)
            self.force = self.force if force > 0.0 else 1.0

    def _expected(self, force: float) -> float:
        """Inverse of the flow that a force drives at rest, for its unit."""
        system, total = self.residual.system, 0.0
        for m in self.residual.live:
            inner = system.inner(m)
            on = system.active[m][inner]
            resisting = sum(link[inner] for link in system.links[m]) + system.wall[m][inner]
            if system.linear is not None:
                resisting = resisting + system.linear[m][inner]
            total += float((resisting[on] / system.area[m][inner][on]).sum() ** 2)
        return float(np.sqrt(total) / np.sqrt(force)) if total > 0.0 and force > 0.0 else 1.0

    def _measured(self, r: Floats) -> float:
        """Length of a residual in those units."""
        momentum = sum(float(np.vdot(r[m], r[m])) for m in self.residual.live)
        return float(np.sqrt(self.force**2 * momentum + self.flow**2 * float(np.vdot(r[3], r[3]))))

    def _step(self, r: Floats, saddle: Saddle) -> Floats:
        """Solve the linear step roughly."""
        residual, system, x = self.residual, self.residual.system, self.x
        cycle = Preconditioner(residual, saddle)
        carrier = None if self.newton else x
        fastest = max(float(np.abs(x[:3]).max()), 1.0e-30)
        y, scaled = np.empty_like(x), np.empty_like(x)
        closed, fluid = not system.input.has_outlet, system.fluid
        if residual.scheme != 3 and carrier is not None:
            pass

        def operator(z: NDArray[np.floating], out: Floats) -> None:
            largest = float(np.abs(z[:3]).max())
            e = STEP * fastest / largest if largest > 0.0 else 1.0
            np.multiply(z, e, out=y)
            y.__iadd__(x)
            residual(y, out, carrier=carrier)
            out -= r
            out[:3] *= self.force / e
            out[3] *= self.flow / e

        def precondition(v: Floats, scale: float, z: NDArray[np.floating]) -> None:
            np.multiply(v[:3], scale / self.force, out=scaled[:3])
            np.multiply(v[3], scale / self.flow, out=scaled[3])
            if closed:
                scaled[3][fluid] -= scaled[3][fluid].mean()
            cycle(scaled, z)
            if closed:
                z[3][fluid] -= z[3][fluid].mean()

        w = -r
        w[:3] *= self.force
        w[3] *= self.flow
        step, used = np.zeros_like(x), [1.0]
        improve(operator, precondition, w, step, used, NEWTON if self.newton else HELD, VECTORS)
        self.iterations += len(used) - 1
        return step
