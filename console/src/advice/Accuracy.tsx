// How promises have held: for each card, what was estimated against what was measured.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { CardAccuracy } from "../api/shapes";
import { axis, Chart, tip } from "../chart/Chart";
import { count } from "../figures";
import { Blank } from "../frame/Blank";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import "./advice.css";

const percent = (share: number) => `${count(share * 100, 1)}%`;

export default function Accuracy() {
  const say = useSay();
  const accuracy = useQuery({ queryKey: ["accuracy"], queryFn: () => answer(api.GET("/api/v1/advice/accuracy")) });
  return (
    <>
      <Title title={say("估算准确度", "Accuracy of estimates")} back={{ to: "/advice", label: say("选型顾问", "Advice") }}>
        {say("每次运行之后，承诺与实测并排记下。误差按型号公开，不加挑选。", "After each run, what was promised and what was measured are kept side by side; the error of every card is public, none left out.")}
      </Title>
      <Shown of={accuracy}>
        {({ items }) => (items.length === 0
          ? <div className="sheet"><Blank title={say("还没有可比的运行", "No run to compare yet")} action={<Link to="/advice">{say("让顾问出个方案", "Ask for advice")}</Link>}>{say("带着承诺的订单跑完后，会在这里与实测并列。", "Orders that carry a promise are set against what was measured once they have run.")}</Blank></div>
          : <div className="stack">
              <Trails of={items} />
              <div className="sheet scroll-x">
                <table className="plans short">
                  <thead><tr><th>{say("型号", "Card")}</th><th className="end">{say("运行", "Runs")}</th><th className="end">{say("误差中位数", "Median error")}</th><th className="end">{say("近期误差", "Running error")}</th><th className="end">{say("落在区间内", "Within the interval")}</th></tr></thead>
                  <tbody>{items.map((one) => <tr key={one.accelerator}><td>{one.accelerator_name}</td><td className="end num">{count(one.runs)}</td><td className="end num">{percent(one.median_error)}</td><td className="end num">{percent(one.running_error)}</td><td className="end num">{percent(one.covered)}</td></tr>)}</tbody>
                </table>
              </div>
            </div>)}
      </Shown>
    </>
  );
}

function Trails({ of }: { of: CardAccuracy[] }) {
  const say = useSay();
  const option = useMemo(() => ({
    grid: { left: 56, right: 20, top: 40, bottom: 32 },
    legend: { top: 0, right: 8, type: "plain" },
    tooltip: { ...tip, trigger: "axis", valueFormatter: (value: number) => percent(value) },
    xAxis: { ...axis, type: "time" },
    yAxis: { ...axis, type: "value", axisLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: (value: number) => percent(value) } },
    series: of.slice(0, 6).map((one) => ({ type: "line", name: one.accelerator_name, data: one.trail.map((point) => [point.at, point.error]), symbolSize: 5 })),
  }), [of]);
  return <section className="sheet"><header><h2>{say("误差走势", "Error over time")}</h2></header><Chart option={option} height={260} label={say("各型号误差随时间的变化", "Error of each card over time")} /></section>;
}
