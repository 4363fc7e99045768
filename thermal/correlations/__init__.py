"""Closures: scalar laws of flow and heat transfer, each with its formula, units, range and source."""

import thermal.compiled  # noqa: F401 - chooses where compiled code is kept, before any is compiled
