// One offer on the shelf: the card, whose it is, what a card-hour costs all-in, and how many are free now.
import { Checkbox } from "antd";
import { Link } from "react-router";
import type { Accelerator, Offer } from "../api/shapes";
import { count, money } from "../figures";
import { useSay } from "../say";
import { shortName } from "./catalogue";
import type { Lead } from "./lead";
import { isolation, isolationMeaning, leadName, vendorName } from "./words";

interface Props {
  offer: Offer;
  card: Accelerator | undefined;
  leads: Lead[];
  picked: boolean;
  full: boolean;
  pick: () => void;
}

export function OfferCard({ offer, card, leads, picked, full, pick }: Props) {
  const say = useSay();
  const soldOut = offer.free_cards === 0;
  return (
    <article className={`sheet offer${soldOut ? " sold" : ""}`} aria-label={offer.title} data-offer={offer.id}>
      <div className="offer-tags">
        <span className="badge">{vendorName(say, offer.accelerator.vendor)}</span>
        {offer.accelerator.domestic && <span className="badge amber">{say("国产", "Chinese chip")}</span>}
        {leads.map((lead) => <span className="badge seal" key={lead}>{leadName(say, lead)}</span>)}
      </div>
      <h3><Link to={`/offers/${offer.id}`}>{shortName(offer.accelerator)}</Link></h3>
      {!offer.title.startsWith(offer.site.name) && <p className="quiet small clip" title={offer.title}>{offer.title}</p>}
      <p className="offer-spec small">{specs(offer, card).join(" · ")}</p>
      <p className="small offer-place"><span className="clip" title={offer.site.name}>{offer.site.name}</span><span className="faint nowrap">{offer.site.region}</span></p>
      <p className="row tight small">
        <span className={`badge${offer.isolation === "none" ? " amber" : ""}`} title={isolationMeaning(say, offer.isolation)}>{isolation(say, offer.isolation)}</span>
        {offer.share_milli < 1000 && <span className="badge">{say(`可切 1/${Math.round(1000 / offer.share_milli)} 卡`, `Slices from 1/${Math.round(1000 / offer.share_milli)}`)}</span>}
        <span className={`badge ${soldOut ? "" : "pine"}`}>{!soldOut && <i className="dot" />}{soldOut ? say("暂时售罄", "Sold out") : say(`现货 ${count(offer.free_cards)} 卡`, `${count(offer.free_cards)} free`)}</span>
      </p>
      <div className="offer-foot">
        <div><span className="price">{money(offer.price_per_card_hour, offer.currency)}</span><span className="small faint">{say(" / 卡时 全包", " / card-hour, all in")}</span>{offer.idle_price !== null && <div className="small quiet">{say(`闲时 ${money(offer.idle_price, offer.currency)}`, `idle ${money(offer.idle_price, offer.currency)}`)}</div>}</div>
        <Checkbox checked={picked} disabled={full && !picked} onChange={pick} aria-label={say(`对比 ${offer.title}`, `Compare ${offer.title}`)}>{say("对比", "Compare")}</Checkbox>
      </div>
    </article>
  );
}

/** Memory, bandwidth and FP16 speed where the catalogue knows them. */
export function specs(offer: Offer, card: Accelerator | undefined): string[] {
  const fp16 = card?.tflops.fp16 ?? card?.tflops.bf16;
  return [
    ...(offer.accelerator.memory_gib > 0 ? [`${count(offer.accelerator.memory_gib)} GiB`] : [`${count(offer.memory_mib / 1024, 1)} GiB RAM`]),
    ...(fp16 ? [`FP16 ${count(fp16)} TFLOPS`] : card?.tflops.fp64 ? [`FP64 ${count(card.tflops.fp64 * 1000)} GFLOPS`] : []),
    ...(card?.mem_bw_gb_s ? [`${count(card.mem_bw_gb_s)} GB/s`] : []),
  ];
}
