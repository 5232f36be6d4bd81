// Metered = rated = posted, day by day, or where not.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Select, Space } from "antd";
import { useMemo, useState } from "react";
import { answer, api } from "../api/client";
import { useRole } from "../api/session";
import type { Reconciliation } from "../api/shapes";
import { count, time } from "../figures";
import { Blank } from "../frame/Blank";
import { Listing } from "../frame/Listing";
import { Refused } from "../frame/Refused";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { OperatorTabs } from "./tabs";

export default function Reconciliations() {
  const say = useSay();
  const queries = useQueryClient();
  const operator = useRole("operator");
  const days = useMemo(lately, []);
  const [day, setDay] = useState(days[0]);
  const run = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/operator/reconciliations", { body: { day } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["reconciliations"] }),
  });
  return (
    <>
      <Title title={say("对账", "Reconciliation")} acts={operator && (
        <Space.Compact>
          <Select value={day} onChange={setDay} aria-label={say("日期", "Day")} style={{ width: 200 }} options={days.map((one, at) => ({ value: one, label: at === 0 ? say(`${one}（昨天）`, `${one} (yesterday)`) : one }))} />
          <Button type="primary" loading={run.isPending} onClick={() => run.mutate()}>{say("现在对账", "Reconcile now")}</Button>
        </Space.Compact>
      )}>{say("计量、计费、过账三者逐单相等；不等之处一一列出。", "What was metered, rated and posted must agree order by order; where it does not, it is listed.")}</Title>
      <OperatorTabs />
      <div className="stack">
        <Refused error={run.error} />
        <Listing<Reconciliation> name={["reconciliations"]} label={say("对账", "Reconciliation")} rowKey={(one) => one.id} read={(cursor) => answer(api.GET("/api/v1/operator/reconciliations", { params: { query: { cursor } } }))}
          blank={<Blank title={say("还没有对过账", "Nothing was reconciled yet")}>{say("选一天，立即核对当天的全部订单。", "Choose a day to check all of its orders now.")}</Blank>}
          columns={[
            { title: say("日期", "Day"), key: "day", render: (_, one) => <b className="num">{one.day}</b> },
            { title: say("结果", "Result"), key: "ok", render: (_, one) => <span className={`badge ${one.ok ? "pine" : "seal"}`}>{one.ok ? say("全部相符", "All agree") : say(`${one.differences.length} 处不符`, `${one.differences.length} differ`)}</span> },
            { title: say("订单", "Orders"), key: "orders", align: "right", render: (_, one) => count(one.orders) },
            { title: say("执行时间", "Run at"), key: "at", render: (_, one) => <span className="num">{time(one.at)}</span> },
            { title: say("不符之处", "Differences"), key: "differences", render: (_, one) => one.differences.map((difference) => <p key={difference.subject} className="small"><code>{difference.subject}</code> {difference.text}</p>) },
          ]} />
      </div>
    </>
  );
}

/** The last 31 whole days (UTC, as the platform keeps its books), yesterday first. */
function lately(): string[] {
  return Array.from({ length: 31 }, (_, at) => new Date(Date.now() - (at + 1) * 86_400_000).toISOString().slice(0, 10));
}
