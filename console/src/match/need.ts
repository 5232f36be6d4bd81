// A need as rules, as the form holds it: kept in the address, so that it can be shared; and as the platform is asked.
import type { Accelerator, MatchAsk, OfferQuery } from "../api/shapes";

const HOUR = 3600;
const KINDS = ["gpu", "dsa", "cpu"] as const;
const CLASSES = ["none", "soft", "kernel"] as const;

export type Kind = (typeof KINDS)[number];

export interface Need {
  cards: number;
  share: number;
  hours: number;
  by: string;
  kinds: Kind[];
  accelerators: string[];
  domestic: boolean;
  memory: number | null;
  price: string | null;
  budget: string | null;
  regions: string[];
  pue: number | null;
  green: number | null;
  isolation: (typeof CLASSES)[number];
}

export const PIECES = [1000, 500, 250, 200, 125, 100];

export const NOTHING: Need = { cards: 1, share: 1000, hours: 1, by: "", kinds: [], accelerators: [], domestic: false, memory: null, price: null, budget: null, regions: [], pue: null, green: null, isolation: "none" };

const MONEY = /^\d{1,9}(\.\d{1,6})?$/;

/** What the address asks for; anything it cannot mean asks for nothing. */
export function read(from: URLSearchParams): Need {
  const number = (key: string, least: number, most: number) => {
    const text = from.get(key);
    const value = Number(text);
    return text && value >= least && value <= most ? value : null;
  };
  const whole = (key: string, least: number, most: number) => {
    const value = number(key, least, most);
    return value !== null && Number.isInteger(value) ? value : null;
  };
  const money = (key: string) => (MONEY.test(from.get(key) ?? "") ? from.get(key) : null);
  const share = whole("share", 1, 1000) ?? NOTHING.share;
  return {
    cards: share < 1000 ? 1 : whole("cards", 1, 4096) ?? NOTHING.cards,
    share,
    hours: number("hours", 1 / HOUR, 366 * 24) ?? NOTHING.hours,
    by: Number.isNaN(Date.parse(from.get("by") ?? "")) ? "" : from.get("by") ?? "",
    kinds: KINDS.filter((kind) => from.getAll("kind").includes(kind)),
    accelerators: from.getAll("accelerator"),
    domestic: from.get("domestic") === "true",
    memory: whole("memory", 1, 100_000),
    price: money("price"),
    budget: money("budget"),
    regions: from.getAll("region"),
    pue: number("pue", 1, 5),
    green: number("green", 0, 100),
    isolation: CLASSES.find((one) => one === from.get("isolation")) ?? "none",
  };
}

/** The address of a need: only what differs from asking for nothing. */
export function address(need: Need): URLSearchParams {
  const to = new URLSearchParams();
  const set = (key: string, value: string | number | boolean | null, nothing: unknown = null) => {
    if (value !== nothing && value !== null && value !== "" && value !== false) to.set(key, String(value));
  };
  set("cards", need.cards, NOTHING.cards);
  set("share", need.share, NOTHING.share);
  set("hours", need.hours, NOTHING.hours);
  set("by", need.by);
  for (const kind of need.kinds) to.append("kind", kind);
  for (const card of need.accelerators) to.append("accelerator", card);
  set("domestic", need.domestic);
  set("memory", need.memory);
  set("price", need.price);
  set("budget", need.budget);
  for (const region of need.regions) to.append("region", region);
  set("pue", need.pue);
  set("green", need.green);
  set("isolation", need.isolation, NOTHING.isolation);
  return to;
}

export const seconds = (need: Need): number => Math.max(1, Math.round(need.hours * HOUR));

export function ask(need: Need): MatchAsk {
  return {
    cards: need.cards, share_milli: need.share, seconds: seconds(need), kinds: need.kinds, accelerators: need.accelerators, domestic: need.domestic, regions: need.regions, min_isolation: need.isolation,
    ...(need.by ? { finish_by: new Date(need.by).toISOString() } : {}),
    ...(need.memory !== null ? { min_memory_gib: need.memory } : {}),
    ...(need.price ? { max_price_per_card_hour: need.price } : {}),
    ...(need.budget ? { budget: need.budget } : {}),
    ...(need.pue !== null ? { max_pue: need.pue } : {}),
    ...(need.green !== null ? { min_green_share: need.green / 100 } : {}),
  };
}

/** The storefront's filters as a need; words typed into its search are not rules and stay behind. */
export function fromFilters(query: OfferQuery, catalogue: Map<string, Accelerator>): Need {
  const vendor = query.vendor ? [...catalogue.values()].filter((card) => card.vendor === query.vendor).map((card) => card.id) : [];
  return {
    ...NOTHING,
    cards: query.cards ?? NOTHING.cards,
    accelerators: query.accelerator ? [query.accelerator] : vendor,
    domestic: query.domestic ?? false,
    memory: query.min_memory_gib ?? null,
    price: query.max_price ?? null,
    regions: query.region ? [query.region] : [],
    isolation: query.isolation ?? "none",
  };
}
