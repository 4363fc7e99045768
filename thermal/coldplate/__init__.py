"""One cold plate in three dimensions: its layers, its coolant and the chips on it."""

import thermal.compiled  # noqa: F401 - chooses where compiled code is kept, before any is compiled
