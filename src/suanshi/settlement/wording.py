"""What stands on bills and statements, in both languages."""

from __future__ import annotations

from suanshi.kit.refusal import Language, Text

_WORDS = {
    "bill": Text("账单", "Bill"),
    "supplier_statement": Text("供给方结算单", "Supplier statement"),
    "wallet_statement": Text("钱包对账单", "Wallet statement"),
    "number": Text("账单编号", "Bill number"),
    "order": Text("订单", "Order"),
    "issued": Text("出账时间", "Issued"),
    "buyer": Text("需求方", "Buyer"),
    "supplier": Text("供给方", "Supplier"),
    "party": Text("户名", "Account of"),
    "month": Text("月份", "Month"),
    "item": Text("商品", "Item"),
    "site": Text("智算中心", "Site"),
    "resource": Text("资源", "Resource"),
    "cards": Text("张卡", "card(s)"),
    "share": Text("份额", "share"),
    "period": Text("使用时段", "Period of use"),
    "to": Text("至", "to"),
    "outcome": Text("结果", "Outcome"),
    "metered": Text("实测用量", "Measured use"),
    "card_seconds": Text("卡秒", "card-seconds"),
    "card_hours": Text("卡时", "card-hours"),
    "per_card_hour": Text("/卡时", "per card-hour"),
    "cause": Text("费用原因", "Cause of the charge"),
    "quantity": Text("数量", "Quantity"),
    "price": Text("全包单价", "All-in price"),
    "amount": Text("金额", "Amount"),
    "total": Text("应付合计", "Total charged"),
    "held": Text("下单时冻结", "Held at purchase"),
    "released": Text("已释放", "Released"),
    "charged": Text("实际扣款", "Charged"),
    "all_in": Text(
        "单价已含 CPU、内存、磁盘、流量与税费，别无其他费用。用量按秒计，不足一秒按一秒；金额仅在此取整一次。",
        "The price includes CPU, memory, disk, traffic and tax; there are no other charges. "
        "A second begun counts as a second; the amount is rounded once, here.",
    ),
    "zone": Text("时间均为北京时间（UTC+8）。", "Times are Beijing time (UTC+8)."),
    "settled": Text("结算时间", "Settled"),
    "gross": Text("买方实付", "Paid by buyers"),
    "commission": Text("平台佣金", "Commission"),
    "others": Text("税费与合作方", "Tax and partners"),
    "net": Text("应结金额", "Your earnings"),
    "orders": Text("订单数", "Orders"),
    "sum": Text("合计", "Sum"),
    "empty": Text("本月没有记录。", "Nothing happened in this month."),
    "opening": Text("期初余额", "Opening balance"),
    "closing": Text("期末余额", "Closing balance"),
    "time": Text("时间", "Time"),
    "reference": Text("关联单号", "Reference"),
    "balance": Text("余额", "Balance"),
}
_CAUSES = {
    "topup": Text("充值", "Top-up"),
    "order": Text("订单消费", "Order"),
    "correction": Text("更正", "Correction"),
}
_OUTCOMES = {
    "succeeded": Text("成功", "Succeeded"),
    "failed": Text("程序失败", "The program failed"),
    "out_of_memory": Text("内存超限", "Out of memory"),
    "time_limit": Text("达到时限", "Time limit reached"),
    "spend_limit": Text("达到消费上限", "Spend limit reached"),
    "disk_limit": Text("磁盘超限", "Disk limit reached"),
    "idle": Text("空闲自动停止", "Stopped because idle"),
    "cancelled": Text("已取消", "Cancelled"),
    "preempted": Text("让出给全价订单，免最低消费", "Left for others that pay in full; no minimum charge"),
    "failed_to_start": Text("未能启动", "Failed to start"),
    "lost": Text("运行中丢失", "Lost by the site"),
}


def words(language: Language) -> dict[str, str]:
    return {name: text.in_(language) for name, text in _WORDS.items()}


def causes(language: Language) -> dict[str, str]:
    """What a movement of a wallet is called, by its posting's cause."""
    return {name: text.in_(language) for name, text in _CAUSES.items()}


def outcomes(language: Language) -> dict[str, str]:
    """How a run ended."""
    return {name: text.in_(language) for name, text in _OUTCOMES.items()}
