// A refusal as an answer: what is wrong, what to do next, and whether anything was charged.
import { Alert, Button } from "antd";
import { Link } from "react-router";
import { asProblem } from "../api/problem";
import { useSay } from "../say";

export function Refused({ error, again }: { error: unknown; again?: () => void }) {
  const say = useSay();
  if (!error) return null;
  const problem = asProblem(error);
  return (
    <Alert
      type={problem.status === 0 || problem.status >= 500 ? "warning" : "error"}
      showIcon
      role="alert"
      data-code={problem.code}
      title={problem.cause}
      description={
        <div className="stack tight">
          <span>{problem.next}</span>
          {problem.reasons.length > 0 && <ul style={{ margin: 0, paddingInlineStart: 18 }}>{problem.reasons.map((one) => <li key={one}>{one}</li>)}</ul>}
          <span className="row small quiet">
            {problem.charged !== null && <b>{problem.charged ? say("已产生费用", "Something was charged") : say("没有扣费", "Nothing was charged")}</b>}
            <code>{problem.code}</code>
            {problem.status === 401 && <Link to="/login">{say("去登录", "Sign in")}</Link>}
            {again && <Button size="small" onClick={again}>{say("重试", "Try again")}</Button>}
          </span>
        </div>
      }
    />
  );
}
