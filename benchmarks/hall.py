"""Case D: racks of Darcy–Weisbach pipes on a row and a hall ladder, 180 pipes per rack."""

from __future__ import annotations

from thermal.hydraulics.branches import PIPE_SWAMEE_JAIN
from thermal.hydraulics.network import Network, NetworkBuilder

DENSITY, VISCOSITY = 990.2, 5.96e-4
ROUGHNESS = 1.5e-6
ELEMENTS = {  # length [m], bore [m], ΣK
    "coupling": (0.05, 0.010, 7.0),
    "hose": (0.5, 0.010, 1.5),
    "plate": (0.1, 0.006, 7.0),
    "section": (0.04445, 0.032, 0.1),
    "drop": (1.5, 0.040, 3.0),
    "row": (0.7, 0.300, 0.02),
    "hall": (3.0, 0.800, 0.05),
}
TRAYS = 18
TOTALS = {1: 154.994891, 100: 15819.980054, 1000: 153786.518974}  # [L/min]
TRAY_FLOWS = (
    8.881703, 8.822425, 8.769649, 8.723034, 8.682228, 8.646873, 8.616602, 8.591041, 8.569807,
    8.552514, 8.538769, 8.528176, 8.520334, 8.514837, 8.511277, 8.509241, 8.508313, 8.508069,
)  # [L/min], one rack  # fmt: skip


def _pipe(net: NetworkBuilder, name: str, element: str, start: int, end: int, law: int) -> None:
    length, bore, loss = ELEMENTS[element]
    net.pipe(name, start, end, length=length, diameter=bore, roughness=ROUGHNESS, loss=loss, law=law)


def rack(net: NetworkBuilder, name: str, supply: int, back: int, law: int = PIPE_SWAMEE_JAIN) -> None:
    """Add one rack of 18 trays between two nodes of the row."""
    top, bottom = net.node(f"{name}/s0"), net.node(f"{name}/r0")
    _pipe(net, f"{name}/drop_s", "drop", supply, top, law)
    _pipe(net, f"{name}/drop_r", "drop", bottom, back, law)
    for tray in range(TRAYS):
        if tray:
            further, nearer = net.node(f"{name}/s{tray}"), net.node(f"{name}/r{tray}")
            _pipe(net, f"{name}/supply{tray}", "section", top, further, law)
            _pipe(net, f"{name}/return{tray}", "section", nearer, bottom, law)
            top, bottom = further, nearer
        n = [net.node(f"{name}/t{tray}/{k}") for k in range(6)]
        path = f"{name}/t{tray}"
        _pipe(net, f"{path}/in", "coupling", top, n[0], law)
        _pipe(net, f"{path}/hose_in", "hose", n[0], n[1], law)
        for side, middle in ((1, n[2]), (2, n[3])):
            _pipe(net, f"{path}/plate{side}a", "plate", n[1], middle, law)
            _pipe(net, f"{path}/plate{side}b", "plate", middle, n[4], law)
        _pipe(net, f"{path}/hose_out", "hose", n[4], n[5], law)
        _pipe(net, f"{path}/out", "coupling", n[5], bottom, law)


def hall(racks: int, law: int = PIPE_SWAMEE_JAIN) -> tuple[Network, int, int]:
    """Build 1 rack, a row of up to 100, or rows of 100 on a hall ladder; returns inlet and outlet too."""
    net = NetworkBuilder()
    inlet, outlet = net.node("inlet"), net.node("outlet")
    if racks == 1:
        rack(net, "r0", inlet, outlet, law)
        return net.build(), inlet, outlet
    rows = max(1, racks // 100)
    hall_in, hall_out = inlet, outlet
    for row in range(rows):
        if rows > 1:
            near_in, near_out = hall_in, hall_out
            hall_in, hall_out = net.node(f"hall_in{row}"), net.node(f"hall_out{row}")
            _pipe(net, f"hall_s{row}", "hall", near_in, hall_in, law)
            _pipe(net, f"hall_r{row}", "hall", hall_out, near_out, law)
        row_in, row_out = hall_in, hall_out
        for k in range(racks // rows):
            near_in, near_out = row_in, row_out
            row_in, row_out = net.node(f"row{row}_in{k}"), net.node(f"row{row}_out{k}")
            _pipe(net, f"row{row}_s{k}", "row", near_in, row_in, law)
            _pipe(net, f"row{row}_r{k}", "row", row_out, near_out, law)
            rack(net, f"row{row}_rack{k}", row_in, row_out, law)
    return net.build(), inlet, outlet
