// Everyone who joined, and whom the operator trusts where isolation is weak.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Switch } from "antd";
import { answer, api } from "../api/client";
import type { Party } from "../api/shapes";
import { useRole } from "../api/session";
import { time } from "../figures";
import { Blank } from "../frame/Blank";
import { Id } from "../frame/Id";
import { Listing } from "../frame/Listing";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { OperatorTabs } from "./tabs";

export default function Parties() {
  const say = useSay();
  const kinds: Record<Party["kind"], string> = { buyer: say("需求方", "Buyer"), supplier: say("供应方", "Supplier"), operator: say("运营方", "Operator") };
  return (
    <>
      <Title title={say("参与方", "Parties")}>{say("受信任的买方可以在没有内核隔离的站点上运行程序。", "A trusted buyer may run programs at sites without kernel isolation.")}</Title>
      <OperatorTabs />
      <Listing<Party> name={["parties"]} label={say("参与方", "Parties")} rowKey={(one) => one.id} read={(cursor) => answer(api.GET("/api/v1/operator/parties", { params: { query: { cursor } } }))}
        blank={<Blank title={say("还没有人加入", "Nobody has joined yet")} />}
        columns={[
          { title: say("名称", "Name"), key: "name", render: (_, one) => <b>{one.name}</b> },
          { title: say("身份", "Kind"), key: "kind", render: (_, one) => <span className="badge">{kinds[one.kind]}</span> },
          { title: say("编号", "Id"), key: "id", render: (_, one) => <Id of={one.id} /> },
          { title: say("加入", "Joined"), key: "at", render: (_, one) => <span className="num">{time(one.created_at)}</span> },
          { title: say("信任", "Trusted"), key: "trusted", render: (_, one) => <Trust party={one} /> },
        ]} />
    </>
  );
}

function Trust({ party }: { party: Party }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const operator = useRole("operator");
  const trust = useMutation({
    mutationFn: (trusted: boolean) => answer(api.POST("/api/v1/operator/parties/{id}/trust", { params: { path: { id: party.id } }, body: { trusted } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["parties"] }),
    onError: (error) => void message.error(error.message),
  });
  return <Switch checked={party.trusted} disabled={!operator} loading={trust.isPending} onChange={(on) => trust.mutate(on)} aria-label={say(`信任 ${party.name}`, `Trust ${party.name}`)} />;
}
