// Who did what, newest first; entries are only ever added.
import { answer, api } from "../api/client";
import type { AuditEntry } from "../api/shapes";
import { time } from "../figures";
import { Blank } from "../frame/Blank";
import { Id } from "../frame/Id";
import { Listing } from "../frame/Listing";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { OperatorTabs } from "./tabs";
import "./operator.css";

export default function Audit() {
  const say = useSay();
  return (
    <>
      <Title title={say("审计日志", "Audit log")}>{say("谁在何时做了什么；只增不改。", "Who did what and when; entries are only ever added.")}</Title>
      <OperatorTabs />
      <Listing<AuditEntry> name={["audit"]} label={say("审计日志", "Audit log")} rowKey={(one) => one.id} every={30} read={(cursor) => answer(api.GET("/api/v1/operator/audit", { params: { query: { cursor } } }))}
        blank={<Blank title={say("还没有记录", "Nothing recorded yet")} />}
        expand={(one) => <pre className="audit-data">{JSON.stringify(one.data, null, 2)}</pre>}
        columns={[
          { title: say("时间", "Time"), key: "at", render: (_, one) => <span className="num">{time(one.at)}</span> },
          { title: say("谁", "Who"), key: "name", render: (_, one) => <div className="order-name"><span>{one.name}</span>{one.member && <Id of={one.member} />}</div> },
          { title: say("做了什么", "Did what"), key: "action", render: (_, one) => <code>{one.action}</code> },
          { title: say("关于", "About"), key: "subject", render: (_, one) => (one.subject ? <Id of={one.subject} /> : "—") },
        ]} />
    </>
  );
}
