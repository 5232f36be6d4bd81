// The wallet: what is there, what orders hold, what is left to spend; payments announced, and every movement with its cause.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, InputNumber } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";
import { answer, api, intention } from "../api/client";
import { asProblem } from "../api/problem";
import type { Entry, Topup } from "../api/shapes";
import { micro, money, time } from "../figures";
import { Blank } from "../frame/Blank";
import { Figures } from "../frame/Figures";
import { Id } from "../frame/Id";
import { Listing } from "../frame/Listing";
import { Refused } from "../frame/Refused";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { Spending } from "./Spending";
import { entryName } from "./words";
import "./wallet.css";

export default function Purse() {
  const say = useSay();
  const wallet = useQuery({ queryKey: ["wallet"], queryFn: () => answer(api.GET("/api/v1/wallet")), refetchInterval: 20_000 });
  return (
    <>
      <Title title={say("钱包", "Wallet")} acts={<Link to="/wallet/statement"><Button>{say("月结单", "Monthly statement")}</Button></Link>}>
        {say("每一分钱从哪来、为谁冻结、付给了哪一单，都在这里。", "Where every cent came from, what it is held for, and which order it paid.")}
      </Title>
      <div className="stack">
        <Shown of={wallet} rows={2}>
          {(one) => <Figures of={[
            { label: say("可用", "Available"), value: money(one.available, one.currency), note: say("现在就能花", "free to spend") },
            { label: say("冻结", "Held"), value: money(one.held, one.currency), note: say("在途订单的上限", "the most that open orders can cost") },
            { label: say("余额", "Balance"), value: money(one.balance, one.currency), note: say("可用 + 冻结", "available + held") },
          ]} />}
        </Shown>
        <div className="columns">
          <Spending />
          <TopUp />
        </div>
        <h2>{say("收支明细", "Entries")}</h2>
        <Listing<Entry> name={["entries"]} label={say("收支明细", "Entries")} rowKey={(one) => one.id} every={20}
          read={(cursor) => answer(api.GET("/api/v1/wallet/entries", { params: { query: { cursor } } }))}
          blank={<Blank title={say("还没有收支", "Nothing has moved yet")}>{say("充值到账或订单结算后，会一笔笔列在这里。", "Confirmed payments and settled orders are listed here.")}</Blank>}
          columns={[
            { title: say("时间", "Time"), key: "at", render: (_, one) => <span className="num">{time(one.at)}</span> },
            { title: say("类别", "Kind"), key: "kind", render: (_, one) => <span className="badge">{entryName(say, one.kind)}</span> },
            { title: say("事由", "Cause"), key: "text", render: (_, one) => one.text },
            { title: say("关于", "About"), key: "subject", render: (_, one) => (one.subject.startsWith("ord_") ? <Link to={`/orders/${one.subject}`} className="mono small">{one.subject.slice(0, 4)}…{one.subject.slice(-6)}</Link> : <Id of={one.subject} />) },
            { title: say("金额", "Amount"), key: "amount", align: "right", render: (_, one) => <b className={`num ${micro(one.amount) > 0n ? "in" : ""}`}>{micro(one.amount) > 0n ? "+" : ""}{money(one.amount, one.currency)}</b> },
          ]} />
      </div>
    </>
  );
}

const USUAL = ["100", "500", "2000"];

function TopUp() {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [amount, setAmount] = useState<string | null>("100");
  const key = useRef(intention());
  const asked = useQuery({ queryKey: ["topups"], queryFn: () => answer(api.GET("/api/v1/wallet/topups", { params: { query: { limit: 5 } } })), refetchInterval: 20_000 });
  const ask = useMutation({
    mutationFn: (value: string) => answer(api.POST("/api/v1/wallet/topups", { params: { header: { "Idempotency-Key": key.current } }, body: { amount: value } })),
    onSuccess: () => {
      key.current = intention();
      void message.success(say("已登记，运营方确认到账后可用", "Announced; it is yours once the operator confirms it"));
      void queries.invalidateQueries({ queryKey: ["topups"] });
    },
    onError: (error) => {
      if (asProblem(error).status >= 400) key.current = intention();
    },
  });
  return (
    <section className="sheet" aria-label={say("充值", "Top up")}>
      <header><h2>{say("充值", "Top up")}</h2></header>
      <div className="stack">
        <div className="row tight">
          {USUAL.map((one) => <button key={one} type="button" className="pick" aria-pressed={amount === one} onClick={() => setAmount(one)}>{money(one).replace(".00", "")}</button>)}
          <InputNumber<string> stringMode prefix="¥" min="0.01" max="999999999" precision={2} value={amount} onChange={setAmount} aria-label={say("充值金额", "Amount")} style={{ flex: 1, minWidth: 110 }} />
        </div>
        <Refused error={ask.error} />
        <Button type="primary" block disabled={!amount || Number(amount) <= 0} loading={ask.isPending} onClick={() => amount && ask.mutate(amount)}>{say("登记充值", "Announce the payment")}</Button>
        <p className="small faint">{say("线下付款后在此登记，运营方核对到账即可用。", "Pay by transfer and announce it here; the operator confirms when it has arrived.")}</p>
        {asked.data && asked.data.items.length > 0 && <ul className="topups">{asked.data.items.map((one) => <Asked key={one.id} of={one} />)}</ul>}
      </div>
    </section>
  );
}

function Asked({ of }: { of: Topup }) {
  const say = useSay();
  return (
    <li>
      <span className="num">{money(of.amount, of.currency)}</span>
      <span className="small faint num">{time(of.requested_at)}</span>
      <span className={`badge ${of.state === "confirmed" ? "pine" : "amber"}`}>{of.state === "confirmed" ? say("已到账", "confirmed") : say("待确认", "waiting")}</span>
    </li>
  );
}
