"""A hold keeps money in its owner's wallet but promised to one purpose, until it is captured or released."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suanshi.kit.money import Money
from suanshi.kit.refusal import Fault, kind
from suanshi.ledger.account import Account


class HoldState(StrEnum):
    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Hold:
    id: str
    key: str
    account: Account
    amount: Money
    captured: Money
    state: HoldState


EMPTY_WALLET = kind(
    "wallet-empty",
    402,
    (
        "余额不足：需要 {needed}，可用 {available}，还差 {short}。",
        "The wallet holds too little: {needed} is needed, {available} is available, {short} is missing.",
    ),
    ("请充值后重试；没有扣费，也没有占用资源。", "Top it up and try again; nothing was charged or reserved."),
)
OVERDRAWN = kind(
    "wallet-overdrawn",
    409,
    (
        "记账 {key} 会使钱包低于已冻结的金额。",
        "Posting {key} would take a wallet below what is held in it.",
    ),
    ("未记账。请等冻结释放，或减少金额。", "Nothing was posted. Wait for holds to be released, or take less."),
)
HOLD_CLOSED = kind(
    "hold-closed",
    409,
    ("冻结 {id} 已经{state_zh}。", "Hold {id} is already {state}."),
    ("没有任何改动。", "Nothing was changed."),
    Fault.PLATFORM,
)
HOLD_EXCEEDED = kind(
    "hold-exceeded",
    409,
    ("冻结 {id} 只有 {held}，不能扣 {taken}。", "Hold {id} is {held}; {taken} cannot be taken from it."),
    ("没有扣费；超出部分需另行处理。", "Nothing was charged; what lies beyond needs a hold of its own."),
    Fault.PLATFORM,
)
STATES_ZH = {HoldState.OPEN: "开启", HoldState.CAPTURED: "扣款", HoldState.RELEASED: "释放"}
