// One plan in full: where its memory goes, how its time was reckoned layer by layer, what may go wrong, and the way to the order.
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { answer, api, intention } from "../api/client";
import { useRole } from "../api/session";
import type { AdviceAsk, Plan } from "../api/shapes";
import { count, duration, money, time } from "../figures";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";
import { series } from "../theme";
import { hardware } from "./hardware";
import { orderOf } from "./order";
import { gradeMeaning, memoryName } from "./words";

export function PlanSheet({ plan, ask }: { plan: Plan; ask: AdviceAsk }) {
  const say = useSay();
  const go = useNavigate();
  return (
    <section className="sheet stack" aria-label={say("方案详情", "The plan in full")}>
      <div className="spread">
        <div><h2>{hardware(say, plan)}</h2><p className="quiet small">{[plan.supplier, plan.site, plan.engine, plan.layout].filter(Boolean).join(" · ")}</p></div>
        <div className="row">{plan.probe && <Probe plan={plan} ask={ask} />}<Button type="primary" size="large" onClick={() => go(orderOf(plan, ask))}>{say(`下单 · ${money(Number(plan.pay).toFixed(2))}`, `Order · ${money(Number(plan.pay).toFixed(2))}`)}</Button></div>
      </div>
      <Memory of={plan.memory} />
      <div className="halves">
        <div>
          <h3>{say("时间怎么算出来的", "How the time was reckoned")}</h3>
          <ol className="reckoning">{plan.steps.map((step, at) => <li key={at}>{step.text}</li>)}<li><b>= {duration(plan.wall_seconds)}</b>{!plan.endless && <span className="faint"> {say(`八成把握在 ${duration(plan.wall_lo_seconds)} 到 ${duration(plan.wall_hi_seconds)} 之间`, `80 % between ${duration(plan.wall_lo_seconds)} and ${duration(plan.wall_hi_seconds)}`)}</span>}</li></ol>
          {plan.assumptions.length > 0 && <details className="small quiet"><summary>{say("其中设定", "What it assumes")}</summary><ul>{plan.assumptions.map((one) => <li key={one}>{one}</li>)}</ul></details>}
        </div>
        <dl className="facts">
          <dt>{say("最早开始", "Earliest start")}</dt><dd className="num">{time(plan.start)}</dd>
          <dt>{say("预计完成", "Done by about")}</dt><dd className="num">{plan.endless ? "—" : time(plan.finish)}</dd>
          <dt>{say("算力", "Power")}</dt><dd>{say(`标称 ${count(plan.nominal_p, 2)} P（${plan.precision}），实得 ${count(plan.effective_p, 2)} P`, `${count(plan.nominal_p, 2)} P nominal (${plan.precision}), ${count(plan.effective_p, 2)} P effective`)}</dd>
          <dt>{say("速度", "Speed")}</dt><dd className="num">{count(plan.speed)} {plan.speed_unit}{plan.ttft_ms !== null && ` · TTFT ${count(plan.ttft_ms)} ms`}{plan.tpot_ms !== null && ` · TPOT ${count(plan.tpot_ms, 1)} ms`}</dd>
          <dt>{say("耗电与排放", "Energy, emissions")}</dt><dd className="num">{count(plan.kwh, 3)} kWh · {count(plan.co2_kg, 3)} kg CO₂</dd>
          <dt>{say("慢则多花", "If slow, up to")}</dt><dd className="num">{money(Number(plan.price_high).toFixed(2))}</dd>
          <dt>{say("把握", "Grade")}</dt><dd>{plan.grade} · {gradeMeaning(say, plan.grade)}</dd>
          {plan.risks.length > 0 && <><dt>{say("风险", "Risks")}</dt><dd>{plan.risks.join(say("；", "; "))}</dd></>}
        </dl>
      </div>
    </section>
  );
}

function Memory({ of }: { of: Record<string, number> }) {
  const say = useSay();
  const capacity = of.capacity ?? 0;
  const parts = Object.entries(of).filter(([name, gib]) => name !== "capacity" && gib >= 0.05);
  const used = parts.reduce((all, [, gib]) => all + gib, 0);
  if (!capacity || parts.length === 0) return null;
  const words = parts.map(([name, gib]) => `${memoryName(say, name)} ${count(gib, 1)} GiB`).join(say("，", ", "));
  return (
    <div className="memory">
      <div className="spread small"><span className="quiet">{say("最满一张卡的显存", "Memory of the fullest card")}</span><span className="num"><b>{count(used, 1)}</b> / {count(capacity, 1)} GiB</span></div>
      <div className="memory-bar" role="img" aria-label={words}>{parts.map(([name, gib], at) => <i key={name} style={{ width: `${(gib / Math.max(capacity, used)) * 100}%`, background: series[at % series.length] }} title={`${memoryName(say, name)} ${count(gib, 2)} GiB`} />)}</div>
      <div className="row small quiet">{parts.map(([name, gib], at) => <span key={name} className="memory-key"><i style={{ background: series[at % series.length] }} />{memoryName(say, name)} {count(gib, 1)}</span>)}</div>
    </div>
  );
}

/** A short paid run on the very cards of the plan; what it measures corrects the estimate. */
function Probe({ plan, ask }: { plan: Plan; ask: AdviceAsk }) {
  const say = useSay();
  const go = useNavigate();
  const buyer = useRole("buyer");
  const key = useRef(intention());
  const probe = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/advice/probes", { params: { header: { "Idempotency-Key": key.current } }, body: { advice: ask, offer_id: plan.offer_id, cards: plan.cards, share_milli: plan.share_milli } })),
    onSuccess: (order) => void go(`/orders/${order.id}`),
    onError: () => void (key.current = intention()),
  });
  if (!buyer) return null;
  return <><Refused error={probe.error} /><Button size="large" loading={probe.isPending} onClick={() => probe.mutate()}>{say("先试跑量速", "Probe its speed first")}</Button></>;
}
