"""A chip on a copper plate without any rack: build the block, solve it, ask it, and check it by hand arithmetic."""

from thermal.correlations.spreading import Rectangle, layered_plate, resistance_at_point, resistance_mean
from thermal.fv import Box, ConductionProblem, Grid, Layer, solve

# A die of 26 × 30 mm and 0.7 mm on 60 µm of paste on a copper plate of 60 × 60 × 3 mm, cooled on its far side.
POWER, H, COOLANT = 1000.0, 3.0e4, 318.15  # [W], [W/(m2 K)], [K]
DIE_X, DIE_Y = (17e-3, 43e-3), (15e-3, 45e-3)  # [m]
SILICON, PASTE, COPPER, AIR = 120.0, 8.0, 390.0, 0.03  # [W/(m K)]
STACK = [Layer(0.7e-3, 7), Layer(60e-6, 3), Layer(3e-3, 12)]  # thickness [m] and cells, from the die up
PASTE_LOW, PASTE_HIGH = 0.7e-3, 0.76e-3

grid = Grid.layered(60e-3, 60e-3, STACK, cells=(120, 120))  # cells of 0.5 mm, with faces on the edges of the die
problem = ConductionProblem(grid, conductivity=COPPER)
problem.set_material(Box(z=(0.0, PASTE_HIGH)), AIR)
problem.set_material(Box(DIE_X, DIE_Y, (0.0, PASTE_LOW)), SILICON)
problem.set_material(Box(DIE_X, DIE_Y, (PASTE_LOW, PASTE_HIGH)), PASTE)
problem.set_contact(z=PASTE_HIGH, resistance=1e-6)  # paste does not wet all of the copper [m2 K/W]
problem.set_flux("z_min", POWER / (26e-3 * 30e-3), Box(DIE_X, DIE_Y))
problem.set_convection("z_max", H, COOLANT)
field = solve(problem)

junction = field.surface("z_min")
print(f"{grid.cells} cells, {field.iterations} iterations")
print(f"hottest point of the die   {junction.max() - 273.15:6.2f} °C")
print(f"mean of its heated face    {field.surface_mean('z_min', Box(DIE_X, DIE_Y)) - 273.15:6.2f} °C")
print(f"at the centre, in copper   {float(field.sample(30e-3, 30e-3, PASTE_HIGH)) - 273.15:6.2f} °C")

# All the heat leaves through the cooled face.
assert abs(field.energy.sides["z_max"] + POWER) < 1e-6
assert abs(field.energy.imbalance) < 1e-8

# Down to the middle of the first 0.25 mm of copper the heat hardly spreads: the drop is nearly one-dimensional.
flux = POWER / (26e-3 * 30e-3)
drop = flux * (0.7e-3 / SILICON + 60e-6 / PASTE + 1e-6 + 0.125e-3 / COPPER)
above = field.surface_mean("z_min", Box(DIE_X, DIE_Y)) - field.mean(Box(DIE_X, DIE_Y, (0.76e-3, 1.01e-3)))
print(f"die, paste and contact     {above:6.2f} K   one-dimensional {drop:.2f} K")
assert abs(above / drop - 1.0) < 0.005

# The plate alone, heated evenly where the die sits, against its exact series: 0.2 % in the mean, 0.05 % at the centre.
bare = ConductionProblem(Grid.layered(60e-3, 60e-3, STACK[2:], cells=(120, 120)), conductivity=COPPER)
bare.set_flux("z_min", flux, Box(DIE_X, DIE_Y))
bare.set_convection("z_max", H, 0.0)
plate = solve(bare)
series = layered_plate(60e-3, 60e-3, [3e-3], [COPPER], H)
source = Rectangle(30e-3, 30e-3, 26e-3, 30e-3)
mean, centre = POWER * resistance_mean(series, source), POWER * resistance_at_point(series, source, 30e-3, 30e-3)
print(f"plate alone, mean          {plate.surface_mean('z_min', Box(DIE_X, DIE_Y)):6.2f} K   series {mean:.2f} K")
print(f"plate alone, centre        {float(plate.sample(30e-3, 30e-3, 0.0)):6.2f} K   series {centre:.2f} K")
assert abs(plate.surface_mean("z_min", Box(DIE_X, DIE_Y)) / mean - 1.0) < 0.002
assert abs(float(plate.sample(30e-3, 30e-3, 0.0)) / centre - 1.0) < 0.0005
