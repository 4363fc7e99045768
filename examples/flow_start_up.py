"""Water between two plates starts to move: march in time, watch the profile fill, compare with the exact series."""

import numpy as np

from thermal.fv import FlowProblem, Grid, march_flow

# Plates 1 mm apart; one cell along the flow, joined to itself, so that the flow is fully developed.
water = FlowProblem(Grid.uniform((1e-3, 1e-3, 1e-3), (1, 40, 1)), density=998.0, viscosity=1e-3)
water.periodic("x", pressure_drop=0.1)  # Pa on 1 mm: 12.5 mm/s in the middle in the end

for flow in march_flow(water, step=2.5e-3, end=0.5, every=40):
    print(f"{flow.time:.1f} s: {1e3 * flow.u.max():6.3f} mm/s, {'#' * round(4e3 * flow.u.max())}")

# The series of the start-up, at the last instant; h is half the gap.
h, nu, fastest = 0.5e-3, 1e-3 / 998.0, 0.1 / 1e-3 * 0.5e-3**2 / (2.0 * 1e-3)
y = (flow.grid.centres.y - h) / h
odd = np.arange(1, 60, 2)[:, None]
terms = 32.0 / (odd * np.pi) ** 3 * (-1.0) ** (odd // 2) * np.cos(odd * np.pi * y / 2.0)
exact = fastest * (1.0 - y**2 - (terms * np.exp(-((odd * np.pi / 2.0) ** 2) * nu * 0.5 / h**2)).sum(0))
error = np.abs(flow.u[0, :, 0] - exact).max() / fastest
print(f"largest error {error:.1e} of the velocity in the end")
assert error < 1e-3
assert abs(flow.mass_flow("x_min") + flow.mass_flow("x_max")) < 1e-15
