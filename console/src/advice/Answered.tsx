// The answer: how the need was understood, the plans on a chart and one by one, other ways to the same end, and what became of everything else.
import { Alert } from "antd";
import { useState } from "react";
import type { Advice, AdviceAsk } from "../api/shapes";
import { count, money } from "../figures";
import { Blank } from "../frame/Blank";
import { useSay } from "../say";
import { PlanChart } from "./PlanChart";
import { PlanSheet } from "./PlanSheet";
import { PlanTable } from "./PlanTable";
import { Verdicts } from "./Verdicts";
import { fieldName, taskName } from "./words";

export function Answered({ advice, ask }: { advice: Advice; ask: AdviceAsk }) {
  const say = useSay();
  const [chosen, setChosen] = useState(0);
  const plan = advice.plans[chosen] ?? advice.plans[0];
  return (
    <div className="stack" aria-live="polite">
      {advice.questions.map((question) => <Alert key={question.field + question.text} type={question.blocking ? "error" : "warning"} showIcon title={question.text} />)}
      <Understood advice={advice} />
      {advice.plans.length === 0 && !advice.questions.some((one) => one.blocking) && (
        <div className="sheet"><Blank title={say("没有可行的方案", "No plan is possible")}>{advice.notes.join(say("；", "; "))}</Blank></div>
      )}
      {plan && (
        <>
          <section className="sheet" aria-label={say("方案", "Plans")}>
            <header>
              <div><h2>{say(`${advice.plans.length} 个方案，没有一个处处不如别人`, `${advice.plans.length} plans, none beaten in every way`)}</h2>
                <p className="small quiet">{advice.horizon_hours ? say(`持续的服务按 ${advice.horizon_hours} 小时计价。`, `Endless work is priced over ${advice.horizon_hours} hours.`) : advice.notes.join(say("；", "; "))}</p></div>
            </header>
            <PlanChart advice={advice} chosen={plan} choose={(at) => setChosen(at)} />
            <PlanTable plans={advice.plans} chosen={plan} choose={setChosen} ask={ask} />
          </section>
          <PlanSheet plan={plan} ask={ask} />
        </>
      )}
      {advice.alternatives.length > 0 && (
        <section className="sheet" aria-label={say("换个做法", "Other ways")}>
          <header><h2>{say("换个做法", "Other ways")}</h2></header>
          <ul className="lines-list">{advice.alternatives.map((one) => <li key={one.text}>{one.text}{one.saves && Number(one.saves) > 0 && <span className="badge pine">{say(`省 ${money(Number(one.saves).toFixed(2))}`, `saves ${money(Number(one.saves).toFixed(2))}`)}</span>}</li>)}</ul>
        </section>
      )}
      <Verdicts of={advice.verdicts} />
    </div>
  );
}

function Understood({ advice }: { advice: Advice }) {
  const say = useSay();
  const { task, figures, wishes } = advice.understood;
  const told = (name: string, value: string) => (name === "budget_micro" ? money((Number(value) / 1e6).toFixed(2)) : name === "deadline" ? value.replace("T", " ").replace(/[+-]\d\d:\d\d$/, "") : value === "True" ? say("是", "yes") : value === "False" ? say("否", "no") : /^[\d.]+(e[+-]?\d+)?$/.test(value) && Number(value) >= 10_000 ? count(Number(value)) : value);
  const facts = [...Object.entries(figures), ...Object.entries(wishes).filter(([name, value]) => !(name === "prefer" && value === "balanced") && !(name === "interruptible" && value === "True"))].filter(([, value]) => value !== "False");
  if (!task) return null;
  return (
    <section className="sheet" aria-label={say("我这样理解", "As I understand it")}>
      <header><h2>{say("我这样理解", "As I understand it")}</h2></header>
      <div className="row tight"><span className="badge pine">{taskName(say, task)}</span>{facts.map(([name, value]) => <span className="badge" key={name}><span className="faint">{fieldName(say, name)}</span> {told(name, value)}</span>)}</div>
      {advice.assumptions.length > 0 && (
        <div className="assumed"><b className="small">{say("您没有说、由我设定的", "What you did not say, and I assumed")}</b>
          <ul>{advice.assumptions.map((one) => <li key={one}>{one}</li>)}</ul></div>
      )}
    </section>
  );
}
