"""Write docs/nomenclature.md from the vocabulary; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from thermal.vocabulary import QUANTITIES

PAGE = Path(__file__).with_name("nomenclature.md")
INTRODUCTION = """# Nomenclature

Generated from `thermal/vocabulary.py` by `make docs`; edit it there.

Inside, every number is in the SI unit. Tables, data sets and `results.nc` use the name and the SI unit; CSV files
use the name with the display unit in brackets; `--json` and `summary.json` use the key, in the display unit.

"""


def nomenclature() -> str:
    """Return the page."""
    headings = ("symbol", "name", "SI unit", "display unit", "JSON key", "meaning")
    rows = [
        (row.symbol, f"`{row.name}`", row.unit, row.display_unit, f"`{row.key}`", row.long_name) for row in QUANTITIES
    ]
    return INTRODUCTION + "".join(f"| {' | '.join(cells)} |\n" for cells in (headings, ("---",) * 6, *rows))


def main() -> int:
    """Write the page, or compare it and return 1 when it is out of date."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(nomenclature(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == nomenclature():
        return 0
    sys.stderr.write(f"{PAGE.name} is out of date: run make docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
