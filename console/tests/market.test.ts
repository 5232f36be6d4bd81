import { expect, test } from "vitest";
import type { Offer } from "../src/api/shapes";
import { change, compare, compared, narrowed, read } from "../src/market/filter";
import { leads } from "../src/market/lead";

function offer(id: string, price: string, memory = 80, free = 4): Offer {
  return {
    id, title: id, state: "listed", supplier: { id: "pty_1", name: "" }, isolation: "kernel", free_cards: free, max_cards: 8, share_milli: 1000, max_seconds: 3600, cpu_milli: 1000, memory_mib: 1024,
    site: { id: "site_1", name: "", region: "", tier: "cloud", pue: 1.2, green_share: 0, fabric: "", engine: "", isolation: "kernel", verified: true, cards: null },
    accelerator: { id: "a", name: "a", vendor: "", kind: "gpu", domestic: false, memory_gib: memory },
    environments: [], price_per_card_hour: price, idle_price: null, minimum_charge: "0.01", currency: "CNY", valid_from: "2026-01-01T00:00:00Z",
  };
}

test("what a filter puts into the address comes out of it again, and nothing else", () => {
  let address = new URLSearchParams("junk=1&cards=-3&sort=sideways&domestic=perhaps");
  expect(read(address)).toEqual({ sort: "price" });
  address = change(change(change(address, "cards", 8), "domestic", true), "region", "甘肃庆阳");
  expect(read(address)).toEqual({ cards: 8, domestic: true, region: "甘肃庆阳", sort: "price" });
  expect(narrowed(read(address))).toBe(3);
  expect(read(change(address, "cards", undefined))).not.toHaveProperty("cards");
});

test("at most four offers are compared", () => {
  const address = compare(new URLSearchParams(), ["a", "b", "c", "d", "e"]);
  expect(compared(address)).toEqual(["a", "b", "c", "d"]);
  expect(compare(address, []).has("compare")).toBe(false);
});

test("a lead is one offer's alone, and needs three that can be bought", () => {
  const three = [offer("a", "1.5"), offer("b", "2"), offer("c", "3", 160)];
  expect(leads(three, new Map()).get("a")).toContain("cheapest");
  expect(leads(three, new Map()).get("c") ?? []).not.toContain("cheapest");
  expect(leads([offer("a", "1.5"), offer("b", "1.5"), offer("c", "3")], new Map()).get("a") ?? []).not.toContain("cheapest");
  expect(leads([offer("a", "1", 80, 0), ...three.slice(1)], new Map()).size).toBe(0);
});
