// One offer: what it is and whose, and the form that buys it.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { answer, api } from "../api/client";
import type { Accelerator, Offer } from "../api/shapes";
import { count, duration, share } from "../figures";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { shortName, useCatalogue } from "../market/catalogue";
import { isolation, isolationMeaning, vendorName } from "../market/words";
import { useSay } from "../say";
import { Buy } from "./Buy";
import "./offer.css";

export default function OfferDetail() {
  const say = useSay();
  const { id = "" } = useParams();
  const catalogue = useCatalogue();
  const offer = useQuery({ queryKey: ["offer", id], queryFn: () => answer(api.GET("/api/v1/offers/{id}", { params: { path: { id } } })) });
  return (
    <Shown of={offer} rows={8}>
      {(one) => (
        <>
          <Title title={shortName(one.accelerator)} back={{ to: "/market", label: say("算力市场", "Compute market") }}>
            {one.title.startsWith(one.site.name) ? one.site.name : `${one.title} · ${one.site.name}`} · {one.site.region}
          </Title>
          <Buy offer={one} facts={<Facts offer={one} card={catalogue.get(one.accelerator.id)} />} />
        </>
      )}
    </Shown>
  );
}

function Facts({ offer, card }: { offer: Offer; card: Accelerator | undefined }) {
  const say = useSay();
  const { site } = offer;
  const fp16 = card?.tflops.fp16 ?? card?.tflops.bf16;
  return (
    <section className="sheet" aria-label={say("规格", "Specification")}>
      <div className="row tight" style={{ marginBottom: 14 }}>
        <span className="badge">{vendorName(say, offer.accelerator.vendor)}</span>
        {offer.accelerator.domestic && <span className="badge amber">{say("国产", "Chinese chip")}</span>}
        <span className={`badge${offer.isolation === "none" ? " amber" : ""}`} title={isolationMeaning(say, offer.isolation)}>{isolation(say, offer.isolation)}</span>
        {site.verified && <span className="badge pine">{say("站点已核验", "Site verified")}</span>}
        <span className={`badge ${offer.free_cards ? "pine" : ""}`}>{offer.free_cards ? say(`现货 ${count(offer.free_cards)} 卡`, `${count(offer.free_cards)} free now`) : say("暂时售罄", "Sold out")}</span>
      </div>
      <div className="halves facts-two">
        <dl className="facts">
          {offer.accelerator.memory_gib > 0 && <><dt>{say("显存", "Memory")}</dt><dd>{count(offer.accelerator.memory_gib)} GiB {card?.memory_type}</dd></>}
          {card?.mem_bw_gb_s && <><dt>{say("显存带宽", "Bandwidth")}</dt><dd>{count(card.mem_bw_gb_s)} GB/s</dd></>}
          {fp16 && <><dt>{say("FP16 稠密", "FP16 dense")}</dt><dd>{count(fp16)} TFLOPS = {count(fp16 / 1000, 3)} P</dd></>}
          {!fp16 && card?.tflops.fp64 && <><dt>FP64</dt><dd>{count(card.tflops.fp64 * 1000)} GFLOPS</dd></>}
          <dt>{say("每卡附带", "With each card")}</dt><dd>{say(`${count(offer.cpu_milli / 1000, 1)} 核 CPU，${count(offer.memory_mib / 1024, 1)} GiB 内存`, `${count(offer.cpu_milli / 1000, 1)} CPU cores, ${count(offer.memory_mib / 1024, 1)} GiB RAM`)}</dd>
          {card?.software_stack && <><dt>{say("软件栈", "Software")}</dt><dd>{card.software_stack}</dd></>}
          {card?.interconnect && card.interconnect !== "none" && <><dt>{say("卡间互连", "Interconnect")}</dt><dd>{card.interconnect}</dd></>}
        </dl>
        <dl className="facts">
          <dt>{say("供应方", "Supplier")}</dt><dd>{offer.supplier.name}</dd>
          <dt>{say("站点", "Site")}</dt><dd>{site.name} · {site.region}</dd>
          <dt>{say("组网", "Fabric")}</dt><dd>{site.fabric}</dd>
          <dt>{say("能效", "Energy")}</dt><dd>PUE {site.pue.toFixed(2)} · {say("绿电", "green")} {Math.round(site.green_share * 100)}%</dd>
          <dt>{say("最小切片", "Smallest slice")}</dt><dd>{share(offer.share_milli)}</dd>
          <dt>{say("单笔上限", "Per order")}</dt><dd>{say(`${count(offer.max_cards)} 卡，${duration(offer.max_seconds)}`, `${count(offer.max_cards)} cards, ${duration(offer.max_seconds)}`)}</dd>
        </dl>
      </div>
    </section>
  );
}
