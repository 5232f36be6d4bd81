// The way from a plan to its order form, filled in, and back: the need travels along, so that its promise is kept with the order.
import type { AdviceAsk, Plan } from "../api/shapes";

const NEED = "need";

export function orderOf(plan: Pick<Plan, "offer_id" | "cards" | "share_milli" | "seconds">, ask: AdviceAsk): string {
  const wish = new URLSearchParams({ cards: String(plan.cards), share: String(plan.share_milli), seconds: String(plan.seconds), [NEED]: JSON.stringify(ask) });
  return `/offers/${plan.offer_id}?${wish.toString()}`;
}

/** The need behind an order form, if it was reached from advice. */
export function needOf(address: URLSearchParams): AdviceAsk | null {
  try {
    const need = JSON.parse(address.get(NEED) ?? "null") as unknown;
    return typeof need === "object" && need !== null && ("text" in need || "workload" in need) ? (need as AdviceAsk) : null;
  } catch {
    return null;
  }
}

export function withoutNeed(address: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(address);
  next.delete(NEED);
  return next;
}
