// The supplier's data centres and, card by card, how each stands and how much of it is let.
import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { Card, Site } from "../api/shapes";
import { count } from "../figures";
import { Blank } from "../frame/Blank";
import { Figures } from "../frame/Figures";
import { Refused } from "../frame/Refused";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { shortName, useCatalogue } from "../market/catalogue";
import { isolation } from "../market/words";
import { useSay } from "../say";
import { Closures } from "./Closures";
import { SupplierTabs } from "./tabs";
import "./supplier.css";

/** More cells than this help nobody. */
const DRAWN = 512;

export function useSites() {
  return useQuery({ queryKey: ["sites"], queryFn: () => answer(api.GET("/api/v1/sites")) });
}

export default function Sites() {
  const say = useSay();
  const sites = useSites();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Title title={say("站点与卡", "Sites and cards")} acts={<Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>{say("登记站点", "Enter a site")}</Button>}>
        {say("您的数据中心、每张卡的健康状态和此刻的出租情况。", "Your data centres, the health of each card and how much of it is let now.")}
      </Title>
      <SupplierTabs />
      <Shown of={sites} rows={6}>
        {(page) => (page.items.length === 0
          ? <div className="sheet"><Blank title={say("还没有站点", "No site yet")} action={<Button type="primary" onClick={() => setAdding(true)}>{say("登记站点", "Enter a site")}</Button>}>{say("登记后，把卡接进来就能上架出售。", "Enter your data centre, connect its cards, and list them for sale.")}</Blank></div>
          : <div className="stack">{page.items.map((site) => <SiteSheet key={site.id} site={site} />)}</div>)}
      </Shown>
      <NewSite open={adding} close={() => setAdding(false)} />
    </>
  );
}

function SiteSheet({ site }: { site: Site }) {
  const say = useSay();
  const cards = useQuery({ queryKey: ["cards", site.id], queryFn: () => answer(api.GET("/api/v1/sites/{id}/cards", { params: { path: { id: site.id } } })), refetchInterval: 15_000 });
  const all = cards.data?.items ?? [];
  const let_ = all.reduce((sum, card) => sum + Math.min(1000, card.in_use_milli), 0) / 1000;
  return (
    <section className="sheet stack" aria-label={site.name}>
      <div className="spread">
        <div><h2>{site.name}</h2><p className="small quiet">{site.region} · {site.fabric} · PUE {site.pue.toFixed(2)} · {say("绿电", "green power")} {Math.round(site.green_share * 100)}%</p></div>
        <div className="row tight"><span className="badge">{site.engine}</span><span className="badge">{isolation(say, site.isolation)}</span><span className={`badge ${site.verified ? "pine" : "amber"}`}>{site.verified ? say("已核验", "Verified") : say("待核验", "Not verified")}</span></div>
      </div>
      <Figures of={[
        { label: say("已装卡", "Cards installed"), value: count(site.cards ?? all.length) },
        { label: say("在租", "Let now"), value: count(let_, 2), note: all.length ? `${Math.round((let_ / all.length) * 100)}%` : undefined },
        { label: say("健康", "Healthy"), value: count(all.filter((card) => card.health === "ok").length) },
        { label: say("需留意", "Need attention"), value: count(all.filter((card) => card.health !== "ok").length) },
      ]} />
      <Refused error={cards.error} again={() => void cards.refetch()} />
      <Racks cards={all.slice(0, DRAWN)} />
      {cards.data && all.length === 0 && <p className="quiet">{say("这个站点还没有接入卡。", "No card of this site is connected yet.")}</p>}
      {all.length > DRAWN && <p className="small faint">{say(`只画出前 ${DRAWN} 张卡。`, `Only the first ${DRAWN} cards are drawn.`)}</p>}
      <Closures site={site} cards={all} />
    </section>
  );
}

function Racks({ cards }: { cards: Card[] }) {
  const say = useSay();
  const catalogue = useCatalogue();
  const health: Record<Card["health"], string> = { ok: say("健康", "healthy"), warn: say("告警", "warning"), failed: say("故障", "failed") };
  return (
    <div className="racks">
      {grouped(cards).map((of) => {
        const [first] = of;
        const model = first && catalogue.get(first.accelerator);
        const name = model ? shortName(model) : first?.accelerator;
        return (
          <div className="rack" key={`${first?.node} ${first?.accelerator}`}>
            <p className="small"><b>{name}</b> <span className="quiet">× {of.length}</span></p>
            <ul>
              {of.map((card) => {
                const words = `${card.name} · ${name} · ${health[card.health]} · ${say("在租", "let")} ${card.in_use_milli / 10}%`;
                return <li key={card.id} className={`cell ${card.health}`} title={words} aria-label={words}><i style={{ height: `${Math.min(100, card.in_use_milli / 10)}%` }} /><b>{/\d+$/.exec(card.name)?.[0] ?? card.name}</b></li>;
              })}
            </ul>
          </div>
        );
      })}
    </div>
  );
}

/** Cards that stand together: one model in one node. */
function grouped(cards: Card[]): Card[][] {
  const groups = new Map<string, Card[]>();
  for (const card of cards) {
    const key = `${card.node} ${card.accelerator}`;
    groups.set(key, [...(groups.get(key) ?? []), card]);
  }
  return [...groups.values()];
}

interface NewSiteForm { name: string; region: string; tier: "cloud" | "edge" | "device"; pue: number; green: number; fabric: string }

function NewSite({ open, close }: { open: boolean; close: () => void }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<NewSiteForm>();
  const create = useMutation({
    mutationFn: ({ green, ...rest }: NewSiteForm) => answer(api.POST("/api/v1/sites", { body: { ...rest, green_share: green / 100 } })),
    onSuccess: () => {
      void message.success(say("站点已登记", "The site is entered"));
      void queries.invalidateQueries({ queryKey: ["sites"] });
      form.resetFields();
      close();
    },
  });
  const needed = [{ required: true, message: say("请填写", "Required") }];
  return (
    <Modal open={open} onCancel={close} title={say("登记站点", "Enter a site")} okText={say("登记", "Enter")} onOk={() => form.submit()} confirmLoading={create.isPending} destroyOnHidden>
      <Form<NewSiteForm> form={form} layout="vertical" requiredMark={false} onFinish={(values) => create.mutate(values)} initialValues={{ tier: "cloud", pue: 1.3, green: 0, fabric: "ethernet" }}>
        <Form.Item name="name" label={say("名称", "Name")} rules={needed}><Input maxLength={100} /></Form.Item>
        <Form.Item name="region" label={say("地区", "Region")} rules={needed}><Input maxLength={60} placeholder={say("例如 安徽芜湖", "e.g. Wuhu, Anhui")} /></Form.Item>
        <div className="form-row">
          <Form.Item name="tier" label={say("层级", "Tier")}><Select options={[{ value: "cloud", label: say("云", "Cloud") }, { value: "edge", label: say("边", "Edge") }, { value: "device", label: say("端", "Device") }]} /></Form.Item>
          <Form.Item name="fabric" label={say("组网", "Fabric")} rules={needed}><Input maxLength={200} /></Form.Item>
          <Form.Item name="pue" label="PUE"><InputNumber min={1} max={5} step={0.01} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="green" label={say("绿电占比", "Green power")}><InputNumber min={0} max={100} suffix="%" style={{ width: "100%" }} /></Form.Item>
        </div>
        <Refused error={create.error} />
      </Form>
    </Modal>
  );
}
