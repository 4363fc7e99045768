"""Flow through a duct: developed by a given drop of pressure, and from an inlet that it has to develop behind."""

from pathlib import Path

from thermal import write_field
from thermal.fv import FlowProblem, Grid, solve_flow

# Water at 30 °C through a channel of a cold plate, 0.5 × 1 mm, 100 Pa on 50 mm.
WIDTH, HEIGHT, LENGTH, DROP = 0.5e-3, 1.0e-3, 50e-3, 100.0  # [m], [Pa]
RHO, MU = 995.7, 0.798e-3

# Developed: periodic along x, where one cell is enough.
duct = FlowProblem(Grid.uniform((LENGTH, WIDTH, HEIGHT), (1, 24, 48)), density=RHO, viscosity=MU)
duct.periodic("x", pressure_drop=DROP)
flow = solve_flow(duct)

speed = flow.flow_through("x", 0.0) / (RHO * WIDTH * HEIGHT)
hydraulic = 2.0 * WIDTH * HEIGHT / (WIDTH + HEIGHT)
friction = DROP / LENGTH * hydraulic**2 / (2.0 * MU * speed)
print(f"developed: {speed:.4f} m/s, Re = {flow.reynolds():.0f}, f Re = {friction:.3f}")
assert abs(friction / 15.548 - 1.0) < 0.01  # Shah & London 1978, sides 1 : 2

# The same flow let in evenly: the start costs more. A quarter of the section, between planes of symmetry.
entering = FlowProblem(Grid.uniform((LENGTH, WIDTH / 2, HEIGHT / 2), (60, 8, 16)), density=RHO, viscosity=MU)
entering.inlet("x_min", velocity=speed)
entering.outlet("x_max")
entering.symmetry("y_max")
entering.symmetry("z_max")
inflow = solve_flow(entering)
print(f"from the inlet on: {inflow.pressure_drop:.1f} Pa, {inflow.total_pressure_drop:.1f} Pa to make up for")
assert inflow.pressure_drop > DROP
assert abs(inflow.mass_flow("x_min") + inflow.mass_flow("x_max")) < 1e-12 * inflow.mass_flow("x_min")

# For ParaView: cells with velocity and pressure, and 40 streamlines from the inlet.
Path("runs").mkdir(exist_ok=True)
print(f"written to {write_field(inflow, 'runs/duct.vtm', title='duct').name}")
