// What is asked of one offer: how many cards, which piece of a card, for how long, from when, and whether idle; kept in the address.
import type { Offer } from "../api/shapes";
import { decimal, micro } from "../figures";

export type When = "now" | "start" | "queue";

/** `idle`: at the idle price, to be stopped after a notice when others pay in full; `at`: local time, for `start` the begin, for `queue` the latest. */
export interface Ask { cards: number; share: number; seconds: number; idle?: boolean; when: When; at: string }

export const HOUR = 3600;
const WHENS: When[] = ["start", "queue"];

/** A moment as a date-and-time field writes it, in the reader's own zone. */
export function local(moment: Date): string {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The times of a request for a quote; null while the moment is not filled in. */
export function times(ask: Pick<Ask, "when" | "at">): { start?: string; start_by?: string } | null {
  if (ask.when === "now") return {};
  const moment = new Date(ask.at);
  if (Number.isNaN(moment.getTime())) return null;
  return ask.when === "start" ? { start: moment.toISOString() } : { start_by: moment.toISOString() };
}

export function read(address: URLSearchParams, offer: Offer): Ask {
  // A plan may ask for more than one order can take: the order takes what it can.
  const whole = (key: string, other: number, least: number, most: number) => {
    const value = Number(address.get(key));
    return Number.isInteger(value) && value >= least ? Math.min(value, most) : other;
  };
  const share = whole("share", 1000, offer.share_milli, 1000);
  return {
    cards: share < 1000 ? 1 : whole("cards", 1, 1, offer.max_cards),
    share: share % offer.share_milli === 0 ? share : 1000,
    seconds: whole("seconds", Math.min(HOUR, offer.max_seconds), 1, offer.max_seconds),
    when: WHENS.find((one) => one === address.get("when")) ?? "now",
    at: address.get("at") ?? "",
    idle: offer.idle_price !== null && address.get("idle") === "true",
  };
}

/** The pieces of a card this offer sells, largest first: a whole card, then every multiple of the smallest piece up to eight choices. */
export function pieces(offer: Offer): number[] {
  const least = offer.share_milli;
  const all = Array.from({ length: Math.floor(1000 / least) }, (_, at) => (at + 1) * least);
  const even = all.length > 8 ? all.filter((piece) => 1000 % piece === 0) : all;
  return [...new Set([1000, ...even])].sort((a, b) => b - a);
}

export const priceOf = (offer: Offer, ask: Ask): string => (ask.idle && offer.idle_price) || offer.price_per_card_hour;

/** How much less the idle price is, in whole percent. */
export function saving(offer: Offer): number {
  const full = micro(offer.price_per_card_hour);
  return Number(((full - micro(offer.idle_price ?? offer.price_per_card_hour)) * 100n) / full);
}

/** The most this can cost, before the platform's own quote: price x cards x share x time, rounded up to the micro-yuan. */
export function estimate(price: string, ask: Pick<Ask, "cards" | "share" | "seconds">): string {
  const product = micro(price) * BigInt(ask.cards) * BigInt(ask.share) * BigInt(ask.seconds);
  const per = 1000n * BigInt(HOUR);
  return decimal((product + per - 1n) / per);
}
