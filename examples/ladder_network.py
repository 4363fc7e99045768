"""A coolant network without any rack: a ladder of ten laminar branches against its closed form."""

import math

import numpy as np

from thermal.hydraulics.network import NetworkBuilder
from thermal.hydraulics.solve import HydraulicSolver

BRANCHES, BRANCH, HEADER, DROP = 10, 1.0e8, 2.0e6, 20.0e3  # resistances [Pa s/m3], pressure [Pa]
RHO, MU = 1000.0, 1.0e-3

net = NetworkBuilder()
supply, back = net.node("inlet"), net.node("outlet")
inlet, outlet = supply, back
rungs = []
for k in range(1, BRANCHES + 1):
    top, bottom = net.node(f"supply[{k}]"), net.node(f"return[{k}]")
    net.resistance(f"supply_header[{k}]", supply, top, linear=HEADER)
    net.resistance(f"return_header[{k}]", bottom, back, linear=HEADER)
    rungs.append(net.resistance(f"branch[{k}]", top, bottom, linear=BRANCH))
    supply, back = top, bottom

flow = HydraulicSolver(net.build(), [inlet, outlet]).solve(np.array([DROP, 0.0]), density=RHO, viscosity=MU)
found = flow.mass_flow[rungs] / RHO

# q_k = Δp/R · cosh((N − k + 1/2) μ) / cosh((N + 1/2) μ), cosh μ = 1 + r/R
mu = math.acosh(1.0 + HEADER / BRANCH)
exact = [
    DROP / BRANCH * math.cosh((BRANCHES - k + 0.5) * mu) / math.cosh((BRANCHES + 0.5) * mu)
    for k in range(1, BRANCHES + 1)
]
for k, (here, there) in enumerate(zip(found, exact, strict=True), start=1):
    print(f"branch {k:2d}  {here * 6e4:8.5f} L/min   closed form {there * 6e4:8.5f}")
assert np.max(np.abs(found / exact - 1.0)) < 1e-9
