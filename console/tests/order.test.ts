import { expect, test } from "vitest";
import { decimal, micro, money, sum } from "../src/figures";
import type { Offer } from "../src/api/shapes";
import { estimate, local, priceOf, read, saving, times } from "../src/offer/ask";
import { words } from "../src/offer/job";
import { append, tidy } from "../src/order/log";
import { parser } from "../src/order/stream";

test("a command line splits as a shell's would, and nothing is expanded", () => {
  expect(words(`python train.py --name "two words" 'a"b' c\\ d "" $HOME`)).toEqual(["python", "train.py", "--name", "two words", 'a"b', "c d", "", "$HOME"]);
  expect(words("   ")).toEqual([]);
});

test("the same events come out, wherever the pieces are cut", () => {
  const text = 'id: 7\nevent: log\ndata: {"text":"第一行"}\n\n: a comment\n\nevent: done\r\ndata: a\r\ndata: b\r\n\r\n';
  const whole = parser()(text);
  expect(whole).toEqual([{ id: "7", name: "log", data: '{"text":"第一行"}' }, { id: "7", name: "done", data: "a\nb" }]);
  for (let cut = 1; cut < text.length; cut += 1) {
    const parse = parser();
    expect([...parse(text.slice(0, cut)), ...parse(text.slice(cut))]).toEqual(whole);
  }
});

test("a log reads as a terminal would leave it, and is cut at a line's start", () => {
  expect(tidy("\u001b[31mred\u001b[0m\r\n10%\r50%\r100%\ndone")).toBe("red\n100%\ndone");
  const { text, cut } = append("one\ntwo\n", "three\n", 9);
  expect([text, cut]).toEqual(["three\n", true]);
});

test("money survives its way to the screen to the micro-yuan", () => {
  expect(money("1234567.5")).toBe("¥1,234,567.50");
  expect(money("-0.000367")).toBe("−¥0.000367");
  expect(sum(["0.1", "0.2", "-0.3"])).toBe("0");
  for (const amount of ["0.000001", "-12.34", "999999999.999999"]) expect(decimal(micro(amount))).toBe(amount);
  expect(estimate("7.2", { cards: 3, share: 1000, seconds: 1 })).toBe("0.006");
  expect(estimate("0.000001", { cards: 1, share: 1, seconds: 1 })).toBe("0.000001");
});

test("the idle price counts where it is asked for and there is one", () => {
  const offer = { price_per_card_hour: "4", idle_price: "1.5", share_milli: 1000, max_cards: 8, max_seconds: 3600 } as Offer;
  const idle = read(new URLSearchParams("idle=true&cards=2"), offer);
  expect([priceOf(offer, idle), saving(offer)]).toEqual(["1.5", 62]);
  expect(priceOf(offer, read(new URLSearchParams("cards=2"), offer))).toBe("4");
  const none = { ...offer, idle_price: null };
  expect([priceOf(none, read(new URLSearchParams("idle=true"), none)), saving(none)]).toEqual(["4", 0]);
});

test("a moment travels from the address to the request in its own zone, and an empty one asks for nothing", () => {
  const at = local(new Date("2026-12-01T01:00:00Z"));
  expect(times({ when: "start", at })).toEqual({ start: "2026-12-01T01:00:00.000Z" });
  expect(times({ when: "queue", at })).toEqual({ start_by: "2026-12-01T01:00:00.000Z" });
  expect(times({ when: "now", at })).toEqual({});
  expect(times({ when: "queue", at: "" })).toBeNull();
});
