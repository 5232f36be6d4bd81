// How amounts, times and quantities read on screen; money stays a decimal string until it is shown.
import { language } from "./say";

const locale = () => (language() === "zh" ? "zh-CN" : "en-GB");

/** "1234.5" -> "¥1,234.50"; keeps up to six decimals where the amount has them, because a bill is checked to the micro-yuan. */
export function money(amount: string | number | null | undefined, currency = "CNY"): string {
  if (amount === null || amount === undefined || amount === "") return "—";
  const value = String(amount);
  const negative = value.startsWith("-");
  const [whole = "0", part = ""] = value.replace(/^[-+]/, "").split(".");
  const decimals = part.replace(/0+$/, "").padEnd(2, "0");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const sign = currency === "CNY" ? "¥" : `${currency} `;
  return `${negative ? "−" : ""}${sign}${grouped}.${decimals}`;
}

export function count(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return "—";
  return value.toLocaleString(locale(), { maximumFractionDigits: digits });
}

/** Card-seconds as card-hours, with as many digits as make the number honest. */
export function cardHours(cardSeconds: number | null | undefined): string {
  if (cardSeconds === null || cardSeconds === undefined) return "—";
  const hours = cardSeconds / 3600;
  return count(hours, hours < 1 ? 4 : 2);
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "—";
  const zh = language() === "zh";
  const parts: [number, string, string][] = [
    [Math.floor(seconds / 86400), "天", "d"],
    [Math.floor((seconds % 86400) / 3600), "小时", "h"],
    [Math.floor((seconds % 3600) / 60), "分", "min"],
    [Math.round(seconds % 60), "秒", "s"],
  ];
  const shown = parts.filter(([n]) => n > 0).slice(0, 2);
  if (shown.length === 0) return zh ? "0 秒" : "0 s";
  return shown.map(([n, unit, short]) => `${n} ${zh ? unit : short}`).join(" ");
}

export function time(iso: string | null | undefined): string {
  if (!iso) return "—";
  return new Date(iso).toLocaleString(locale(), {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
  });
}

export function clock(iso: string | null | undefined): string {
  if (!iso) return "—";
  return new Date(iso).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return "—";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  return `${count(size / 1024 ** step, step === 0 ? 0 : 1)} ${units[step]}`;
}

/** A share in thousandths of a card, as people say it: "1/2 卡", "整卡". */
export function share(milli: number | null | undefined): string {
  const zh = language() === "zh";
  if (!milli || milli >= 1000) return zh ? "整卡" : "whole card";
  const parts = 1000 / milli;
  const said = Number.isInteger(parts) ? `1/${parts}` : `${milli / 10}%`;
  return zh ? `${said} 卡` : `${said} card`;
}

/** Sum of decimal strings to the micro-unit, without floating point. */
export function sum(amounts: string[]): string {
  const total = amounts.reduce((all, amount) => all + micro(amount), 0n);
  return decimal(total);
}

export function micro(amount: string): bigint {
  const negative = amount.startsWith("-");
  const [whole = "0", part = ""] = amount.replace(/^[-+]/, "").split(".");
  const value = BigInt(whole || "0") * 1_000_000n + BigInt(part.padEnd(6, "0").slice(0, 6) || "0");
  return negative ? -value : value;
}

export function decimal(value: bigint): string {
  const size = value < 0n ? -value : value;
  const part = (size % 1_000_000n).toString().padStart(6, "0").replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${size / 1_000_000n}${part ? `.${part}` : ""}`;
}
