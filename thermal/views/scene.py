"""Scenes of a run: the rack, one tray, one plate, the margins, and the difference of two runs."""

from __future__ import annotations

from collections.abc import Sequence

from thermal.rack.layout import Box
from thermal.results.dataset import Results
from thermal.views.scene_body import FAR, RACK, TRAY, body
from thermal.views.scene_model import Label, Scene
from thermal.views.scene_paint import Paint, common_scale, difference_paint, margin_paint, temperature_paint
from thermal.views.scene_plate import plate_scene
from thermal.views.scene_run import Run, near, run_of
from thermal.views.scene_scale import Scale
from thermal.views.scene_text import to_spare
from thermal.views.tables import number

__all__ = ["common_scale", "difference_scene", "margin_scene", "plate_scene", "rack_scene", "tray_scene"]

FROM_FRONT_LEFT = (-1.35, -0.85, 0.72)
MANY = 3  # racks on a page
FROM_ABOVE = (-0.55, -1.0, 1.35)


def rack_scene(results: Results, scale: Scale | None = None, *, among: int = 1) -> Scene:
    """Return the whole rack: packages by junction temperature, pipes by coolant temperature and as wide as their flow.

    Parameters
    ----------
    results : Results
        The run.
    scale : (float, float), optional
        Ends of the scale of junction temperature [°C], for pictures to be compared; see `common_scale`.
    among : int
        Number of racks on one page: from three on each is drawn more coarsely, so that the page stays small enough to
        send.

    Raises
    ------
    InputError
        The run does not hold where its parts stand, or the scale is none.
    """
    run = run_of(results)
    paint = temperature_paint(run, scale)
    words = (
        f"{run.title} drawn to scale, packages coloured by junction temperature {_reach(paint)}. {_decisive_text(run)}"
    )
    return Scene(
        title=f"{run.title} — junction temperatures",
        subtitle=run.point,
        pieces=body(run, paint, RACK if among < MANY else FAR),
        bars=paint.bars,
        labels=_labels(run),
        view=FROM_FRONT_LEFT,
        description=_sentences(words, _coolant_text(run), _grey_text(run, paint)),
    )


def tray_scene(results: Results, tray: str, scale: Scale | None = None) -> Scene:
    """Return one tray opened, seen from above.

    Parameters
    ----------
    results : Results
        The run.
    tray : str
        Its path, such as ``compute[18]``.
    scale : (float, float), optional
        As of `rack_scene`.

    Raises
    ------
    InputError
        No such tray; near names are listed.
    """
    run = run_of(results)
    trays = [box.path for box in run.boxes("tray")]
    if tray not in trays:
        raise near(tray, trays, "tray")
    paint = temperature_paint(run, scale, tray)
    words = f"{tray} of {run.title} from above, packages coloured by junction temperature {_reach(paint)}. "
    return Scene(
        title=f"{run.title} — {tray}",
        subtitle=_tray_text(run, tray),
        pieces=body(run, paint, TRAY, tray),
        bars=paint.bars,
        labels=_labels(run, tray),
        view=FROM_ABOVE,
        description=_sentences(words + _decisive_text(run, tray), _grey_text(run, paint, tray)),
    )


def margin_scene(results: Results) -> Scene:
    """Return the whole rack with every device by its margin, red exactly where its limit is crossed.

    Parameters
    ----------
    results : Results
        The run.
    """
    run = run_of(results)
    paint = margin_paint(run)
    crossed = sorted(path for path, margin in paint.devices.items() if margin < 0.0)
    over = "1 device over its limit" if len(crossed) == 1 else f"{len(crossed)} devices over their limit"
    verdict = over if crossed else "every device within its limit"
    worst = min(paint.devices, key=paint.devices.__getitem__, default=None)
    words = f"{run.title}, devices coloured by the margin to their limit: {verdict}."
    least = "" if worst is None else f"Least margin: {worst}, {number(paint.devices[worst])} K."
    labels = [] if worst is None else _label(run, worst, f"{number(paint.devices[worst], signed=True)} K")
    return Scene(
        title=f"{run.title} — margin to the limits",
        subtitle=_joined(run.point, verdict, _clipped_text(paint), _grey_text(run, paint)),
        pieces=body(run, paint, RACK),
        bars=paint.bars,
        labels=labels,
        view=FROM_FRONT_LEFT,
        description=_sentences(words, least, _grey_text(run, paint)),
    )


def difference_scene(results: Results, other: Results) -> Scene:
    """Return the whole rack with devices and coolant by how much warmer they are than in another run.

    Parameters
    ----------
    results, other : Results
        The first less the second is shown, where the first has its parts.

    Raises
    ------
    InputError
        No device is in both runs.
    """
    run, base = run_of(results), run_of(other)
    paint = difference_paint(run, base)
    most = max(paint.devices, key=lambda path: abs(paint.devices[path]))
    change = f"{number(paint.devices[most], signed=True)} K"
    words = f"{run.title}, first run less second: devices and coolant coloured by the difference of temperature."
    return Scene(
        title=f"{run.title} — difference of two runs",
        subtitle=_joined(f"{run.point} — less {base.point}", _grey_text(run, paint)),
        pieces=body(run, paint, RACK),
        bars=paint.bars,
        labels=_label(run, most, change),
        view=FROM_FRONT_LEFT,
        description=_sentences(words, f"Largest change: {most}, {change}.", _grey_text(run, paint)),
    )


def _labels(run: Run, tray: str | None = None) -> list[Label]:
    """Label the hottest device and, where it is another one, the device with the least margin."""
    hottest, least = _hottest(run, tray), _least(run, tray)
    if hottest is None:
        return []
    if hottest == least:
        margin = to_spare(run.devices[hottest]["margin_K"])
        return _label(run, hottest, f"hottest, closest to its limit\n{_junction(run, hottest)}, {margin}")
    labels = _label(run, hottest, f"hottest, {_junction(run, hottest)}")
    if least is not None:
        margin = to_spare(run.devices[least]["margin_K"])
        labels += _label(run, least, f"closest to its limit\n{_junction(run, least)}, {margin}")
    return labels


def _decisive_text(run: Run, tray: str | None = None) -> str:
    """Tell what `_labels` label."""
    hottest, least = _hottest(run, tray), _least(run, tray)
    if hottest is None:
        return "No device has a junction temperature."
    if hottest == least:
        return f"Hottest and closest to its limit: {_against(run, hottest)}."
    text = f"Hottest: {_against(run, hottest)}."
    return text if least is None else f"{text} Closest to its limit: {_against(run, least)}."


def _hottest(run: Run, tray: str | None) -> str | None:
    known = _known(run, tray)
    return max(known, key=lambda path: float(run.devices[path]["junction_max_C"]), default=None)


def _least(run: Run, tray: str | None) -> str | None:
    """Return the device with the least margin, on which the verdict rests."""
    limited = [path for path in _known(run, tray) if run.devices[path].get("margin_K") is not None]
    return min(limited, key=lambda path: float(run.devices[path]["margin_K"]), default=None)


def _known(run: Run, tray: str | None) -> list[str]:
    drawn = (box.path for box in run.drawn_devices(tray))
    return [path for path in drawn if run.devices[path].get("junction_max_C") is not None]


def _junction(run: Run, path: str) -> str:
    return f"{number(run.devices[path]['junction_max_C'])} °C"


def _against(run: Run, path: str) -> str:
    row = run.devices[path]
    limit = "" if row.get("limit_C") is None else f" against a limit of {number(row['limit_C'])} °C"
    margin = "" if row.get("margin_K") is None else f", {to_spare(row['margin_K'])}"
    return f"{path} at {_junction(run, path)}{limit}{margin}"


def _label(run: Run, path: str, text: str) -> list[Label]:
    """Label the top of a device; none when it is not drawn."""
    return [Label(_top(box), f"{path}\n{text}") for box in run.drawn_devices() if box.path == path]


def _top(box: Box) -> tuple[float, float, float]:
    (x, y, z), (width, depth, height) = box.origin, box.size
    return x + 0.5 * width, y + 0.5 * depth, z + height


def _tray_text(run: Run, tray: str) -> str:
    row = run.trays.get(tray, {})
    heat = sum(float(run.devices[box.path].get("power_W") or 0.0) for box in run.drawn_devices(tray))
    parts = [f"{heat / 1e3:.2f} kW"]
    if row.get("flow_L_min") is not None:
        flow, first, last = (row.get(key) for key in ("flow_L_min", "supply_C", "return_C"))
        parts.append(f"coolant {number(flow, 2)} L/min, {number(first)} → {number(last)} °C")
    return _joined(*parts, f"{run.results.summary['fidelity']} fidelity")


def _coolant_text(run: Run) -> str:
    coolant = run.results.summary["coolant"]
    if coolant is None:
        return "No liquid circuit."
    supply, back = number(coolant["supply_C"]), number(coolant["return_C"])
    colour = f"Pipes are coloured by the coolant's temperature, {supply} °C in and {back} °C out"
    return f"{colour}, and as wide as the root of their flow."


def _grey_text(run: Run, paint: Paint, tray: str | None = None) -> str:
    grey = sum(box.path not in paint.devices for box in run.drawn_devices(tray))
    if grey == 0:
        return ""
    return "1 device without such a number is grey." if grey == 1 else f"{grey} devices without such a number are grey."


def _clipped_text(paint: Paint) -> str:
    """Say when the scale ends before the numbers do."""
    high = paint.bars[0].high
    return (
        f"more than {number(high, 0)} K shown as {number(high, 0)} K"
        if max(paint.devices.values(), default=high) > high
        else ""
    )


def _reach(paint: Paint) -> str:
    bar = paint.bars[0]
    return f"from {number(bar.low, 0)} to {number(bar.high, 0)} °C"


def _joined(*parts: str) -> str:
    return " · ".join(part.rstrip(".") for part in parts if part)


def _sentences(*parts: str) -> str:
    texts: Sequence[str] = [part.strip() for part in parts if part.strip()]
    return " ".join(texts)
