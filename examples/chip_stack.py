"""Two dies with water in channels between them: what to give, what comes back, and how the hot end moves with flow."""

import numpy as np

from thermal.fv import Box, ConductionProblem, Field, Grid, solve

# Dies of 10 × 10 mm, 50 µm thick, 50 W each; 100 channels of 50 × 100 µm every 100 µm, water of 27 °C along y.
SIDE, DIE, DEPTH, PITCH, CHANNELS = 10e-3, 50e-6, 100e-6, 100e-6, 100  # [m]
SILICON, POWER = 130.0, 50.0  # [W/(m K)], [W]
RHO_CP, INLET, FILM = 4.17e6, 300.15, 30e3  # [J/(m3 K)], [K], [W/(m2 K)]


def stack(litres_per_minute: float) -> Field:
    """Cells across the flow lie in channels and walls in turn, half a wall at both edges."""
    x = np.concatenate([[0.0], 0.25 * PITCH + 0.5 * PITCH * np.arange(2 * CHANNELS), [SIDE]])
    y = np.linspace(0.0, SIDE, 101)
    z = np.cumsum([0.0, DIE, DEPTH, DIE])
    problem = ConductionProblem(Grid.from_faces(x, y, z), conductivity=SILICON)
    problem.add_channels(
        Box(z=(z[1], z[2])),
        mask=np.arange(2 * CHANNELS + 1)[None, :] % 2 == 1,
        capacity_flow=litres_per_minute / 6e4 * RHO_CP,
        h_side=FILM,
        h_bottom=FILM,
        h_top=FILM,
        inlet_temperature=INLET,
        direction="y_max",
    )
    problem.set_flux("z_min", POWER / SIDE**2)
    problem.set_flux("z_max", POWER / SIDE**2)
    return solve(problem)


print("L/min   water out   hottest of the lower die")
for flow in (0.024, 0.048, 0.096):
    field = stack(flow)
    (water,) = field.coolant
    junction = field.surface("z_min")
    print(f"{flow:.3f}   {water.outlet_temperature - 273.15:6.2f} °C   {junction.max() - 273.15:6.2f} °C")

    # All the heat is in the water.
    rise = 2.0 * POWER / (flow / 6e4 * RHO_CP)
    assert abs(water.outlet_temperature - INLET - rise) < 1e-6 * rise
    assert abs(field.energy.imbalance) < 1e-8

    # Both dies are alike.
    assert np.allclose(junction, field.surface("z_max"), atol=1e-4)

# By hand, halfway along, where half of the heat is in the water: each die has the floors (or roofs) of the channels
# and half of their sides, on which its 50 W leave evenly.
wetted = CHANNELS * SIDE * (0.5 * PITCH + DEPTH)
film_drop = POWER / (FILM * wetted)
field = stack(0.048)
middle = field.surface_mean("z_min", Box(y=(0.49 * SIDE, 0.51 * SIDE)))
water = INLET + POWER / (0.048 / 6e4 * RHO_CP)
print(f"halfway: die over water {middle - water:.2f} K, film alone {film_drop:.2f} K, silicon the rest")
assert film_drop < middle - water < 1.15 * film_drop
