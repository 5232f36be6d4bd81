"""Plans out of 5,000 live offers, beside the plain way: an estimate for every offer and number of cards.

`python benchmarks/recommend.py [--offers 5000] [--baseline 150]`. The plain way is measured on a sample of `--baseline`
offers and scaled up, since it takes minutes; the same sample is answered by both, and the cheapest plans are compared.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from suanshi.advice.estimate import estimate
from suanshi.advice.frame import Shape, frame, size
from suanshi.advice.market import SPOT_ALLOWANCE, MarketOffer, price, stretched
from suanshi.advice.recommend import recommend
from suanshi.advice.wishes import Wishes
from suanshi.advice.words import parse
from suanshi.advice.workload import Workload
from suanshi.catalog.accelerator import accelerators

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
SENTENCES = (
    "我有一个7B模型和两万条数据，周五前要，预算500元",
    "部署Qwen3-32B做客服，每天10万次请求，输入1500输出300",
    "从头预训练Llama-3-70B，1000亿token",
    "批量处理100万篇文档，每篇800 token，用qwen3-8b",
    "用两万张图片训练一个图像分类模型",
)
PLACES = ("安徽芜湖", "甘肃庆阳", "北京", "贵州贵阳", "广东韶关", "内蒙古乌兰察布")


def market(count: int, seed: int = 1) -> list[MarketOffer]:
    """Offers of every accelerator in the catalogue at 260 sites, priced about as their arithmetic deserves."""
    chance, cards = random.Random(seed), [c for c in accelerators().values() if c.kind != "cpu"]
    offers = []
    for number in range(count):
        card = chance.choice(cards)
        tflops = (card.gflops("bf16") or (card.mem_bw_gb_s or 1000) * 150) / 1e3
        hourly = round(1e6 * max(0.8, 0.02 * tflops * chance.uniform(0.6, 1.6)))
        offers.append(
            MarketOffer(
                id=f"off_{number}",
                supplier=f"par_{number % 200}",
                site=f"site_{number % 260}",
                region=chance.choice(PLACES),
                accelerator=card.id,
                price_micro=hourly,
                free_cards=chance.choice([0, 1, 2, 4, 8, 16, 32, 64, 256]),
                off_peak_micro=hourly * 6 // 10 if chance.random() < 0.3 else None,
                spot_micro=hourly * 4 // 10 if chance.random() < 0.3 else None,
                share_milli=chance.choice([1000, 1000, 250, 125]),
                fabric_gb_s=chance.choice([None, 12.5, 25.0, 50.0]),
                pue_milli=chance.randint(1100, 1600),
                green_bp=chance.randint(0, 10_000),
            )
        )
    return offers


def plainly(work: Workload, wishes: Wishes, offers: list[MarketOffer]) -> tuple[int, float | None]:
    """Estimate every offer with every number of its cards; how many estimates that took, and the lowest price found."""
    framed, estimates, lowest = frame(work, wishes), 0, None
    for offer in offers:
        most = min(offer.free_cards, offer.max_cards)
        shapes = [(2**i, 1000) for i in range(most.bit_length())]
        shapes += [(1, offer.share_milli * k) for k in (1, 2, 4) if offer.free_cards and offer.share_milli * k < 1000]
        for cards, milli in shapes:
            shape = Shape(offer.accelerator, cards, milli, None, offer.per_node, offer.fabric_gb_s)
            found = size(framed, shape, estimate)
            estimates += 1
            if found.failure:
                continue
            for term, hourly in offer.terms():
                fits = stretched(offer, term, found.seconds) <= offer.max_seconds
                if term == "on_demand" if framed.endless else fits:
                    paid = found.seconds * (SPOT_ALLOWANCE if term == "spot" else 1)
                    cost = float(price(offer, hourly, cards * milli, paid))
                    lowest = cost if lowest is None else min(lowest, cost)
    return estimates, lowest


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    found = run()
    return time.process_time() - start, found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--offers", type=int, default=5000)
    arguments.add_argument("--baseline", type=int, default=150)
    asked = arguments.parse_args()
    offers, sample = market(asked.offers), market(asked.baseline, seed=2)
    recommend(parse(SENTENCES[0], NOW).workload, Wishes(), sample[:5], now=NOW)  # load catalogue and calibration
    print(f"{asked.offers} offers, CPU seconds; the plain way measured on {asked.baseline} offers and scaled")
    print(f"{'recommend':>10} {'plain way':>10} {'ratio':>7} {'cheapest / plain cheapest':>26} plans  asked for")
    for sentence in SENTENCES:
        work = parse(sentence, NOW).workload
        assert work is not None
        ours, advice = timed(lambda work=work: recommend(work, Wishes(), offers, now=NOW))
        theirs, (_, lowest) = timed(lambda work=work: plainly(work, Wishes(), sample))
        theirs *= asked.offers / asked.baseline
        small = recommend(work, Wishes(), sample, now=NOW)
        cheapest = min((p.pay_micro for p in small.plans), default=None)
        quality = f"{cheapest / lowest:.3f}" if cheapest and lowest else "-"
        print(f"{ours:>10.2f} {theirs:>10.1f} {theirs / ours:>6.0f}x {quality:>26} {len(advice.plans):>5}  {sentence}")


if __name__ == "__main__":
    main()
