"""Write what is generated from the code: the nomenclature and the JSON Schemas; ``--check`` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from thermal.cli.schema import KINDS, schema_of_kind
from thermal.vocabulary import QUANTITIES

ROOT = Path(__file__).parents[1]
INTRODUCTION = """# Nomenclature

Generated from `thermal/vocabulary.py` by `make docs`; edit it there.

Inside, every number is in the SI unit. Tables, data sets and `results.nc` use the name and the SI unit; CSV files
use the name with the display unit in brackets; `--json` and `summary.json` use the key, in the display unit.

"""


def nomenclature() -> str:
    """Return the page of quantities."""
    headings = ("symbol", "name", "SI unit", "display unit", "JSON key", "meaning")
    rows = [
        (row.symbol, f"`{row.name}`", row.unit, row.display_unit, f"`{row.key}`", row.long_name) for row in QUANTITIES
    ]
    return INTRODUCTION + "".join(f"| {' | '.join(cells)} |\n" for cells in (headings, ("---",) * 6, *rows))


def generated() -> dict[Path, str]:
    """Return every generated file with its content."""
    files = {ROOT / "docs" / "nomenclature.md": nomenclature()}
    for kind in KINDS:
        text = json.dumps(schema_of_kind(kind), indent=2, ensure_ascii=False)
        files[ROOT / "racks" / "schema" / f"{kind}.schema.json"] = text + "\n"
    return files


def main() -> int:
    """Write the files, or compare them and return 1 when one is out of date."""
    check = "--check" in sys.argv[1:]
    stale = 0
    for path, text in generated().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        name = path.relative_to(ROOT)
        sys.stderr.write(f"{name} is out of date: run make docs\n" if check else f"wrote {name}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
