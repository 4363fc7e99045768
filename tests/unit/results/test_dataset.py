from __future__ import annotations

import json

import numpy as np
import pytest

from thermal.results.dataset import Results, Table
from thermal.vocabulary import VOCABULARY


def test_rows_are_in_display_units_with_null_for_not_applicable(small_results: Results) -> None:
    gpu, _, nic = small_results.devices.rows()
    assert gpu["flow_L_min"] == pytest.approx(1.5)
    assert gpu["junction_max_C"] == pytest.approx(83.1)
    assert nic["flow_L_min"] is None
    assert nic["plate"] is None
    expected = {"path", "kind", "part", "plate", "power_W", "flow_L_min", "inlet_C", "outlet_C", "junction_max_C"}
    assert expected | {"limit_C", "margin_K"} <= gpu.keys()
    json.dumps(small_results.devices.rows(), allow_nan=False)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"trays: columns differ in length .*'path': 2"):
        Table("tray", {"path": ("a", "b"), "volume_flow": np.array([1.0])})


def test_a_number_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'flow_rate' have no row in thermal\.vocabulary"):
        Table("tray", {"path": ("a",), "flow_rate": np.array([1.0])})


def test_an_infinite_number_is_refused() -> None:
    with pytest.raises(ValueError, match="'volume_flow' holds an infinite number"):
        Table("tray", {"path": ("a",), "volume_flow": np.array([np.inf])})


def test_the_first_column_is_the_path() -> None:
    with pytest.raises(ValueError, match="it is 'path'"):
        Table("tray", {"volume_flow": np.array([1.0])})


def test_tables_are_frozen_copies() -> None:
    flows = np.array([1.0])
    table = Table("tray", {"path": ("a",), "volume_flow": flows})
    flows[0] = 2.0
    assert table.numbers("volume_flow")[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        table.numbers("volume_flow")[0] = 3.0
    with pytest.raises(TypeError):
        table.columns["volume_flow"] = flows  # type: ignore[index]


def test_an_empty_table_keeps_the_kind_of_its_columns() -> None:
    table = Table("tray", {"path": (), "volume_flow": np.array([])})
    assert len(table) == 0
    assert table.rows() == []
    assert table.numbers("volume_flow").dtype == np.float64


def test_text_is_not_numbers(small_results: Results) -> None:
    with pytest.raises(TypeError, match="'kind' of the devices holds text"):
        small_results.devices.numbers("kind")


def test_dataset_is_labelled(small_results: Results) -> None:
    dataset = small_results.dataset
    assert set(dataset.sizes) == {"device", "tray", "branch", "node"}
    junction = dataset["device_junction_temperature"].sel(device="compute[1]/gpu[2]")
    assert float(junction) == pytest.approx(83.9 + 273.15)
    assert junction.attrs == {"units": "K", "long_name": VOCABULARY["junction_temperature"].long_name}
    numeric = [name for name, variable in dataset.data_vars.items() if variable.dtype == np.float64]
    assert numeric
    assert all({"units", "long_name"} <= dataset[name].attrs.keys() for name in numeric)
    assert json.loads(dataset.attrs["provenance"])["rack_text"].endswith("✓\n")
