"""Resistance between junction and case: one number, or the layers of the package with their spreading."""

from __future__ import annotations

from thermal.correlations.spreading import song_lee_au
from thermal.rack.laws import PackageResistance, Stack

__all__ = ["package_resistance"]


def package_resistance(resistance: PackageResistance, beyond: float) -> float:
    """Resistance from junction to case [K/W].

    Parameters
    ----------
    resistance : PackageResistance
        One number, or a stack of layers.
    beyond : float
        Resistance from case to coolant, which decides how far heat spreads in the layers [K/W].

    Returns
    -------
    float
        Mean of the die above the mean of the case, per watt.
    """
    if resistance.junction_to_case is not None:
        return float(resistance.junction_to_case)
    assert resistance.stack is not None  # the schema asks for one of the two
    return _stack_resistance(resistance.stack, beyond)


def _stack_resistance(stack: Stack, beyond: float) -> float:
    """Layers from the case down to the die: each one's spreading depends on what lies beyond it."""
    die = float(stack.die_length) * float(stack.die_width)
    areas = [
        (float(layer.length) if layer.length else float(stack.die_length))
        * (float(layer.width) if layer.width else float(stack.die_width))
        for layer in stack.layers
    ]
    sources = [die, *areas[:-1]]
    total = beyond
    for layer, area, source in reversed(list(zip(stack.layers, areas, sources, strict=True))):
        heated = min(source, area)
        if layer.areal_resistance is not None:
            total += float(layer.areal_resistance) / heated
        elif area > heated:
            h = 1.0 / (total * area)
            assert layer.thickness is not None
            assert layer.conductivity is not None
            total = song_lee_au(heated, area, float(layer.thickness), float(layer.conductivity), h)[0]
        else:
            assert layer.thickness is not None
            assert layer.conductivity is not None
            total += float(layer.thickness) / (float(layer.conductivity) * area)
    return total - beyond
