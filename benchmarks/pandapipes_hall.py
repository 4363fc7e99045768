"""Case D given to pandapipes, where it is installed."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.hall import DENSITY, VISCOSITY
from thermal.hydraulics.network import Network


def pandapipes_solve(network: Network, inlet: int, outlet: int, drop: float, repeats: int) -> tuple[list[float], float]:
    """CPU times of the warm solves [s] and the total flow [L/min]; raises ImportError where it is not installed."""
    import pandapipes as pp

    fluid = pp.create_constant_fluid("coolant", "liquid", density=DENSITY, viscosity=VISCOSITY, heat_capacity=4180.0)
    net = pp.create_empty_network("case D", fluid=fluid)
    pp.create_junctions(net, len(network.nodes), pn_bar=1.0, tfluid_k=300.0)
    pp.create_ext_grid(net, inlet, p_bar=1.0 + drop / 1e5, t_k=300.0)
    pp.create_ext_grid(net, outlet, p_bar=1.0, t_k=300.0)
    pp.create_pipes_from_parameters(
        net, network.start, network.end, length_km=network.length / 1e3, inner_diameter_mm=network.diameter * 1e3,
        k_mm=network.roughness * 1e3, loss_coefficient=network.loss,
    )  # fmt: skip
    times = []
    for _ in range(repeats + 1):
        begun = time.process_time()
        pp.pipeflow(net, friction_model="swamee-jain", tol_m=1e-8, tol_p=1e-8, max_iter_hyd=100)
        times.append(time.process_time() - begun)
    out = np.flatnonzero(network.end == outlet)
    return times[1:], float(net.res_pipe["mdot_from_kg_per_s"].to_numpy()[out].sum() / DENSITY * 6e4)
