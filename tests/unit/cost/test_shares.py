"""Files of suppliers' shares: what is read, and that a broken one gives every problem at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from thermal.cost.shares import load_shares, read_shares
from thermal.errors import InputError
from thermal.rack.bundled import bundled

GOOD = """\
name: mine
title: My shares
date: "2026"
basis: assumed
source: my own view
suppliers: {avc: AVC, boyd: Boyd}
ramp: [0.1, 0.2, 0.3, 0.4]
scenarios:
  base:
    title: As I see it
    source: a talk
    shares:
      plates: {avc: 0.6, boyd: {value: 0.3, low: 0.2, high: 0.35, basis: estimate}}
      qd_pair: {boyd: "15 %"}
    racks:
      gb300_nvl72:
        plates: {avc: 0.5}
"""


def broken(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_shares(text, "mine.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_share_is_exactly_what_is_written_and_knows_its_source() -> None:
    shares = read_shares(GOOD).scenarios["base"].shares
    assert shares["plates"]["avc"].value == Decimal("0.6")
    assert (shares["plates"]["boyd"].low, shares["plates"]["boyd"].high) == (Decimal("0.2"), Decimal("0.35"))
    assert shares["qd_pair"]["boyd"].value == Decimal("0.15")
    assert (shares["plates"]["avc"].basis, shares["plates"]["avc"].source) == ("assumed", "a talk")
    assert shares["plates"]["boyd"].basis == "estimate"


@pytest.mark.parametrize("name", bundled("shares"))
def test_each_bundled_file_loads_and_every_share_has_a_basis(name: str) -> None:
    file = load_shares(name)
    assert file.name == name
    tables = [table for scenario in file.scenarios.values() for table in (scenario.shares, *scenario.racks.values())]
    shares = [share for table in tables for entry in table.values() for share in entry.values()]
    assert shares
    assert all(share.basis and share.source for share in shares)


def test_the_analysts_disagree_in_the_bundled_file() -> None:
    scenarios = load_shares("analysts_2025").scenarios
    first, second = (scenarios[name].shares["plates"] for name in ("cooler_master_leads", "avc_leads"))
    assert first["cooler_master"].value == Decimal("0.6")
    assert first["cooler_master"].basis == "estimate"
    assert second["avc"].value > Decimal("0.5")


def test_an_unknown_file_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'analysts_2025'"):
        load_shares("analysts_2024")
    (tmp_path / "own.yaml").write_text(GOOD, encoding="utf-8")
    assert load_shares(tmp_path / "own.yaml").name == "mine"


def test_shares_above_one_are_refused_at_their_place() -> None:
    assert broken(GOOD.replace("avc: 0.6", "avc: 0.8")) == [
        "mine.yaml:13:7: scenarios.base.shares.plates: the shares of 'plates' sum to 1.1; "
        "lower them to a sum of 1 or less; what is left goes to 'other'"
    ]


def test_shares_of_exactly_one_are_accepted() -> None:
    """0.7 + 0.2 + 0.1: added up in binary floating point, they miss 1."""
    assert 0.7 + 0.2 + 0.1 != 1.0
    text = GOOD.replace("plates: {avc: 0.6, boyd: {value: 0.3,", "plates: {avc: 0.7, cm: 0.1, boyd: {value: 0.2,")
    text = text.replace("boyd: Boyd}", "boyd: Boyd, cm: CM}")
    plates = read_shares(text).scenarios["base"].shares["plates"]
    assert sum(share.value for share in plates.values()) == 1
    assert "the shares of 'plates' sum to 1.01" in broken(text.replace("cm: 0.1", "cm: 0.11"))[0]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("plates: {avc: 0.6", "plats: {avc: 0.6", "'plats' is neither an item class nor a supplier group"),
    ("qd_pair: {", "qd_pairs: {", "did you mean 'qd_pair'?"),
    ("qd_pair: {boyd", "qd_pair: {byod", "'byod' is not among `suppliers`; did you mean 'boyd'?"),
    ("qd_pair: {boyd", "qd_pair: {other", "'other' gets what the named suppliers leave; remove the entry"),
    ('"15 %"}', '"15 %"}\n      qd_piece: {avc: 0.1}', "'qd_piece' and 'qd_pair' mean the same things; keep one"),
    ('"15 %"', "1.5", "1.5 is not between 0 and 1"),
    ('"15 %"', "-0.1", "is not between 0 and 1"),
    ('"15 %"', "most", "'most' is not a share"),
    ('"15 %"', ".nan", "is not a share"),
    ('"15 %"', "true", "is not a share"),
    ('"15 %"', "{value: 0.5, low: 0.6}", "lies outside"),
    ('"15 %"', "{low: 0.6}", "`value` is missing"),
    ("[0.1, 0.2, 0.3, 0.4]", "[0.1, 0.2, 0.3]", "the quarters sum to 0.6; write shares that sum to 1"),
    ("basis: assumed", "basis: hearsay", "'hearsay'"),
    ("        plates: {avc: 0.5}", "        plates: {avc: 0.5, boyd: 0.6}", "the shares of 'plates' sum to 1.1"),
])  # fmt: skip
def test_what_cannot_be(old: str, new: str, said: str) -> None:
    problems = broken(GOOD.replace(old, new, 1))
    assert len(problems) == 1
    assert said in problems[0]
    assert problems[0].startswith("mine.yaml:")


def test_every_problem_comes_at_once() -> None:
    text = GOOD.replace("title: My", "titel: My").replace("avc: 0.6", "avc: 0.8").replace("qd_pair", "qd_piar")
    problems = "\n".join(broken(text))
    for said in ("unknown key 'titel'", "`title` is missing", "sum to 1.1", "did you mean 'qd_pair'?"):
        assert said in problems


@pytest.mark.parametrize("text", ["", "- a\n", "scenarios: 3\n", "scenarios: {}\n", "scenarios: {a: 1}\n", "ramp: x\n"])
def test_what_is_no_file_of_shares_is_refused_without_a_traceback(text: str) -> None:
    assert broken(text)


def test_a_group_of_ones_own_is_declared() -> None:
    text = GOOD.replace("plates: {avc: 0.6", "seals: {avc: 0.6")
    assert any("'seals' is neither" in problem for problem in broken(text))
    read_shares(text.replace("scenarios:\n", "groups: {seals: gaskets}\nscenarios:\n", 1))
