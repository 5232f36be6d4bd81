// The way from a plan to its order form, filled in.
import type { Plan } from "../api/shapes";

export function orderOf(plan: Pick<Plan, "offer_id" | "cards" | "share_milli" | "seconds">): string {
  const wish = new URLSearchParams({ cards: String(plan.cards), share: String(plan.share_milli), seconds: String(plan.seconds) });
  return `/offers/${plan.offer_id}?${wish.toString()}`;
}
