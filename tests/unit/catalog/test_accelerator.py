"""The catalogue of accelerators is whole, and an operator can add to it without a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from suanshi.catalog.accelerator import accelerators, read

HEAD = (
    "id,name,vendor,country,year,form_factor,memory_gb,memory_type,mem_bw_gb_s,fp64_tflops,fp32_tflops,tf32_dense_tflops,"
    "fp16_dense_tflops,bf16_dense_tflops,fp8_dense_tflops,int8_dense_tops,fp4_dense_tflops,interconnect,interconnect_bw_gb_s,"
    "tdp_w,software_stack,slicing,source,mark_memory,mark_flops,mark_interconnect,mark_tdp,note"
)


def test_every_card_has_a_source_and_a_kind() -> None:
    cards = accelerators()
    assert len(cards) >= 113
    assert all(card.id == id_ and card.source for id_, card in cards.items())
    assert {card.kind for card in cards.values()} == {"gpu", "dsa", "cpu"}
    assert sum(card.domestic for card in cards.values()) >= 45


def test_known_figures_are_read_in_their_units() -> None:
    card = accelerators()["ascend-910b2"]
    assert (card.memory_gib, card.mem_bw_gb_s, card.flops["fp16"], card.domestic, card.kind) == (64, 1600, 376e3, True, "dsa")


def test_a_precision_without_units_of_its_own_falls_back_to_one_a_program_would_run_in() -> None:
    a100 = accelerators()["a100-sxm-80g"]
    assert "fp8" not in a100.flops
    assert a100.gflops("fp8") == a100.flops["bf16"]
    assert accelerators()["enflame-l600"].gflops("fp16") is None


def test_an_added_file_brings_and_corrects_rows(tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text(
        f"{HEAD}\n"
        "new-x1,New X1,New,CN,2026,OAM,96,HBM,2000,,,,400,400,,,,Link,400,450,own,none,its maker,,,,,\n"
        "l4,NVIDIA L4,NVIDIA,US,2023,PCIe4,23,GDDR6,300,,,,121,121,,,,PCIe4,64,72,CUDA,none,corrected,,,,,\n",
        encoding="utf-8",
    )
    cards = accelerators(path)
    assert cards["new-x1"].domestic
    assert cards["l4"].memory_gib == 23
    assert accelerators()["l4"].memory_gib == 24


def test_a_bad_figure_is_refused_with_its_row() -> None:
    row = dict.fromkeys(HEAD.split(","), "") | {"id": "odd", "year": "soon"}
    with pytest.raises(ValueError, match="odd"):
        list(read([row]))
