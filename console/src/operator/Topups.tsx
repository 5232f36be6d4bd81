// Payments announced by buyers, waiting to be confirmed once the money is there.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm, Segmented } from "antd";
import { useRef, useState } from "react";
import { answer, api, intention } from "../api/client";
import { useRole } from "../api/session";
import type { Topup } from "../api/shapes";
import { money, time } from "../figures";
import { Blank } from "../frame/Blank";
import { Id } from "../frame/Id";
import { Listing } from "../frame/Listing";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { OperatorTabs } from "./tabs";

export default function Topups() {
  const say = useSay();
  const [state, setState] = useState<Topup["state"]>("requested");
  return (
    <>
      <Title title={say("充值确认", "Payments")}>{say("核对银行到账后确认，钱包即时入账，且只入一次。", "Confirm a payment once the bank shows it; the wallet is credited at once, and only once.")}</Title>
      <OperatorTabs />
      <div className="stack">
        <div><Segmented<Topup["state"]> value={state} onChange={setState} options={[{ value: "requested", label: say("待确认", "Waiting") }, { value: "confirmed", label: say("已到账", "Confirmed") }]} /></div>
        <Listing<Topup> name={["all-topups", state]} label={say("充值", "Payments")} rowKey={(one) => one.id} every={15} read={(cursor) => answer(api.GET("/api/v1/operator/topups", { params: { query: { state, cursor } } }))}
          blank={<Blank title={state === "requested" ? say("没有待确认的充值", "No payment is waiting") : say("还没有确认过的充值", "No payment was confirmed yet")} />}
          columns={[
            { title: say("买方", "Buyer"), key: "party", render: (_, one) => <b>{one.party_name}</b> },
            { title: say("金额", "Amount"), key: "amount", align: "right", render: (_, one) => <b className="num">{money(one.amount, one.currency)}</b> },
            { title: say("登记", "Announced"), key: "at", render: (_, one) => <span className="num">{time(one.requested_at)}</span> },
            { title: say("编号", "Id"), key: "id", render: (_, one) => <Id of={one.id} /> },
            { title: "", key: "act", align: "right", render: (_, one) => (one.state === "requested" ? <Confirm topup={one} /> : <span className="num quiet">{time(one.confirmed_at)}</span>) },
          ]} />
      </div>
    </>
  );
}

function Confirm({ topup }: { topup: Topup }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const operator = useRole("operator");
  const key = useRef(intention());
  const confirm = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/operator/topups/{id}/confirm", { params: { path: { id: topup.id }, header: { "Idempotency-Key": key.current } } })),
    onSuccess: () => {
      void message.success(say(`${money(topup.amount)} 已入账`, `${money(topup.amount)} credited`));
      void queries.invalidateQueries({ queryKey: ["all-topups"] });
    },
    onError: (error) => void message.error(error.message),
  });
  if (!operator) return <span className="badge amber">{say("待确认", "waiting")}</span>;
  return (
    <Popconfirm title={say(`确认收到 ${topup.party_name} 的 ${money(topup.amount)}？`, `Has ${money(topup.amount)} from ${topup.party_name} arrived?`)} okText={say("已到账", "It has")} cancelText={say("还没有", "Not yet")} onConfirm={() => confirm.mutate()}>
      <Button size="small" type="primary" loading={confirm.isPending}>{say("确认到账", "Confirm")}</Button>
    </Popconfirm>
  );
}
