"""Simulate GB300 NVL72 and check what is printed by hand arithmetic."""

from thermal import load_rack, simulate
from thermal.views.simulate import simulate_text

results = simulate(load_rack("gb300_nvl72"))
summary = results.summary
print(simulate_text(summary))

# Heat: 18 compute trays of 4 × 1400 W + 2 × 300 W and 9 switch trays of 2 × 450 W on plates.
on_plates = 18 * (4 * 1400 + 2 * 300) + 9 * 2 * 450
assert abs(summary["heat_to_liquid_W"] - on_plates) < 1e-6

# Flow: PG25 carries about 3.99 MJ/(m3 K) here, so Q = heat / (ρ cp ΔT), within 1 %.
flow = on_plates / (1011.0 * 3963.0 * 15.0) * 6e4
assert abs(summary["coolant"]["flow_L_min"] / flow - 1.0) < 0.01

# The temperature chain of the hottest device closes.
hottest = min(
    (device for device in summary["devices"] if device["margin_K"] is not None), key=lambda device: device["margin_K"]
)
chain = hottest["coolant_rise_K"] + hottest["plate_rise_K"] + hottest["package_rise_K"]
assert abs(summary["coolant"]["supply_C"] + chain - hottest["junction_max_C"]) < 1e-9
