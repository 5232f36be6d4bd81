// What the month cost, day by day.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answer, api } from "../api/client";
import { axis, Chart, tip } from "../chart/Chart";
import { decimal, micro, money } from "../figures";
import { Shown } from "../frame/Shown";
import { useSay } from "../say";
import { dayOf, days, Month, thisMonth } from "./month";

export function Spending() {
  const say = useSay();
  const [month, setMonth] = useState(thisMonth);
  const statement = useQuery({ queryKey: ["wallet-statement", month], queryFn: () => answer(api.GET("/api/v1/wallet/statement", { params: { query: { month } } })) });
  const spent = useMemo(() => {
    const by = new Map(days(month).map((day) => [day, 0n]));
    for (const line of statement.data?.lines ?? []) {
      const amount = micro(line.amount);
      const day = dayOf(line.at);
      if (amount < 0n) by.set(day, (by.get(day) ?? 0n) - amount);
    }
    return by;
  }, [statement.data, month]);
  const total = [...spent.values()].reduce((all, one) => all + one, 0n);
  const option = useMemo(() => ({
    grid: { left: 60, right: 12, top: 20, bottom: 28 },
    tooltip: { ...tip, trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value: number) => money(value.toFixed(6)) },
    xAxis: { ...axis, type: "category", data: [...spent.keys()].map((day) => String(Number(day.slice(-2)))) },
    yAxis: { ...axis, type: "value", axisLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: "¥{value}" }, splitNumber: 3 },
    series: [{ type: "bar", name: say("花费", "Spent"), data: [...spent.values()].map((one) => Number(decimal(one))), barMaxWidth: 18, itemStyle: { borderRadius: [3, 3, 0, 0] } }],
  }), [spent, say]);
  return (
    <section className="sheet" aria-label={say("每日花费", "Spending by day")}>
      <header>
        <div><h2>{say("每日花费", "Spending by day")}</h2><p className="small quiet">{say("本月合计", "This month")} <b className="num">{money(decimal(total))}</b></p></div>
        <Month value={month} change={setMonth} />
      </header>
      <Shown of={statement}>{() => (total > 0n
        ? <Chart option={option} height={236} label={say(`${month} 每日花费的柱状图，合计 ${money(decimal(total))}`, `Bars of spending by day in ${month}, ${money(decimal(total))} in all`)} />
        : <p className="quiet no-spending">{say("这个月没有花费。", "Nothing was spent this month.")}</p>)}</Shown>
    </section>
  );
}
