"""Answers a whole file of questions: measurements to foretell, fits or not, and plain words; one row for every row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import exp
from pathlib import Path

from suanshi.advice import question
from suanshi.advice.calibration import Calibration
from suanshi.advice.estimate import Estimate, Figure, estimate
from suanshi.advice.words import parse
from suanshi.advice.words.parsed import Named
from suanshi.advice.workload import Batch, OtherDeepLearning, Resource, Serving, Training, Workload
from suanshi.catalog.accelerator import Accelerator, accelerators
from suanshi.kit.refusal import Refusal, Text, invalid

_DOUBT = 0.15  # in the logarithm, for each thing a question left open
_MOST_CARDS = 1024
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


def answer(path: Path, calibration: Calibration | None = None, today: date | None = None) -> list[Answer]:
    """Every row of a file of one of the three forms, told apart by their columns. Refuses a file of another form."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(answers(csv.DictReader(file), calibration, today))


def write(found: Iterable[Answer], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "pred", "lo", "hi"])
        writer.writeheader()
        writer.writerows(one.row() for one in found)


def answers(
    rows: Iterable[Mapping[str, str]], calibration: Calibration | None = None, today: date | None = None
) -> Iterator[Answer]:
    for number, row in enumerate(rows, 1):
        id_ = row.get("id") or str(number)
        try:
            yield _one({**row, "id": id_}, calibration, today or datetime.now(UTC).date())
        except Refusal as refusal:
            yield Answer(id_, None, None, None, (Text(refusal.cause("zh"), refusal.cause("en")),))


def _one(row: Mapping[str, str], calibration: Calibration | None, today: date) -> Answer:
    text = next((row[name] for name in ("question_zh", "question_en", "question") if row.get(name)), None)
    if text is not None:
        return _scenario(row, text, calibration, today)
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


def _scenario(row: Mapping[str, str], text: str, calibration: Calibration | None, today: date) -> Answer:
    """Plain words name the workload and the hardware; the unit says what is asked of them."""
    form = parse(text, today)
    if form.workload is None or form.named is None:
        raise invalid("question", "看不出任务或硬件", "the workload or the hardware cannot be made out")
    work, unit = _as_measured(form.workload, row.get("source") or ""), (row.get("unit") or "").strip()
    card = accelerators()[form.named.accelerator]
    if unit == "cards":
        return _fewest(row["id"], work, card, form.card_choices, calibration, form.assumptions)
    resource, found = _smallest(work, form.named, card, calibration)
    return Answer(row["id"], *_in_unit(work, resource, found, unit), form.assumptions)


def _as_measured(work: Workload, source: str) -> Workload:
    """A question that names the table it comes from is answered by that table's way of measuring."""
    lower = source.lower()
    for word, name, engine in (
        ("mlperf training", "mlperf-train", "nemo"),
        ("mlperf-inf", "mlperf-inf", "tensorrt"),
        ("ml.energy", "mlenergy", "vllm"),
        ("chitu", "chitu", "chitu"),
        ("mindspeed", "", "mindspeed"),
    ):
        if word in lower and isinstance(work, Training | Serving | Batch | OtherDeepLearning):
            return replace(work, protocol=name, engine=work.engine or engine)
    return work


def _smallest(work: Workload, named: Named, card: Accelerator, calibration: Calibration | None) -> tuple[Resource, Estimate]:
    """The hardware as named; where the number of cards is left open, the fewest that hold the workload."""
    counts = (named.cards,) if named.cards else _powers()
    for cards in counts:
        resource = Resource(card, cards, named.share, named.memory_gib, named.layout)
        found = estimate(work, resource, calibration)
        if found.fits or named.share < 1:
            break
    return resource, found


def _powers() -> Iterator[int]:
    cards = 1
    while cards <= _MOST_CARDS:
        yield cards
        cards *= 2


def _fewest(
    id_: str,
    work: Workload,
    card: Accelerator,
    choices: tuple[int, ...],
    calibration: Calibration | None,
    notes: tuple[Text, ...],
) -> Answer:
    """The least number of cards that holds the workload; the largest on offer when none does."""
    tried = sorted(choices) or range(1, 65)
    for cards in tried:
        memory = estimate(work, Resource(card, cards), calibration).memory
        if memory.fits:
            close = memory.total > 0.95 * memory.capacity
            return Answer(id_, float(cards), float(cards), float(cards * 2 if close else cards), notes)
    most = float(max(tried))
    return Answer(id_, most, most, most * 2, (*notes, Text("所列卡数都放不下", "no number of cards on offer holds it")))


def _in_unit(work: Workload, resource: Resource, found: Estimate, unit: str) -> tuple[float, float, float]:
    """The estimate in the unit asked. Refuses a unit that does not apply to the workload."""
    seconds, kwh = found.seconds, 1e6 / 3.6e6
    choices: dict[str, Figure | None] = {
        "seconds": seconds,
        "minutes": found.figures.get("train_minutes") or (seconds.times(1 / 60, unit) if seconds else None),
        "hours": seconds.times(1 / 3600, unit) if seconds else None,
        "card-hours": found.figures.get("gpu_hours") or (seconds.times(resource.cards / 3600, unit) if seconds else None),
        "tokens/s": found.speed,
        "samples/s": found.speed,
        "kWh": found.joules.times(1 / 3.6e6, unit) if found.joules else None,
        "GiB": found.figures.get("peak_mem_gib_per_acc"),
        "W": found.watts,
        "0/1": Figure(*(float(found.fits),) * 3, unit),
    }
    if "energy_j_per_out_tok" in found.figures:
        choices["kWh per 1M output tokens"] = found.figures["energy_j_per_out_tok"].times(kwh, unit)
    figure = choices.get(unit)
    if figure is None:
        raise invalid("unit", f"此任务无法以“{unit}”作答", f"the workload has no answer in {unit!r}")
    return figure.value, figure.lo, figure.hi
