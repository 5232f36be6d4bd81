// Joining the market, as a buyer or as a supplier.
import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Segmented } from "antd";
import { Link, useLocation, useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { useSession } from "../api/session";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";
import { Door } from "./Door";

interface Joining { kind: "buyer" | "supplier"; name: string; email: string; password: string }

export default function Join() {
  const say = useSay();
  const go = useNavigate();
  const { enter } = useSession();
  const from = (useLocation().state as { from?: string } | null)?.from;
  const join = useMutation({
    mutationFn: (body: Joining) => answer(api.POST("/api/v1/parties", { body })),
    onSuccess: (session, { kind }) => {
      enter(session);
      void go(from ?? (kind === "supplier" ? "/supplier" : "/market"), { replace: true });
    },
  });
  const needed = { required: true, message: say("请填写", "Required") };
  return (
    <Door title={say("加入算市", "Join Suanshi")}>
      <Form<Joining> layout="vertical" requiredMark={false} initialValues={{ kind: "buyer" }} onFinish={(values) => join.mutate(values)} disabled={join.isPending}>
        <Form.Item name="kind" label={say("您来", "You come to")}><Segmented block options={[{ value: "buyer", label: say("买算力", "buy") }, { value: "supplier", label: say("卖算力", "sell") }]} /></Form.Item>
        <Form.Item name="name" label={say("单位名称", "Organisation")} rules={[needed]}><Input maxLength={100} autoComplete="organization" /></Form.Item>
        <Form.Item name="email" label={say("邮箱", "Email")} rules={[needed, { type: "email", message: say("邮箱格式不对", "That is not an email address") }]}><Input autoComplete="username" inputMode="email" /></Form.Item>
        <Form.Item name="password" label={say("密码", "Password")} extra={say("至少 10 个字符", "At least 10 characters")} rules={[needed, { min: 10, message: say("至少 10 个字符", "At least 10 characters") }]}><Input.Password autoComplete="new-password" maxLength={200} /></Form.Item>
        <div className="stack">
          <Refused error={join.error} />
          <Button type="primary" htmlType="submit" block loading={join.isPending}>{say("注册并登录", "Join and sign in")}</Button>
          <p className="quiet">{say("已有账户？", "Already here?")} <Link to="/login">{say("登录", "Sign in")}</Link></p>
        </div>
      </Form>
    </Door>
  );
}
