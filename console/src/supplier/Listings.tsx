// The supplier's offers: listed, paused, repriced.
import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Popconfirm, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { Offer } from "../api/shapes";
import { count, money, share } from "../figures";
import { Blank } from "../frame/Blank";
import { Listing } from "../frame/Listing";
import { Refused } from "../frame/Refused";
import { Title } from "../frame/Title";
import { shortName, useCatalogue } from "../market/catalogue";
import { useSay } from "../say";
import { useSites } from "./Sites";
import { SupplierTabs } from "./tabs";

export default function Listings() {
  const say = useSay();
  const [adding, setAdding] = useState(false);
  const [pricing, setPricing] = useState<Offer | null>(null);
  const names: Record<Offer["state"], [string, string]> = {
    listed: [say("在售", "Listed"), "pine"], paused: [say("已暂停", "Paused"), "amber"], withdrawn: [say("已下架", "Withdrawn"), ""],
  };
  return (
    <>
      <Title title={say("我的商品", "My offers")} acts={<Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>{say("上架商品", "List an offer")}</Button>}>
        {say("同一批卡可以用几种形式出售；改价不影响已下的订单。", "The same cards can be sold in several forms; a new price leaves earlier orders as they were.")}
      </Title>
      <SupplierTabs />
      <Listing<Offer> name={["my-offers"]} label={say("我的商品", "My offers")} read={() => answer(api.GET("/api/v1/supplier/offers")).then(({ items }) => ({ items, next_cursor: null }))} rowKey={(one) => one.id} every={30}
        blank={<Blank title={say("还没有商品", "Nothing listed yet")} action={<Button type="primary" onClick={() => setAdding(true)}>{say("上架商品", "List an offer")}</Button>}>{say("上架后，买方立即就能在市场里看到。", "Buyers see an offer the moment it is listed.")}</Blank>}
        columns={[
          { title: say("商品", "Offer"), key: "title", render: (_, one) => <div className="order-name"><Link to={`/offers/${one.id}`}>{one.title}</Link><span className="small faint">{shortName(one.accelerator)} · {one.site.name}</span></div> },
          { title: say("状态", "State"), key: "state", render: (_, one) => <span className={`badge ${names[one.state][1]}`} data-state={one.state}>{names[one.state][0]}</span> },
          { title: say("每卡时", "Per card-hour"), key: "price", align: "right", render: (_, one) => <b className="num">{money(one.price_per_card_hour, one.currency)}</b> },
          { title: say("闲时价", "Idle price"), key: "idle", align: "right", render: (_, one) => <span className="num quiet">{one.idle_price === null ? "—" : money(one.idle_price, one.currency)}</span> },
          { title: say("现货", "Free"), key: "free", align: "right", render: (_, one) => count(one.free_cards) },
          { title: say("最小切片", "Smallest"), key: "share", render: (_, one) => share(one.share_milli) },
          { title: "", key: "acts", align: "right", render: (_, one) => <Acts offer={one} price={() => setPricing(one)} /> },
        ]} />
      <NewOffer open={adding} close={() => setAdding(false)} />
      {pricing && <Price offer={pricing} close={() => setPricing(null)} />}
    </>
  );
}

function useChange() {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const say = useSay();
  return useMutation({
    mutationFn: ({ id, ...change }: { id: string; state?: Offer["state"]; price_per_card_hour?: string; idle_price?: string }) => answer(api.PATCH("/api/v1/offers/{id}", { params: { path: { id } }, body: change })),
    onSuccess: (now) => {
      void message.success(say("已更新", "Changed"));
      for (const name of [["my-offers"], ["offers"], ["offer", now.id]]) void queries.invalidateQueries({ queryKey: name });
    },
    onError: (error) => void message.error(error.message),
  });
}

function Acts({ offer, price }: { offer: Offer; price: () => void }) {
  const say = useSay();
  const change = useChange();
  if (offer.state === "withdrawn") return null;
  const to = offer.state === "listed" ? "paused" : "listed";
  return (
    <span className="row tight nowrap" style={{ justifyContent: "flex-end", flexWrap: "nowrap" }}>
      <Button size="small" onClick={price}>{say("改价", "Price")}</Button>
      <Button size="small" loading={change.isPending} onClick={() => change.mutate({ id: offer.id, state: to })}>{to === "paused" ? say("暂停", "Pause") : say("恢复", "Resume")}</Button>
      <Popconfirm title={say("下架后不能恢复，确定吗？", "A withdrawn offer cannot come back. Withdraw it?")} okText={say("下架", "Withdraw")} cancelText={say("不", "No")} onConfirm={() => change.mutate({ id: offer.id, state: "withdrawn" })}>
        <Button size="small" type="text" danger>{say("下架", "Withdraw")}</Button>
      </Popconfirm>
    </span>
  );
}

function Price({ offer, close }: { offer: Offer; close: () => void }) {
  const say = useSay();
  const change = useChange();
  const [price, setPrice] = useState<string | null>(offer.price_per_card_hour);
  const [idle, setIdle] = useState<string | null>(offer.idle_price);
  return (
    <Modal open onCancel={close} title={say("改价", "New price")} okText={say("保存", "Save")} confirmLoading={change.isPending} okButtonProps={{ disabled: !price || Number(price) <= 0 }}
      onOk={() => price && change.mutate({ id: offer.id, price_per_card_hour: price, idle_price: idle || "0" }, { onSuccess: close })}>
      <div className="stack tight">
        <p className="quiet">{offer.title}</p>
        <InputNumber<string> stringMode autoFocus prefix="¥" suffix={say("/ 卡时", "/ card-hour")} min="0" value={price} onChange={setPrice} aria-label={say("新价格", "New price")} style={{ width: "100%" }} />
        <label className="stack tight"><span className="small quiet">{say("闲时价：可能被停的任务，须低于上价；空着即不卖", "Idle price, of runs that may be stopped: below the price above; empty if not sold so")}</span>
          <InputNumber<string> stringMode prefix="¥" suffix={say("/ 卡时", "/ card-hour")} min="0" value={idle} onChange={setIdle} aria-label={say("闲时价", "Idle price")} style={{ width: "100%" }} /></label>
        <Refused error={change.error} />
      </div>
    </Modal>
  );
}

interface NewOfferForm { site_id: string; accelerator: string; title: string; price: string; idle: string | null; minimum: string; share_milli: number; max_cards: number | null; hours: number }

function NewOffer({ open, close }: { open: boolean; close: () => void }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<NewOfferForm>();
  const site = Form.useWatch("site_id", form);
  const sites = useSites();
  const catalogue = useCatalogue();
  const cards = useQuery({ queryKey: ["cards", site], queryFn: () => answer(api.GET("/api/v1/sites/{id}/cards", { params: { path: { id: site ?? "" } } })), enabled: Boolean(site) && open });
  const models = [...new Set(cards.data?.items.map((card) => card.accelerator))];
  const create = useMutation({
    mutationFn: ({ price, idle, minimum, hours, max_cards, ...rest }: NewOfferForm) =>
      answer(api.POST("/api/v1/offers", { body: { ...rest, price_per_card_hour: price, ...(idle ? { idle_price: idle } : {}), minimum_charge: minimum, max_seconds: Math.round(hours * 3600), ...(max_cards ? { max_cards } : {}) } })),
    onSuccess: () => {
      void message.success(say("商品已上架", "The offer is listed"));
      for (const name of ["my-offers", "offers"]) void queries.invalidateQueries({ queryKey: [name] });
      form.resetFields();
      close();
    },
  });
  const needed = [{ required: true, message: say("请填写", "Required") }];
  return (
    <Modal open={open} onCancel={close} title={say("上架商品", "List an offer")} okText={say("上架", "List")} onOk={() => form.submit()} confirmLoading={create.isPending} destroyOnHidden>
      <Form<NewOfferForm> form={form} layout="vertical" requiredMark={false} onFinish={(values) => create.mutate(values)} initialValues={{ share_milli: 1000, minimum: "0.01", hours: 168, max_cards: null }}>
        <div className="form-row">
          <Form.Item name="site_id" label={say("站点", "Site")} rules={needed}><Select loading={sites.isPending} options={sites.data?.items.map((one) => ({ value: one.id, label: one.name }))} /></Form.Item>
          <Form.Item name="accelerator" label={say("型号", "Accelerator")} rules={needed} extra={site && cards.data && models.length === 0 ? say("这个站点还没有接入卡。", "No card of this site is connected yet.") : undefined}>
            <Select disabled={!site} loading={cards.isFetching} options={models.map((id) => ({ value: id, label: catalogue.get(id)?.name ?? id }))} />
          </Form.Item>
        </div>
        <Form.Item name="title" label={say("商品名", "Title")} rules={needed}><Input maxLength={100} placeholder={say("例如 A100 80G 按需", "e.g. A100 80G on demand")} /></Form.Item>
        <div className="form-row">
          <Form.Item name="price" label={say("每卡时，全包", "Per card-hour, all in")} rules={needed}><InputNumber<string> stringMode prefix="¥" min="0.000001" style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="idle" label={say("闲时价（可不填）", "Idle price (optional)")} tooltip={say("卖给可能被停的任务：有人付全价时，提前 2 分钟通知后让出", "For runs that may be stopped: they make way, with 2 minutes' notice, for whoever pays in full")}><InputNumber<string> stringMode prefix="¥" min="0.000001" style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="minimum" label={say("起收", "Minimum charge")}><InputNumber<string> stringMode prefix="¥" min="0" style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="share_milli" label={say("最小切片", "Smallest slice")}><Select options={[1000, 500, 250, 125, 100].map((value) => ({ value, label: share(value) }))} /></Form.Item>
          <Form.Item name="max_cards" label={say("单笔最多卡数", "Most cards an order")}><InputNumber min={1} max={10000} placeholder={say("不限", "no limit")} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="hours" label={say("单笔最长（小时）", "Longest order (hours)")}><InputNumber min={1} max={8784} style={{ width: "100%" }} /></Form.Item>
        </div>
        <Refused error={create.error} />
      </Form>
    </Modal>
  );
}
