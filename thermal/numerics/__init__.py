"""Generic mathematics on arrays; knows no physics."""

import thermal.compiled  # noqa: F401 - chooses where compiled code is kept, before any is compiled
