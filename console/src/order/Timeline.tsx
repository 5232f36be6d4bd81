// An order's life on a line: booked, running, ended, settled, each with its time.
import type { Order } from "../api/shapes";
import { clock, duration } from "../figures";
import { useSay } from "../say";

export function Timeline({ order }: { order: Order }) {
  const say = useSay();
  const ran = seconds(order.started_at, order.ended_at);
  const points: { state: Order["state"]; at: string | null; note?: string }[] = order.state === "refused"
    ? [{ state: "booked", at: order.created_at }, { state: "refused", at: order.ended_at ?? order.settled_at, note: say("不收费", "free of charge") }]
    : [
        { state: "booked", at: order.created_at },
        { state: "running", at: order.started_at, note: order.started_at ? say(`等待 ${duration(seconds(order.created_at, order.started_at))}`, `waited ${duration(seconds(order.created_at, order.started_at))}`) : undefined },
        { state: "ended", at: order.ended_at, note: ran === null ? undefined : say(`运行 ${duration(ran)}`, `ran ${duration(ran)}`) },
        { state: "settled", at: order.settled_at },
      ];
  const names: Record<Order["state"], string> = { booked: say("预订", "Booked"), running: say("运行", "Running"), ended: say("结束", "Ended"), settled: say("结算", "Settled"), refused: say("未启动", "Not started") };
  const now = points.findIndex((point) => point.state === order.state);
  return (
    <ol className="timeline" aria-label={say("订单进展", "Progress of the order")}>
      {points.map((point, at) => (
        <li key={point.state} className={at < now ? "past" : at === now ? "now" : "next"} aria-current={at === now ? "step" : undefined}>
          <i aria-hidden="true" />
          <b>{names[point.state]}</b>
          <span className="small quiet num">{point.at ? clock(point.at) : " "}</span>
          <span className="small faint">{point.note ?? " "}</span>
        </li>
      ))}
    </ol>
  );
}

function seconds(from: string | null, to: string | null): number | null {
  return from && to ? Math.max(0, (new Date(to).getTime() - new Date(from).getTime()) / 1000) : null;
}
