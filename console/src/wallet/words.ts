import type { Say } from "../say";

/** Kinds of entries as people call them; one the console does not know yet keeps its own name. */
export function entryName(say: Say, kind: string): string {
  const names: Record<string, string> = {
    topup: say("充值", "Top-up"),
    order: say("订单", "Order"),
    charge: say("扣费", "Charge"),
    correction: say("更正", "Correction"),
    hold: say("冻结", "Hold"),
    release: say("解冻", "Release"),
    commission: say("佣金", "Commission"),
    payout: say("付款", "Payout"),
  };
  return names[kind] ?? kind;
}
