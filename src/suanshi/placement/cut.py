"""Four ways to cut a server: whole, in even parts, in independent parts of each resource, and oversubscribed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from suanshi.catalog.accelerator import Accelerator
from suanshi.catalog.profile import profiles
from suanshi.kit.refusal import invalid
from suanshi.kit.units import CARD
from suanshi.placement.capacity import Isolation, Node, Slice

Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Instance:
    """One part of a server as it is sold: CPU, memory, network and slices of cards."""

    cpu_milli: int
    memory_mib: int
    network_mbps: int
    slices: tuple[Slice, ...]
    isolation: Isolation


def whole(node: Node) -> Instance:
    """The server as it stands."""
    slices = tuple(Slice(i, CARD, node.card_memory_mib, Isolation.NODE) for i in range(node.cards))
    return Instance(node.cpu_milli, node.memory_mib, node.network_mbps, slices, Isolation.NODE)


def even(node: Node, parts: int, isolation: Isolation = Isolation.TIME_SLICED) -> tuple[Instance, ...]:
    """`parts` equal instances; what does not divide stays with the supplier. Raises Refusal for an impossible count.

    Cards are dealt whole where the count divides them, else every card is sliced evenly.
    """
    if parts < 1 or (node.cards and node.cards % parts and parts % node.cards):
        raise invalid("parts", "份数与卡数不能整除", "the number of parts and of cards must divide one another")
    per_card = max(1, parts // node.cards) if node.cards else 1
    if per_card > CARD:
        raise invalid("parts", "每卡最多 1000 份", "a card has at most 1000 parts")
    kind = Isolation.CARD if per_card == 1 else min(isolation, Isolation.PARTITION)
    memory = node.card_memory_mib // per_card
    each = max(1, node.cards // parts) if node.cards else 0
    share = CARD // per_card
    return tuple(
        Instance(
            node.cpu_milli // parts,
            node.memory_mib // parts,
            node.network_mbps // parts,
            tuple(Slice((i * each + j) // per_card, share, memory, kind) for j in range(each)),
            kind,
        )
        for i in range(parts)
    )


def independent(total: Amounts, ratios: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Every resource cut in its own ratio: 12 CPU as 4-4-3-3-2-2 of 18 gives parts that add up to 12 exactly.

    Raises Refusal for a resource the server lacks or a ratio that is not made of positive numbers.
    """
    parts = {}
    for name, ratio in ratios.items():
        if name not in total or not ratio or any(r <= 0 for r in ratio):
            raise invalid(name, "资源或比例无效", "no such resource, or a ratio that is not positive")
        parts[name] = _split(total[name], ratio)
    return parts


def _split(total: int, ratio: Sequence[int]) -> tuple[int, ...]:
    """By largest remainder, so that the parts make the whole."""
    whole_ = sum(ratio)
    shares = [divmod(total * r, whole_) for r in ratio]
    short = total - sum(q for q, _ in shares)
    winners = set(sorted(range(len(ratio)), key=lambda i: (-shares[i][1], i))[:short])
    return tuple(q + (i in winners) for i, (q, _) in enumerate(shares))


def match(parts: Mapping[str, Sequence[int]], needs: Sequence[Amounts]) -> tuple[dict[str, int] | None, ...]:
    """Give each need one part of every resource it names, parts of different resources combined freely.

    Needs are served in order; one is passed over (None) only when no arrangement can serve it beside those before it.
    """
    served: list[int] = []
    for i in range(len(needs)):
        if all(_suffices(parts.get(name, ()), [needs[j] for j in [*served, i]], name) for name in needs[i]):
            served.append(i)
    got: dict[int, dict[str, int]] = {i: {} for i in served}
    for name, sizes in parts.items():
        takers = sorted((i for i in served if name in needs[i]), key=lambda i: needs[i][name])
        free = sorted(range(len(sizes)), key=lambda p: sizes[p])
        at = 0
        for i in takers:  # smallest need first takes the smallest part that will do
            while sizes[free[at]] < needs[i][name]:
                at += 1
            got[i][name] = free[at]
            at += 1
    return tuple(got.get(i) for i in range(len(needs)))


def _suffices(sizes: Sequence[int], needs: Sequence[Amounts], name: str) -> bool:
    """The k-th largest part must do for the k-th largest need (Hall's condition for nested choices)."""
    wanted = sorted((need[name] for need in needs if name in need), reverse=True)
    have = sorted(sizes, reverse=True)
    return len(wanted) <= len(have) and all(h >= w for h, w in zip(have, wanted, strict=False))


@dataclass(frozen=True, slots=True)
class Oversold:
    """A supplier's consent to sell more than it has: so many percent of each resource, never of card memory."""

    cpu_percent: int = 100
    network_percent: int = 100
    card_percent: int = 100


def oversubscribe(node: Node, consent: Oversold, accepts: Isolation, parts: int) -> tuple[Instance, ...]:
    """Equal instances whose promises exceed the server. Both sides must agree: the supplier by `consent`, the buyer
    by accepting the isolation class SHARED. Raises Refusal otherwise, or when the shares of a card pass its consent."""
    if accepts != Isolation.SHARED:
        raise invalid("isolation", "买方未接受共享隔离级别", "the buyer has not accepted the shared isolation class")
    if min(consent.cpu_percent, consent.network_percent, consent.card_percent) < 100 or parts < 1:
        raise invalid("consent", "超卖比例不得低于 100%", "an oversubscription is at least 100 percent, of at least one part")
    milli = min(CARD, node.cards * CARD * consent.card_percent // (100 * parts))
    memory = node.cards * node.card_memory_mib // parts
    return tuple(
        Instance(
            node.cpu_milli * consent.cpu_percent // (100 * parts),
            node.memory_mib // parts,
            node.network_mbps * consent.network_percent // (100 * parts),
            (Slice(i * node.cards // parts, milli, memory, Isolation.SHARED),) if node.cards else (),
            Isolation.SHARED,
        )
        for i in range(parts)
    )


def by_profile(card: Accelerator, names: Sequence[str], index: int = 0) -> tuple[Slice, ...]:
    """One card cut by the hardware into the named MIG profiles or vNPU templates of its model.

    Raises Refusal for a name that the catalogue does not list for this model, for two kinds at once, and for more compute or
    memory than the card has.
    """
    known = {profile.name: profile for profile in profiles(card)}
    for name in names:
        if name not in known:
            choice = ", ".join(known) or "-"
            raise invalid(
                "profiles", f"{card.name} 没有 {name}；可选：{choice}", f"{card.name} has no {name}; there are {choice}"
            )
    parts = [known[name] for name in names]
    if len({part.kind for part in parts}) > 1:
        raise invalid("profiles", "一张卡只能用一种切分方式", "a card is cut in one way at a time")
    compute, memory = sum(part.milli for part in parts), sum(part.memory_gib for part in parts)
    if compute > CARD or memory > card.memory_gib:
        zh = f"合计 {compute / 10:.1f}% 算力、{memory:g} GiB，超出 {card.name} 的 {card.memory_gib:g} GiB"
        en = f"take {compute / 10:.1f}% of the compute and {memory:g} GiB of the {card.memory_gib:g} GiB of {card.name}"
        raise invalid("profiles", zh, en)
    return tuple(Slice(index, part.milli, int(part.memory_gib * 1024), Isolation.PARTITION) for part in parts)
