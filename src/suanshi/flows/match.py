"""Which offers can serve a need, best first, and for each of the others the rules against it and the least change that helps."""

from __future__ import annotations

from suanshi.catalog.accelerator import Accelerator, accelerators
from suanshi.catalog.site import Isolation
from suanshi.db.engine import Database
from suanshi.flows import market
from suanshi.flows.market import Shown
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal, invalid
from suanshi.placement.candidate import Candidate, Need
from suanshi.placement.constraint import Verdict, judge

# A sandbox whose limits the kernel holds parts tenants like a hardware partition; habit alone only shares time.
CLASSES = {Isolation.KERNEL: "partition", Isolation.SOFT: "time-sliced", Isolation.NONE: "shared"}


def match(db: Database, need: Need) -> Verdict:
    """The verdict on every listed offer. Raises a refusal that says what is wrong with a need nothing could ever serve."""
    offers = [candidate(shown) for shown in db.read(market.shown)]
    verdict = judge(need, offers, known=frozenset(accelerators()))
    if verdict.faults:
        raise _fault(verdict)
    return verdict


def _fault(verdict: Verdict) -> Refusal:
    zh, en = "；".join(f.zh for f in verdict.faults), "; ".join(f.en for f in verdict.faults)
    return invalid("need", zh, en)


def candidate(shown: Shown) -> Candidate:
    """An offer as placement's rules see it: a class of equal cards at one site, as it stands now."""
    offer, site, card = shown.offer, shown.site, shown.accelerator
    free = min(shown.free_cards, offer.max_cards)
    return Candidate(
        id=offer.id,
        site=site.id,
        supplier=offer.supplier,
        accelerator=card.id,
        kind=card.kind,
        price=offer.price_micro,
        memory_gib=int(card.memory_gib or offer.memory_mib // 1024),
        fp16_tflops=_tflops(card),
        precisions=frozenset(card.flops),
        vendor_country=card.country,
        watts=round(card.tdp_w or 0),
        free=free,
        same_group=free,
        same_node=free,
        free_share=1000 if free else 0,
        share_step=offer.share_milli,
        accepting=site.verified,
        available_at=round(now().timestamp()),
        region=site.region,
        tier=site.tier,
        fabric=site.fabric,
        pue_bp=site.pue_milli * 10,
        green_bp=site.green_bp,
        isolation=CLASSES[site.isolation],
    )


def _tflops(card: Accelerator) -> int:
    gflops = card.flops.get("fp16") or card.flops.get("bf16") or card.flops.get("fp32") or 0
    return round(gflops / 1000)
