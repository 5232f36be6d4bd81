// Cards out of service at a site: what is closed or will be, drawn over the coming days, and the form that closes more.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { Card, Closure, Site } from "../api/shapes";
import { count, duration, time } from "../figures";
import { Refused } from "../frame/Refused";
import { local } from "../offer/ask";
import { useSay, type Say } from "../say";

const DAY = 86_400_000;
const HOUR = 3_600_000;

const why = (say: Say, kind: Closure["kind"]) => (kind === "power" ? say("限电", "Power") : say("检修", "Maintenance"));

export function Closures({ site, cards }: { site: Site; cards: Card[] }) {
  const say = useSay();
  const [adding, setAdding] = useState(false);
  const found = useQuery({ queryKey: ["closures", site.id], queryFn: () => answer(api.GET("/api/v1/sites/{id}/closures", { params: { path: { id: site.id } } })), refetchInterval: 30_000 });
  const closures = found.data?.items ?? [];
  return (
    <div className="stack tight">
      <div className="spread">
        <h3>{say("停用安排", "Out of service")}</h3>
        <Button size="small" disabled={cards.length === 0} onClick={() => setAdding(true)}>{say("安排停用", "Close cards")}</Button>
      </div>
      <Refused error={found.error} again={() => void found.refetch()} />
      {closures.length === 0
        ? <p className="small quiet">{say("没有安排。检修或限电前在此登记，平台就不会把卡卖进那段时间。", "Nothing planned. Enter maintenance or power cuts here, and no card is sold into that time.")}</p>
        : <><Days of={closures} />{closures.map((one) => <Row key={one.id} site={site} closure={one} />)}</>}
      <Close site={site} cards={cards} open={adding} close={() => setAdding(false)} />
    </div>
  );
}

/** A bar for each closure, from now until the last one ends (a week at least). */
function Days({ of }: { of: Closure[] }) {
  const say = useSay();
  const start = Date.now();
  const span = Math.max(7 * DAY, ...of.map((one) => new Date(one.end).getTime() - start));
  const at = (iso: string) => Math.max(0, Math.min(100, ((new Date(iso).getTime() - start) / span) * 100));
  return (
    <div className="closures" role="img" aria-label={say("停用时段", "Hours out of service")}>
      {of.map((one) => <i key={one.id} className={one.kind} title={`${time(one.start)} – ${time(one.end)} · ${one.cards}`} style={{ left: `${at(one.start)}%`, width: `${Math.max(0.4, at(one.end) - at(one.start))}%` }} />)}
      <span className="small faint">{say("现在", "now")}</span><span className="small faint">{duration(Math.round(span / 1000))}</span>
    </div>
  );
}

function Row({ site, closure }: { site: Site; closure: Closure }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const lift = useMutation({
    mutationFn: () => answer(api.DELETE("/api/v1/sites/{id}/closures/{closure_id}", { params: { path: { id: site.id, closure_id: closure.id } } })),
    onSuccess: () => {
      void message.success(say("已恢复", "Back in service"));
      void queries.invalidateQueries({ queryKey: ["closures", site.id] });
    },
    onError: (error) => void message.error(error.message),
  });
  return (
    <div className="spread small" data-closure={closure.id}>
      <span><span className={`badge ${closure.kind === "power" ? "amber" : ""}`}>{why(say, closure.kind)}</span> <b>{closure.accelerator}</b> × {count(closure.cards)} <span className="quiet">{time(closure.start)} – {time(closure.end)}{closure.note !== "-" && ` · ${closure.note}`}</span></span>
      <Button size="small" type="link" disabled={lift.isPending} onClick={() => lift.mutate()}>{say("提前恢复", "End early")}</Button>
    </div>
  );
}

interface Wanted { accelerator: string; cards: number; kind: Closure["kind"]; start: string; end: string; days: number; note: string }

function Close({ site, cards, open, close }: { site: Site; cards: Card[]; open: boolean; close: () => void }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Wanted>();
  const models = [...new Set(cards.map((card) => card.accelerator))];
  const make = useMutation({
    mutationFn: ({ start, end, note, ...rest }: Wanted) => answer(api.POST("/api/v1/sites/{id}/closures", {
      params: { path: { id: site.id } }, body: { ...rest, note: note || "-", start: new Date(start).toISOString(), end: new Date(end).toISOString() } })),
    onSuccess: () => {
      void message.success(say("已安排停用", "Closed as planned"));
      void queries.invalidateQueries({ queryKey: ["closures", site.id] });
      form.resetFields();
      close();
    },
  });
  const needed = [{ required: true, message: say("请填写", "Required") }];
  const first: Partial<Wanted> = { accelerator: models[0], cards: 1, kind: "maintenance", start: local(new Date(Date.now() + DAY)), end: local(new Date(Date.now() + DAY + 4 * HOUR)), days: 1, note: "" };
  return (
    <Modal open={open} onCancel={close} title={say("安排停用", "Close cards")} okText={say("停用", "Close them")} onOk={() => form.submit()} confirmLoading={make.isPending} destroyOnHidden>
      <p className="small quiet">{say("还没开始的预约会换到其他卡上，时间不变；挪不开的订单会列出来。", "Bookings that have not begun go to other cards at their own times; orders that cannot move are listed.")}</p>
      <Form<Wanted> form={form} layout="vertical" requiredMark={false} onFinish={(values) => make.mutate(values)} initialValues={first}>
        <div className="form-row">
          <Form.Item name="accelerator" label={say("型号", "Model")} rules={needed}><Select options={models.map((value) => ({ value, label: value }))} /></Form.Item>
          <Form.Item name="cards" label={say("卡数", "Cards")} rules={needed}><InputNumber min={1} max={cards.length} precision={0} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="kind" label={say("原因", "Why")}><Select options={[{ value: "maintenance", label: say("检修", "Maintenance") }, { value: "power", label: say("限电", "Power") }]} /></Form.Item>
          <Form.Item name="days" label={say("连续几天，每天同一时段", "Days, at the same hours")}><InputNumber min={1} max={31} precision={0} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="start" label={say("开始", "From")} rules={needed}><Input type="datetime-local" /></Form.Item>
          <Form.Item name="end" label={say("结束", "Until")} rules={needed}><Input type="datetime-local" /></Form.Item>
        </div>
        <Form.Item name="note" label={say("备注", "Note")}><Input maxLength={200} /></Form.Item>
        <Refused error={make.error} />
      </Form>
    </Modal>
  );
}
