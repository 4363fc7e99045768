"""Write what is generated: nomenclature, JSON Schemas, the README's demo; ``--check`` only compares."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
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


def demo() -> str:
    """Return what the commands of ``make demo`` print, without the line about compiling."""
    commands = re.findall(r"^\t@\$\(BIN\)/thermal (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    outputs = []
    with tempfile.TemporaryDirectory() as folder:
        for command in commands:
            arguments = command.replace("$(RUNS)", "runs").split()
            call = [sys.executable, "-m", "thermal", *arguments]
            run = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - our own
            outputs.append(run.stdout)
    return "\n".join(outputs)


def readme() -> str:
    """Return the README with the demo's present output."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, after = text.split("<!-- demo -->\n```\n")
    return f"{before}<!-- demo -->\n```\n{demo()}```\n<!-- end -->{after.partition('<!-- end -->')[2]}"


def without_times(text: str) -> str:
    """Mask how long the runs of the demo took, which no two runs agree on."""
    return re.sub(r"(converged in \d+ iterations?), [0-9.]+ m?s", r"\1", text)


def generated() -> dict[Path, str]:
    """Return every generated file with its content."""
    files = {ROOT / "docs" / "nomenclature.md": nomenclature()}
    for kind in KINDS:
        text = json.dumps(schema_of_kind(kind), indent=2, ensure_ascii=False)
        files[ROOT / "racks" / "schema" / f"{kind}.schema.json"] = text + "\n"
    files[ROOT / "README.md"] = readme()
    return files


def main() -> int:
    """Write the files, or compare them and return 1 when one is out of date."""
    check = "--check" in sys.argv[1:]
    stale = 0
    for path, text in generated().items():
        if path.is_file() and without_times(path.read_text(encoding="utf-8")) == without_times(text):
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
