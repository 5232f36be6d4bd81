// The offers that do not serve, nearest first: every rule against each, and the least change, by whom, that would admit it.
import { Button } from "antd";
import { useState } from "react";
import type { Accelerator, Excluded, Offer } from "../api/shapes";
import { count } from "../figures";
import { useSay } from "../say";
import { Named } from "./Named";
import { ruleName } from "./words";

const FIRST = 12;

interface Props { of: Excluded[]; shelf: Map<string, Offer>; catalogue: Map<string, Accelerator> }

export function Lacking({ of, shelf, catalogue }: Props) {
  const say = useSay();
  const [rule, setRule] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const shown = rule ? of.filter((one) => one.rules.includes(rule)) : of;
  if (of.length === 0) return null;
  return (
    <section className="sheet" aria-label={say("不合用的商品", "Offers that do not serve")}>
      <header><div><h2>{say(`${count(of.length)} 件不合用，各有缘由`, of.length === 1 ? "1 does not, and why" : `${count(of.length)} do not, and why`)}</h2><p className="small quiet">{say("差得最少的在前；最小改动一起做到，这件就合用。", "Nearest first; with all of its least changes made, an offer serves.")}</p></div></header>
      <div className="row tight" role="group" aria-label={say("按缘由看", "By reason")}>
        {tally(of).map(([name, times]) => (
          <button key={name} type="button" className="reason" aria-pressed={name === rule} onClick={() => setRule(name === rule ? null : name)}>{ruleName(say, name)} <span className="num">{count(times)}</span></button>
        ))}
      </div>
      <ul className="lacking">
        <li className="lacking-head" aria-hidden="true"><span>{say("商品", "Offer")}</span><span>{say("差在哪里", "What it lacks")}</span><span>{say("最小改动", "Least change")}</span></li>
        {(all ? shown : shown.slice(0, FIRST)).map((one) => (
          <li key={one.offer_id} data-lacks={one.offer_id}>
            <Named id={one.offer_id} accelerator={one.accelerator} offer={shelf.get(one.offer_id)} catalogue={catalogue} />
            <ul>{one.reasons.map((reason) => <li key={reason}>{reason}</li>)}</ul>
            <div><span className="badge pine">{say("最小改动", "Least change")}</span><ul>{one.least_change.map((change) => <li key={change}>{change}</li>)}</ul></div>
          </li>
        ))}
      </ul>
      {shown.length > FIRST && !all && <Button type="link" onClick={() => setAll(true)}>{say(`另外 ${shown.length - FIRST} 件`, `${shown.length - FIRST} more`)}</Button>}
    </section>
  );
}

/** How many offers each rule stands against, most first. */
function tally(of: Excluded[]): [string, number][] {
  const times = new Map<string, number>();
  for (const name of of.flatMap((one) => one.rules)) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1]);
}
