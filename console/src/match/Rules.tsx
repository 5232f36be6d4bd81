// The rules as a form; a field left out asks for nothing.
import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { share } from "../figures";
import { shortName, useCatalogue } from "../market/catalogue";
import { isolation } from "../market/words";
import { useSay } from "../say";
import { NOTHING, PIECES, type Kind, type Need } from "./need";
import { useShelf } from "./shelf";
import { kindName } from "./words";

interface Props { need: Need; busy: boolean; find: (need: Need) => void }

export function Rules({ need, busy, find }: Props) {
  const say = useSay();
  const [form] = Form.useForm<Need>();
  const sliced = (Form.useWatch("share", form) ?? need.share) < 1000;
  const catalogue = useCatalogue();
  const shelf = useShelf();
  const regions = [...new Set([...shelf.values()].map((offer) => offer.site.region))].sort();
  const models = [...new Set([...need.accelerators, ...[...shelf.values()].map((offer) => offer.accelerator.id)])].map((value) => {
    const card = catalogue.get(value);
    return { value, label: card ? shortName(card) : value };
  }).sort((a, b) => a.label.localeCompare(b.label));
  const needed = { required: true, message: say("请填写", "Required") };
  const any = say("不限", "any");
  const wide = { width: "100%" };
  const all = { mode: "multiple", allowClear: true, placeholder: any, maxTagCount: "responsive" } as const;
  return (
    <Form<Need> form={form} layout="vertical" requiredMark={false} initialValues={need} className="rules" onFinish={(filled) => find({ ...NOTHING, ...filled, cards: sliced ? 1 : filled.cards })}>
      <Form.Item name="share" label={say("整卡或切片", "Whole card or slice")}><Select options={[...new Set([...PIECES, need.share])].map((value) => ({ value, label: share(value) }))} /></Form.Item>
      <Form.Item name="cards" label={say("卡数", "Cards")} rules={[needed]}><InputNumber min={1} max={4096} precision={0} disabled={sliced} style={wide} /></Form.Item>
      <Form.Item name="hours" label={say("用多少小时", "Hours")} rules={[needed]}><InputNumber min={0.01} max={366 * 24} style={wide} /></Form.Item>
      <Form.Item name="by" label={say("最迟完成", "Done by")}><Input type="datetime-local" /></Form.Item>
      <Form.Item name="kinds" label={say("芯片类别", "Kinds of chips")}><Select<Kind[]> {...all} options={(["gpu", "dsa", "cpu"] as const).map((value) => ({ value, label: kindName(say, value) }))} /></Form.Item>
      <Form.Item name="accelerators" label={say("型号", "Accelerators")}><Select {...all} optionFilterProp="label" options={models} /></Form.Item>
      <Form.Item name="memory" label={say("显存至少 (GiB)", "Memory at least (GiB)")}><InputNumber min={1} max={100_000} precision={0} placeholder={any} style={wide} /></Form.Item>
      <Form.Item name="regions" label={say("地区", "Regions")}><Select {...all} options={regions.map((value) => ({ value, label: value }))} /></Form.Item>
      <Form.Item name="price" label={say("每卡时不超过", "At most per card-hour")}><InputNumber<string> stringMode prefix="¥" min="0" max="999999999" precision={2} placeholder={any} style={wide} /></Form.Item>
      <Form.Item name="budget" label={say("预算", "Budget")}><InputNumber<string> stringMode prefix="¥" min="0" max="999999999" precision={2} placeholder={any} style={wide} /></Form.Item>
      <Form.Item name="pue" label={say("PUE 不高于", "PUE at most")}><InputNumber min={1} max={5} step={0.05} placeholder={any} style={wide} /></Form.Item>
      <Form.Item name="green" label={say("绿电至少 (%)", "Green share at least (%)")}><InputNumber min={0} max={100} step={5} placeholder={any} style={wide} /></Form.Item>
      <Form.Item name="isolation" label={say("隔离至少", "Isolation at least")}><Select options={(["none", "soft", "kernel"] as const).map((value) => ({ value, label: value === "none" ? any : isolation(say, value) }))} /></Form.Item>
      <Form.Item name="domestic" label={say("只要国产芯片", "Chinese chips only")} valuePropName="checked"><Switch /></Form.Item>
      <div className="rules-foot row">
        <Button type="primary" size="large" htmlType="submit" aria-busy={busy}>{say("匹配", "Match")}</Button>
        <Button type="text" onClick={() => find(NOTHING)}>{say("全部不限", "Ask for nothing")}</Button>
      </div>
    </Form>
  );
}
