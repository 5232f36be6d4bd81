"""Answers a whole file of questions: measurements to foretell, fits or not, and plain words; one row for every row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import exp
from pathlib import Path

from suanshi.advice import question, scenario
from suanshi.advice.calibration import Calibration
from suanshi.advice.estimate import Figure, estimate
from suanshi.catalog.accelerator import Accelerator
from suanshi.kit.refusal import Refusal, Text, invalid

_DOUBT = 0.15  # in the logarithm, for each thing a question left open
# What a card reaches of its rated figure in a plain test of one thing (published tests of six vendors: 0.77 to 0.98).
_REACHED = {"tflops": 0.9, "mem_gb_s": 0.85, "intra_gb_s": 0.75, "inter_gb_s": 0.08}


@dataclass(frozen=True, slots=True)
class Answer:
    """`pred` is None only when the row could not be read; `notes` say why, or what was assumed."""

    id: str
    pred: float | None
    lo: float | None
    hi: float | None
    notes: tuple[Text, ...] = ()

    def row(self) -> dict[str, str]:
        shown = {"pred": self.pred, "lo": self.lo, "hi": self.hi}
        return {"id": self.id} | {name: "" if value is None else f"{value:.6g}" for name, value in shown.items()}


def answer(path: Path, calibration: Calibration | None = None) -> list[Answer]:
    """Every row of a file of one of the three forms, told apart by their columns. Refuses a file of another form."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(answers(csv.DictReader(file), calibration))


def write(found: Iterable[Answer], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "pred", "lo", "hi"])
        writer.writeheader()
        writer.writerows(one.row() for one in found)


def answers(rows: Iterable[Mapping[str, str]], calibration: Calibration | None = None) -> Iterator[Answer]:
    for number, row in enumerate(rows, 1):
        id_ = row.get("id") or str(number)
        try:
            yield _one({**row, "id": id_}, calibration)
        except Refusal as refusal:
            yield Answer(id_, None, None, None, (Text(refusal.cause("zh"), refusal.cause("en")),))


def _one(row: Mapping[str, str], calibration: Calibration | None) -> Answer:
    text = next((row[name] for name in ("question_zh", "question_en", "question") if row.get(name)), None)
    if text is not None:
        return _scenario(row, text, calibration)
    if row.get("metric"):
        return _measurement(row, calibration)
    if "model" in row and "accelerator" in row:
        return _fits(row, calibration)
    raise invalid("columns", "不认识的问题文件格式", "a file of questions of no known form")


def _measurement(row: Mapping[str, str], calibration: Calibration | None) -> Answer:
    asked = question.read(row)
    if asked.workload is None:
        return _answered(row["id"], _plain_test(asked.metric, asked.resource.card), asked.doubts)
    found = estimate(asked.workload, asked.resource, calibration, extra=(asked.metric,))
    if asked.metric not in found.figures:
        raise invalid("metric", f"无法给出指标“{asked.metric}”", f"no answer in the metric {asked.metric!r}")
    return _answered(row["id"], found.figures[asked.metric], asked.doubts)


def _answered(id_: str, figure: Figure, doubts: tuple[Text, ...] = ()) -> Answer:
    wider = exp(_DOUBT * len(doubts))
    return Answer(id_, figure.value, figure.lo / wider, figure.hi * wider, doubts)


def _plain_test(metric: str, card: Accelerator) -> Figure:
    """One thing measured alone: arithmetic of a precision, memory traffic, or a collective."""
    if metric.endswith("tflops"):
        precision = metric.removeprefix("achieved_").removesuffix("_tflops")
        rated, unit = (card.gflops(precision) or 0) / 1e3, "TFLOPS"
    elif metric.endswith("mem_gb_s"):
        rated, unit = card.mem_bw_gb_s or 0, "GB/s"
    else:
        rated, unit = card.interconnect_bw_gb_s or 0, "GB/s"
    share = next((value for end, value in _REACHED.items() if metric.endswith(end)), None)
    if share is None or not rated:
        raise invalid("metric", f"型号库缺少 {metric} 的额定值", f"no rated figure for {metric} in the catalogue")
    value, wide = rated * share, exp(0.2 if unit == "TFLOPS" or "mem" in metric else 0.7)
    return Figure(value, value / wide, value * wide, unit)


def _fits(row: Mapping[str, str], calibration: Calibration | None) -> Answer:
    """1 when the program fits the card and 0 when not; an interval of [0, 1] says that it is close."""
    trains = row.get("method") not in (None, "", "infer")
    more = {"kind": "train", "micro_batch": row.get("batch", "")} if trains else {"kind": "infer"}
    asked = question.read({**row, "engine": row.get("engine") or row.get("source") or "", "scenario": "", **more})
    if asked.workload is None:
        raise invalid("model", "请填写模型", "name a model")
    memory = estimate(asked.workload, asked.resource, calibration).memory
    need, close = memory.total / memory.capacity, 0.05 if not trains else 0.15
    pred = float(memory.fits)
    lo, hi = (0.0, 1.0) if abs(need - 1) < close or asked.doubts else (pred, pred)
    return Answer(row["id"], pred, lo, hi, asked.doubts)


def _scenario(row: Mapping[str, str], text: str, calibration: Calibration | None) -> Answer:
    """Plain words name the workload and the hardware; the unit says what is asked of them."""
    found = scenario.answer(text, row.get("unit") or "", row.get("source") or "", partial(estimate, calibration=calibration))
    return Answer(row["id"], found.value, found.lo, found.hi, found.assumptions)
