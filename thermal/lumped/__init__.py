"""Chips at network fidelity: from coolant or air to junction, one chain of resistances per device."""
