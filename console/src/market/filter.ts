// The storefront's filters live in the address, so that a search can be shared, bookmarked and stepped back from.
import type { OfferQuery } from "../api/shapes";

export type Sort = NonNullable<OfferQuery["sort"]>;

const TEXT = ["q", "accelerator", "vendor", "region", "isolation", "max_price"] as const;
const NUMBER = ["min_memory_gib", "cards"] as const;
const SORTS: readonly Sort[] = ["price", "-price", "-memory", "memory", "newest"];

export type FilterKey = (typeof TEXT)[number] | (typeof NUMBER)[number] | "domestic" | "sort";

/** What the address asks for; anything it cannot mean is left out. */
export function read(address: URLSearchParams): OfferQuery {
  const query: Record<string, string | number | boolean> = {};
  for (const key of TEXT) {
    const value = address.get(key)?.trim();
    if (value) query[key] = value;
  }
  for (const key of NUMBER) {
    const value = Number(address.get(key));
    if (Number.isInteger(value) && value > 0) query[key] = value;
  }
  if (address.get("domestic") === "true") query.domestic = true;
  const sort = address.get("sort");
  query.sort = SORTS.find((one) => one === sort) ?? "price";
  return query as OfferQuery;
}

/** The address with one filter changed; undefined takes it away. */
export function change(address: URLSearchParams, key: FilterKey, value: string | number | boolean | undefined): URLSearchParams {
  const next = new URLSearchParams(address);
  if (value === undefined || value === "" || value === false) next.delete(key);
  else next.set(key, String(value));
  return next;
}

/** How many filters narrow the search. */
export function narrowed(query: OfferQuery): number {
  return Object.keys(query).filter((key) => key !== "sort").length;
}

export const MOST_COMPARED = 4;

export function compared(address: URLSearchParams): string[] {
  return (address.get("compare") ?? "").split(",").filter(Boolean).slice(0, MOST_COMPARED);
}

export function compare(address: URLSearchParams, ids: string[]): URLSearchParams {
  const next = new URLSearchParams(address);
  if (ids.length === 0) next.delete("compare");
  else next.set("compare", ids.join(","));
  return next;
}
