"""Conduction against closed forms: slabs, layered walls with contacts, fins, anisotropic blocks, equivalences."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, Layer, solve
from thermal.numerics.multigrid import Multigrid, Stencil

DATA = Path(__file__).parents[1] / "data"
TIGHT = 1e-13

# thickness [m], conductivity [W/(m K)], cells; contact above each layer [m2 K/W]
WALL = [(0.78e-3, 120.0, 3), (5e-5, 5.0, 2), (2e-3, 390.0, 7), (1e-4, 0.02, 1)]
CONTACTS = [2e-6, 0.0, 5e-4]
H = 4e4  # [W/(m2 K)]


def wall(*, flux: float = 0.0, factor: float = 1.0, axis: int = 2) -> Field:
    """The wall across x, y or z, convection at its far side to 320 K; at the near side a flux, else 400 K held."""
    z = Grid.layered(1.0, 1.0, [Layer(t, n) for t, _, n in WALL], cells=(1, 1)).faces.z
    rows = [[0.0, 0.004, 0.01], [0.0, 0.01]]
    rows.insert(axis, z)
    grid = Grid.from_faces(*rows)
    problem = ConductionProblem(grid)
    at = 0.0
    for (thickness, k, _), contact in zip(WALL, [*CONTACTS, 0.0], strict=True):
        problem.set_material(Box(**{"xyz"[axis]: (at, at + thickness)}), factor * k)
        at += thickness
        if contact:
            problem.set_contact(**{"xyz"[axis]: at}, resistance=contact)
    name = "xyz"[axis]
    if flux:
        problem.set_flux(f"{name}_min", flux)
    else:
        problem.fix_temperature(f"{name}_min", 400.0)
    problem.set_convection(f"{name}_max", h=H, temperature=320.0)
    return solve(problem, TIGHT)


RESISTANCE = sum(t / k for t, k, _ in WALL) + sum(CONTACTS) + 1.0 / H  # [m2 K/W]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_layered_wall_with_contacts_is_exact(axis: int) -> None:
    field = wall(axis=axis)
    assert field.heat_flux(axis) == pytest.approx(80.0 / RESISTANCE, rel=1e-10)
    heated = wall(flux=1e3, axis=axis)
    side = "xyz"[axis] + "_min"
    assert heated.surface(side) - 320.0 == pytest.approx(1e3 * RESISTANCE, rel=1e-10)
    sabotaged = wall(flux=1e3, axis=axis, factor=1.01)
    assert sabotaged.surface(side) - 320.0 != pytest.approx(1e3 * RESISTANCE, rel=1e-10)


def test_a_temperature_inside_every_layer_is_exact() -> None:
    field, flux = wall(), 80.0 / RESISTANCE
    at, passed = 0.0, 0.0
    for (thickness, k, _), contact in zip(WALL, [*CONTACTS, 0.0], strict=True):
        for part in (0.03, 0.4, 0.97):
            exact = 400.0 - flux * (passed + part * thickness / k)
            assert field.sample(0.001, 0.009, at + part * thickness) == pytest.approx(exact, abs=1e-8)
        at, passed = at + thickness, passed + thickness / k + contact


def heated_slab(cells: int, *, k: float = 2.0) -> Field:
    """1 W/m3 in a slab of 1 m, insulated at z = 0 and cooled with h = 5 at z = 1."""
    problem = ConductionProblem(Grid.uniform((1.0, 1.0, 1.0), (1, 1, cells)), conductivity=k)
    problem.add_heat(Box(), 1.0)
    problem.set_convection("z_max", h=5.0, temperature=300.0)
    return solve(problem, TIGHT)


def slab_error(field: Field) -> np.ndarray:
    """Temperature of cells less q (L² − z²)/2k + q L/h, which it may exceed by q Δz²/8k."""
    z = field.grid.centres.z
    return field.temperature[:, 0, 0] - 300.0 - (1.0 - z**2) / (2.0 * 2.0) - 1.0 / 5.0


def test_a_slab_with_sources() -> None:
    for cells in (5, 10, 20):
        expected = 1.0 / (8.0 * 2.0 * cells**2)
        assert slab_error(heated_slab(cells)) == pytest.approx(expected, rel=1e-8)
        assert slab_error(heated_slab(cells, k=2.02)) != pytest.approx(expected, rel=1e-8)
    field = heated_slab(5)
    assert field.surface("z_max") == pytest.approx(300.2, rel=1e-12)
    assert field.surface("z_min") == pytest.approx(300.45, rel=1e-12)


FIN = json.loads((DATA / "fin_profile.json").read_text(encoding="utf-8"))


def fin(cells: int, *, factor: float = 1.0) -> Field:
    """Half a straight fin from its middle plane, so conductive across that it is one-dimensional; base at 1 over 0."""
    length, thickness, k, h = FIN["par"]
    grid = Grid.uniform((length, 0.5 * thickness, 1e-3), (cells, 1, 1))
    problem = ConductionProblem(grid, conductivity=(factor * k, 1e12, k))
    problem.fix_temperature("x_min", 1.0)
    problem.set_convection("y_max", h=h, temperature=0.0)
    return solve(problem, TIGHT)


def test_a_straight_fin() -> None:
    length, _, _, h = FIN["par"]
    places = np.array([0.25, 0.5, 0.75, 1.0]) * length
    errors = []
    for cells in (20, 40, 80):
        field = fin(cells)
        efficiency = field.energy.sides["x_min"] / (h * length * 1e-3)
        errors.append(abs(efficiency / FIN["eta"] - 1.0))
    assert errors[-1] < 1e-4
    assert [math.log2(a / b) for a, b in itertools.pairwise(errors)] == pytest.approx([2.0, 2.0], abs=0.1)
    assert field.sample(places, 0.0, 0.0) == pytest.approx(FIN["prof"][1:], rel=3e-4)
    wrong = fin(80, factor=1.01)
    assert wrong.energy.sides["x_min"] / (h * length * 1e-3) != pytest.approx(FIN["eta"], rel=1e-3)
    assert wrong.sample(places, 0.0, 0.0) != pytest.approx(FIN["prof"][1:], rel=3e-4)


def block(*, stretched: bool, k: tuple[float, float, float] = (12.0, 3.0, 48.0)) -> Field:
    """An anisotropic block, or the isotropic one it becomes when each direction is stretched by √(k₀/k)."""
    k0 = 12.0
    s = [math.sqrt(k0 / value) for value in k] if stretched else [1.0, 1.0, 1.0]
    volume = math.prod(s)
    faces = [np.array(row) for row in ([0, 1, 3, 4, 6, 7.0], [0, 2, 3, 5, 6.0], [0, 1, 2, 4.0])]
    grid = Grid.from_faces(*(row * stretch for row, stretch in zip(faces, s, strict=True)))
    problem = ConductionProblem(grid, conductivity=k0 if stretched else k)
    source = [tuple(end * stretch for end in ends) for ends, stretch in zip(((1, 3), (2, 3), (0, 1)), s, strict=True)]
    problem.add_heat(Box(*source), 10.0 * volume)
    problem.set_convection("z_max", h=7.0 * s[2], temperature=300.0)
    problem.set_convection("x_min", h=2.0 * s[0], temperature=310.0)
    problem.fix_temperature("y_max", 290.0)
    return solve(problem, 1e-12)


def test_an_anisotropic_block_is_a_stretched_isotropic_one() -> None:
    plain, stretched = block(stretched=False), block(stretched=True)
    assert np.ptp(plain.rise) > 0.5
    np.testing.assert_allclose(plain.temperature, stretched.temperature, atol=1e-9)
    for n in range(3):
        wrong = [12.0, 3.0, 48.0]
        wrong[n] *= 1.01
        assert np.abs(block(stretched=False, k=tuple(wrong)).rise - stretched.rise).max() > 1e-5


def plate(**bottom: float | np.ndarray) -> Field:
    """A heated block cooled at the top, its bottom as told by (temperature), (flux) or (h, temperature)."""
    grid = Grid.from_faces([0, 1, 3, 4, 6.0], [0, 2, 3, 5.0], [0, 1, 1.5, 4.0])
    problem = ConductionProblem(grid, conductivity=2.0)
    problem.set_material(Box(x=(0.0, 3.0), z=(0.0, 1.0)), 20.0)
    problem.add_heat(Box((0, 2), (1, 3), (0, 2)), 50.0)
    problem.set_convection("z_max", h=1.5, temperature=300.0)
    if "h" in bottom:
        problem.set_convection("z_min", bottom["h"], bottom["temperature"])
    elif "flux" in bottom:
        problem.set_flux("z_min", bottom["flux"])
    else:
        problem.fix_temperature("z_min", bottom["temperature"])
    return solve(problem, 1e-12)


def test_three_ways_to_say_the_same() -> None:
    """The flux of a held face, given as flux, and h → ∞ at its temperature give the field of the held face."""
    held = plate(temperature=305.0)
    flux = held.side_heat("z_min") / held.grid.areas(2)
    spread = np.ptp(held.rise)
    np.testing.assert_allclose(plate(flux=flux).temperature, held.temperature, atol=1e-8 * spread)
    np.testing.assert_allclose(plate(h=1e12, temperature=305.0).temperature, held.temperature, atol=1e-8 * spread)
    ambient = held.surface("z_min") + flux / 9.0
    np.testing.assert_allclose(plate(h=9.0, temperature=ambient).temperature, held.temperature, atol=1e-8 * spread)
    assert np.abs(plate(flux=-flux).rise - held.rise).max() > 1e-2 * spread
    assert np.abs(plate(h=9.09, temperature=ambient).temperature - held.temperature).max() > 1e-6 * spread


def test_convection_is_a_contact_to_a_held_block() -> None:
    """1/h in front of a temperature is a contact resistance in front of a block that cannot but have it."""
    behind = Grid.from_faces([0, 1, 3, 4, 6.0], [0, 2, 3, 5.0], [-1.0, 0, 1, 1.5, 4.0])
    problem = ConductionProblem(behind, conductivity=2.0)
    problem.set_material(Box(x=(0.0, 3.0), z=(0.0, 1.0)), 20.0)
    problem.set_material(Box(z=(-1.0, 0.0)), 1e10)
    problem.set_contact(z=0.0, resistance=1.0 / 9.0)
    problem.add_heat(Box((0, 2), (1, 3), (0, 2)), 50.0)
    problem.set_convection("z_max", h=1.5, temperature=300.0)
    problem.fix_temperature("z_min", 305.0)
    through = solve(problem, 1e-12)
    convected = plate(h=9.0, temperature=305.0)
    np.testing.assert_allclose(through.temperature[1:], convected.temperature, atol=1e-6)
    assert np.abs(plate(h=9.09, temperature=305.0).temperature - convected.temperature).max() > 1e-3


def test_the_sign_of_conduction() -> None:
    """Heat runs from hot to cold; a solver told otherwise does not pass."""
    field = wall()
    assert (np.diff(field.temperature[:, 0, 0]) < 0.0).all()
    with pytest.raises(ValueError, match="negative"):
        Multigrid(Stencil(*(-g for g in field.system.stencil)))
