"""How warm may the water be? Raise the supply of GB300 while the return is held at 55 °C."""

from thermal import load_rack, simulate

margins = []
for supply in (30, 35, 40, 45):
    rack = load_rack("gb300_nvl72", {"coolant.supply_temperature": f"{supply} degC"})
    summary = simulate(rack).summary
    margin = min(device["margin_K"] for device in summary["devices"] if device["margin_K"] is not None)
    flow, pressure, pumps = summary["coolant"]["flow_L_min"], summary["pressure_drop_kPa"], summary["pump_power_W"]
    print(f"{supply} °C  {flow:6.1f} L/min  {pressure:6.1f} kPa  pumps {pumps:4.0f} W  {margin:+.1f} K to the limit")
    margins.append(margin)
    # the same heat over a smaller rise: flow × (55 °C − supply) stays near 1780 L K/min (Lenovo LP2357 gives 1770)
    assert abs(flow * (55 - supply) / 1780 - 1) < 0.01

# Colder water at a held return temperature is slower water: the chips hardly notice, the pumps do.
assert max(margins) - min(margins) < 6.0
