"""How far the advice is off on measurements it never saw, beside a plain roofline with constant efficiency.

Configurations (and some accelerators altogether) are kept out of the calibration, which is fitted anew on the rest:
`python benchmarks/advice.py [--markdown FILE]`. Needs the development dependencies (LightGBM) and about a minute.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean, median

from suanshi.advice import batch, calibrate, question
from suanshi.advice.calibration import save
from suanshi.advice.estimate import estimate
from suanshi.advice.workload import OtherDeepLearning, Serving, Training
from suanshi.catalog.accelerator import accelerators

Row = Mapping[str, str]
# Accelerators that the calibration never sees: of four vendors, for training, language models and other networks.
UNSEEN = {
    "gb200",
    "mi325x",
    "rtx4080",
    "a100-pcie-80g",
    "h100-nvl-94g",
    "gh200-96g",
    "ascend-910b2",
    "h800-sxm",
    "a10",
    "l4",
    "rtx6000ada",
}
FOLDS = 5


def part(row: Row) -> int:
    """The fold a configuration belongs to: it is judged by a calibration that saw none of that fold."""
    return calibrate.fold(repr(calibrate.configuration(row)), FOLDS)


def judged(folds: int) -> list[dict[str, str]]:
    return [row for row in calibrate.rows() if row["quality"] != "C" and part(row) < folds]


def kept(held: int) -> list[dict[str, str]]:
    """What calibrates when fold `held` is judged; the accelerators in UNSEEN never do."""
    rows = calibrate.rows()
    return [row for row in rows if row["quality"] != "C" and part(row) != held and row["accelerator"] not in UNSEEN]


def plain(row: Row) -> float:
    """The back of an envelope: bytes over bandwidth or operations over peak, whichever is longer, times a constant."""
    asked = question.read(row)
    work, card, cards = asked.workload, asked.resource.card, asked.resource.cards
    bandwidth, watts = (card.mem_bw_gb_s or 0) * 1e9, card.tdp_w or 350
    if isinstance(work, OtherDeepLearning):
        speed = cards * asked.resource.share * (card.gflops(work.precision) or 1) / work.gflop
        return {"samples_s_total": speed}.get(asked.metric, watts)
    if isinstance(work, Training):
        peak = (card.gflops(work.precision if work.precision != "amp" else "bf16") or 1) * 1e9
        speed = peak / (6 * work.model.active)
        tokens = work.tokens or 0
        memory = work.model.total * 16 / cards / 2**30
        return {
            "mfu_pct": 40.0,
            "gpu_hours": tokens / speed / 3600,
            "train_minutes": tokens / speed / cards / 60,
            "peak_mem_gib_per_acc": memory,
        }.get(asked.metric, speed)
    if not isinstance(work, Serving):
        return {"tflops": 1.0}.get(asked.metric, bandwidth / 1e9)
    peak = (card.gflops(work.precision if work.precision in ("fp8", "fp4", "bf16", "fp16") else "fp16") or 1) * 1e9
    weights, requests = work.model.total * work.weight_bits / 8, work.concurrency or 64
    cache = requests * (work.isl + work.osl / 2) * work.model.kv_bytes_per_token()
    read = work.model.active * work.weight_bits / 8
    step = max((read + cache) / (cards * bandwidth), 2 * work.model.active * requests / (cards * peak))
    prompt = 2 * work.model.active * work.isl / (cards * peak)
    speed = requests * work.osl / (work.osl * step + requests * prompt)
    return {
        "tpot_ms": 1e3 * requests / speed,
        "ttft_ms": 1e3 * prompt,
        "decode_tok_s": 1 / step,
        "prefill_tok_s": work.isl / max(prompt, 1e-9),
        "total_tok_s": speed * (work.isl + work.osl) / work.osl,
        "gpu_w_per_acc": watts,
        "system_w_per_acc": watts,
        "energy_j_per_out_tok": watts * cards / speed,
        "peak_mem_gib_per_acc": (weights + cache / requests) / cards / 2**30,
        "weight_mem_gib": weights / 2**30,
    }.get(asked.metric, speed)


def efficiency(rows: list[dict[str, str]]) -> dict[str, float]:
    """The constant of each metric that the envelope needs, from the calibrating rows."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row["kind"] != "micro":
            ratios[row["metric"]].append(float(row["value"]) / plain(row))
    return {metric: median(found) for metric, found in ratios.items()}


def off(pred: float, true: float) -> float:
    return abs(pred / true - 1)


def ranks(values: list[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda i: values[i])
    place = [0.0] * len(values)
    for rank, index in enumerate(order):
        place[index] = float(rank)
    return place


def options(rows: list[dict[str, str]]) -> list[list[list[int]]]:
    """Rows that are choices for one and the same work: what differs is the hardware (and how much of it)."""
    groups: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, row in enumerate(rows):
        if row["metric"] not in ("out_tok_s_total", "samples_s_total", "train_tok_s_per_acc", "train_minutes"):
            continue
        osl = row["isl"] if row["source"].startswith("mlenergy") else row["osl"]
        load = str(round(math.log2(float(row["batch"])))) if row["batch"] else ""
        key = (row["source"], row["model"], row["metric"], row["scenario"], row["isl"], osl, row["seq_len"], load)
        groups[key][row["accelerator"], row["n_acc"], row["precision"]].append(index)
    return [list(kinds.values()) for kinds in groups.values() if len(kinds) >= 3]


def choices(rows: list[dict[str, str]], pred: list[float]) -> tuple[float, float, float]:
    """Rank correlation over groups of options (median, mean), and the median regret of what looks cheapest."""
    correlations, regrets = [], []
    for kinds in options(rows):
        true = [fmean(float(rows[i]["value"]) for i in same) for same in kinds]  # several makers of one hardware
        mine = [fmean(pred[i] for i in same) for same in kinds]
        group = [same[0] for same in kinds]
        a, b = ranks(true), ranks(mine)
        middle = (len(group) - 1) / 2
        spread = sum((x - middle) ** 2 for x in a)
        correlations.append(sum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True)) / spread)
        true_cost = [cost(rows[i], value) for i, value in zip(group, true, strict=True)]
        my_cost = [cost(rows[i], value) for i, value in zip(group, mine, strict=True)]
        regrets.append(true_cost[my_cost.index(min(my_cost))] / min(true_cost) - 1)
    return median(correlations), fmean(correlations), median(regrets)


def cost(row: Row, value: float) -> float:
    """Money for a unit of work at a rent that grows a little slower than the card's peak, as rents do."""
    card = accelerators()[row["accelerator"]]
    rent = float(row["n_acc"]) * (card.gflops("bf16") or 1e5) ** 0.8
    if row["metric"] == "train_minutes":
        return rent * value
    return rent / value / (float(row["n_acc"]) if row["metric"] == "train_tok_s_per_acc" else 1)


KINDS: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
    ("all", "<= 15 %", lambda row: True),
    ("training", "<= 10 %", lambda row: row["kind"] == "train"),
    ("LLM inference", "<= 18 %", lambda row: row["kind"] == "infer"),
    ("memory", "<= 8 %", lambda row: row["kind"] == "memory"),
    ("energy", "<= 16 %", lambda row: row["kind"] == "energy"),
    ("other networks and slices", "", lambda row: row["kind"] in ("infer_nonllm", "slice")),
    ("Chinese accelerators", "<= 20 %", lambda row: row["kind"] != "micro" and accelerators()[row["accelerator"]].domestic),
    ("accelerators never calibrated", "<= 18 %", lambda row: row["accelerator"] in UNSEEN),
)


def feasibility() -> tuple[int, int]:
    with (calibrate.DATA / "feasibility_public.csv").open(encoding="utf-8") as file:
        import csv

        rows = list(csv.DictReader(file))
    found = list(batch.answers(rows))
    return sum(one.pred == float(row["fits"]) for one, row in zip(found, rows, strict=True)), len(rows)


def pace(rows: list[dict[str, str]]) -> float:
    """Milliseconds of CPU for one estimate, the median pair of a workload and a resource."""
    asked = [question.read(row) for row in rows[::10]]
    times = []
    for one in asked:
        if one.workload is None:
            continue
        start = time.process_time()
        estimate(one.workload, one.resource)
        times.append(time.process_time() - start)
    return 1e3 * median(times)


def foretold(out: list[dict[str, str]], keep: Path | None) -> tuple[list[batch.Answer], list[float]]:
    """Answers, and those of the plain roofline, to every row from a calibration that never saw it."""
    found: dict[str, batch.Answer] = {}
    envelope: dict[str, float] = {}
    for held in sorted({part(row) for row in out}):
        teachers, mine = kept(held), [row for row in out if part(row) == held]
        calibration = calibrate.fit(
            calibrate.samples(teachers),
            {"split": "one fold of configurations kept out", "never seen": sorted(UNSEEN), "judged": [row["id"] for row in mine]},
        )
        if keep and held == 0:
            save(calibration, keep)
        found |= {one.id: one for one in batch.answers(mine, calibration)}
        constant = efficiency(teachers)
        envelope |= {row["id"]: plain(row) * constant.get(row["metric"], 1.0) for row in mine}
    return [found[row["id"]] for row in out], [envelope[row["id"]] for row in out]


def table(out: list[dict[str, str]], keep: Path | None) -> list[tuple[str, str, str, str, str]]:
    found, envelope = foretold(out, keep)
    true = [float(row["value"]) for row in out]
    pred = [one.pred or math.nan for one in found]
    lines = []
    for name, limit, belongs in KINDS:
        which = [i for i, row in enumerate(out) if belongs(row) and row["kind"] != "micro"]
        mine, theirs = (median(off(p[i], true[i]) for i in which) for p in (pred, envelope))
        lines.append((f"median error, {name}", str(len(which)), limit, f"{mine:.1%}", f"{theirs:.1%}"))
    factor = [[max(p / t, t / p) < 2 for p, t in zip(ps, true, strict=True)] for ps in (pred, envelope)]
    lines.append(("within a factor of 2", str(len(out)), ">= 95 %", *(f"{fmean(f):.1%}" for f in factor)))
    mine, theirs = choices(out, pred), choices(out, envelope)
    groups = str(len(options(out)))
    lines.append(("rank correlation of options, median group", groups, ">= 0.90", f"{mine[0]:.3f}", f"{theirs[0]:.3f}"))
    lines.append(("rank correlation of options, mean group", groups, "", f"{mine[1]:.3f}", f"{theirs[1]:.3f}"))
    lines.append(("regret of the cheapest-looking option (median)", groups, "<= 2 %", f"{mine[2]:.1%}", f"{theirs[2]:.1%}"))
    inside = fmean((one.lo or 0) <= t <= (one.hi or 0) for one, t in zip(found, true, strict=True))
    width = median((one.hi or 1) / (one.lo or 1) for one in found)
    lines.append(("80 % interval covers", str(len(out)), ">= 75 %", f"{inside:.1%}", "-"))
    lines.append(("its median width, hi/lo", str(len(out)), "<= 2.2x", f"{width:.2f}x", "-"))
    right, asked = feasibility()
    lines.append(("feasibility", str(asked), ">= 95 %", f"{right / asked:.1%}", "-"))
    lines.append(("one estimate, ms of CPU", "", "< 5", f"{pace(out):.2f}", "-"))
    return lines


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--markdown", type=Path, help="write the table there too")
    arguments.add_argument("--keep", type=Path, help="keep the first fold's calibration (the data of the accuracy test)")
    arguments.add_argument("--folds", type=int, default=FOLDS, help=f"judge only so many of the {FOLDS} folds")
    chosen = arguments.parse_args()
    out = judged(chosen.folds)
    lines = [("on measurements never seen", "rows", "goal", "Suanshi", "plain roofline"), *table(out, chosen.keep)]
    text = "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], ("---",) * 5, *lines[1:]])
    print(text)
    if chosen.markdown:
        chosen.markdown.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
