// What the rules of a need and the kinds of chips are called on screen.
import type { Say } from "../say";
import type { Kind } from "./need";

export function kindName(say: Say, kind: Kind): string {
  const names: Record<Kind, string> = { gpu: "GPU", dsa: say("专用加速器（NPU、TPU）", "Accelerator (NPU, TPU)"), cpu: say("CPU 核", "CPU cores") };
  return names[kind];
}

/** The rule in a word; one that the console does not know yet goes by its code. */
export function ruleName(say: Say, rule: string): string {
  const names: Record<string, string> = {
    accepting: say("暂停接单", "Not accepting"), accelerator: say("型号", "Accelerator"), kind: say("芯片类别", "Kind of chip"), memory: say("显存", "Memory"), compute: say("算力", "Speed"),
    precision: say("精度", "Precision"), vendor: say("国产", "Chinese chip"), fabric: say("组网", "Fabric"), site: say("站点", "Site"), region: say("地区", "Region"), tier: say("层级", "Tier"),
    isolation: say("隔离", "Isolation"), pue: "PUE", green: say("绿电", "Green share"), price: say("单价", "Price"), share: say("切片", "Slice"), room: say("空闲卡数", "Free cards"),
    start: say("开始时间", "Start"), deadline: say("期限", "Deadline"), budget: say("预算", "Budget"),
  };
  return names[rule] ?? rule;
}
