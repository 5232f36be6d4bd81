// The ledger: the proof that it sums to zero, every account, every posting.
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { Account, Posting, Proof } from "../api/shapes";
import { count, micro, money, time } from "../figures";
import { Blank } from "../frame/Blank";
import { Id } from "../frame/Id";
import { Listing } from "../frame/Listing";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { entryName } from "../wallet/words";
import { OperatorTabs } from "./tabs";
import "./operator.css";

export default function Ledger() {
  const say = useSay();
  const [view, setView] = useState<"postings" | "accounts">("postings");
  const proof = useQuery({ queryKey: ["proof"], queryFn: () => answer(api.GET("/api/v1/operator/ledger/proof")) });
  return (
    <>
      <Title title={say("总账", "Ledger")} acts={<Button loading={proof.isFetching} onClick={() => void proof.refetch()}>{say("再证一次", "Prove again")}</Button>}>
        {say("复式记账：每一笔过账的各方之和为零，每个余额都能由过账重新算出。", "Double entry: the lines of each posting sum to zero, and every balance follows from the postings.")}
      </Title>
      <OperatorTabs />
      <div className="stack">
        <Shown of={proof} rows={2}>{(one) => <ProofSheet of={one} />}</Shown>
        <div><Segmented<"postings" | "accounts"> value={view} onChange={setView} options={[{ value: "postings", label: say("过账", "Postings") }, { value: "accounts", label: say("账户", "Accounts") }]} /></div>
        {view === "postings" ? <Postings /> : <Accounts />}
      </div>
    </>
  );
}

function ProofSheet({ of }: { of: Proof }) {
  const say = useSay();
  return (
    <section className={`sheet proof ${of.ok ? "holds" : "broken"}`} aria-label={say("零和证明", "Proof of zero sum")}>
      <div className="proof-mark" aria-hidden="true">{of.ok ? "Σ=0" : "Σ≠0"}</div>
      <div>
        <h2>{of.ok ? say("总账平衡", "The ledger balances") : say("总账不平", "The ledger does not balance")}</h2>
        {of.currencies.map((line) => <p key={line.currency} className="num">{say(`${line.currency}：${count(line.postings)} 笔过账，合计 ${money(line.sum, line.currency)}`, `${line.currency}: ${count(line.postings)} postings, sum ${money(line.sum, line.currency)}`)}</p>)}
        <p className="small quiet">{say(`不平的过账 ${of.unbalanced_postings} 笔，不符的余额 ${of.wrong_balances} 个`, `${of.unbalanced_postings} unbalanced postings, ${of.wrong_balances} wrong balances`)}</p>
      </div>
    </section>
  );
}

function Postings() {
  const say = useSay();
  return (
    <Listing<Posting> name={["postings"]} label={say("过账", "Postings")} rowKey={(one) => one.id} every={20} read={(cursor) => answer(api.GET("/api/v1/operator/ledger/postings", { params: { query: { cursor } } }))}
      blank={<Blank title={say("还没有过账", "No postings yet")} />}
      columns={[
        { title: say("时间", "Time"), key: "at", render: (_, one) => <span className="num">{time(one.at)}</span> },
        { title: say("事由", "Cause"), key: "kind", render: (_, one) => <div className="order-name"><span>{entryName(say, one.kind)}</span><Id of={one.subject} /></div> },
        { title: say("各方", "Lines"), key: "lines", render: (_, one) => (
          <table className="entries"><tbody>{one.lines.map((line) => <tr key={line.account}><td className="mono small">{line.account}</td><td className={`num ${micro(line.amount) > 0n ? "in" : ""}`}>{micro(line.amount) > 0n ? "+" : ""}{money(line.amount, line.currency)}</td></tr>)}</tbody></table>
        ) },
      ]} />
  );
}

function Accounts() {
  const say = useSay();
  return (
    <Listing<Account> name={["accounts"]} label={say("账户", "Accounts")} rowKey={(one) => one.id} every={20} read={(cursor) => answer(api.GET("/api/v1/operator/ledger/accounts", { params: { query: { cursor } } }))}
      blank={<Blank title={say("还没有账户", "No accounts yet")} />}
      columns={[
        { title: say("账户", "Account"), key: "id", render: (_, one) => <span className="mono small">{one.id}</span> },
        { title: say("类别", "Kind"), key: "kind", render: (_, one) => <span className="badge">{one.kind}</span> },
        { title: say("余额", "Balance"), key: "balance", align: "right", render: (_, one) => <b className="num">{money(one.balance, one.currency)}</b> },
      ]} />
  );
}
