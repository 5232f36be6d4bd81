// Environment variables of the job: names and values, a line each.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useSay } from "../say";

type Variable = [string, string];

export function Variables({ of, change }: { of: Variable[]; change: (variables: Variable[]) => void }) {
  const say = useSay();
  const put = (at: number, variable: Variable) => change(of.map((one, other) => (other === at ? variable : one)));
  return (
    <div className="wide stack tight">
      <span>{say("环境变量", "Environment variables")}</span>
      {of.map(([name, value], at) => (
        <div className="variable" key={at}>
          <Input className="mono" value={name} status={name === "" || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? "" : "error"} placeholder="NAME"
            aria-label={say(`变量 ${at + 1} 名称`, `Name of variable ${at + 1}`)} onChange={(event) => put(at, [event.target.value, value])} />
          <Input className="mono" value={value} placeholder="value" aria-label={say(`变量 ${at + 1} 的值`, `Value of variable ${at + 1}`)} onChange={(event) => put(at, [name, event.target.value])} />
          <Button type="text" icon={<DeleteOutlined />} aria-label={say(`删除变量 ${at + 1}`, `Remove variable ${at + 1}`)} onClick={() => change(of.filter((_, other) => other !== at))} />
        </div>
      ))}
      <div><Button size="small" icon={<PlusOutlined />} onClick={() => change([...of, ["", ""]])}>{say("加一个变量", "Add a variable")}</Button></div>
    </div>
  );
}
