"""Finite volumes on a rectilinear grid; knows cells and faces, not cold plates."""

import thermal.compiled  # noqa: F401 - chooses where compiled code is kept, before any is compiled
from thermal.fv.boundary import SIDES, Side
from thermal.fv.field import Coolant, EnergyBalance, Field, Place
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow
from thermal.fv.flow_transient import march_flow
from thermal.fv.grid import Axes, Box, Grid, Layer
from thermal.fv.problem import ConductionProblem
from thermal.fv.steady import solve

__all__ = [
    "SIDES",
    "Axes",
    "Box",
    "ConductionProblem",
    "Coolant",
    "EnergyBalance",
    "Field",
    "FlowField",
    "FlowProblem",
    "Grid",
    "Layer",
    "Place",
    "Side",
    "march_flow",
    "solve",
    "solve_flow",
]
