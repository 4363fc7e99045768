from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.rack.bundled import bundled
from thermal.rack.expand import Assembly, Element, expand
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack

Write = Callable[..., Path]
TRAYS = 'slots: ["3-4"]'


def named(assembly: Assembly, path: str) -> Element:
    (element,) = [element for element in assembly.elements if element.path == path]
    return element


def test_paths_number_what_occurs_more_than_once(small: Rack) -> None:
    paths = [element.path for element in expand(small).elements if element.tray == "compute[1]"]
    module = ["inner[1]", "gpu_plate[1]", "gpu_plate[2]", "inner[2]"]
    assert paths == [
        "compute[1]/inlet",
        "compute[1]/gate",
        *(f"compute[1]/module[1]/{name}" for name in module),
        *(f"compute[1]/module[2]/{name}" for name in module),
        "compute[1]/outlet",
    ]


def test_a_tray_alone_in_its_group_has_a_number_too(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file((TRAYS, "slots: 5"))))
    assert [tray.path for tray in assembly.trays] == ["compute[1]"]


def test_series_and_parallel_become_nodes(small: Rack) -> None:
    assembly = expand(small)
    inlet, gate = (named(assembly, f"compute[1]/{name}") for name in ("inlet", "gate"))
    first, second = (named(assembly, f"compute[1]/module[1]/gpu_plate[{n}]") for n in (1, 2))
    before, after = (named(assembly, f"compute[1]/module[2]/inner[{n}]") for n in (1, 2))
    assert inlet.end == gate.start
    assert gate.end == before.start, "the modules are side by side"
    assert (first.start, first.end) == (second.start, second.end)
    assert after.end == named(assembly, "compute[1]/outlet").start


def test_a_repeated_part_in_series_is_passed_one_after_the_other(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file(("        - gate\n", "        - {part: gate, repeat: 3}\n"))))
    gates = [named(assembly, f"compute[1]/gate[{n}]") for n in (1, 2, 3)]
    assert [gate.end for gate in gates[:2]] == [gate.start for gate in gates[1:]]


def test_the_header_follows_the_trays(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file((TRAYS, "slots: [2, 3, 7]"))))
    segments = [element for element in assembly.elements if element.role == "manifold"]
    supply, back = segments[:3], segments[3:]
    assert [segment.length for segment in supply] == pytest.approx([0.2, 0.05, 0.2])
    assert [segment.length for segment in back] == pytest.approx([0.2, 0.05, 0.2])
    assert supply[0].start == assembly.supply_port
    assert [segment.start for segment in supply[1:]] == [segment.end for segment in supply[:-1]]
    assert back[0].end == assembly.return_port, "on the return side the coolant comes towards the port"
    assert [segment.end for segment in back[1:]] == [segment.start for segment in back[:-1]]
    assert [tray.start for tray in assembly.trays] == [segment.end for segment in supply]
    assert [tray.end for tray in assembly.trays] == [segment.start for segment in back]


def test_the_ports_lie_where_the_file_says(rack_file: Write) -> None:
    def heights(text: str) -> tuple[float, float]:
        manifold = ("return: header}", f"return: header, {text}}}")
        assembly = expand(load_rack(rack_file(manifold)))
        return assembly.nodes[assembly.supply_port].height, assembly.nodes[assembly.return_port].height

    assert heights("arrangement: direct, port: bottom") == (0.0, 0.0)
    assert heights("arrangement: direct, port: top") == (0.5, 0.5)
    assert heights("arrangement: reverse, port: bottom") == (0.0, 0.5)
    assert heights("arrangement: reverse, port: top") == (0.5, 0.0)


def test_a_reverse_return_starts_at_the_other_end(rack_file: Write) -> None:
    manifold = ("return: header}", "return: header, arrangement: reverse}")
    assembly = expand(load_rack(rack_file(manifold, (TRAYS, "slots: [2, 3, 7]"))))
    back = [element for element in assembly.elements if element.path.startswith("return_manifold")]
    assert [segment.length for segment in back] == pytest.approx([0.2, 0.2, 0.05]), "the highest tray comes first"
    assert back[0].start == assembly.trays[-1].end


def test_nodes_lie_at_the_height_of_their_tray(small: Rack) -> None:
    assembly = expand(small)
    for tray, height in zip(assembly.trays, (0.125, 0.175), strict=True):
        inside = [element for element in assembly.elements if element.tray == tray.path]
        heights = [assembly.nodes[node].height for element in inside for node in (element.start, element.end)]
        assert heights == pytest.approx([height] * len(heights))


def test_a_tee_names_the_header_beyond_and_the_tray(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file((TRAYS, "slots: [2, 3, 7]"))))
    supply, back = assembly.tees[:3], assembly.tees[3:]
    assert [assembly.elements[tee.side].path for tee in supply] == [f"compute[{n}]/inlet" for n in (1, 2, 3)]
    assert [assembly.elements[tee.side].path for tee in back] == [f"compute[{n}]/outlet" for n in (1, 2, 3)]
    assert [tee.combining for tee in assembly.tees] == [False] * 3 + [True] * 3
    for tees, header in ((supply, "supply_manifold"), (back, "return_manifold")):
        runs = [tee.run if tee.run is None else assembly.elements[tee.run].path for tee in tees]
        assert runs == [f"{header}/segment[2]", f"{header}/segment[3]", None]
        assert all(tee.manifold == "header" for tee in tees)


def test_a_tray_that_begins_in_parallel_has_no_tee_there(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file(("        - {part: coupling, name: inlet}\n        - gate\n", ""))))
    assert [tee.combining for tee in assembly.tees] == [True, True]


def test_a_removed_tray_leaves_no_tap(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file((TRAYS, "slots: [2, 3, 7]\n    remove: [2]"))))
    segments = [element for element in assembly.elements if element.path.startswith("supply_manifold")]
    assert [segment.length for segment in segments] == pytest.approx([0.2, 0.25])
    assert [tray.path for tray in assembly.trays] == ["compute[1]", "compute[3]"]
    assert not any(element.tray == "compute[2]" for element in assembly.elements)
    assert not any(device.tray == "compute[2]" for device in assembly.devices)


def test_devices_sit_on_their_plates_in_order(small: Rack) -> None:
    assembly = expand(small)
    first = [device for device in assembly.devices if device.tray == "compute[1]"]
    plates = [device.element if device.element is None else assembly.elements[device.element].path for device in first]
    modules = [f"compute[1]/module[{m}]/gpu_plate[{p}]" for m in (1, 2) for p in (1, 2)]
    assert plates == [modules[n // 2] for n in range(8)] + [None]
    assert [device.share for device in first] == [2] * 8 + [1]
    assert [device.path for device in first][6:] == ["compute[1]/gpu[7]", "compute[1]/gpu[8]", "compute[1]/rest"]
    assert {device.power for device in first} == {700.0, 50.0}


def test_a_device_without_the_power_state_keeps_its_tdp(rack_file: Write) -> None:
    devices = expand(load_rack(rack_file(), {"power_state": "peak"})).devices
    assert {(device.group, device.power, device.power_state) for device in devices} == {
        ("gpu", 900.0, "peak"),
        ("rest", 50.0, "tdp"),
    }


def test_things_are_counted(small: Rack) -> None:
    items = expand(small).items
    counts = Counter(item.item_class for item in items)
    assert counts == {
        "rack_manifold": 2, "compute_tray": 2, "qd_pair": 4 + 8, "valve": 2, "module": 4, "gpu_plate": 8, "fan": 6,
    }  # fmt: skip
    assert sum(item.pieces for item in items if item.item_class == "qd_pair") == 4 * 1 + 8 * 2
    holders = {item.path: item.contained_in for item in items}
    assert holders["compute[1]/module[2]/gpu_plate[1]"] == "compute[1]/module[2]"
    assert holders["compute[1]/module[2]"] == "compute[1]"
    assert holders["compute[1]"] is None
    assert holders["compute[1]/fan[3]"] == "compute[1]"


HOSES = (
    "manifold: {supply",
    "supply: hose\nreturn: {series: [hose, hose]}\ncdu: {part: unit, racks_served: 4}\nmanifold: {supply",
)
UNIT = ("  fan: {kind: fan", """\
  pump: {kind: pump, head: {table: [[0 L/min, 90 kPa], [90 L/min, 0 kPa]]}, efficiency: 0.5}
  unit: {kind: cdu, circuit: {series: [pump, {part: hose, name: pipe}]}}
  fan: {kind: fan""")  # fmt: skip


def test_hoses_and_cdu_close_the_loop(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file(HOSES, UNIT)))
    pump, pipe = (assembly.elements[index] for index in assembly.cdu_elements)
    assert (pump.path, pump.role, pump.start) == ("cdu/pump", "cdu", assembly.return_port)
    assert (pipe.path, pipe.end) == ("cdu/pipe", assembly.supply_port)
    assert named(assembly, "supply/hose").start == assembly.supply_port
    assert named(assembly, "return/hose[2]").end == assembly.return_port
    items = {item.path: item for item in assembly.items}
    assert (items["cdu"].pieces, items["cdu/pump"].pieces, items["cdu/pump"].contained_in) == (0.25, 0.25, "cdu")
    assert (items["supply/hose"].pieces, items["supply/hose"].contained_in) == (1, None)


def test_without_manifold_trays_join_the_ports(rack_file: Write) -> None:
    assembly = expand(load_rack(rack_file(("manifold: {supply: header, return: header}\n", ""))))
    assert {(tray.start, tray.end) for tray in assembly.trays} == {(assembly.supply_port, assembly.return_port)}
    assert assembly.tees == ()
    assert not any(element.role == "manifold" for element in assembly.elements)


def test_a_rack_in_air_has_no_network() -> None:
    assembly = expand(load_rack("hgx_h100_air"))
    assert (assembly.nodes, assembly.elements, assembly.tees, assembly.cdu_elements) == ((), (), (), ())
    assert len(assembly.devices) > 0
    assert {(tray.start, tray.end) for tray in assembly.trays} == {(-1, -1)}


@pytest.mark.parametrize(
    ("rack", "pieces", "pairs", "plates"),
    # AVC article of 20 Dec 2025: "8+2" and "20+2" pieces per compute tray, 198 and 414 per rack.
    [("gb300_nvl72", 198, 126, {"gpu_plate": 72, "cpu_plate": 36}), ("vr200_nvl144_cpx", 414, 234, {"gpu_plate": 72})],
)
def test_the_published_counts_come_out_of_the_circuit(
    rack: str, pieces: int, pairs: int, plates: dict[str, int]
) -> None:
    loaded = load_rack(rack)
    items = expand(loaded).items
    couplings = [item for item in items if loaded.parts.get(item.part) and loaded.parts[item.part].kind == "coupling"]
    assert len(couplings) == pairs
    assert sum(item.pieces for item in couplings) == pieces
    counts = Counter(item.item_class for item in items)
    assert {name: counts[name] for name in plates} == plates


@pytest.mark.parametrize("rack", bundled("racks"))
def test_every_node_of_a_bundled_rack_is_passed_through(rack: str) -> None:
    assembly = expand(load_rack(rack))
    arriving = {element.end for element in assembly.elements}
    leaving = {element.start for element in assembly.elements}
    assert arriving == leaving == set(range(len(assembly.nodes)))
    assert len({element.path for element in assembly.elements}) == len(assembly.elements)
    assert len({item.path for item in assembly.items}) == len(assembly.items)
    assert len({node.path for node in assembly.nodes}) == len(assembly.nodes)
    assert len({device.path for device in assembly.devices}) == len(assembly.devices)
