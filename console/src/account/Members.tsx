// The people of the party, and adding one.
import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import { useSession } from "../api/session";
import { Refused } from "../frame/Refused";
import { Shown } from "../frame/Shown";
import { useSay } from "../say";
import { roleName, type Role } from "./words";

interface NewMember { name: string; email: string; password: string; roles: Role[] }

export function Members() {
  const say = useSay();
  const [adding, setAdding] = useState(false);
  const members = useQuery({ queryKey: ["members"], queryFn: () => answer(api.GET("/api/v1/members", { params: { query: { limit: 100 } } })) });
  return (
    <section className="sheet" aria-label={say("成员", "Members")}>
      <header><h2>{say("成员", "Members")}</h2><Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>{say("添加成员", "Add a member")}</Button></header>
      <Shown of={members} rows={2}>
        {({ items }) => (
          <ul className="results">
            {items.map((member) => (
              <li key={member.id}><b>{member.name}</b><span className="quiet clip">{member.email}</span><span className="row tight">{member.roles.map((role) => <span className="badge" key={role}>{roleName(say, role)}</span>)}</span></li>
            ))}
          </ul>
        )}
      </Shown>
      <Adding open={adding} close={() => setAdding(false)} />
    </section>
  );
}

function Adding({ open, close }: { open: boolean; close: () => void }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const { session } = useSession();
  const [form] = Form.useForm<NewMember>();
  const mine = session?.principal.member.roles ?? [];
  const add = useMutation({
    mutationFn: (body: NewMember) => answer(api.POST("/api/v1/members", { body })),
    onSuccess: () => {
      void message.success(say("成员已添加", "The member is added"));
      void queries.invalidateQueries({ queryKey: ["members"] });
      form.resetFields();
      close();
    },
  });
  const needed = { required: true, message: say("请填写", "Required") };
  return (
    <Modal open={open} onCancel={close} title={say("添加成员", "Add a member")} okText={say("添加", "Add")} onOk={() => form.submit()} confirmLoading={add.isPending} destroyOnHidden>
      <Form<NewMember> form={form} layout="vertical" requiredMark={false} initialValues={{ roles: mine }} onFinish={(values) => add.mutate(values)}>
        <Form.Item name="name" label={say("姓名", "Name")} rules={[needed]}><Input maxLength={100} /></Form.Item>
        <Form.Item name="email" label={say("邮箱", "Email")} rules={[needed, { type: "email", message: say("邮箱格式不对", "That is not an email address") }]}><Input autoComplete="off" /></Form.Item>
        <Form.Item name="password" label={say("初始密码", "First password")} rules={[needed, { min: 10, message: say("至少 10 个字符", "At least 10 characters") }]}><Input.Password autoComplete="new-password" /></Form.Item>
        <Form.Item name="roles" label={say("角色", "Roles")} rules={[needed]}><Select mode="multiple" options={mine.map((value) => ({ value, label: roleName(say, value) }))} /></Form.Item>
        <Refused error={add.error} />
      </Form>
    </Modal>
  );
}
