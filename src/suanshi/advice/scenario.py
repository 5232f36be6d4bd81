"""Answers one question in plain words with one number in the unit asked for, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from suanshi.advice.estimate import Estimate, Figure, estimate
from suanshi.advice.frame import Estimator
from suanshi.advice.reference import reference_offers
from suanshi.advice.words import Named, Parsed, parse
from suanshi.advice.workload import Batch, OtherDeepLearning, Resource, Serving, Training, Workload
from suanshi.catalog.accelerator import accelerators
from suanshi.kit.money import MICRO
from suanshi.kit.refusal import Text, kind, refuse

UNREADABLE = kind(
    "scenario-unreadable",
    422,
    ("看不懂这个问题：{what}", "The question cannot be answered: {what}"),
    ("请写明模型、卡的型号和要问的量。", "Name the model, the accelerator and the quantity that is asked for."),
)

_DATE = date(2026, 1, 1)  # such questions hold no deadline; any day reads them alike
_MOST_CARDS = 65_536
_RUN_SECONDS = 100 * 86400  # a pre-training run without a number of cards is given enough to end in about this time
_MARGIN = 0.08  # of memory: by so much real peaks and estimates differ

# Tables of measurements by words in their names: the source's key in the calibration, its engine, its scenario.
_TABLES: tuple[tuple[str, str, str, str], ...] = (
    (r"mlperf training", "mlperf-train", "NeMo/vendor", ""),
    (r"mlperf-inf", "mlperf-inf", "TensorRT", "offline"),
    (r"chitu", "chitu", "Chitu", "static batch"),
    (r"ml\.energy|mlenergy", "mlenergy", "vLLM", "lm-arena-chat"),
    (r"qwen speed", "qwen3", "transformers", ""),
    (r"mindspeed", "mindspeed-llm", "MindSpeed", ""),
    (r"llama \d paper|model card", "published-gpu-hours", "Megatron", ""),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` in the unit asked for, with its 80 % interval and everything it rests on."""

    value: float
    lo: float
    hi: float
    unit: str
    assumptions: tuple[Text, ...]
    found: Estimate


def answer(question: str, unit: str, source: str = "", estimator: Estimator = estimate) -> Answer:
    """Refuses a question that names no work or no hardware. `source` may name the table the figure would stand in."""
    form = parse(question, _DATE)
    if form.workload is None or form.named is None:
        missing = "; ".join(q.text.zh for q in form.questions) or "没有写明卡的型号"
        raise refuse(UNREADABLE, "question", what=missing)
    measure = _measure(unit)
    work = _as_measured(form.workload, source, accelerators()[form.named.accelerator].vendor)
    return measure(_Case(form, work, form.named, unit, estimator))


@dataclass(frozen=True, slots=True)
class _Case:
    form: Parsed
    work: Workload
    named: Named
    unit: str
    estimator: Estimator

    def resource(self, cards: int) -> Resource:
        named = self.named
        return Resource(accelerators()[named.accelerator], cards, named.share, named.memory_gib, named.layout)

    def estimate(self, cards: int | None = None) -> Estimate:
        return self.estimator(self.work, self.resource(cards or self.named.cards or 1))

    def says(self, figure: Figure, found: Estimate, *more: Text) -> Answer:
        lo, hi = min(figure.lo, figure.value), max(figure.hi, figure.value)
        return Answer(figure.value, lo, hi, self.unit, (*self.form.assumptions, *found.assumptions, *more), found)


def _as_measured(work: Workload, source: str, vendor: str) -> Workload:
    """The work as the table named by `source` measures it; a text's own engine stays."""
    for rule, protocol, engine, scenario in _TABLES:
        if not re.search(rule, source.lower()):
            continue
        if engine == "TensorRT" and vendor != "NVIDIA":
            engine = "vLLM"
        if isinstance(work, Training):
            return replace(work, protocol=protocol, engine=work.engine or engine)
        if isinstance(work, Serving | Batch | OtherDeepLearning):
            return replace(work, protocol=protocol, engine=work.engine or engine, scenario=scenario or work.scenario)
    return work


def _measure(unit: str) -> Callable[[_Case], Answer]:
    """How a unit is answered. Refuses one that is not known."""
    for rule, measure in _UNITS.items():
        if re.fullmatch(rule, unit.strip().lower()):
            return measure
    raise refuse(UNREADABLE, "unit", what=f"不认识单位 {unit} / unknown unit {unit}")


def _duration(seconds_per_unit: float) -> Callable[[_Case], Answer]:
    def measure(case: _Case) -> Answer:
        found = case.estimate()
        if found.seconds is None:
            raise refuse(UNREADABLE, "question", what="没有写明数据量 / no amount of data")
        return case.says(_times(found.seconds, 1 / seconds_per_unit), found)

    return measure


def _card_hours(case: _Case) -> Answer:
    """Cards times hours; where the number of cards is not given, as many as end the run in a season."""
    if case.named.cards is not None:
        cards, found = case.named.cards, case.estimate()
        notes: tuple[Text, ...] = ()
    else:
        cards, found = _enough(case)
        notes = (Text(f"未写卡数，按 {cards} 张计", f"the number of cards is not given: {cards} are assumed"),)
    if found.seconds is None:
        raise refuse(UNREADABLE, "question", what="没有写明数据量 / no amount of data")
    return case.says(_times(found.seconds, cards * case.named.share / 3600), found, *notes)


def _enough(case: _Case) -> tuple[int, Estimate]:
    cards, found = 1, case.estimate(1)
    # A published run was laid out to fit, in a way that the question does not tell.
    published = isinstance(case.work, Training) and bool(case.work.protocol)
    while cards < _MOST_CARDS and not ((found.fits or published) and found.seconds and found.seconds.value <= _RUN_SECONDS):
        cards *= 2
        found = case.estimate(cards)
    return cards, found


def _figure(metric: str, factor: float = 1.0) -> Callable[[_Case], Answer]:
    def measure(case: _Case) -> Answer:
        found = case.estimate()
        if metric not in found.figures:
            raise refuse(UNREADABLE, "unit", what=f"{case.unit} 不适用于这种任务 / does not apply to such work")
        return case.says(_times(found.figures[metric], factor), found)

    return measure


def _delay(case: _Case) -> Answer:
    """Milliseconds to the first token where the question speaks of it, else between two tokens."""
    first = re.search(r"首|ttft|first", case.form.text.lower())
    return _figure("ttft_ms" if first else "tpot_ms")(case)


def _each(measure: Callable[[_Case], Answer]) -> Callable[[_Case], Answer]:
    """The same for one card of those named."""

    def share(case: _Case) -> Answer:
        whole, cards = measure(case), case.named.cards or 1
        return replace(whole, value=whole.value / cards, lo=whole.lo / cards, hi=whole.hi / cards)

    return share


def _energy(case: _Case) -> Answer:
    found = case.estimate()
    if found.joules is None:
        raise refuse(UNREADABLE, "question", what="没有写明数据量 / no amount of data")
    return case.says(_times(found.joules, 1 / 3.6e6), found)


def _power(case: _Case) -> Answer:
    found = case.estimate()
    return case.says(found.watts, found)


def _cost(case: _Case) -> Answer:
    """Card-hours at the published price of the card."""
    hourly = next((o.price_micro for o in reference_offers() if o.accelerator == case.named.accelerator), None)
    if hourly is None:
        raise refuse(UNREADABLE, "question", what=f"没有 {case.named.accelerator} 的公开价格 / no published price")
    hours, yuan = _card_hours(case), hourly / MICRO
    note = Text(f"按公开参考价 ¥{yuan:g}/卡时", f"at the published price of ¥{yuan:g} a card-hour")
    scaled = {name: getattr(hours, name) * yuan for name in ("value", "lo", "hi")}
    return replace(hours, assumptions=(*hours.assumptions, note), **scaled)


def _fewest(case: _Case) -> Answer:
    """The smallest number of cards that holds the model; the interval is that of a memory a little larger or smaller."""
    choices = case.form.card_choices or tuple(range(1, 17)) + tuple(2**i for i in range(5, 11))
    found, fewest = case.estimate(choices[-1]), {1.0 - _MARGIN: choices[-1], 1.0: choices[-1], 1.0 + _MARGIN: choices[-1]}
    for cards in reversed(choices):
        tried = case.estimate(cards)
        for margin in fewest:
            if _holds(tried, margin):
                fewest[margin] = cards
        if fewest[1.0] == cards:
            found = tried
    lo, value, hi = (float(cards) for cards in fewest.values())
    return case.says(Figure(value, lo, hi, case.unit), found)


def _holds(found: Estimate, margin: float = 1.0) -> bool:
    return found.fits if margin == 1.0 else found.memory.total * margin <= found.memory.capacity


def _fits(case: _Case) -> Answer:
    found = case.estimate()
    views = [float(_holds(found, margin)) for margin in (1 - _MARGIN, 1.0, 1 + _MARGIN)]
    return case.says(Figure(views[1], min(views), max(views), case.unit), found)


def _times(figure: Figure, factor: float) -> Figure:
    return Figure(figure.value * factor, figure.lo * factor, figure.hi * factor, figure.unit)


_UNITS: Mapping[str, Callable[[_Case], Answer]] = {
    r"seconds?|s|秒": _duration(1),
    r"minutes?|分钟": _duration(60),
    r"hours?|小时": _duration(3600),
    r"days?|天": _duration(86400),
    r"card-hours?|卡时": _card_hours,
    r"tokens?/s": _figure("out_tok_s_total"),
    r"tokens?/s/(?:card|acc|gpu|卡)": _each(_figure("out_tok_s_total")),
    r"ms(?:/token)?|毫秒": _delay,
    r"kwh|度": _energy,
    r"w|瓦": _power,
    r"cny|yuan|元|¥": _cost,
    r"samples?/s": _figure("samples_s_total"),
    r"kwh per 1m output tokens": _figure("energy_j_per_out_tok", 1e6 / 3.6e6),
    r"cards?|张": _fewest,
    r"0/1": _fits,
    r"gib": _figure("peak_mem_gib_per_acc"),
}
