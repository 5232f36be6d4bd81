// The filters beside the offers, each with how many offers it would leave.
import { Button, InputNumber, Segmented, Switch } from "antd";
import { useState } from "react";
import type { Accelerator, FacetValue, OfferPage, OfferQuery } from "../api/shapes";
import { useSay } from "../say";
import { shortName } from "./catalogue";
import { narrowed, type FilterKey } from "./filter";
import { isolation, vendorName } from "./words";

type Set = (key: FilterKey, value: string | number | boolean | undefined) => void;

interface Props {
  facets: OfferPage["facets"] | undefined;
  query: OfferQuery;
  catalogue: Map<string, Accelerator>;
  set: Set;
  clear: () => void;
}

export function Facets({ facets, query, catalogue, set, clear }: Props) {
  const say = useSay();
  const model = (id: string) => {
    const card = catalogue.get(id);
    return card ? shortName(card) : id;
  };
  return (
    <div className="facets">
      <div className="spread">
        <h2>{say("筛选", "Filters")}</h2>
        {narrowed(query) > 0 && <Button type="link" size="small" onClick={clear}>{say("清除", "Clear")}</Button>}
      </div>
      <label className="spread facet-line">
        <span>{say("只看国产芯片", "Chinese chips only")}</span>
        <Switch size="small" checked={query.domestic ?? false} onChange={(on) => set("domestic", on)} />
      </label>
      <Group title={say("加速卡型号", "Accelerator")} of={facets?.accelerator} chosen={query.accelerator} name={model} choose={(value) => set("accelerator", value)} />
      <Group title={say("厂商", "Vendor")} of={facets?.vendor} chosen={query.vendor} name={(value) => vendorName(say, value)} choose={(value) => set("vendor", value)} />
      <Group title={say("地区", "Region")} of={facets?.region} chosen={query.region} name={(value) => value} choose={(value) => set("region", value)} />
      <Group title={say("隔离", "Isolation")} of={facets?.isolation} chosen={query.isolation} choose={(value) => set("isolation", value)}
        name={(value) => (value === "kernel" || value === "soft" || value === "none" ? isolation(say, value) : value)} />
      <fieldset>
        <legend>{say("显存至少 (GiB)", "Memory at least (GiB)")}</legend>
        <Segmented block size="small" value={query.min_memory_gib ?? 0} onChange={(value) => set("min_memory_gib", value || undefined)}
          options={[{ value: 0, label: say("不限", "Any") }, ...[24, 48, 80, 128].map((value) => ({ value, label: String(value) }))]} />
      </fieldset>
      <fieldset>
        <legend>{say("最高价格（每卡时）", "Highest price per card-hour")}</legend>
        <InputNumber prefix="¥" min={0} step={1} precision={2} value={query.max_price ? Number(query.max_price) : null} style={{ width: "100%" }}
          aria-label={say("最高价格", "Highest price")} changeOnWheel={false}
          onBlur={(event) => set("max_price", event.target.value || undefined)} onPressEnter={(event) => set("max_price", event.currentTarget.value || undefined)} />
      </fieldset>
      <fieldset>
        <legend>{say("现在要几张卡", "Cards wanted now")}</legend>
        <InputNumber min={1} max={10000} precision={0} value={query.cards ?? null} style={{ width: "100%" }} aria-label={say("卡数", "Cards")}
          onBlur={(event) => set("cards", event.target.value || undefined)} onPressEnter={(event) => set("cards", event.currentTarget.value || undefined)} />
      </fieldset>
    </div>
  );
}

const SHOWN = 7;

interface GroupProps {
  title: string;
  of: FacetValue[] | undefined;
  chosen: string | null | undefined;
  name: (value: string) => string;
  choose: (value: string | undefined) => void;
}

function Group({ title, of = [], chosen, name, choose }: GroupProps) {
  const say = useSay();
  const [all, setAll] = useState(false);
  const shown = all ? of : of.slice(0, SHOWN);
  if (of.length === 0) return null;
  return (
    <fieldset>
      <legend>{title}</legend>
      {shown.map(({ value, count }) => (
        <button key={value} type="button" className="facet" aria-pressed={value === chosen} onClick={() => choose(value === chosen ? undefined : value)}>
          <span className="clip" title={name(value)}>{name(value)}</span><span className="num faint">{count}</span>
        </button>
      ))}
      {of.length > SHOWN && (
        <Button type="link" size="small" className="facet-more" onClick={() => setAll(!all)}>
          {all ? say("收起", "Fewer") : say(`另外 ${of.length - SHOWN} 项`, `${of.length - SHOWN} more`)}
        </Button>
      )}
    </fieldset>
  );
}
