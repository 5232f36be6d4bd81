// The account: who one is here, the people of the party, and the keys of its programs.
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { time } from "../figures";
import { Id } from "../frame/Id";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { Keys } from "./Keys";
import { Members } from "./Members";
import { roleName } from "./words";

export default function Account() {
  const say = useSay();
  const me = useQuery({ queryKey: ["me"], queryFn: () => answer(api.GET("/api/v1/me")) });
  return (
    <>
      <Title title={say("账户", "Account")}>{say("单位、成员与 API 密钥。", "Your organisation, its members and API keys.")}</Title>
      <div className="stack">
        <Shown of={me} rows={3}>
          {({ party, member }) => (
            <section className="sheet" aria-label={say("我是谁", "Who I am")}>
              <div className="halves">
                <dl className="facts">
                  <dt>{say("单位", "Organisation")}</dt><dd><b>{party.name}</b></dd>
                  <dt>{say("编号", "Id")}</dt><dd><Id of={party.id} /></dd>
                  <dt>{say("加入", "Joined")}</dt><dd className="num">{time(party.created_at)}</dd>
                </dl>
                <dl className="facts">
                  <dt>{say("我", "Me")}</dt><dd>{member.name} · {member.email}</dd>
                  <dt>{say("角色", "Roles")}</dt><dd className="row tight">{member.roles.map((role) => <span className="badge" key={role}>{roleName(say, role)}</span>)}</dd>
                  <dt>{say("信任", "Trust")}</dt><dd>{party.trusted ? say("运营方已信任", "trusted by the operator") : say("尚未获信任，只能用有内核隔离的站点", "not trusted yet: sites with kernel isolation only")}</dd>
                </dl>
              </div>
            </section>
          )}
        </Shown>
        <Keys />
        <Members />
      </div>
    </>
  );
}
