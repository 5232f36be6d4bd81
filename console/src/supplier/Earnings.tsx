// What a month's orders earned the supplier, before and after commission, day by day and order by order.
import { useQuery } from "@tanstack/react-query";
import { Table } from "antd";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import { axis, Chart, tip } from "../chart/Chart";
import { cardHours, decimal, micro, money, time } from "../figures";
import { Blank } from "../frame/Blank";
import { Figures } from "../frame/Figures";
import { Id } from "../frame/Id";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { ink } from "../theme";
import { dayOf, days, Month, thisMonth } from "../wallet/month";
import { SupplierTabs } from "./tabs";

export default function Earnings() {
  const say = useSay();
  const [address, setAddress] = useSearchParams();
  const month = address.get("month") ?? thisMonth();
  const statement = useQuery({ queryKey: ["supplier-statement", month], queryFn: () => answer(api.GET("/api/v1/supplier/statement", { params: { query: { month } } })) });
  const lines = useMemo(() => statement.data?.lines ?? [], [statement.data]);
  const option = useMemo(() => {
    const net = new Map(days(month).map((day) => [day, 0n]));
    const commission = new Map(net);
    for (const line of lines) {
      const day = dayOf(line.settled_at);
      net.set(day, (net.get(day) ?? 0n) + micro(line.net));
      commission.set(day, (commission.get(day) ?? 0n) + micro(line.commission));
    }
    const bar = (name: string, of: Map<string, bigint>, color: string) => ({ type: "bar", stack: "day", name, data: [...of.values()].map((one) => Number(decimal(one))), barMaxWidth: 18, itemStyle: { color } });
    return {
      grid: { left: 60, right: 12, top: 36, bottom: 28 },
      legend: { top: 0, right: 0, itemHeight: 10 },
      tooltip: { ...tip, trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value: number) => money(value.toFixed(6)) },
      xAxis: { ...axis, type: "category", data: [...net.keys()].map((day) => String(Number(day.slice(-2)))) },
      yAxis: { ...axis, type: "value", axisLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: "¥{value}" }, splitNumber: 4 },
      series: [bar(say("净收入", "Net"), net, ink.pine), bar(say("佣金", "Commission"), commission, "#c9bfa0")],
    };
  }, [lines, month, say]);
  const cardSeconds = lines.reduce((all, line) => all + line.milli_card_seconds, 0) / 1000;
  return (
    <>
      <Title title={say("收入与结算", "Earnings")} acts={<Month value={month} change={(to) => setAddress({ month: to }, { replace: true })} />} />
      <SupplierTabs />
      <Shown of={statement} rows={6}>
        {(one) => (
          <div className="stack">
            <Figures of={[
              { label: say("净收入", "Net"), value: money(one.net, one.currency) },
              { label: say("买方付款", "Paid by buyers"), value: money(one.gross, one.currency) },
              { label: say("平台佣金", "Commission"), value: money(one.commission, one.currency) },
              { label: say("售出卡时", "Card-hours sold"), value: cardHours(cardSeconds) },
            ]} />
            {one.lines.length === 0
              ? <div className="sheet"><Blank title={say("这个月没有结算的订单", "No order was settled this month")} /></div>
              : <>
                  <section className="sheet"><header><h2>{say("每日收入", "Earnings by day")}</h2></header><Chart option={option} height={260} label={say(`${month} 每日净收入与佣金`, `Net and commission by day in ${month}`)} /></section>
                  <div className="sheet flush">
                    <Table size="middle" rowKey="order_id" dataSource={one.lines} pagination={one.lines.length > 20 ? { pageSize: 20, showSizeChanger: false, style: { paddingInline: 16 } } : false} scroll={{ x: "max-content" }} columns={[
                      { title: say("订单", "Order"), key: "order", render: (_, line) => <div className="order-name"><span>{line.offer}</span><Id of={line.order_id} /></div> },
                      { title: say("结算", "Settled"), key: "at", render: (_, line) => <span className="num">{time(line.settled_at)}</span> },
                      { title: say("卡时", "Card-hours"), key: "hours", align: "right", render: (_, line) => <span className="num">{cardHours(line.milli_card_seconds / 1000)}</span> },
                      { title: say("买方付款", "Paid"), key: "gross", align: "right", render: (_, line) => <span className="num">{money(line.gross, one.currency)}</span> },
                      { title: say("佣金", "Commission"), key: "commission", align: "right", render: (_, line) => <span className="num quiet">{money(line.commission, one.currency)}</span> },
                      { title: say("净收入", "Net"), key: "net", align: "right", render: (_, line) => <b className="num">{money(line.net, one.currency)}</b> },
                    ]} />
                  </div>
                </>}
          </div>
        )}
      </Shown>
    </>
  );
}
