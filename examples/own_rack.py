"""Write your own rack: load examples/my_rack.yaml, simulate it, check it by hand."""

from pathlib import Path

from thermal import load_rack, simulate

results = simulate(load_rack(Path(__file__).with_name("my_rack.yaml")))
coolant = results.summary["coolant"]
print(f"{coolant['flow_L_min']:.2f} L/min, {coolant['supply_C']:.1f} → {coolant['return_C']:.2f} °C")
for device in results.summary["devices"]:
    print(f"{device['path']}  {device['junction_max_C']:.2f} °C, {device['margin_K']:.2f} K below its limit")

# 2 kW into 3.6 L/min of PG25 (1017.0 kg/m3 at 35 °C, 3.960 kJ/(kg K) at 39 °C): a rise of 8.28 K.
rise = 2000.0 / (3.6 / 6e4 * 1017.0 * 3959.8)
assert abs(coolant["return_C"] - coolant["supply_C"] - rise) < 0.01

# 1.8 L/min through each plate: 0.030 · (1.8/2)^−0.35 = 0.0311 K/W, plus 0.01 K/W in the package.
junction = 35.0 + 1000.0 * (0.030 * (1.8 / 2.0) ** -0.35 + 0.01)
assert all(abs(device["junction_max_C"] - junction) < 0.1 for device in results.summary["devices"])
