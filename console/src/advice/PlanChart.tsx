// Plans on a chart: cost against time, energy as the area; the plans stand out from the rest of the front.
import { useMemo } from "react";
import type { Advice, Plan } from "../api/shapes";
import { axis, Chart, plain, tip } from "../chart/Chart";
import { count, duration, money } from "../figures";
import { useSay } from "../say";
import { ink } from "../theme";
import { hardware } from "./hardware";

interface Dot { value: [number, number]; name: string; kwh: number; seconds: number; pay: string; plan: number }

export function PlanChart({ advice, chosen, choose }: { advice: Advice; chosen: Plan; choose: (at: number) => void }) {
  const say = useSay();
  const option = useMemo(() => {
    const most = Math.max(...advice.points.map((one) => one.kwh), 1e-9);
    // Endless work takes the whole horizon on any hardware: there the energy sets plans apart, not the time.
    const endless = advice.horizon_hours !== null;
    const across = (one: { wall_seconds: number; kwh: number }) => (endless ? one.kwh : Math.max(one.wall_seconds / 3600, 1e-4));
    const plans: Dot[] = advice.plans.map((one, at) => ({ value: [across(one), Number(one.pay)], name: hardware(say, one), kwh: one.kwh, seconds: one.wall_seconds, pay: one.pay, plan: at }));
    const rest: Dot[] = advice.points.filter((one) => !one.chosen).map((one) => ({ value: [across(one), Number(one.pay)], name: hardware(say, one), kwh: one.kwh, seconds: one.wall_seconds, pay: one.pay, plan: -1 }));
    const size = (_: unknown, { data }: { data: Dot }) => 8 + 34 * Math.sqrt(data.kwh / most);
    const at = advice.plans.indexOf(chosen);
    return {
      grid: { left: 64, right: 48, top: 40, bottom: 48 },
      legend: { top: 0, right: 8, itemHeight: 10 },
      tooltip: { ...tip, formatter: ({ data }: { data: Dot }) => `<b>${plain(data.name)}</b><br>${money(Number(data.pay).toFixed(2))} · ${duration(data.seconds)} · ${count(data.kwh, 2)} kWh` },
      xAxis: { ...axis, type: endless ? "value" : "log", scale: endless, name: endless ? say("耗电 kWh", "Energy, kWh") : say("小时", "Hours"), nameLocation: "middle", nameGap: 30, splitLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: (value: number) => count(value, 3) } },
      yAxis: { ...axis, type: "value", scale: true, name: say("花费 ¥", "Cost, ¥"), axisLine: { show: false } },
      series: [
        { type: "scatter", name: say("其他可行", "Also possible"), data: rest, symbolSize: size, itemStyle: { color: "#c9bfa0", opacity: 0.55 } },
        { type: "scatter", name: say("方案", "Plans"), data: plans.map((dot) => ({ ...dot, itemStyle: dot.plan === at ? { color: ink.seal, opacity: 0.9 } : {} })), symbolSize: size, cursor: "pointer", itemStyle: { color: ink.pine, opacity: 0.8, borderColor: "#fff", borderWidth: 1 },
          label: { show: true, formatter: ({ data }: { data: Dot }) => data.name, position: "top", color: ink.text, fontSize: 11.5 }, labelLayout: { hideOverlap: true }, z: 3 },
      ],
    };
  }, [advice, chosen, say]);
  return <Chart option={option} height={320} label={say("各方案的花费对时间，圆的面积为耗电", "Cost against time for each plan; the area is its energy")} onPick={(data) => (data as Dot).plan >= 0 && choose((data as Dot).plan)} />;
}
