// Up to four offers side by side: rows that differ stand out, and the best of each measured row is marked.
import { Switch } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { Accelerator, Offer } from "../api/shapes";
import { count, duration, money, share } from "../figures";
import { useSay, type Say } from "../say";
import { environmentName } from "../offer/environment";
import { shortName } from "./catalogue";
import { isolation } from "./words";

interface Row {
  name: string;
  show: (offer: Offer) => string;
  /** What is better when smaller; null takes no part. */
  cost?: (offer: Offer) => number | null;
}

export default function Comparison({ offers, catalogue }: { offers: Offer[]; catalogue: Map<string, Accelerator> }) {
  const say = useSay();
  const [differing, setDiffering] = useState(false);
  const all = rows(say, catalogue).map((row) => ({ ...row, differs: new Set(offers.map(row.show)).size > 1 }));
  const shown = differing ? all.filter((row) => row.differs) : all;
  return (
    <div className="stack">
      <label className="row small"><Switch size="small" checked={differing} onChange={setDiffering} />{say("只看不同之处", "Differences only")}</label>
      <div className="scroll-x">
        <table className="versus">
          <thead>
            <tr>
              <th scope="col"><span className="faint">{say("项目", "Item")}</span></th>
              {offers.map((offer) => <th scope="col" key={offer.id}><Link to={`/offers/${offer.id}`}>{shortName(offer.accelerator)}</Link><span className="small quiet">{offer.title}</span></th>)}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const best = bestOf(offers, row);
              return (
                <tr key={row.name} className={row.differs ? "differs" : ""}>
                  <th scope="row">{row.name}</th>
                  {offers.map((offer) => <td key={offer.id} className="num">{row.show(offer)}{best === offer.id && <span className="badge pine">{say("最优", "best")}</span>}</td>)}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function bestOf(offers: Offer[], row: Row): string | null {
  const cost = row.cost;
  if (!cost) return null;
  const measured = offers.flatMap((offer) => {
    const value = cost(offer);
    return value === null ? [] : [{ id: offer.id, value }];
  }).sort((a, b) => a.value - b.value);
  const [first, second] = measured;
  return first && second && first.value < second.value ? first.id : null;
}

function rows(say: Say, catalogue: Map<string, Accelerator>): Row[] {
  const card = (offer: Offer) => catalogue.get(offer.accelerator.id);
  const fp16 = (offer: Offer) => card(offer)?.tflops.fp16 ?? null;
  const perP = (offer: Offer) => {
    const speed = fp16(offer);
    return speed ? (Number(offer.price_per_card_hour) / speed) * 1000 : null;
  };
  const green = (offer: Offer) => Math.round(offer.site.green_share * 100);
  const up = (value: number | null | undefined) => (value ? -value : null);
  return [
    { name: say("每卡时，全包", "Per card-hour, all in"), show: (o) => money(o.price_per_card_hour, o.currency), cost: (o) => Number(o.price_per_card_hour) },
    { name: say("每 P 时（FP16）", "Per P-hour (FP16)"), show: (o) => (perP(o) === null ? "—" : money((perP(o) ?? 0).toFixed(2))), cost: perP },
    { name: say("起收", "Minimum charge"), show: (o) => money(o.minimum_charge, o.currency), cost: (o) => Number(o.minimum_charge) },
    { name: say("现货", "Free now"), show: (o) => say(`${count(o.free_cards)} 卡`, `${count(o.free_cards)} cards`), cost: (o) => -o.free_cards },
    { name: say("显存", "Memory"), show: (o) => (o.accelerator.memory_gib ? `${count(o.accelerator.memory_gib)} GiB ${card(o)?.memory_type ?? ""}` : "—"), cost: (o) => up(o.accelerator.memory_gib) },
    { name: say("显存带宽", "Memory bandwidth"), show: (o) => (card(o)?.mem_bw_gb_s ? `${count(card(o)?.mem_bw_gb_s)} GB/s` : "—"), cost: (o) => up(card(o)?.mem_bw_gb_s) },
    { name: say("FP16 稠密", "FP16 dense"), show: (o) => (fp16(o) ? `${count(fp16(o))} TFLOPS` : "—"), cost: (o) => up(fp16(o)) },
    { name: say("卡间互连", "Interconnect"), show: (o) => card(o)?.interconnect ?? "—" },
    { name: say("软件栈", "Software"), show: (o) => card(o)?.software_stack ?? "—" },
    { name: say("每卡附带", "With each card"), show: (o) => say(`${count(o.cpu_milli / 1000, 1)} 核 / ${count(o.memory_mib / 1024, 1)} GiB`, `${count(o.cpu_milli / 1000, 1)} cores / ${count(o.memory_mib / 1024, 1)} GiB`) },
    { name: say("最小切片", "Smallest slice"), show: (o) => share(o.share_milli) },
    { name: say("最长时间", "Longest run"), show: (o) => duration(o.max_seconds), cost: (o) => -o.max_seconds },
    { name: say("隔离", "Isolation"), show: (o) => isolation(say, o.isolation) },
    { name: say("站点", "Site"), show: (o) => o.site.name },
    { name: say("地区", "Region"), show: (o) => o.site.region },
    { name: say("组网", "Fabric"), show: (o) => o.site.fabric },
    { name: "PUE", show: (o) => o.site.pue.toFixed(2), cost: (o) => o.site.pue },
    { name: say("绿电", "Green power"), show: (o) => `${green(o)}%`, cost: (o) => -green(o) },
    { name: say("供应方", "Supplier"), show: (o) => o.supplier.name },
    { name: say("环境", "Environments"), show: (o) => o.environments.map((one) => environmentName(say, one)).join(say("、", ", ")) },
  ];
}
