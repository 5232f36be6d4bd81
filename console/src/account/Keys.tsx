// API keys: made with the scopes they need, shown once, deleted at once.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Input, Popconfirm, Typography } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import { useSession } from "../api/session";
import { time } from "../figures";
import { Refused } from "../frame/Refused";
import { Shown } from "../frame/Shown";
import { useSay } from "../say";
import { scopeName, scopesOf, type Scope } from "./words";

export function Keys() {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const { session } = useSession();
  const mine = scopesOf(session?.principal.member.roles ?? []);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read"]);
  const keys = useQuery({ queryKey: ["keys"], queryFn: () => answer(api.GET("/api/v1/keys", { params: { query: { limit: 100 } } })) });
  const fresh = () => queries.invalidateQueries({ queryKey: ["keys"] });
  const make = useMutation({ mutationFn: () => answer(api.POST("/api/v1/keys", { body: { name: name.trim(), scopes } })), onSuccess: () => { setName(""); void fresh(); } });
  const remove = useMutation({
    mutationFn: (id: string) => answer(api.DELETE("/api/v1/keys/{id}", { params: { path: { id } } })),
    onSuccess: () => { void message.success(say("密钥已作废", "The key is void")); void fresh(); },
    onError: (error) => void message.error(error.message),
  });
  return (
    <section className="sheet" aria-label={say("API 密钥", "API keys")}>
      <header><h2>{say("API 密钥", "API keys")}</h2><span className="small faint">{say("供命令行与程序使用", "for the command line and programs")}</span></header>
      <div className="stack">
        <form className="row" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
          <Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} placeholder={say("用途，例如 训练脚本", "What for, e.g. training script")} aria-label={say("密钥名称", "Name of the key")} style={{ width: 240 }} />
          <Checkbox.Group<Scope> value={scopes} onChange={setScopes} options={mine.map((value) => ({ value, label: scopeName(say, value) }))} />
          <Button htmlType="submit" type="primary" disabled={!name.trim() || scopes.length === 0} loading={make.isPending}>{say("生成密钥", "Make a key")}</Button>
        </form>
        <Refused error={make.error} />
        {make.data && <Alert type="success" showIcon title={say("请现在抄下，此后不再显示", "Copy it now: it is not shown again")} description={<Typography.Text copyable code className="mono">{make.data.secret}</Typography.Text>} closable onClose={() => make.reset()} />}
        <Shown of={keys} rows={2}>
          {({ items }) => (items.length === 0 ? <p className="quiet">{say("还没有密钥。", "No keys yet.")}</p> : (
            <ul className="results">
              {items.map((key) => (
                <li key={key.id}>
                  <b className="clip">{key.name}</b>
                  <span className="row tight">{key.scopes.map((scope) => <span className="badge" key={scope}>{scopeName(say, scope)}</span>)}</span>
                  <span className="small faint num only-wide">{key.last_used_at ? say(`最近使用 ${time(key.last_used_at)}`, `last used ${time(key.last_used_at)}`) : say("从未使用", "never used")}</span>
                  <Popconfirm title={say("作废后用它的程序会立即失效。", "Programs that use it stop working at once.")} okText={say("作废", "Void it")} cancelText={say("保留", "Keep")} onConfirm={() => remove.mutate(key.id)}>
                    <Button size="small" danger aria-label={say(`作废 ${key.name}`, `Void ${key.name}`)}>{say("作废", "Void")}</Button>
                  </Popconfirm>
                </li>
              ))}
            </ul>
          ))}
        </Shown>
      </div>
    </section>
  );
}
