"""Idle work leaves for work that pays the full price: who goes, what that costs them, and the time they have to save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from suanshi.catalog.site import Card
from suanshi.db import steps
from suanshi.db.engine import Tx
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import Held, Piece
from suanshi.flows import ahead
from suanshi.flows.ahead import Slot, Want
from suanshi.flows.run import STEP
from suanshi.flows.seats import cut
from suanshi.kit.money import yuan
from suanshi.kit.refusal import Refusal, Text
from suanshi.orders import store as orders
from suanshi.orders.order import Order
from suanshi.placement import redispatch
from suanshi.placement.redispatch import Node, NoPlan, Work, make_room

RESTART_SECONDS = 60  # until work that left runs again elsewhere

On = Mapping[int, Sequence[tuple[Held, Piece]]]
"""By card: the leases that hold a piece of it, each with the piece."""
Group = tuple[Held, ...]
"""Idle leases that have to leave together, or nothing is won."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an order might stand: on cards of one server, counted whole; or on one card, counted in thousandths."""

    name: str
    cards: tuple[int, ...]
    on: On
    whole: bool

    def free(self, gone: frozenset[str] = frozenset()) -> int:
        """How much nobody holds once the leases `gone` have left."""
        return sum(self._free_of(card, gone) for card in self.cards)

    def _free_of(self, card: int, gone: frozenset[str]) -> int:
        left = merged(piece for lease, piece in self.on.get(card, ()) if lease.lease not in gone)
        return not left if self.whole else 1000 - sum(piece.high - piece.low for piece in left)

    def pieces(self, want: Want, gone: frozenset[str]) -> tuple[Piece, ...]:
        """What the order gets then; cards that are free anyway first."""
        if not self.whole:
            left = merged(piece for lease, piece in self.on.get(self.cards[0], ()) if lease.lease not in gone)
            return tuple(cut(self.cards[0], left, want.share_milli))
        free = [card for card in self.cards if self._free_of(card, gone)]
        free.sort(key=lambda card: (bool(self.on.get(card)), card))
        return tuple(Piece(card) for card in free[: want.cards])


def room(tx: Tx, want: Want, worth: int, start: datetime, at: datetime, no: Refusal) -> Slot:
    """A slot from `start` on that idle work makes by leaving then, if what it loses is no more than what the order brings at
    `worth` micro-yuan a card-hour. Raises `no`, with the reason why nobody leaves.
    """
    end = start + want.length(firm=True)
    held = [h for h in ahead.lasting(fleet.held(tx, want.site), at) if h.start < end and start < h.end]
    bought = {order.lease: order for order in orders.many(tx, [h.order for h in held if h.preemptible])}
    grounds = {ground.name: ground for ground in _grounds(want, ahead.usable(tx, want.site, want.accelerator), held)}
    works: dict[str, Group] = {}
    running = list[Work]()
    for ground in grounds.values():
        for group in _groups(ground):
            works[f"{ground.name}/{len(works)}"] = group
            running.append(_work(f"{ground.name}/{len(works) - 1}", group, ground, bought, at, start))
    asked = redispatch.Order("", want.cards if want.share_milli == 1000 else want.share_milli, worth, 0, want.seconds)
    nodes = [Node(ground.name, want.accelerator, ground.free()) for ground in grounds.values()]
    plan = make_room(asked, nodes, running, _seconds(at), _between(at, start))
    if isinstance(plan, NoPlan):
        no.reasons = (*no.reasons, _why(plan, asked, 1 if want.share_milli == 1000 else 1000))
        raise no
    leaving = tuple(lease for told in plan.notices for lease in works[told.work.id])
    return Slot(start, end, grounds[plan.node].pieces(want, frozenset(h.lease for h in leaving)), leaving=leaving)


def give(tx: Tx, slot: Slot, at: datetime) -> None:
    """Shorten the leases that leave, and tell their orders; to be executed before the new booking is written."""
    if not slot.leaving:
        return
    fleet.shorten(tx, [held.lease for held in slot.leaving], slot.start)
    for held in slot.leaving:
        orders.give_notice(tx, held.order, slot.start, at)
        steps.hasten(tx, STEP, held.order, at)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """What pieces of one card cover together, at whatever time each."""
    found = list(pieces)
    return [Piece(found[0].card, low, high) for low, high in ahead.union([(piece.low, piece.high) for piece in found])]


def _grounds(want: Want, cards: Sequence[Card], held: Sequence[Held]) -> list[Ground]:
    """Where the order might stand. A card of which somebody pays the full price for any part has no whole card to give."""
    on: dict[int, list[tuple[Held, Piece]]] = {}
    for lease in held:
        for piece in lease.pieces:
            on.setdefault(piece.card, []).append((lease, piece))
    whole = want.share_milli == 1000
    places: dict[str, list[int]] = {}
    for card in cards:
        if not whole or all(lease.preemptible for lease, _ in on.get(card.id, ())):
            places.setdefault(card.node if whole else str(card.id), []).append(card.id)
    return [Ground(name, tuple(found), on, whole) for name, found in sorted(places.items())]


def _groups(ground: Ground) -> list[Group]:
    """Slices of one card have to leave together if a whole card is wanted; otherwise each lease leaves by itself."""
    groups: dict[str, Group] = {}
    for card in ground.cards:
        here = {lease.lease: lease for lease, _ in ground.on.get(card, ()) if lease.preemptible}
        sliced = any(piece.high - piece.low < 1000 for lease, piece in ground.on.get(card, ()))
        if ground.whole and sliced:
            groups[str(card)] = tuple(here.values())
        else:
            groups |= {id_: (lease,) for id_, lease in here.items()}
    return list(groups.values())


def _work(id_: str, group: Group, ground: Ground, bought: Mapping[str, Order], at: datetime, stops: datetime) -> Work:
    """A group in the words of placement. Work that resumes by itself loses the time of the notice and of starting again;
    other work all it has done; and what has not begun, nothing.
    """
    of = [bought[lease.lease] for lease in group]
    begun = [order.started_at for order in of if order.started_at is not None]
    freed = ground.free(frozenset(lease.lease for lease in group)) - ground.free()
    paid = sum(order.quote.price_micro * order.quote.cards * order.quote.share_milli for order in of if order.started_at)
    notice = _between(at, stops)
    return Work(
        id_,
        ground.name,
        freed,
        -(-paid // max(1, freed * 1000 if ground.whole else freed)),
        spot=True,
        saved_at=_seconds(min(begun, default=stops)),
        save_seconds=notice if all(order.job.resume for order in of) else notice + 1,
        restart_seconds=RESTART_SECONDS,
    )


def _why(plan: NoPlan, asked: redispatch.Order, unit: int) -> Text:
    if plan.loss is None:
        return Text("没有可以让出的闲时任务", "there is no idle work that could leave for it")
    loses, brings = yuan(plan.loss // unit), yuan(asked.worth * asked.cards * asked.seconds // 3600 // unit)
    zh = f"让闲时任务离开会损失 {loses} 元，高于本单的 {brings} 元"
    return Text(zh, f"the idle work that would have to leave loses {loses} yuan, more than the {brings} yuan of this order")


def _between(start: datetime, end: datetime) -> int:
    return max(0, _seconds(end) - _seconds(start))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp() // 1)
