"""Case B in OpenFOAM: the flow by simpleFoam, then the heat of water and copper by chtMultiRegionSimpleFoam."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import openfoam
from benchmarks.channel_case import (
    BASE,
    CELLS,
    CHANNEL,
    COPPER,
    DENSITY,
    FIN,
    FLUX,
    HEAT_CAPACITY,
    HEIGHT,
    INLET,
    LENGTH,
    SPEED,
    TOLERANCE,
    VISCOSITY,
    WATER,
    Cells,
    grading,
    places,
)

__all__ = ["Flow", "Heat", "run_flow", "run_heat"]

# the water's faces are numbered alike in both programs, so that mass flows go over face by face
WATER_MESH = """scale 1;
vertices ((0 0 {z0}) ({x} 0 {z0}) ({x} {y} {z0}) (0 {y} {z0}) (0 0 {z1}) ({x} 0 {z1}) ({x} {y} {z1}) (0 {y} {z1}));
blocks (hex (0 1 2 3 4 5 6 7) ({nx} {ny} {nz}) simpleGrading ({along} 1 1));
edges ();
boundary (
    inlet {{ type patch; faces ((0 4 7 3)); }}
    outlet {{ type patch; faces ((2 6 5 1)); }}
    middle {{ type symmetryPlane; faces ((1 5 4 0)); }}
    top {{ type wall; faces ((4 5 6 7)); }}
    contact {{ {contact} faces ((3 7 6 2) (0 3 2 1)); }}
);
"""
COPPER_MESH = """scale 1;
vertices (
    (0 0 0) ({x} 0 0) (0 {c} 0) ({x} {c} 0) (0 {f} 0) ({x} {f} 0)
    (0 0 {b}) ({x} 0 {b}) (0 {c} {b}) ({x} {c} {b}) (0 {f} {b}) ({x} {f} {b})
    (0 {c} {t}) ({x} {c} {t}) (0 {f} {t}) ({x} {f} {t})
);
blocks (
    hex (0 1 3 2 6 7 9 8) ({nx} {nc} {nb}) simpleGrading ({along} 1 1)
    hex (2 3 5 4 8 9 11 10) ({nx} {nf} {nb}) simpleGrading ({along} 1 1)
    hex (8 9 11 10 12 13 15 14) ({nx} {nf} {nz}) simpleGrading ({along} 1 1)
);
edges ();
boundary (
    base {{ type patch; faces ((0 2 3 1) (2 4 5 3)); }}
    near {{ type symmetryPlane; faces ((0 1 7 6)); }}
    far {{ type symmetryPlane; faces ((4 10 11 5) (10 14 15 11)); }}
    ends {{ type patch; faces ((0 6 8 2) (2 8 10 4) (8 12 14 10) (1 3 9 7) (3 5 11 9) (9 11 15 13)); }}
    top {{ type patch; faces ((12 13 15 14)); }}
    contact {{ {contact} faces ((6 7 9 8) (8 9 13 12)); }}
);
"""
FLOW = {
    "system/controlDict": openfoam.CONTROL,
    "system/fvSchemes": openfoam.SCHEMES.format(convection="linearUpwind grad(U)"),
    "system/fvSolution": openfoam.SOLUTION.format(smoother="DICGaussSeidel", tolerance="1e-12", more=""),
    "constant/transportProperties": f"transportModel Newtonian; nu {VISCOSITY / DENSITY!r};\n",
    "constant/turbulenceProperties": "simulationType laminar;\n",
    "0/U": f"""dimensions [0 1 -1 0 0 0 0];
internalField uniform ({SPEED} 0 0);
boundaryField
{{
    inlet {{ type fixedValue; value uniform ({SPEED} 0 0); }}
    outlet {{ type zeroGradient; }}
    middle {{ type symmetryPlane; }}
    "top|contact" {{ type noSlip; }}
}}
""",
    "0/p": """dimensions [0 2 -2 0 0 0 0];
internalField uniform 0;
boundaryField
{
    inlet { type zeroGradient; }
    outlet { type fixedValue; value uniform 0; }
    middle { type symmetryPlane; }
    "top|contact" { type zeroGradient; }
}
""",
}
# the heat stops once both regions have initial residuals of 1e-6: copper is looked at when water has got there
HEAT_CONTROL = f"""application chtMultiRegionSimpleFoam;
startFrom startTime; startTime 0; stopAt endTime; endTime 5000; deltaT 1;
writeControl timeStep; writeInterval 1000000; writeFormat ascii; writePrecision 10; runTimeModifiable false;
functions
{{
    water {{
        type runTimeControl; libs ("libutilityFunctionObjects.so"); region water;
        conditions {{ done {{ type equationInitialResidual; fields (h); value {TOLERANCE}; mode minimum; }} }}
        satisfiedAction setTrigger; trigger 1;
    }}
    copper {{
        type runTimeControl; libs ("libutilityFunctionObjects.so"); region copper;
        controlMode trigger; triggerStart 1;
        conditions {{ done {{ type equationInitialResidual; fields (h); value {TOLERANCE}; mode minimum; }} }}
        satisfiedAction end;
    }}
}}
"""
HEAT_SCHEMES = """ddtSchemes { default steadyState; }
gradSchemes { default Gauss linear; }
divSchemes
{
    default none;
    div(phi,U) bounded Gauss linearUpwind grad(U);
    div(phi,K) bounded Gauss upwind;
    div(phi,h) bounded Gauss linearUpwind grad(h);
    div(((rho*nuEff)*dev2(T(grad(U))))) Gauss linear;
}
laplacianSchemes { default Gauss linear orthogonal; }
interpolationSchemes { default linear; }
snGradSchemes { default orthogonal; }
"""
HEAT_SOLUTION = """solvers {{ h {{ solver {solver}; preconditioner {preconditioner}; tolerance 1e-12; relTol 0.1; }} }}
SIMPLE {{ frozenFlow yes; momentumPredictor no; rhoMin 1; rhoMax 10000; }}
relaxationFactors {{ equations {{ h 1.0; }} }}
"""
THERMO = """thermoType
{{
    type {type}; mixture pureMixture; transport {law}; thermo hConst; equationOfState rhoConst; specie specie;
    energy sensibleEnthalpy;
}}
mixture
{{
    specie {{ molWeight 18; }}
    equationOfState {{ rho {density!r}; }}
    thermodynamics {{ Cp {capacity!r}; Hf 0; }}
    transport {{ {transport} }}
}}
"""
PRESSURE = """dimensions [1 -1 -2 0 0 0 0];
internalField uniform 0;
boundaryField { ".*" { type calculated; value uniform 0; } "middle|near|far" { type symmetryPlane; } }
"""
TEMPERATURE = """dimensions [0 0 0 1 0 0 0];
internalField uniform {inlet};
boundaryField
{{
    {sides}
    contact
    {{
        type compressible::turbulentTemperatureCoupledBaffleMixed; Tnbr T; kappaMethod {kind}Thermo;
        value uniform {inlet};
    }}
}}
"""
FLUID_SIDES = f"""inlet {{ type fixedValue; value uniform {INLET}; }}
    "outlet|top" {{ type zeroGradient; }}
    middle {{ type symmetryPlane; }}"""
SOLID_SIDES = f"""base {{ type fixedGradient; gradient uniform {FLUX / COPPER!r}; }}
    "ends|top" {{ type zeroGradient; }}
    "near|far" {{ type symmetryPlane; }}"""


class Flow(NamedTuple):
    """What a run of the flow took and found."""

    seconds: float  # CPU time
    iterations: int
    pressure: NDArray[np.float64]  # mean of each cross-section of cells [Pa]


class Heat(NamedTuple):
    """What a run of the heat took and found."""

    seconds: float  # CPU time
    iterations: int
    outlet: float  # mixed, [K]
    hottest: float  # of the base's face [K]
    mean: float  # of the base's face [K]


def run_flow(folder: Path, n: Cells = CELLS) -> Flow:
    """Run SIMPLEC to initial residuals of 1e-6."""
    openfoam.write(folder, FLOW | {"system/blockMeshDict": _water(n, "type wall;")})
    openfoam.run("blockMesh", folder)
    taken = openfoam.run("simpleFoam", folder)
    steps = openfoam.steps(folder)
    p = openfoam.read_field(folder / str(steps) / "p").reshape(n.height, n.channel, n.along)
    return Flow(taken, steps, DENSITY * p.mean(axis=(0, 1)))


def run_heat(folder: Path, flow: Path, n: Cells = CELLS) -> Heat:
    """Run the heat of water and copper, carried by the flow of a case that has been run on the same cells."""
    openfoam.write(folder, _set_up(n) | _start(flow / str(openfoam.steps(flow))))
    for region in ("water", "copper"):
        openfoam.run("blockMesh", folder, "-region", region)
    taken = openfoam.run("chtMultiRegionSimpleFoam", folder)
    steps = openfoam.steps(folder)
    end = folder / str(steps)
    out, below = (_behind(folder, *side) for side in (("water", "outlet"), ("copper", "base")))
    leaving = openfoam.read_side(end / "water" / "phi", "outlet")
    water, copper = (openfoam.read_field(end / region / "T") for region in ("water", "copper"))
    base = copper[below] + FLUX / COPPER * 0.5 * BASE / n.base  # on the faces
    # cells are numbered along the channel first, those below it before those below the fin
    widths = np.where(below < n.along * n.channel * n.base, CHANNEL / n.channel, FIN / n.fin)
    mean = np.average(base, weights=np.diff(places(n))[below % n.along] * widths)
    return Heat(taken, steps, float((leaving * water[out]).sum() / leaving.sum()), float(base.max()), float(mean))


def _behind(folder: Path, region: str, side: str) -> NDArray[np.int64]:
    return openfoam.cells_at(folder / "constant" / region / "polyMesh", side)


def _water(n: Cells, contact: str) -> str:
    size = {"x": LENGTH, "y": CHANNEL, "z0": BASE, "z1": BASE + HEIGHT}
    return WATER_MESH.format(**size, nx=n.along, ny=n.channel, nz=n.height, contact=contact, along=grading(n))


def _copper(n: Cells, contact: str) -> str:
    size = {"x": LENGTH, "c": CHANNEL, "f": CHANNEL + FIN, "b": BASE, "t": BASE + HEIGHT}
    count = {"nx": n.along, "nc": n.channel, "nf": n.fin, "nb": n.base, "nz": n.height}
    return COPPER_MESH.format(**size, **count, contact=contact, along=grading(n))


def _set_up(n: Cells) -> dict[str, str]:
    mapped = "type mappedWall; sampleMode nearestPatchFace; sampleRegion {}; samplePatch contact; offset (0 0 0);"
    water = f"mu {VISCOSITY!r}; Pr {VISCOSITY * HEAT_CAPACITY / WATER!r};"
    files = {
        "system/controlDict": HEAT_CONTROL,
        "system/fvSchemes": HEAT_SCHEMES,
        "system/fvSolution": "",
        "system/water/blockMeshDict": _water(n, mapped.format("copper")),
        "system/copper/blockMeshDict": _copper(n, mapped.format("water")),
        "system/water/fvSolution": HEAT_SOLUTION.format(solver="PBiCGStab", preconditioner="DILU"),
        "system/copper/fvSolution": HEAT_SOLUTION.format(solver="PCG", preconditioner="DIC"),
        "constant/regionProperties": "regions ( fluid (water) solid (copper) );\n",
        "constant/g": "dimensions [0 1 -2 0 0 0 0]; value (0 0 0);\n",
        "constant/water/turbulenceProperties": "simulationType laminar;\n",
        "constant/water/thermophysicalProperties": THERMO.format(
            type="heRhoThermo", law="const", density=DENSITY, capacity=HEAT_CAPACITY, transport=water
        ),
        # density and heat capacity of copper are asked for and without effect: the state is steady
        "constant/copper/thermophysicalProperties": THERMO.format(
            type="heSolidThermo", law="constIso", density=8960.0, capacity=385.0, transport=f"kappa {COPPER!r};"
        ),
    }
    for region in ("water", "copper"):
        files[f"system/{region}/fvSchemes"] = HEAT_SCHEMES
        files[f"constant/{region}/radiationProperties"] = "radiation off; radiationModel none;\n"
    return files


def _start(flow: Path) -> dict[str, str]:
    return {
        "0/water/U": openfoam.body(flow / "U"),
        "0/water/phi": openfoam.scaled(flow / "phi", DENSITY, "[1 0 -1 0 0 0 0]"),
        "0/water/p": PRESSURE,
        "0/water/p_rgh": PRESSURE,
        "0/copper/p": PRESSURE,
        "0/water/T": TEMPERATURE.format(inlet=INLET, kind="fluid", sides=FLUID_SIDES),
        "0/copper/T": TEMPERATURE.format(inlet=INLET, kind="solid", sides=SOLID_SIDES),
    }
