"""Closures: scalar laws of flow and heat transfer, each with its formula, units, range and source."""
