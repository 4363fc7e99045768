"""``thermal view``: the heat map of a stored run or resolved cold plate, in a window, as a picture or as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thermal.cli import options
from thermal.cli.output import print_json, progress

if TYPE_CHECKING:
    from thermal.views.scenes.model import Scene
    from thermal.views.scenes.resolved import By

EPILOG = """\b
Examples:
  thermal simulate gb300_nvl72 --fidelity plate --out runs/gb300
  thermal view runs/gb300
  thermal view runs/gb300 --png rack.png --range 40:90 --coolant-range 40:60
  thermal view runs/gb300 --tray "compute[18]" --html tray.html --open
  thermal view runs/gb300 --plate "compute[18]/module[1]/gpu_plate[2]" --png plate.png
  thermal view runs/warm --minus runs/gb300 --png warmer.png
  thermal coldplate gb300_gpu_plate --fidelity resolved --out runs/fin
  thermal view runs/fin --png fin.png --lines speed
"""


def _scale(context: click.Context, option: click.Parameter, text: str | None) -> tuple[float, float] | None:
    """Read ``40:90``."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        low, high = 1.0, 0.0
    if not low < high < float("inf") or low == float("-inf"):
        message = f"{text!r} is not LOW:HIGH in degrees Celsius; write for example 40:90."
        raise click.BadParameter(message, context, option)
    return low, high


def _size(context: click.Context, option: click.Parameter, text: str | None) -> tuple[int, int] | None:
    """Read ``1920x1200``."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*", text)
    if found is None:
        message = f"{text!r} is not WIDTHxHEIGHT in pixels; write for example 1920x1200."
        raise click.BadParameter(message, context, option)
    from thermal.views.picture import check_size

    size = int(found[1]), int(found[2])
    try:
        check_size(size)
    except ValueError as error:
        message = f"{error}."
        raise click.BadParameter(message, context, option) from None
    return size


def _target(context: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    """Refuse a file of another ending than the option's, or one that cannot be written: before the work, not after."""
    if file is None:
        return None
    endings = (".png",) if option.name == "png_file" else (".html", ".htm")
    if file.suffix.lower() not in endings:
        message = f"{str(file)!r} does not end in {endings[0]}; --png writes .png and --html writes .html."
        raise click.BadParameter(message, context, option)
    from thermal.results.whole_file import check_file

    check_file(file, f"--{endings[0][1:]}")
    return file


@click.command("view", short_help="3D heat map of a stored run: window, picture or page.", epilog=EPILOG)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--tray", metavar="PATH", help="One tray opened, such as compute[18].")
@click.option("--plate", metavar="PATH", help="One cold plate with a cut, of a run at plate fidelity.")
@click.option("--margin", is_flag=True, help="Devices by the margin to their limit, red where it is crossed.")
@click.option("--minus", metavar="RUN2", type=click.Path(path_type=Path), help="The difference to another run.")
@click.option("--field", metavar="NAME", help="This field of a resolved cold plate. Default: the first.")
@click.option(
    "--lines", type=click.Choice(["temperature", "speed"]), help="What colours streamlines. Default: temperature."
)
@click.option("--range", "scale", metavar="LOW:HIGH", callback=_scale, help="Scale in °C, for pictures to be compared.")
@click.option("--coolant-range", "coolant", metavar="LOW:HIGH", callback=_scale,
              help="Likewise, of the coolant; in m/s with --lines speed.")  # fmt: skip
@click.option("--png", "png_file", metavar="FILE", type=click.Path(path_type=Path), callback=_target,
              help="Write a picture.")  # fmt: skip
@click.option("--html", "html_file", metavar="FILE", type=click.Path(path_type=Path), callback=_target,
              help="Write a page to turn and zoom, one file that needs no network.")  # fmt: skip
@click.option(
    "--size", metavar="WxH", callback=_size, help="Of the picture in pixels. Default: 1920x1200, of a rack 1500x1600."
)
@click.option("--open", "open_it", is_flag=True, help="Open what was written.")
@options.json_output
@options.quiet
@options.debug
def command(
    run: Path,
    *,
    tray: str | None,
    plate: str | None,
    margin: bool,
    minus: Path | None,
    field: str | None,
    lines: By | None,
    scale: tuple[float, float] | None,
    coolant: tuple[float, float] | None,
    png_file: Path | None,
    html_file: Path | None,
    size: tuple[int, int] | None,
    open_it: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Show RUN in three dimensions and to scale.

    RUN is a folder that `thermal simulate --out` or `thermal coldplate --fidelity resolved --out` made. Of a rack all
    is shown, unless one of --tray, --plate, --margin or --minus is given; of a resolved cold plate the field cut open
    with the coolant's streamlines; what is long and thin is drawn wider, as the picture says. Without --png and --html
    a window opens; where there is no display, a page is written beside RUN instead.
    """
    chosen = {"--tray": tray, "--plate": plate, "--margin": margin or None, "--minus": minus}
    _refuse_combinations(chosen, {"--range": scale, "--coolant-range": coolant})
    _refuse_idle(png_file, html_file, size, open_it=open_it, as_json=as_json)
    scene = _resolved_scene(run, chosen, field=field, lines=lines, scale=scale, coolant=coolant)
    if scene is None:
        scene = _scene(run, tray=tray, plate=plate, margin=margin, minus=minus, scale=scale, coolant=coolant)
    files = [file for file in (png_file, html_file) if file is not None]
    if not files:
        page = _window_or_page(scene, run)
        if page is None:
            return
        files = [page]
    if png_file is not None:
        from thermal.views.picture import png, size_for

        png(scene, png_file, size or size_for(scene))
    if html_file is not None:
        _write_page(scene, html_file)
    if as_json:
        print_json({"run": str(run), "files": [str(file) for file in files], "description": scene.description})
    elif not quiet or not (png_file or html_file):  # a file that nobody named has to be told
        click.echo("\n".join(f"  drawn      {file}" for file in files))
    if open_it:
        click.launch(str(files[-1]))


def _resolved_scene(
    run: Path,
    chosen: Mapping[str, object],
    *,
    field: str | None,
    lines: By | None,
    scale: tuple[float, float] | None,
    coolant: tuple[float, float] | None,
) -> Scene | None:
    """Return the scene of a resolved cold plate, or None where the run is another thing."""
    from thermal.results.resolved_file import is_resolved, load_resolved

    wanted = {"--field": field, "--lines": lines}
    resolved = is_resolved(run)
    for name, value in (chosen if resolved else wanted).items():
        if value is not None:
            what = "a resolved cold plate, not a rack" if resolved else "no resolved cold plate"
            message = f"{run} is {what}; leave it out."
            raise click.BadParameter(message, param_hint=name)
    if not resolved:
        return None
    from thermal.views.scenes.resolved import resolved_scene

    return resolved_scene(load_resolved(run), field, scale, coolant=coolant, by=lines or "temperature")


def _scene(
    run: Path,
    *,
    tray: str | None,
    plate: str | None,
    margin: bool,
    minus: Path | None,
    scale: tuple[float, float] | None,
    coolant: tuple[float, float] | None,
) -> Scene:
    from thermal.results.store import VOLUMES, load
    from thermal.views import scene

    results = load(run, volumes=plate is not None and (run.expanduser() / VOLUMES).is_file())
    if tray is not None:
        return scene.tray_scene(results, tray, scale, coolant=coolant)
    if plate is not None:
        return scene.plate_scene(results, plate, scale, coolant=coolant)
    if margin:
        return scene.margin_scene(results)
    if minus is not None:
        return scene.difference_scene(results, load(minus), _names(run, minus))
    return scene.rack_scene(results, scale, coolant=coolant)


def _names(run: Path, minus: Path) -> tuple[str, str]:
    """Return what two runs are called: their folders' names, or their paths where these are alike."""
    first, second = (folder.expanduser().resolve().name for folder in (run, minus))
    return (first, second) if first != second else (str(run), str(minus))


def _window_or_page(scene: Scene, run: Path) -> Path | None:
    """Open a window and return None, or write a page beside the run and return its file."""
    from thermal.views.picture import DrawingError, has_display, show

    why = "no display"
    if has_display():
        try:
            show(scene)
        except DrawingError as error:
            why = str(error)
        else:
            return None
    place = run.expanduser().resolve()
    names = (place.with_name(f"{place.name}{ending}.html") for ending in ("", *(f"_{n}" for n in range(2, 1000))))
    file = next(name for name in names if not name.exists())
    progress(f"{why}: writing a page instead")
    _write_page(scene, file)
    return file


def _write_page(scene: Scene, file: Path) -> None:
    """Write a page, with a picture in it for print where this machine can draw one."""
    from thermal.results.whole_file import written_file
    from thermal.views.picture import DrawingError, png_bytes, size_for
    from thermal.views.scenes.page import page

    try:
        picture = png_bytes(scene, size_for(scene))
    except DrawingError as error:
        progress(f"the page has no picture for print: {error}")
        picture = None
    text = page(scene, picture)
    with written_file(file, "--html") as draft:
        draft.write_text(text, encoding="utf-8")


def _refuse_combinations(scenes: Mapping[str, object], scales: Mapping[str, object]) -> None:
    """Refuse two scenes at once, and a scale of temperature where another quantity is shown."""
    chosen = [name for name, value in scenes.items() if value is not None]
    if len(chosen) > 1:
        message = f"{' and '.join(chosen)} are different scenes; give one of them."
        raise click.UsageError(message)
    for name, scale in scales.items():
        if scale is not None and chosen and chosen[0] in ("--margin", "--minus"):
            message = f"it is a scale of temperature, which {chosen[0]} does not show; leave one of them out."
            raise click.BadParameter(message, param_hint=name)


def _refuse_idle(
    png_file: Path | None, html_file: Path | None, size: tuple[int, int] | None, *, open_it: bool, as_json: bool
) -> None:
    """Refuse options that would have no effect."""
    if size is not None and png_file is None:
        message = "it is the size of a picture; add --png FILE, or leave it out."
        raise click.BadParameter(message, param_hint="--size")
    for name, given in (("--open", open_it), ("--json", as_json)):
        if given and png_file is None and html_file is None:
            message = "it is about a written file; add --png FILE or --html FILE, or leave it out."
            raise click.BadParameter(message, param_hint=name)
