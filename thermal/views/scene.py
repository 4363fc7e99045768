"""Scenes of a run: the rack, one tray, one plate, the margins, and the difference of two runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thermal.rack.layout import Box
from thermal.results.dataset import Results
from thermal.views.scenes.body import FAR, RACK, TRAY, body
from thermal.views.scenes.clip import clipped_text
from thermal.views.scenes.model import Label, Scene
from thermal.views.scenes.paint import (
    Paint,
    common_coolant_scale,
    common_scale,
    difference_paint,
    margin_paint,
    temperature_paint,
)
from thermal.views.scenes.plate import plate_scene
from thermal.views.scenes.run import Run, near, run_of
from thermal.views.scenes.scale import Scale
from thermal.views.scenes.text import to_spare
from thermal.views.tables import number

__all__ = ["common_coolant_scale", "common_scale", "difference_scene", "margin_scene", "plate_scene", "rack_scene",
           "tray_scene"]  # fmt: skip

FROM_FRONT_LEFT = (-1.35, -0.85, 0.72)
MANY = 3  # racks on a page
UNSEEN = 0.05  # [K] below which a difference reads 0.0
FROM_ABOVE = (-0.55, -1.0, 1.35)


def rack_scene(results: Results, scale: Scale | None = None, *, coolant: Scale | None = None, among: int = 1) -> Scene:
    """Return the whole rack: packages by junction temperature, pipes by coolant temperature and as wide as their flow.

    Parameters
    ----------
    results : Results
        The run.
    scale : (float, float), optional
        Ends of the scale of junction temperature [°C], for pictures to be compared; see `common_scale`.
    coolant : (float, float), optional
        Ends of the scale of the coolant's temperature [°C]; see `common_coolant_scale`.
    among : int
        Number of racks on one page: from three on each is drawn more coarsely, so that the page stays small enough to
        send.

    Raises
    ------
    InputError
        The run does not hold where its parts stand, or the scale is none.
    """
    run = run_of(results)
    paint = temperature_paint(run, scale, coolant=coolant)
    words = (
        f"{run.title} drawn to scale, packages coloured by junction temperature {_reach(paint)}. {_decisive_text(run)}"
    )
    return Scene(
        title=f"{run.title} — junction temperatures",
        subtitle=_joined(run.point, clipped_text(run, paint)),
        pieces=body(run, paint, RACK if among < MANY else FAR),
        bars=paint.bars,
        labels=[*_labels(run), *_unit_labels(run)],
        view=FROM_FRONT_LEFT,
        description=_sentences(words, _coolant_text(run), _told(clipped_text(run, paint)), _grey_text(run, paint)),
    )


def tray_scene(results: Results, tray: str, scale: Scale | None = None, *, coolant: Scale | None = None) -> Scene:
    """Return one tray opened, seen from above.

    Parameters
    ----------
    results : Results
        The run.
    tray : str
        Its path, such as ``compute[18]``.
    scale, coolant : (float, float), optional
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
    paint = temperature_paint(run, scale, tray, coolant=coolant)
    words = f"{tray} of {run.title} from above, packages coloured by junction temperature {_reach(paint)}. "
    return Scene(
        title=f"{run.title} — {tray}",
        subtitle=_joined(_tray_text(run, tray), clipped_text(run, paint, tray)),
        pieces=body(run, paint, TRAY, tray),
        bars=paint.bars,
        labels=_labels(run, tray),
        view=FROM_ABOVE,
        description=_sentences(
            words + _decisive_text(run, tray), _told(clipped_text(run, paint, tray)), _grey_text(run, paint, tray)
        ),
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
        subtitle=_joined(run.point, verdict, clipped_text(run, paint), _grey_text(run, paint)),
        pieces=body(run, paint, RACK),
        bars=paint.bars,
        labels=labels,
        view=FROM_FRONT_LEFT,
        description=_sentences(words, least, _told(clipped_text(run, paint)), _grey_text(run, paint)),
    )


def difference_scene(results: Results, other: Results, names: tuple[str, str] = ("first run", "second run")) -> Scene:
    """Return the whole rack with devices and coolant by how much warmer they are than in another run of it.

    Parameters
    ----------
    results, other : Results
        The first less the second is shown, where the first has its parts; devices are matched by path.
    names : (str, str)
        What to call them.

    Raises
    ------
    InputError
        They are runs of two racks, or no device is in both.
    """
    run, base = run_of(results), run_of(other)
    paint = difference_paint(run, base)
    most = max(paint.devices, key=lambda path: abs(paint.devices[path]))
    change = f"{number(paint.devices[most], signed=True)} K"
    same = _largest(paint) < UNSEEN
    words = f"{run.title}, {names[0]} less {names[1]}: devices and coolant coloured by the difference of temperature."
    matched = _joined("devices matched by path", _unmatched_text(run, base))
    told = f"No difference of {UNSEEN:g} K or more." if same else f"Largest change: {most}, {change}."
    return Scene(
        title=f"{run.title} — {names[0]} less {names[1]}",
        subtitle=_joined(f"{names[0]}: {run.point} — less {names[1]}: {base.point}", "no difference" if same else "",
                         matched, clipped_text(run, paint), _grey_text(run, paint)),
        pieces=body(run, paint, RACK),
        bars=paint.bars,
        labels=[] if same else _label(run, most, change),
        view=FROM_FRONT_LEFT,
        description=_sentences(words, told, _told(matched), _told(clipped_text(run, paint)), _grey_text(run, paint)),
    )  # fmt: skip


def _largest(paint: Paint) -> float:
    """Return the largest number there is of devices, fields and tubes, whatever its sign."""
    ends = [end for pair in paint.tubes.values() for end in pair]
    known = [np.abs(one.values[np.isfinite(one.values)]).max(initial=0.0) for one in paint.fields.values()]
    return max(map(abs, (*paint.devices.values(), *ends, *map(float, known))), default=0.0)


def _unmatched_text(run: Run, base: Run) -> str:
    """Say how many devices of either run the other one has not."""
    alone = [len(set(one.devices) - set(other.devices)) for one, other in ((run, base), (base, run))]
    if not any(alone):
        return "all have a counterpart"
    return f"{alone[0]} of the first and {alone[1]} of the second without counterpart"


def _labels(run: Run, tray: str | None = None) -> list[Label]:
    """Label the hottest device and, where it is another one, the device with the least margin."""
    hottest, least = _hottest(run, tray), _least(run, tray)
    if hottest is None:
        return []
    if hottest == least:
        margin = to_spare(run.devices[hottest]["margin_K"])
        text = f"hottest junction, closest to its limit\n{_junction(run, hottest)}, {margin}"
        return _with_memory(run, hottest, text, tray)
    labels = _with_memory(run, hottest, f"hottest junction {_junction(run, hottest)}", tray)
    if least is not None:
        margin = to_spare(run.devices[least]["margin_K"])
        labels += _label(run, least, f"closest to its limit\n{_junction(run, least)}, {margin}")
    return labels


def _unit_labels(run: Run) -> list[Label]:
    """Name the cooling units beside a rack: boxes in which nothing else is drawn."""
    return [Label(_top(one), f"cooling unit {one.part}") for one in run.boxes("cdu") if one.tray is None]


def _with_memory(run: Run, path: str, text: str, tray: str | None) -> list[Label]:
    """Label a device, and the hottest memory where that is hotter than every junction."""
    hottest = _memory(run, tray)
    if hottest is None:
        return _label(run, path, text)
    memory = f"memory {number(run.devices[hottest]['memory_max_C'])} °C (no limit checked)"
    if hottest == path:
        return _label(run, path, f"{memory}\n{text}")
    return _label(run, path, text) + _label(run, hottest, f"hottest {memory}")


def _memory(run: Run, tray: str | None) -> str | None:
    """Return the device with the hottest memory, if that is hotter than every junction."""
    known = _known(run, tray)
    held = [path for path in known if run.devices[path].get("memory_max_C") is not None]
    path = max(held, key=lambda one: float(run.devices[one]["memory_max_C"]), default=None)
    junction = max((float(run.devices[one]["junction_max_C"]) for one in known), default=0.0)
    return path if path is not None and float(run.devices[path]["memory_max_C"]) > junction else None


def _memory_text(run: Run, tray: str | None) -> str:
    path = _memory(run, tray)
    if path is None:
        return ""
    memory = f"{number(run.devices[path]['memory_max_C'])} °C at {path}"
    return f" Memory is hotter than every junction: {memory}; no limit is checked for it."


def _decisive_text(run: Run, tray: str | None = None) -> str:
    """Tell what `_labels` label."""
    hottest, least = _hottest(run, tray), _least(run, tray)
    if hottest is None:
        return "No device has a junction temperature."
    memory = _memory_text(run, tray)
    if hottest == least:
        return f"Hottest junction and closest to its limit: {_against(run, hottest)}.{memory}"
    text = f"Hottest junction: {_against(run, hottest)}."
    return text + ("" if least is None else f" Closest to its limit: {_against(run, least)}.") + memory


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


def _reach(paint: Paint) -> str:
    bar = paint.bars[0]
    return f"from {number(bar.low, 0)} to {number(bar.high, 0)} °C"


def _joined(*parts: str) -> str:
    return " · ".join(part.rstrip(".") for part in parts if part)


def _told(words: str) -> str:
    """Return words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _sentences(*parts: str) -> str:
    texts: Sequence[str] = [part.strip() for part in parts if part.strip()]
    return " ".join(texts)
