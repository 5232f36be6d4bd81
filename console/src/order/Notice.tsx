// The order has to make way: how long it still has; and, afterwards, where it goes on.
import { Link } from "react-router";
import type { Order } from "../api/shapes";
import { clock } from "../figures";
import { useNow } from "../frame/now";
import { useSay } from "../say";

const NOTICE = 120;

export function Notice({ order }: { order: Order }) {
  const say = useSay();
  return (
    <>
      {order.preempt_at && (order.state === "booked" || order.state === "running") && <Countdown order={order} until={order.preempt_at} />}
      {order.resumes && <p className="small quiet">{say("接着跑：", "Continues ")}<Link to={`/orders/${order.resumes}`}>{say("被停的那一单", "the order that was stopped")}</Link></p>}
      {order.resumed_as && <p className="note"><b>{say("已自动续排", "Queued again by itself")}</b> <Link to={`/orders/${order.resumed_as}`}>{say("看续单", "See where it goes on")}</Link></p>}
    </>
  );
}

function Countdown({ order, until }: { order: Order; until: string }) {
  const say = useSay();
  const left = Math.max(0, Math.ceil((new Date(until).getTime() - useNow()) / 1000));
  const left_ = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const told = order.state === "running" && left <= NOTICE;
  return (
    <div className="notice" role="status" data-testid="notice">
      <div><b>{say("要让出卡了", "It has to make way")}</b>
        <p className="small">{told
          ? say(`已通知程序保存进度，${clock(until)} 停止。只收用掉的时间，免起收。`, `The program has been told to save, and is stopped at ${clock(until)}. Only time used is charged, with no minimum.`)
          : say(`${clock(until)} 要停止，提前 2 分钟通知程序。`, `It is stopped at ${clock(until)}; the program is told 2 minutes before.`)}{" "}
          {order.job?.resume ? say("之后会自动续排。", "It is queued again by itself after that.") : ""}</p></div>
      <span className="num" aria-label={say("还剩", "Time left")}>{left_}</span>
    </div>
  );
}
