"""A rack described twice, for this solver and for EPANET 2.2, which runs it through wntr."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.hydraulics.branches import PIPE, PIPE_EPANET
from thermal.hydraulics.network import NetworkBuilder
from thermal.hydraulics.solve import HydraulicSolver

RHO, MU = 1014.5, 1.37e-3
FOOT = 0.3048
GRAVITY = 32.2 * FOOT  # EPANET's own
MINOR_LOSS = 0.02517 / (8.0 / math.pi**2 / 32.2)  # it rounds the constant of K v²/2g
VISCOSITY_UNIT = 1.1e-5 * FOOT**2  # its unit of kinematic viscosity [m2/s]
ROUGHNESS = 1.5e-6
SECTION, DROP = (0.04445, 0.030, 0.1), (1.5, 0.040, 3.0)  # length [m], bore [m], ΣK
COUPLING, HOSE, PLATE = (0.05, 0.010, 7.0), (0.5, 0.010, 1.5), (0.1, 0.006, 12.0)


@dataclass
class Drawing:
    """Pipes between named nodes, from which both descriptions are made; `supply` and `return` are the ports."""

    pipes: list[tuple[str, str, str, tuple[float, float, float]]] = field(default_factory=list)

    def add(self, name: str, start: str, end: str, shape: tuple[float, float, float]) -> None:
        self.pipes.append((name, start, end, shape))


def rack(trays: int, *, reverse: bool = False) -> Drawing:
    """Trays of two parallel pairs of plates between two manifolds, with couplings at both ends of each tray."""
    d = Drawing()
    last = trays - 1
    d.add("drop_supply", "supply", "s0", DROP)
    d.add("drop_return", f"r{last if reverse else 0}", "return", DROP)
    for k in range(trays):
        if k:
            d.add(f"section_s{k}", f"s{k - 1}", f"s{k}", SECTION)
            ends = (f"r{k - 1}", f"r{k}") if reverse else (f"r{k}", f"r{k - 1}")
            d.add(f"section_r{k}", *ends, SECTION)
        n = [f"t{k}_{i}" for i in range(6)]
        d.add(f"inlet{k}", f"s{k}", n[0], COUPLING)
        d.add(f"hose_in{k}", n[0], n[1], HOSE)
        for side, middle in (("a", n[2]), ("b", n[3])):
            d.add(f"plate{k}{side}1", n[1], middle, PLATE)
            d.add(f"plate{k}{side}2", middle, n[4], PLATE)
        d.add(f"hose_out{k}", n[4], n[5], HOSE)
        d.add(f"outlet{k}", n[5], f"r{k}", COUPLING)
    return d


def our_flows(
    drawing: Drawing, pressure: float, law: int = PIPE_EPANET, loss: float = MINOR_LOSS
) -> NDArray[np.float64]:
    """Volume flows [m3/s]; `loss` multiplies every loss coefficient."""
    b = NetworkBuilder()
    names = sorted({node for _, start, end, _ in drawing.pipes for node in (start, end)})
    node = {name: b.node(name) for name in names}
    for name, start, end, (length, bore, k) in drawing.pipes:
        b.pipe(name, node[start], node[end], length=length, diameter=bore, roughness=ROUGHNESS, loss=loss * k, law=law)
    solver = HydraulicSolver(b.build(), [node["supply"], node["return"]])
    return solver.solve(np.array([pressure, 0.0]), density=RHO, viscosity=MU).mass_flow / RHO


def epanet_flows(drawing: Drawing, pressure: float, folder: Path) -> NDArray[np.float64]:
    """Volume flows [m3/s] after EPANET."""
    import wntr

    model: Any = wntr.network.WaterNetworkModel()
    hydraulic = model.options.hydraulic
    hydraulic.headloss, hydraulic.accuracy, hydraulic.trials = "D-W", 1e-8, 500
    hydraulic.viscosity = MU / RHO / VISCOSITY_UNIT
    model.options.time.duration = 0
    ports = {"supply": pressure / RHO / GRAVITY, "return": 0.0}
    for name, head in ports.items():
        model.add_reservoir(name, base_head=head)
    for name in sorted({node for _, start, end, _ in drawing.pipes for node in (start, end)} - set(ports)):
        model.add_junction(name, base_demand=0.0, elevation=0.0)
    for name, start, end, (length, bore, k) in drawing.pipes:
        model.add_pipe(name, start, end, length=length, diameter=bore, roughness=ROUGHNESS, minor_loss=k)
    result = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(folder / "rack"), version=2.2)
    return result.link["flowrate"].loc[0, [name for name, *_ in drawing.pipes]].to_numpy(dtype=float)


CASES = [
    pytest.param(8, False, 4e2, id="8 trays, laminar"),
    pytest.param(8, False, 4e3, id="8 trays, in transition"),
    pytest.param(8, True, 6e4, id="8 trays, reverse return"),
    pytest.param(18, False, 1e5, id="18 trays"),
    pytest.param(18, True, 1e4, id="18 trays, reverse return, in transition"),
]


@pytest.mark.filterwarnings("ignore:Changing the headloss formula:UserWarning")  # roughness is given in metres
@pytest.mark.parametrize(("trays", "reverse", "pressure"), CASES)
def test_flows_match_epanet(trays: int, reverse: bool, pressure: float, tmp_path: Path) -> None:
    drawing = rack(trays, reverse=reverse)
    ours, expected = our_flows(drawing, pressure), epanet_flows(drawing, pressure, tmp_path)
    np.testing.assert_allclose(ours, expected, rtol=2e-6)
    assert not np.allclose(our_flows(drawing, pressure, loss=1.01 * MINOR_LOSS), expected, rtol=1e-3)
    np.testing.assert_allclose(our_flows(drawing, pressure, law=PIPE), expected, rtol=2e-3)


def reynolds(flow: float, bore: float) -> float:
    return 4.0 * RHO * flow / (math.pi * bore * MU)


def test_the_cases_cover_laminar_and_turbulent_flow() -> None:
    names = [name for name, *_ in rack(8).pipes]
    for pressure, low, high in ((4e2, 0.0, 2000.0), (4e3, 2000.0, 4000.0), (6e4, 4000.0, 1e6)):
        plate = our_flows(rack(8), pressure)[names.index("plate3a1")]
        assert low < reynolds(plate, PLATE[1]) < high
