// Signing in.
import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { Link, useLocation, useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { useSession } from "../api/session";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";
import { Door } from "./Door";

interface Names { email: string; password: string }

export default function Login() {
  const say = useSay();
  const go = useNavigate();
  const { enter, lapsed } = useSession();
  const from = (useLocation().state as { from?: string } | null)?.from ?? "/market";
  const login = useMutation({
    mutationFn: (body: Names) => answer(api.POST("/api/v1/sessions", { body })),
    onSuccess: (session) => {
      enter(session);
      void go(from, { replace: true });
    },
  });
  return (
    <Door title={say("登录算市", "Sign in to Suanshi")}>
      {lapsed && !login.error && <Alert className="lapsed" type="warning" showIcon role="alert" data-code={lapsed.code} title={say("登录已失效，请重新登录", "Your session has ended: please sign in again")}
        description={say(`平台答复：${lapsed.cause}登录后回到刚才的页面。`, `The platform says: ${lapsed.cause} After signing in you are back where you were.`)} />}
      <Form<Names> layout="vertical" requiredMark={false} onFinish={(names) => login.mutate(names)} disabled={login.isPending}>
        <Form.Item name="email" label={say("邮箱", "Email")} rules={[{ required: true, message: say("请填写邮箱", "Enter your email") }]}>
          <Input autoComplete="username" inputMode="email" autoFocus />
        </Form.Item>
        <Form.Item name="password" label={say("密码", "Password")} rules={[{ required: true, message: say("请填写密码", "Enter your password") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <div className="stack">
          <Refused error={login.error} />
          <Button type="primary" htmlType="submit" block loading={login.isPending}>{say("登录", "Sign in")}</Button>
          <p className="quiet">{say("还没有账户？", "No account yet?")} <Link to="/join">{say("注册", "Join")}</Link></p>
        </div>
      </Form>
    </Door>
  );
}
