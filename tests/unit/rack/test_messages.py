"""Every kind of fault of a rack file, with the message it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import InputError, Problem
from thermal.rack.loader import load_rack

Load = Callable[..., Problem]
LoadAll = Callable[..., tuple[Problem, ...]]

COOLANT = """\
coolant:
  fluid: water
  supply_temperature: 40 degC
  control: {kind: flow, value: 12 L/min}
"""
AIR = """\
    air:
      fans: {part: fan, count: 3}
      impedance: {quadratic: 1e6 Pa/(m3/s)^2}
"""
PUMP = (
    "  fan: {kind",
    "  p: {kind: pump, head: {table: [[0 L/min, 9 kPa], [9 L/min, 0 kPa]]}, efficiency: 0.5}\n  fan: {kind",
)

# Name: (what is changed in the small rack), (line, what stands there, path, what is wrong, what would be right)
CASES: dict[str, tuple[tuple[str, str], tuple[int, str, str, str, str]]] = {
    "unknown key": (
        ("title: Two", "titel: Two"),
        (2, "titel:", "titel", "unknown key 'titel'", "did you mean 'title'?"),
    ),
    "missing key": (
        ("units: 10, ", ""),
        (3, "rack:", "rack.units", "`units` is missing", "add `units: 4`"),
    ),
    "wrong dimension": (
        ("length: 0.5 m", "length: 0.5 kg"),
        (11, "0.5 kg", "parts.hose.length", "'0.5 kg' is not a length", "write for example '150 um'"),
    ),
    "negative": (
        ("length: 0.5 m", "length: -0.5 m"),
        (11, "-0.5 m", "parts.hose.length", "'-0.5 m' is not above zero", "write a positive value"),
    ),
    "not finite": (
        ("cv: 0.8", "cv: .inf"),
        (13, ".inf", "parts.inner.cv", "inf is not a finite number", "0.9"),
    ),
    "unknown kind": (
        ("kind: valve", "kind: vale"),
        (14, "{kind: vale", "parts.gate", "kind 'vale' is not known", "did you mean 'valve'?"),
    ),
    "kind misspelt": (
        ("{kind: valve", "{knd: valve"),
        (14, "{knd: valve", "parts.gate", "`kind` is missing, and 'knd' is unknown", "did you mean 'kind'?"),
    ),
    "wrong control": (
        ("kind: flow", "kind: flw"),
        (7, "{kind: flw", "coolant.control", "kind 'flw' is not known", "did you mean 'flow'?"),
    ),
    "control value of another kind": (
        ("kind: flow", "kind: return_temperature"),
        (7, "12 L/min", "coolant.control.value", "'12 L/min' is not a temperature", "'40 degC'"),
    ),
    "choice": (
        ("    kind: compute\n", "    kind: computing\n"),
        (40, "computing", "trays.compute.kind", "'computing' is not accepted", "did you mean 'compute'?"),
    ),
    "not a whole number": (
        ("units: 10", "units: ten"),
        (3, "ten", "rack.units", "'ten' is not a whole number", "write a whole number such as 4"),
    ),
    "too small a number": (
        ("count: 3}", "count: 0}"),
        (52, "0", "trays.compute.air.fans.count", "0 is not accepted", "write 1 or more"),
    ),
    "no mapping": (
        ("manifold: {supply: header, return: header}", "manifold: header"),
        (8, "header", "manifold", "'header' is not a mapping", "key: value"),
    ),
    "no name": (
        ("name: small", "name: 2small"),
        (1, "2small", "name", "'2small' is no name", "a letter"),
    ),
    "none of the choices": (
        ("cv: 0.8", "note: x"),
        (13, "{kind: coupling", "parts.inner", "none is given", "exactly one of `cv`, `kv`, `table`"),
    ),
    "two of the choices": (
        ("cv: 0.8", "cv: 0.8, kv: 1 m3/h"),
        (13, "{kind: coupling", "parts.inner", "`cv` and `kv` are given together", "exactly one"),
    ),
    "table that does not rise": (
        ("[0.1 m3/s, 0.1 K/W]", "[0.01 m3/s, 0.1 K/W]"),
        (36, "[[0.01 m3/s", "parts.fins.resistance.table", "the first column does not rise", "sort the rows"),
    ),
    "table with one row": (
        (", [0.1 m3/s, 0.1 K/W]", ""),
        (36, "[[0.01 m3/s", "parts.fins.resistance.table", "the table has 1 row(s)", "two rows"),
    ),
    "row with one entry": (
        ("[0.1 m3/s, 0.1 K/W]", "[0.1 m3/s]"),
        (36, "[0.1", "parts.fins.resistance.table[2][2]", "entry 2 of the list is missing", "as many entries"),
    ),
    "no tdp": (
        ("tdp: 700 W, ", ""),
        (34, "{kind: package", "parts.gpu", "`power` has no state `tdp`", "add it"),
    ),
    "no circuit": (
        ("        - gate\n", "        - 7\n"),
        (45, "7", "trays.compute.circuit.series[2]", "7 is no circuit", "{series: […]}"),
    ),
    "circuit that leads nowhere": (
        ("parallel: [{part: module, repeat: 2}]", "parallel: []"),
        (46, "[", "trays.compute.circuit.series[3].parallel", "leads nowhere: the list is empty", "one part"),
    ),
    "missing part in a circuit": (
        ("        - gate\n", "        - gat\n"),
        (45, "gat", "trays.compute.circuit.series[2]", "there is no part 'gat'", "did you mean 'gate'?"),
    ),
    "missing package": (
        ("package: rest,", "package: reste,"),
        (50, "reste", "trays.compute.devices.rest.package", "there is no part 'reste'", "did you mean 'rest'?"),
    ),
    "part of a catalogue that is not included": (
        ("package: rest,", "package: grace,"),
        (50, "grace", "trays.compute.devices.rest.package", "there is no part 'grace'", "parts/packages.yaml"),
    ),
    "part of the wrong kind": (
        ("part: fan,", "part: hose,"),
        (52, "hose", "trays.compute.air.fans.part", "part 'hose' is a pipe", "name a fan"),
    ),
    "a fan in a circuit": (
        ("        - gate\n", "        - fan\n"),
        (45, "fan", "trays.compute.circuit.series[2]", "part 'fan' is a fan", "a circuit holds pipe, coupling"),
    ),
    "missing manifold": (
        ("supply: header,", "supply: hedder,"),
        (8, "hedder", "manifold.supply", "there is no part 'hedder'", "did you mean 'header'?"),
    ),
    "missing heat sink": (
        ("heat_sink: fins", "heat_sink: finz"),
        (34, "finz", "parts.gpu.heat_sink", "there is no part 'finz'", "did you mean 'fins'?"),
    ),
    "assembly that contains itself": (
        ("        - inner\n        - parallel", "        - module\n        - parallel"),
        (30, "series:", "parts.module.circuit", "part 'module' contains itself: module → module", "take one of"),
    ),
    "two trays in one slot": (
        ('slots: ["3-4"]', "slots: [3, 3]"),
        (41, "[3", "trays.compute.slots", "two trays take rack unit 3: 'compute' and 'compute'", "its own units"),
    ),
    "tray above the rack": (
        ('slots: ["3-4"]', "slots: [3, 11]"),
        (41, "[3", "trays.compute.slots", "tray 2 takes unit 11, the rack has 10", "use units 1 to 10"),
    ),
    "range that holds no whole trays": (
        ('slots: ["3-4"]', 'slots: ["3-5"]\n    height: 2'),
        (41, '"3-5"', "trays.compute.slots[1]", "units 3-5 do not hold whole trays of height 2", "a multiple of 2"),
    ),
    "range upside down": (
        ('slots: ["3-4"]', 'slots: ["4-3"]'),
        (41, '"4-3"', "trays.compute.slots[1]", "'4-3' is not a rack unit", "count upward"),
    ),
    "slot that is no slot": (
        ('slots: ["3-4"]', "slots: top"),
        (41, "top", "trays.compute.slots", "'top' is not a rack unit", "'9-16'"),
    ),
    "more slots than units": (
        ('slots: ["3-4"]', f"slots: [{', '.join(['3'] * 201)}]"),
        (41, "[3", "trays.compute.slots", "the list has 201 entries", "200 units at most"),
    ),
    "ranges that take more than a rack": (
        ('slots: ["3-4"]', 'slots: ["1-200", "1-200"]'),
        (41, '["1', "trays.compute.slots", "the slots name 400 units, more than 200", "its own units"),
    ),
    "orifice without loss": (
        ("gate: {kind: valve, kv: 2 m3/h}", "gate: {kind: orifice, loss_coefficient: 0, inner_diameter: 8 mm}"),
        (14, "0,", "parts.gate.loss_coefficient", "0 is not above zero", "a positive value"),
    ),
    "efficiency of nothing": (
        (PUMP[0], PUMP[1].replace("efficiency: 0.5", "efficiency: 0")),
        (37, "0}", "parts.p.efficiency", "0 is not above zero", "a positive value"),
    ),
    "efficiency above one": (
        (PUMP[0], PUMP[1].replace("efficiency: 0.5", "efficiency: 1.1")),
        (37, "1.1}", "parts.p.efficiency", "1.1 is too large", "at most 1"),
    ),
    "efficiency table that begins with nothing": (
        (PUMP[0], PUMP[1].replace("efficiency: 0.5", "efficiency: {table: [[0 L/min, 0], [9 L/min, 0.5]]}")),
        (37, "0], [9 L/min, 0.5", "parts.p.efficiency.table[1][2]", "0 is not above zero", "a positive value"),
    ),
    "removed tray that is not there": (
        ('slots: ["3-4"]', 'slots: ["3-4"]\n    remove: [3]'),
        (42, "3", "trays.compute.remove[1]", "there is no tray 3", "use 1 to 2"),
    ),
    "device that nothing cools": (
        ("cooled_by: gpu_plate", "cooled_by: gpu_plat"),
        (49, "gpu_plat", "trays.compute.devices.gpu.cooled_by", "nothing cools it: 'gpu_plat' is no", "'gpu_plate'?"),
    ),
    "device on a plate outside the circuit": (
        ("cooled_by: gpu_plate", "cooled_by: plate"),
        (49, "plate", "trays.compute.devices.gpu.cooled_by", "no coolant reaches plate 'plate'", "'gpu_plate' there"),
    ),
    "air without fans": (
        (AIR, ""),
        (50, "air", "trays.compute.devices.rest.cooled_by", "nothing cools it", "add `air: {fans: …"),
    ),
    "devices that do not divide": (
        ("count: 8", "count: 6"),
        (49, "gpu_plate", "trays.compute.devices.gpu.cooled_by", "6 devices cannot share 4 plates", "a multiple of 4"),
    ),
    "plate behind a closed valve": (
        ("kv: 2 m3/h", "kv: 2 m3/h, opening: 0"),
        (43, "series:", "trays.compute.circuit", "no coolant reaches plate 'gpu_plate': 'gate'", "parts.gate.opening"),
    ),
    "plates without coolant": (
        (COOLANT, ""),
        (39, "series:", "trays.compute.circuit", "there is no `coolant` block", "add `coolant: {fluid: PG25"),
    ),
    "unknown coolant": (
        ("fluid: water", "fluid: wtaer"),
        (5, "wtaer", "coolant.fluid", "there is no coolant 'wtaer'", "did you mean 'water'?"),
    ),
    "coolant file that is missing": (
        ("fluid: water", "fluid: ./mine.yaml"),
        (5, "./mine.yaml", "coolant.fluid", "'./mine.yaml': there is no such file", ""),
    ),
    "coolant file outside": (
        ("fluid: water", "fluid: ../../etc/passwd"),
        (5, "../../etc/passwd", "coolant.fluid", "lies outside the allowed folders", "put it below"),
    ),
    "unknown power state": (
        ("name: small", "name: small\npower_state: pek"),
        (2, "pek", "power_state", "no package has a power state 'pek'", "did you mean 'peak'?"),
    ),
    "pump speed without pumps": (
        ("{kind: flow, value: 12 L/min}", "{kind: pump_speed, value: 0.8}"),
        (7, "{kind:", "coolant.control", "pump_speed needs pumps, and the rack has no cdu", "add `cdu"),
    ),
    "missing base": (
        ("inner: {kind: coupling", "inner: {extends: couplng, kind: coupling"),
        (13, "couplng", "parts.inner.extends", "there is no part 'couplng'", "did you mean 'coupling'?"),
    ),
    "base of another kind": (
        ("inner: {kind: coupling", "inner: {extends: hose, kind: coupling"),
        (13, "hose", "parts.inner.extends", "'inner' is a coupling, and 'hose' is a pipe", "extend a coupling"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_told_with_place_and_remedy(problem: Load, rack_file: Callable[..., Path], case: str) -> None:
    change, (line, snippet, path, wrong, right) = CASES[case]
    found = problem(change)
    text = rack_file(change)
    assert found.file == str(text)
    assert (found.line, found.path) == (line, path)
    assert text.read_text().splitlines()[line - 1][found.column - 1 :].startswith(snippet)
    assert wrong in found.wrong
    assert right in found.right
    assert str(found).startswith(f"{found.file}:{line}:{found.column}: {path}: ")


def test_all_faults_come_at_once_in_order_of_the_file(problems: LoadAll) -> None:
    singles = [
        "unknown key", "wrong dimension", "not finite", "not a whole number", "table that does not rise",
        "two trays in one slot",
        "device that nothing cools", "part of the wrong kind", "missing manifold", "unknown coolant",
    ]  # fmt: skip
    found = problems(*(CASES[name][0] for name in singles))
    assert [problem.line for problem in found] == sorted(CASES[name][1][0] for name in singles)
    for name in singles:
        assert any(CASES[name][1][3] in problem.wrong for problem in found)


def test_a_broken_part_is_told_once_and_not_called_missing(problems: LoadAll) -> None:
    found = problems(("cv: 0.8", "cv: -1"), ("{kind: valve", "{kind: valv"))
    assert [problem.path for problem in found] == ["parts.inner.cv", "parts.gate"]


def test_a_part_in_its_own_way_twice_removed_is_circular(problems: LoadAll) -> None:
    change = ("hose: {kind: pipe", "a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n  hose: {kind: pipe")
    found = problems(change)
    assert {problem.path for problem in found} >= {"parts.c.extends"}
    assert all("extends itself" in problem.wrong for problem in found)
    assert any("a → b → c → a" in problem.wrong for problem in found)


def test_two_assemblies_that_contain_each_other_are_circular(problems: LoadAll) -> None:
    change = (
        "  fan: {kind: fan",
        "  x: {kind: assembly, circuit: {series: [y]}}\n"
        "  y: {kind: assembly, circuit: {series: [x]}}\n  fan: {kind: fan",
    )
    (found,) = problems(change)
    assert found.wrong == "part 'x' contains itself: x → y → x"


def test_deep_assemblies_are_refused(problems: LoadAll) -> None:
    chain = "".join(f"  m{n}: {{kind: assembly, circuit: {{series: [m{n + 1}]}}}}\n" for n in range(2000))
    found = problems(("  fan: {kind: fan", f"{chain}  m2000: {{kind: valve, cv: 1}}\n  fan: {{kind: fan"))
    assert any("nested too deep" in problem.wrong for problem in found)


def test_a_long_chain_of_extends_is_followed(rack_file: Callable[..., Path]) -> None:
    chain = "".join(f"  m{n}: {{extends: m{n + 1}}}\n" for n in range(2000))
    path = rack_file(("  fan: {kind: fan", f"{chain}  m2000: {{kind: valve, cv: 1}}\n  fan: {{kind: fan"))
    assert load_rack(path).parts["m0"].cv.value == 1.0  # type: ignore[union-attr]


def test_a_rack_of_too_many_parts_is_refused(problems: LoadAll) -> None:
    bomb = "".join(
        f"  m{n}: {{kind: assembly, circuit: {{series: [{{part: m{n + 1}, repeat: 1000}}]}}}}\n" for n in range(6)
    )
    found = problems(
        ("  fan: {kind: fan", f"{bomb}  m6: {{kind: valve, cv: 1}}\n  fan: {{kind: fan"),
        ("        - gate\n", "        - m0\n"),
    )
    assert any("expands to more than 100000 parts" in problem.wrong for problem in found)


def test_assemblies_that_multiply_are_refused_unexpanded(problems: LoadAll) -> None:
    bomb = "".join(
        f"  m{n + 1}: {{kind: assembly, circuit: {{series: [{', '.join([f'm{n}'] * 8)}]}}}}\n" for n in range(18)
    )
    found = problems(
        ("  fan: {kind: fan", f"  m0: {{kind: valve, cv: 1}}\n{bomb}  fan: {{kind: fan"),
        ("        - gate\n", "        - m18\n"),
    )
    assert any("expands to more than 100000 parts" in problem.wrong for problem in found)


def test_a_rack_of_too_many_devices_is_refused(problem: Load) -> None:
    crowd = "".join(f"      d{n}: {{package: rest, count: 1000, cooled_by: air}}\n" for n in range(60))
    found = problem(("      rest: {package: rest, cooled_by: air}\n", crowd))
    assert found.wrong == "the trays hold 120016 devices, more than 100000"


def test_a_faulty_device_does_not_hide_the_others(problems: LoadAll) -> None:
    found = problems(("count: 8", "count: none"), ("package: rest,", "package: reste,"))
    assert [problem.path for problem in found] == [
        "trays.compute.devices.gpu.count",
        "trays.compute.devices.rest.package",
    ]


def test_a_faulty_circuit_does_not_blame_the_devices(problem: Load) -> None:
    assert problem(("        - gate\n", "        - {prt: gate, part: gate}\n")).path.startswith("trays.compute.circuit")


def test_what_a_file_says_cannot_write_to_the_terminal(problem: Load) -> None:
    found = problem(("title: Two", '"\\e[31m\\nx": Two'))
    assert found.wrong == "unknown key '\\x1b[31m\\nx'"
    assert found.path == "\\x1b[31m\\nx"
    assert str(found).isprintable()


def test_a_bundled_name_is_suggested() -> None:
    with pytest.raises(InputError, match="did you mean 'gb300_nvl72'") as caught:
        load_rack("gb300_nvl7")
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    "source", ["no/such/file.yaml", "nosuch.yaml", "\0", "a\nb.yaml", "\ud800.yaml", "x" * 5000, "", "/", "."]
)
def test_any_source_that_is_no_rack_is_an_input_error(source: str) -> None:
    with pytest.raises(InputError) as caught:
        load_rack(source)
    assert str(caught.value).isprintable()


def test_the_text_and_hash_are_kept(rack_file: Callable[..., Path]) -> None:
    path = rack_file()
    rack, changed = load_rack(path), load_rack(path, {"rack.units": "12"})
    assert rack.text.startswith(path.read_text())
    assert "IAPWS" in rack.text, "the coolant's file belongs to it"
    assert len(rack.sha256) == 64
    assert "# --set rack.units=12" in changed.text
    assert rack.sha256 != changed.sha256
    assert rack.file == str(path)


def test_a_rack_is_frozen(rack_file: Callable[..., Path]) -> None:
    rack = load_rack(rack_file())
    with pytest.raises(ValueError, match="frozen"):
        rack.name = "other"
