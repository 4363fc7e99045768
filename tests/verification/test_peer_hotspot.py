"""HotSpot 7, examples 2 and 3: in its own discretisation to the digits it prints, and as the solid it stands for.

HotSpot's grid model has one unknown for each layer and cell of the die, 12 more for the metal around the die, and

* heat passes from a layer to the next through the whole of the former (with ``detailed_3D`` through half of both, of
  layer 0 through all of it), so an unknown is the temperature of its layer's lower face;
* spreader and sink around the die are 4 + 4 + 4 trapezia, each of one temperature;
* a block's temperature is the plain mean of the cells it touches, however little of them it covers;
* with ``detailed_3D`` half of the resistance to the air lies between spreader and sink as well: the air is counted
  into the sink's own resistance, half of which then goes to each neighbour.

Here a lump is a strip of cells that conducts along itself as good as perfectly, an unknown on a lower face is a cell
that does so upwards, and what it passes is a contact.  Short circuits are nothing for a multigrid: elimination solves.
"""

from __future__ import annotations

import csv
import importlib.util
import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, solve

TESTS = Path(__file__).parents[1]
DIE, SPREADER, SINK = 16e-3, 30e-3, 60e-3
CELLS = 64
CORE = (22e-3, 38e-3)  # the die, in the middle of the sink
INNER = {"low": (15e-3, 22e-3), "high": (38e-3, 45e-3)}  # spreader and sink beside the die
OUTER = {"low": (0.0, 15e-3), "high": (45e-3, 60e-3)}  # sink beside the spreader
SHORT, VOID = 1e8, 1e-6  # conductivities that let everything and nothing through [W/(m K)]
AMBIENT = 318.15


class Block(NamedTuple):
    """A block of a floorplan; lower left corner."""

    width: float
    height: float
    x: float
    y: float
    power: float


class Stack(NamedTuple):
    """Layers from the lowest up, thickness [m] and conductivity; then spreader and sink."""

    layers: tuple[tuple[float, float], ...]
    floorplans: tuple[str, ...]  # of each layer
    heated: tuple[int, ...]
    metal: float
    detailed: bool
    convection: float = 0.1  # from the sink's upper face to the air [K/W]
    spreader: float = 1e-3
    sink: float = 6.9e-3

    @property
    def all_layers(self) -> list[tuple[float, float]]:
        return [*self.layers, (self.spreader, self.metal), (self.sink, self.metal)]

    @property
    def air(self) -> float:
        """[m2 K/W]."""
        return self.convection * SINK**2


EX2 = Stack(((150e-6, 130.0), (20e-6, 4.0)), ("ex2_die", "ex2_die"), (0,), 237.0, detailed=False)
EX3 = Stack(((150e-6, 100.0), (20e-6, 4.0)) * 2, ("ex3_lower",) * 2 + ("ex3_upper",) * 2, (0, 2), 400.0, detailed=True)


def rows(name: str) -> Iterator[dict[str, str]]:
    lines = (TESTS / "data" / name).read_text(encoding="utf-8").splitlines()
    yield from csv.DictReader(line for line in lines if not line.startswith("#"))


def references(name: str) -> dict[str, float]:
    return {row["block"]: float(row["T_K"]) for row in rows(name)}


FLOORPLANS: dict[str, dict[str, Block]] = {}
for _row in rows("hotspot_floorplans.csv"):
    _block = Block(*(float(_row[key]) for key in ("width", "height", "x", "y", "power")))
    FLOORPLANS.setdefault(_row["layout"], {})[_row["block"]] = _block
T_EX2, T_EX3 = references("hotspot_ex2_grid64_steady.csv"), references("hotspot_ex3_3d_steady.csv")
LABELS_EX2 = ("", "iface_")
LABELS_EX3 = tuple(f"layer_{n}_" for n in range(4))


def test_powers_are_those_of_the_traces() -> None:
    total = {name: sum(block.power for block in plan.values()) for name, plan in FLOORPLANS.items()}
    assert total["ex2_die"] == pytest.approx(40.2073, abs=1e-4)
    assert total["ex3_lower"] + total["ex3_upper"] == pytest.approx(98.6064, abs=1e-4)


# ----------------------------------------------------------------------------------------- HotSpot's own discretisation


@cache
def direct() -> Any:
    """The solver by elimination that the unit tests of the field solver use."""
    spec = importlib.util.spec_from_file_location("reference", TESTS / "unit" / "fv" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Direct


def strips(where: dict[str, tuple[float, float]], k: float) -> Iterator[tuple[Box, tuple[float, float, float]]]:
    """The four lumps beside the die and their conductivities, k away from it."""
    for ends in where.values():
        yield Box(ends, CORE), (k, SHORT, SHORT)
        yield Box(CORE, ends), (SHORT, k, SHORT)


def trapezium(inside: float, outside: float) -> tuple[float, float]:
    """Half length over width of a quarter of a frame, near its inner and its outer edge."""
    length = 0.25 * (outside - inside)
    return length / (0.25 * (outside + 3.0 * inside)), length / (0.25 * (3.0 * outside + inside))


def passed(stack: Stack) -> list[float]:
    """Resistances between the unknowns of neighbouring layers [m2 K/W]."""
    r = [thickness / k for thickness, k in stack.all_layers]
    if not stack.detailed:
        return r[:-1]
    r[-1] += stack.air
    return [r[0] + 0.5 * r[1], *(0.5 * (below + above) for below, above in itertools.pairwise(r[1:]))]


def lumped(stack: Stack, resistances: list[float] | None = None) -> Field:
    """HotSpot's network; other resistances between layers for a network that is not."""
    x = np.concatenate([[0.0, OUTER["low"][1]], np.linspace(*CORE, CELLS + 1), [OUTER["high"][0], SINK]])
    z = np.concatenate([[0.0], np.cumsum([thickness for thickness, _ in stack.all_layers])])
    problem = ConductionProblem(Grid.from_faces(x, x, z), conductivity=VOID)
    for low, high, (_, k) in zip(z[:-1], z[1:], stack.all_layers, strict=True):
        problem.set_material(Box(CORE, CORE, (low, high)), (k, k, SHORT))
    for plane, resistance in zip(z[1:], resistances or passed(stack), strict=False):
        problem.set_contact(resistance=resistance, z=plane, within=Box(CORE, CORE))
    _add_frame(problem, stack, z)
    for layer in stack.heated:
        for block in FLOORPLANS[stack.floorplans[layer]].values():
            problem.add_heat(placed(block, (z[layer], z[layer + 1])), block.power)
    return solve(problem, 1e-10, solver=direct())


def _add_frame(problem: ConductionProblem, stack: Stack, z: np.ndarray) -> None:
    """Spreader and sink around the die, and the air above."""
    near, far = trapezium(DIE, SPREADER)
    beyond, _ = trapezium(SPREADER, SINK)
    inner = 3.5e-3 / (DIE * near) * stack.metal
    outer = 7.5e-3 / (DIE * (far + beyond - near)) * stack.metal  # the inner strip has given `near` on both sides
    for layer, where, k in ((-3, INNER, inner), (-2, INNER, inner), (-2, OUTER, outer)):
        for box, conductivity in strips(where, k):
            problem.set_material(Box(box.x, box.y, (z[layer], z[layer + 1])), conductivity)
    upwards = stack.sink / stack.metal + stack.air
    quarter = 0.25 * (SPREADER**2 - DIE**2) / (7e-3 * DIE)  # area of a trapezium over that of its strip
    for box, _ in strips(INNER, 0.0):
        problem.set_contact(resistance=stack.spreader / stack.metal / quarter, z=z[-2], within=box)
        problem.set_convection("z_max", quarter / upwards, AMBIENT, box)
    for box, _ in strips(OUTER, 0.0):
        area = 0.25 * (SINK**2 - SPREADER**2) / (15e-3 * DIE)
        problem.set_convection("z_max", area / upwards, AMBIENT, box)
    problem.set_convection("z_max", 1.0 / upwards, AMBIENT, Box(CORE, CORE))


def placed(block: Block, z: tuple[float, float] | None = None) -> Box:
    x, y = CORE[0] + block.x, CORE[0] + block.y
    return Box((x, x + block.width), (y, y + block.height), z)


def touched(block: Block) -> tuple[slice, slice]:
    """Rows and columns of the die that a block touches."""
    size, slack = DIE / CELLS, 1e-6
    ends = ((block.y, block.y + block.height), (block.x, block.x + block.width))
    y, x = (slice(int(np.floor(low / size + slack)), int(np.ceil(high / size - slack))) for low, high in ends)
    return y, x


def differences(field: Field, stack: Stack, labels: tuple[str, ...], theirs: dict[str, float]) -> np.ndarray:
    """Ours less theirs, for all blocks of all layers [K]."""
    die = field.temperature[:, 2:-2, 2:-2]
    return np.array(
        [
            die[layer][touched(block)].mean() - theirs[label + name]
            for layer, label in enumerate(labels)
            for name, block in FLOORPLANS[stack.floorplans[layer]].items()
        ]
    )


def test_example_2_to_the_digits_printed() -> None:
    assert np.abs(differences(lumped(EX2), EX2, LABELS_EX2, T_EX2)).max() < 6e-3


def test_example_3_to_the_digits_printed() -> None:
    assert np.abs(differences(lumped(EX3), EX3, LABELS_EX3, T_EX3)).max() < 6e-3


@pytest.mark.parametrize(
    "wrong",
    [
        EX2._replace(layers=((150e-6, 1.01 * 130.0), (20e-6, 4.0))),
        EX2._replace(layers=((150e-6, 130.0), (1.01 * 20e-6, 4.0))),
        EX2._replace(metal=1.01 * 237.0),
        EX2._replace(convection=0.101),
        EX2._replace(spreader=1.01e-3),
    ],
)
def test_one_per_cent_is_seen(wrong: Stack) -> None:
    assert np.abs(differences(lumped(wrong), EX2, LABELS_EX2, T_EX2)).max() > 0.01


def test_half_of_the_air_lies_between_spreader_and_sink() -> None:
    """Without it, as without ``detailed_3D``, the blocks of example 3 are 10 to 19 K colder."""
    resistances = passed(EX3)
    resistances[-1] -= 0.5 * EX3.air
    colder = -differences(lumped(EX3, resistances), EX3, LABELS_EX3, T_EX3)
    assert 9.5 < colder.min() < 10.0
    assert 19.0 < colder.max() < 19.5


# --------------------------------------------------------------------------------------------------- the solid it means


def layered(stack: Stack, cells: tuple[int, ...]) -> Field:
    """Die, interface, spreader and sink in their true sizes, the air evenly over the sink."""
    core = np.linspace(*CORE, CELLS + 1)
    low = np.concatenate([np.linspace(0.0, 15e-3, 11)[:-1], np.linspace(15e-3, CORE[0], 8)[:-1]])
    x = np.concatenate([low, core, SINK - low[::-1]])
    planes = np.concatenate([[0.0], np.cumsum([thickness for thickness, _ in stack.all_layers])])
    z = np.concatenate(
        [[0.0], *(np.linspace(*ends, n + 1)[1:] for *ends, n in zip(planes[:-1], planes[1:], cells, strict=True))]
    )
    problem = ConductionProblem(Grid.from_faces(x, x, z), conductivity=0.03)
    sides = [CORE] * len(stack.layers) + [(15e-3, 45e-3), (0.0, SINK)]
    for side, low_z, high_z, (_, k) in zip(sides, planes[:-1], planes[1:], stack.all_layers, strict=True):
        problem.set_material(Box(side, side, (low_z, high_z)), k)
    for block in FLOORPLANS[stack.floorplans[0]].values():
        problem.set_flux("z_min", block.power / (block.width * block.height), placed(block))
    problem.set_convection("z_max", 1.0 / stack.air, AMBIENT)
    return solve(problem)


def test_the_solid_is_hotter_than_the_network() -> None:
    """0.6 to 4.7 K on rises of 7 to 29 K: one layer of cells lets heat spread in all of the sink at once.

    The air takes the same: the mean of the sink's upper face is 40.2 W × 0.1 K/W over the air's temperature.
    """
    field = layered(EX2, (3, 2, 6, 10))
    plan = FLOORPLANS["ex2_die"]
    hotter = np.array([field.surface_mean("z_min", placed(block)) - T_EX2[name] for name, block in plan.items()])
    assert field.surface_mean("z_max") - AMBIENT == pytest.approx(4.0207, abs=1e-4)
    assert hotter.min() == pytest.approx(0.63, abs=0.05)
    assert hotter.mean() == pytest.approx(3.0, abs=0.05)
    assert hotter.max() == pytest.approx(4.7, abs=0.1)
    flat = layered(EX2, (1, 1, 1, 1))  # coarse here, it would seem 6 K
    assert flat.surface_mean("z_min", placed(plan["LdStQ"])) - T_EX2["LdStQ"] > 5.0
