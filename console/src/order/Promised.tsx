// What advice promised of the order, beside what its run showed.
import type { Order } from "../api/shapes";
import { count, duration } from "../figures";
import { useSay } from "../say";

export function Promised({ promise }: { promise: NonNullable<Order["promise"]> }) {
  const say = useSay();
  const shown = (value: number) => (promise.unit === "s" ? duration(value) : `${count(value, 2)} ${promise.unit}`);
  const { measured } = promise;
  const off = measured === null || promise.promised === 0 ? null : measured / promise.promised - 1;
  const inside = measured !== null && measured >= promise.lo && measured <= promise.hi;
  return (
    <section className="sheet" aria-label={say("承诺与实测", "Promised and measured")}>
      <header><h2>{say("承诺与实测", "Promised and measured")}</h2>{promise.probe && <span className="badge">{say("试跑", "probe")}</span>}</header>
      <dl className="facts ends">
        <dt>{say("承诺", "Promised")}</dt><dd className="num"><b>{shown(promise.promised)}</b></dd>
        <dt>{say("八成区间", "80 % interval")}</dt><dd className="num">{shown(promise.lo)} – {shown(promise.hi)}</dd>
        <dt>{say("实测", "Measured")}</dt><dd className="num">{measured === null ? <span className="faint">{say("运行结束后给出", "once it has run")}</span> : <b>{shown(measured)}</b>}</dd>
        {off !== null && <><dt>{say("偏差", "Off by")}</dt><dd><span className={`badge ${inside ? "pine" : "amber"}`}>{off > 0 ? "+" : "−"}{count(Math.abs(off) * 100, 1)}%{inside ? say("，在区间内", ", within the interval") : ""}</span></dd></>}
      </dl>
    </section>
  );
}
