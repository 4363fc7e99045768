"""Flow in a cavity under a moving lid: a problem in four lines, its vortex in one."""

from pathlib import Path

import numpy as np

from thermal import write_field
from thermal.fv import FlowProblem, Grid, solve_flow

# A square of 1 m, one cell deep: plane. Cells lie closer at the walls. Reynolds number 1000.
s = np.linspace(0.0, np.pi, 65)
faces = 0.5 * (1.0 - np.cos(s))
cavity = FlowProblem(Grid.from_faces(faces, faces, [0.0, 1.0]), density=1.0, viscosity=1e-3)
cavity.wall("y_max", velocity=(1.0, 0.0, 0.0))
flow = solve_flow(cavity)

slowest, _ = flow.profile_extrema("u", "y")
sinking, rising = flow.profile_extrema("v", "x")
vortex = float(flow.stream_function.min())
print(f"{len(flow.history) - 1} steps; against the lid u = {slowest.value:.4f} at y = {slowest.position:.3f}")
print(f"up {rising.value:.4f} at x = {rising.position:.3f}, down {sinking.value:.4f} at x = {sinking.position:.3f}")
print(f"the vortex turns {-vortex:.4f} m2/s")

# Botella & Peyret, Computers & Fluids 27 (1998) 421, spectral.
for found, exact in ((slowest.value, -0.3885698), (rising.value, 0.3769447), (sinking.value, -0.5270771)):
    assert abs(found / exact - 1.0) < 0.04
assert abs(vortex / -0.1189366 - 1.0) < 0.03

# No cell gains or loses fluid.
assert flow.imbalance < 1e-12

# For ParaView; .png and .html are drawn.
Path("runs").mkdir(exist_ok=True)
write_field(flow, "runs/cavity.vtm", lines=flow.streamlines([(0.5, y, 0.5) for y in faces[2:-2:4]]), title="cavity")
assert Path("runs/cavity.vtm").is_file()
