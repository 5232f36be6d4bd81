// Work that was booked ahead: when it begins, counted down.
import type { Order } from "../api/shapes";
import { duration, time } from "../figures";
import { useNow } from "../frame/now";
import { useSay } from "../say";

export function Begins({ order }: { order: Order }) {
  return order.starts_at && order.state === "booked" && !order.preempt_at ? <Countdown order={order} at={order.starts_at} /> : null;
}

function Countdown({ order, at }: { order: Order; at: string }) {
  const say = useSay();
  const left = Math.ceil((new Date(at).getTime() - useNow()) / 1000);
  if (left <= 0) return null;
  return (
    <div className="notice calm" role="status" data-testid="begins">
      <div><b>{order.flexible ? say("排队中", "In the queue") : say("已预约", "Booked ahead")}</b>
        <p className="small">{order.flexible
          ? say(`最迟 ${time(at)} 开始；有卡空出来就提前，不会更晚。`, `Begins at ${time(at)} at the latest; sooner when cards come free, never later.`)
          : say(`${time(at)} 准时开始。开始前取消不收费。`, `Begins at ${time(at)}. Cancelling before then costs nothing.`)}</p></div>
      <span className="num" aria-label={say("距开始", "Until it begins")}>{duration(left)}</span>
    </div>
  );
}
