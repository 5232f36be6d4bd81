// Prices of the whole market at a glance: what a card-hour costs against what the card holds or computes.
import { Segmented } from "antd";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { Accelerator, Offer } from "../api/shapes";
import { axis, Chart, plain, tip } from "../chart/Chart";
import { count, money } from "../figures";
import { useSay } from "../say";
import { ink } from "../theme";
import { shortName } from "./catalogue";

type Across = "memory" | "speed";
interface Dot { value: [number, number, number]; id: string; name: string; site: string; price: string; free: number }

export default function PriceChart({ offers, catalogue }: { offers: Offer[]; catalogue: Map<string, Accelerator> }) {
  const say = useSay();
  const go = useNavigate();
  const [across, setAcross] = useState<Across>("memory");
  const option = useMemo(() => {
    const at = (offer: Offer) => (across === "memory" ? offer.accelerator.memory_gib : (catalogue.get(offer.accelerator.id)?.tflops.fp16 ?? 0));
    const dots = (domestic: boolean): Dot[] =>
      offers.filter((offer) => offer.accelerator.domestic === domestic && at(offer) > 0).map((offer) => ({
        value: [at(offer), Number(offer.price_per_card_hour), offer.free_cards],
        id: offer.id, name: shortName(offer.accelerator), site: `${offer.site.name} · ${offer.site.region}`,
        price: money(offer.price_per_card_hour, offer.currency), free: offer.free_cards,
      }));
    const cloud = (name: string, domestic: boolean, color: string) => ({
      type: "scatter", name, data: dots(domestic), cursor: "pointer",
      symbolSize: (value: number[]) => 9 + Math.sqrt(Math.max(0, value[2] ?? 0)) * 2.6,
      itemStyle: { color, opacity: 0.72, borderColor: "#fff", borderWidth: 1 },
      label: { show: offers.length <= 60, formatter: ({ data }: { data: Dot }) => data.name, position: "right", color: ink.quiet, fontSize: 11 },
      labelLayout: { hideOverlap: true },
    });
    return {
      grid: { left: 56, right: 96, top: 48, bottom: 48 },
      legend: { top: 6, right: 12, itemHeight: 10 },
      tooltip: {
        ...tip,
        formatter: ({ data }: { data: Dot }) =>
          `<b>${plain(data.name)}</b><br>${plain(data.site)}<br>${data.price} ${say("/ 卡时", "/ card-hour")} · ${say(`现货 ${count(data.free)} 卡`, `${count(data.free)} free`)}`,
      },
      xAxis: { ...axis, type: across === "memory" ? "value" : "log", name: across === "memory" ? say("显存 GiB", "Memory, GiB") : "FP16 TFLOPS", nameLocation: "middle", nameGap: 30, splitLine: { show: false } },
      yAxis: { ...axis, type: "value", name: say("¥ / 卡时", "¥ / card-hour"), axisLine: { show: false } },
      series: [cloud(say("国产芯片", "Chinese chips"), true, "#c9772b"), cloud(say("其他", "Others"), false, ink.pine)],
    };
  }, [across, offers, catalogue, say]);
  return (
    <div className="sheet">
      <header>
        <div><h2>{say("价格与能力", "Price and capability")}</h2><p className="small quiet">{say("越靠右下越划算；圆越大，现货越多。点一下即到商品。", "Further right and lower is better value; larger dots have more stock. Click one to open it.")}</p></div>
        <Segmented value={across} onChange={setAcross} options={[{ value: "memory", label: say("按显存", "By memory") }, { value: "speed", label: say("按算力", "By speed") }]} />
      </header>
      <Chart option={option} height={420} label={say("每件商品的卡时价格对显存或算力的散点图", "Scatter of price per card-hour against memory or speed for each offer")}
        onPick={(data) => void go(`/offers/${(data as Dot).id}`)} />
    </div>
  );
}
