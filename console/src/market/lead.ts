// Which offer leads on what: the badges that tell a buyer why to look at this one first.
import type { Accelerator, Offer } from "../api/shapes";

export type Lead = "cheapest" | "per-p" | "per-gib" | "greenest" | "stock";

type Measure = (offer: Offer) => number | null;

/** Leads among `offers` (at least three, or there is nothing to lead): the best by each measure, ties give no badge. */
export function leads(offers: Offer[], catalogue: Map<string, Accelerator>): Map<string, Lead[]> {
  const found = new Map<string, Lead[]>();
  const free = offers.filter((offer) => offer.free_cards > 0);
  if (free.length < 3) return found;
  const price = (offer: Offer) => Number(offer.price_per_card_hour);
  const measures: [Lead, Measure][] = [
    ["cheapest", price],
    ["per-p", (offer) => ratio(price(offer), catalogue.get(offer.accelerator.id)?.tflops.fp16)],
    ["per-gib", (offer) => ratio(price(offer), offer.accelerator.memory_gib)],
    ["greenest", (offer) => offer.site.pue * (1 - offer.site.green_share)],
    ["stock", (offer) => -offer.free_cards],
  ];
  for (const [lead, measure] of measures) {
    const best = only(free, measure);
    if (best) found.set(best.id, [...(found.get(best.id) ?? []), lead]);
  }
  return found;
}

function ratio(price: number, size: number | undefined): number | null {
  return size ? price / size : null;
}

function only(offers: Offer[], measure: Measure): Offer | null {
  const measured = offers.flatMap((offer) => {
    const value = measure(offer);
    return value === null ? [] : [{ offer, value }];
  });
  measured.sort((a, b) => a.value - b.value);
  const [first, second] = measured;
  return first && second && first.value < second.value ? first.offer : null;
}
