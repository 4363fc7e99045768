"""The coolant network: flow, pressure and temperature in every branch."""

import thermal.compiled  # noqa: F401 - chooses where compiled code is kept, before any is compiled
