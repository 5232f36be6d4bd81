// What became of every other offer, on demand: a line and a number each, and the least change that would admit it.
import { Button } from "antd";
import { useState } from "react";
import type { Verdict } from "../api/shapes";
import { useSay } from "../say";

export function Verdicts({ of }: { of: Verdict[] }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const others = of.filter((one) => one.outcome !== "plan");
  const names: Record<Verdict["outcome"], [string, string]> = { plan: ["", ""], possible: [say("也可行", "Possible"), "pine"], beaten: [say("有更好的", "Beaten"), ""], rejected: [say("不行", "Will not do"), "seal"] };
  if (others.length === 0) return null;
  return (
    <section className="sheet" aria-label={say("为什么不是别的", "Why not the others")}>
      <div className="spread">
        <div><h2>{say("为什么不是别的", "Why not the others")}</h2><p className="small quiet">{say(`另外 ${others.length} 类商品，各有一句缘由`, `${others.length} other kinds of offers, a reason each`)}</p></div>
        <Button onClick={() => setOpen(!open)} aria-expanded={open}>{open ? say("收起", "Hide") : say("展开", "Show")}</Button>
      </div>
      {open && (
        <ul className="verdicts">
          {others.map((one) => (
            <li key={`${one.accelerator} ${one.kind} ${one.text}`}><span className={`badge ${names[one.outcome][1]}`}>{names[one.outcome][0]}</span><div><span>{one.text}</span>{one.least_change && <span className="small quiet"> {say("最小改动：", "Least change: ")}{one.least_change}</span>}</div></li>
          ))}
        </ul>
      )}
    </section>
  );
}
