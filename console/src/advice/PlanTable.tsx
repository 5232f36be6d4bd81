// The plans, one a row; a click shows the plan in full below.
import { Link } from "react-router";
import type { AdviceAsk, Plan } from "../api/shapes";
import { count, duration, money } from "../figures";
import { useSay } from "../say";
import { hardware } from "./hardware";
import { orderOf } from "./order";
import { gradeMeaning, labelName } from "./words";

interface Props { plans: Plan[]; chosen: Plan; choose: (at: number) => void; ask: AdviceAsk }

export function PlanTable({ plans, chosen, choose, ask }: Props) {
  const say = useSay();
  const tokens = plans.some((plan) => plan.yuan_per_mtok !== null);
  return (
    <div className="scroll-x">
      <table className="plans">
        <thead>
          <tr><th scope="col">{say("方案", "Plan")}</th><th scope="col">{say("站点", "Site")}</th><th scope="col" className="end">{say("花费", "Cost")}</th><th scope="col" className="end">{say("时间（80% 区间）", "Time (80 % interval)")}</th>
            {tokens && <th scope="col" className="end">{say("每百万词元", "Per million tokens")}</th>}<th scope="col" className="end">{say("卡时", "Card-hours")}</th><th scope="col" className="end">{say("耗电", "Energy")}</th><th scope="col">{say("把握", "Grade")}</th><th><span className="sr">{say("下单", "Order")}</span></th></tr>
        </thead>
        <tbody>
          {plans.map((plan, at) => (
            <tr key={`${plan.offer_id} ${plan.cards} ${plan.share_milli} ${plan.term}`} className={plan === chosen ? "chosen" : ""} onClick={() => choose(at)}>
              <td><button type="button" className="plan-pick" aria-pressed={plan === chosen} onClick={() => choose(at)}>{hardware(say, plan)}</button><span className="row tight">{plan.labels.map((label) => <span key={label} className={`badge ${label === "domestic" ? "amber" : "pine"}`}>{labelName(say, label)}</span>)}</span></td>
              <td>{plan.site}<span className="small faint">{plan.region}</span></td>
              <td className="end"><b className="price">{money(Number(plan.pay).toFixed(2))}</b>{Number(plan.voucher) > 0 && <span className="small faint">{say(`原价 ${money(Number(plan.price).toFixed(2))}`, `before voucher ${money(Number(plan.price).toFixed(2))}`)}</span>}</td>
              <td className="end num">{duration(plan.wall_seconds)}{!plan.endless && <span className="small faint">{duration(plan.wall_lo_seconds)} – {duration(plan.wall_hi_seconds)}</span>}</td>
              {tokens && <td className="end num">{plan.yuan_per_mtok ? money(Number(plan.yuan_per_mtok).toFixed(2)) : "—"}</td>}
              <td className="end num">{count(plan.card_hours, 2)}</td>
              <td className="end num">{count(plan.kwh, 2)} kWh</td>
              <td><span className="badge" title={gradeMeaning(say, plan.grade)}>{plan.grade}</span></td>
              <td className="end"><Link to={orderOf(plan, ask)} className="plan-order" onClick={(event) => event.stopPropagation()}>{say("下单", "Order")}</Link></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
