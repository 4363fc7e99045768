"""``thermal schema``: the JSON Schema of the rack file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from thermal.cli import options
from thermal.cli.output import print_json

EPILOG = """\b
Examples:
  thermal schema > rack.schema.json
  thermal schema --out rack.schema.json

An editor with YAML support completes and checks a rack file whose first line is
  # yaml-language-server: $schema=rack.schema.json
"""


@click.command("schema", epilog=EPILOG)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to a file.")
@options.debug
def command(out: Path | None) -> None:
    """Print the JSON Schema of the rack file, for editors."""
    from thermal.rack.schema import json_schema

    schema = json_schema()
    if out is None:
        print_json(schema)
        return
    draft = out.with_name(f".{out.name}.part")
    try:
        draft.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise click.FileError(str(out), error.strerror or str(error)) from error
