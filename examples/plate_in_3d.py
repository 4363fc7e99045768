"""A plate of your own in 3-D: solve examples/my_plate.yaml, check its heat, look at the planes, refine the grid."""

from pathlib import Path

import numpy as np

from thermal import load_rack, simulate

rack = load_rack(Path(__file__).with_name("my_plate.yaml"))
results = simulate(rack, fidelity="plate", resolution=0.5)
chip = results.summary["devices"][0]
coolant = results.summary["coolant"]
print(f"junction {chip['junction_max_C']:.2f} °C at most, {chip['junction_mean_C']:.2f} °C in the mean")
print(f"case {chip['case_C']:.2f} °C, memory {chip['memory_max_C']:.2f} °C, return {coolant['return_C']:.2f} °C")

# The planes are at full resolution, in kelvin: here the face of the chips where the heat enters.
plane = results.plates.plane(chip["path"].rpartition("/")[0] + "/finned_plate", "junction")
print(f"junction plane: {plane.values.shape}, {float(np.nanmax(plane.values)) - 273.15:.2f} °C at most")

# 700 W into 1.5 L/min of PG25 (1017 kg/m3 at 35 °C, 3.960 kJ/(kg K)): 6.95 K.
rise = 700.0 / (1.5 / 6e4 * 1017.0 * 3960.0)
assert abs(coolant["return_C"] - coolant["supply_C"] - rise) < 0.02
assert results.summary["plates"]["energy_imbalance_rel"] < 1e-8

# By hand, over the die (24 × 30 mm, 560 W): 0.75 mm silicon, 40 µm joint; over the lid (40 × 50 mm): 0.06 cm2K/W.
die, lid = 24e-3 * 30e-3, 40e-3 * 50e-3
package = 560.0 * (0.75e-3 / 120.0 + 40e-6 / 8.0) / die
assert chip["junction_mean_C"] - chip["case_C"] > package  # spreading in the lid comes on top
assert chip["case_C"] - coolant["return_C"] > 700.0 * 0.06e-4 / lid  # so do base, fins and film

# A grid finer by half moves the hot spot by less than the estimate that the run gives.
finer = simulate(rack, fidelity="plate", resolution=0.75).summary
moved = abs(finer["devices"][0]["junction_max_C"] - chip["junction_max_C"])
print(f"finer by half: {moved:.3f} K; estimated error {results.summary['plates']['grid_error_K']:.3f} K")
assert moved < max(2.0 * results.summary["plates"]["grid_error_K"], 0.05)
