// What the order holds, has used so far, and cost in the end, with the way to the printable statement.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { Bill, Order } from "../api/shapes";
import { count, decimal, duration, micro, money } from "../figures";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";
import { over } from "./words";

export function BillSheet({ order }: { order: Order }) {
  const say = useSay();
  const settled = over(order.state);
  const bill = useQuery({
    queryKey: ["bill", order.id],
    queryFn: () => answer(api.GET("/api/v1/orders/{id}/bill", { params: { path: { id: order.id } } })),
    enabled: settled,
  });
  return (
    <section className="sheet bill" aria-label={say("用量与费用", "Usage and cost")}>
      <header><h2>{say("用量与费用", "Usage and cost")}</h2>{settled && <Link to={`/orders/${order.id}/statement`}>{say("打印账单", "Printable statement")}</Link>}</header>
      {!settled && <SoFar order={order} />}
      {settled && <Refused error={bill.error} again={() => void bill.refetch()} />}
      {settled && bill.data && <Final bill={bill.data} />}
    </section>
  );
}

function SoFar({ order }: { order: Order }) {
  const say = useSay();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const until = order.ended_at ? new Date(order.ended_at).getTime() : now;
  const used = order.started_at ? Math.max(0, Math.floor((until - new Date(order.started_at).getTime()) / 1000)) : 0;
  const cost = (micro(order.price_per_card_hour) * BigInt(order.cards) * BigInt(order.share_milli) * BigInt(used)) / 3_600_000n;
  return (
    <>
      <div className="bill-total"><span className="quiet">{say("到此刻约", "About, so far")}</span><span className="price num">{money(decimal(cost), order.currency)}</span></div>
      <dl className="facts ends">
        <dt>{say("已运行", "Running for")}</dt><dd className="num">{order.started_at ? duration(used) : say("还没开始计时", "not started")}</dd>
        <dt>{say("已冻结", "Held")}</dt><dd className="num">{money(order.hold, order.currency)}</dd>
        <dt>{say("单价", "Price")}</dt><dd className="num">{money(order.price_per_card_hour, order.currency)} {say("/ 卡时", "/ card-hour")}</dd>
      </dl>
    </>
  );
}

function Final({ bill }: { bill: Bill }) {
  const say = useSay();
  return (
    <>
      <div className="bill-total"><span className="quiet">{say("实收", "Charged")}</span><span className="price num" data-testid="charged">{money(bill.charged, bill.currency)}</span></div>
      {bill.lines.length > 0 && (
        <table className="lines">
          <tbody>
            {bill.lines.map((line, at) => (
              <tr key={at}><td>{line.text}{line.quantity !== null && <span className="small faint num">{count(line.quantity, 3)} {line.unit}{line.unit_price && say(`，${money(line.unit_price, bill.currency)} / 卡时`, `, ${money(line.unit_price, bill.currency)} / card-hour`)}</span>}</td><td className="num">{money(line.amount, bill.currency)}</td></tr>
            ))}
          </tbody>
        </table>
      )}
      <dl className="facts ends">
        <dt>{say("计费时长", "Metered")}</dt><dd className="num">{duration(bill.seconds)}</dd>
        <dt>{say("卡秒", "Card-seconds")}</dt><dd className="num">{count(bill.milli_card_seconds / 1000, 3)}</dd>
        <dt>{say("曾冻结", "Was held")}</dt><dd className="num">{money(bill.hold, bill.currency)}</dd>
        <dt>{say("已解冻", "Released")}</dt><dd className="num">{money(bill.released, bill.currency)}</dd>
      </dl>
    </>
  );
}
