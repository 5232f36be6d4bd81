// Signing in.
import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
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
  const { enter } = useSession();
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
