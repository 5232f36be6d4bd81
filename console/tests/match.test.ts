import { expect, test } from "vitest";
import { parsed } from "../src/advice/ConfigFile";
import { address, ask, fromFilters, NOTHING, read, type Need } from "../src/match/need";

const FULL: Need = { cards: 8, share: 1000, hours: 1.5, by: "2031-05-01T18:00", kinds: ["gpu", "dsa"], accelerators: ["l20"], domestic: true, memory: 64, price: "8.5", budget: "1000", regions: ["甘肃庆阳", "贵州, 贵安"], pue: 1.25, green: 30, isolation: "soft" };

test("a need comes out of its address as it went in, and one that asks for nothing leaves the address empty", () => {
  for (const need of [FULL, NOTHING, { ...NOTHING, share: 250 }, { ...NOTHING, price: "0" }, { ...NOTHING, green: 0 }]) expect(read(address(need))).toEqual(need);
  expect(address(NOTHING).toString()).toBe("");
});

test("what an address cannot mean asks for nothing", () => {
  expect(read(new URLSearchParams("cards=-1&share=0&hours=x&by=soon&kind=quantum&price=1e3&budget=-4&pue=0.5&green=101&memory=1.5&isolation=best"))).toEqual(NOTHING);
  expect(read(new URLSearchParams("cards=8&share=500")).cards).toBe(1); // a slice is one piece of one card
});

test("the platform is asked in its own units, and only for what was asked", () => {
  expect(ask(FULL)).toMatchObject({ seconds: 5400, min_green_share: 0.3, max_price_per_card_hour: "8.5", min_isolation: "soft", finish_by: new Date("2031-05-01T18:00").toISOString() });
  for (const key of ["finish_by", "budget", "max_pue", "min_memory_gib", "min_green_share"]) expect(ask(NOTHING)).not.toHaveProperty(key);
});

test("the storefront's filters become rules", () => {
  expect(fromFilters({ cards: 4, domestic: true, region: "甘肃庆阳", max_price: "6", sort: "price" }, new Map())).toEqual({ ...NOTHING, cards: 4, domestic: true, regions: ["甘肃庆阳"], price: "6" });
});

test("a config.json is a JSON object and nothing else", () => {
  expect(parsed('{"hidden_size": 4096}')).toEqual({ hidden_size: 4096 });
  for (const text of ["", "{", "[]", "null", "7", '"text"']) expect(parsed(text)).toBeNull();
});
