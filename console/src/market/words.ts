// What the market's codes are called on screen.
import type { Offer } from "../api/shapes";
import type { Say } from "../say";
import type { Lead } from "./lead";

export function isolation(say: Say, of: Offer["isolation"]): string {
  const names: Record<Offer["isolation"], string> = {
    kernel: say("内核级隔离", "Kernel isolation"),
    soft: say("软隔离", "Soft isolation"),
    none: say("无隔离", "No isolation"),
  };
  return names[of];
}

export function isolationMeaning(say: Say, of: Offer["isolation"]): string {
  const meanings: Record<Offer["isolation"], string> = {
    kernel: say("沙箱运行，CPU、内存和文件由内核强制限定。", "Runs in a sandbox; CPU, memory and files are limited by the kernel."),
    soft: say("沙箱运行，部分限额靠约定，不由内核强制。", "Runs in a sandbox; some limits are watched rather than enforced by the kernel."),
    none: say("没有隔离，只向运营方信任的买方出售。", "No isolation: sold only to buyers whom the operator trusts."),
  };
  return meanings[of];
}

export function leadName(say: Say, lead: Lead): string {
  const names: Record<Lead, string> = {
    cheapest: say("卡时最低价", "Lowest price"),
    "per-p": say("每 P 最省", "Best per P"),
    "per-gib": say("每 GiB 最省", "Best per GiB"),
    greenest: say("最绿色", "Greenest"),
    stock: say("现货最多", "Most in stock"),
  };
  return names[lead];
}

/** The maker of a card; a CPU core that any maker's server has is nobody's. */
export function vendorName(say: Say, vendor: string): string {
  return vendor === "generic" ? say("通用 CPU", "Generic CPU") : vendor;
}
