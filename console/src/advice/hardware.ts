// "8 × H200 SXM 141GB": the hardware of a plan in a few words.
import type { Plan } from "../api/shapes";
import { share } from "../figures";
import type { Say } from "../say";

type Hardware = Pick<Plan, "accelerator_name" | "cards" | "share_milli">;

export function hardware(say: Say, of: Hardware): string {
  const name = of.accelerator_name.replace(/^(NVIDIA|Huawei|AMD|Cambricon|Enflame|Hygon|Moore Threads|MetaX|Iluvatar|Kunlunxin) /, "").replace(/^GeForce /, "").replace(/ \([^)]*\)$/, "");
  return of.share_milli < 1000 ? say(`${share(of.share_milli)} ${name}`, `${share(of.share_milli)} of ${name}`) : `${of.cards} × ${name}`;
}
