// What an order's states and outcomes are called.
import type { Order } from "../api/shapes";
import type { Say } from "../say";

export function stateName(say: Say, state: Order["state"]): string {
  const names: Record<Order["state"], string> = {
    booked: say("已预订", "Booked"),
    running: say("运行中", "Running"),
    ended: say("已结束", "Ended"),
    settled: say("已结算", "Settled"),
    refused: say("未启动", "Not started"),
  };
  return names[state];
}

type Outcome = NonNullable<Order["outcome"]>;

export function outcomeName(say: Say, outcome: Outcome): string {
  const names: Record<Outcome, string> = {
    succeeded: say("成功", "Succeeded"),
    failed: say("程序出错", "Failed"),
    out_of_memory: say("内存不足", "Out of memory"),
    time_limit: say("到时停止", "Time limit"),
    spend_limit: say("到花费上限", "Spend limit"),
    disk_limit: say("磁盘写满", "Disk limit"),
    idle: say("空转停止", "Stopped when idle"),
    cancelled: say("已取消", "Cancelled"),
    preempted: say("让出", "Made way"),
    failed_to_start: say("启动失败", "Failed to start"),
    lost: say("失联", "Lost"),
  };
  return names[outcome];
}

/** What it means for the buyer, and what to do. */
export function outcomeMeaning(say: Say, outcome: Outcome): string {
  const meanings: Record<Outcome, string> = {
    succeeded: say("程序正常结束，输出文件在下方。", "The program ended normally; its files are below."),
    failed: say("程序自己以非零状态退出，日志末尾通常有缘由。用掉的时间照计。", "The program left with a non-zero status; the end of the log usually says why. Time used is charged."),
    out_of_memory: say("程序超出了所买的内存。可买更大的份额，或减小批量。", "The program needed more memory than was bought. Take a larger piece, or a smaller batch."),
    time_limit: say("到了时限，程序被停下，已写的文件仍可取回。", "The time limit was reached; files written until then can be fetched."),
    spend_limit: say("到了您设的花费上限，程序被停下。", "Your spend limit was reached and the program was stopped."),
    disk_limit: say("程序写满了磁盘配额。", "The program filled its disk quota."),
    idle: say("长时间没有计算，已替您停表。", "Nothing was computed for long, so the meter was stopped for you."),
    cancelled: say("您取消了订单，只收用掉的时间。", "You cancelled; only the time used is charged."),
    preempted: say("有人付全价用这些卡，程序收到通知后停止。只收用掉的时间，免起收；已存的文件在下方。", "Others paid in full for these cards, so it was stopped after a notice. Only the time used is charged, with no minimum; what it saved is below."),
    failed_to_start: say("站点没能启动程序，不收任何费用。", "The site could not start the program; nothing is charged."),
    lost: say("站点失去联系，按平台规则处理。", "The site lost contact; the platform's rules apply."),
  };
  return meanings[outcome];
}

export const over = (state: Order["state"]): boolean => state === "settled" || state === "refused";

export function tone(order: Pick<Order, "state" | "outcome">): "" | "pine" | "seal" | "amber" {
  if (order.state === "running") return "pine";
  if (order.state === "booked") return "amber";
  if (order.outcome === "succeeded") return "";
  if (order.outcome === "preempted") return "amber";
  return order.outcome && order.outcome !== "cancelled" ? "seal" : "";
}
