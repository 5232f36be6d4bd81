// The offers that serve, best first: price, what the whole need costs at most, and the energy of a card-hour.
import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { Accelerator, Match, Offer } from "../api/shapes";
import { count, money } from "../figures";
import { Blank } from "../frame/Blank";
import { estimate } from "../offer/ask";
import { useSay } from "../say";
import { Named } from "./Named";
import { seconds, type Need } from "./need";

const FIRST = 12;

interface Props { of: Match[]; need: Need; shelf: Map<string, Offer>; catalogue: Map<string, Accelerator> }

export function Serving({ of, need, shelf, catalogue }: Props) {
  const say = useSay();
  const [all, setAll] = useState(false);
  const asked = { cards: need.cards, share: need.share, seconds: seconds(need) };
  const form = new URLSearchParams(Object.entries(asked).map(([key, value]) => [key, String(value)])).toString();
  return (
    <section className="sheet" aria-label={say("合用的商品", "Offers that serve")}>
      {of.length === 0
        ? <Blank title={say("没有商品合乎全部要求", "No offer meets every rule")}>{say("下面从差得最少的说起：改哪一条，就能用哪一件。", "Below, nearest first: which rule to change to be served by which offer.")}</Blank>
        : <>
            <header><div><h2>{say(`${count(of.length)} 件商品合用`, of.length === 1 ? "1 offer serves" : `${count(of.length)} offers serve`)}</h2><p className="small quiet">{say("按花费与耗电排列，最合算的在前；电量按电表计，已含机房能耗。", "Ranked by cost and energy, best first; energy is at the meter, the machine room included.")}</p></div></header>
            <div className="scroll-x">
              <table className="serving">
                <thead><tr><th scope="col">{say("商品", "Offer")}</th><th scope="col" className="end">{say("每卡时", "Per card-hour")}</th><th scope="col" className="end">{say("合计至多", "In all, at most")}</th><th scope="col" className="end">{say("每卡时电量", "Energy per card-hour")}</th><th scope="col" className="end">{say("其中非绿电", "Of it not green")}</th><th scope="col" className="end">{say("现货", "Free now")}</th><th><span className="sr">{say("下单", "Order")}</span></th></tr></thead>
                <tbody>
                  {(all ? of : of.slice(0, FIRST)).map((one) => (
                    <tr key={one.offer_id} data-serves={one.offer_id}>
                      <td><Named id={one.offer_id} accelerator={one.accelerator} offer={shelf.get(one.offer_id)} catalogue={catalogue} to={`/offers/${one.offer_id}?${form}`} /></td>
                      <td className="end"><b className="price">{money(one.price_per_card_hour)}</b></td>
                      <td className="end num">{money(estimate(one.price_per_card_hour, asked))}</td>
                      <td className="end num">{count(one.watt_hours)} Wh</td>
                      <td className="end num">{count(one.brown_watt_hours)} Wh</td>
                      <td className="end num">{count(shelf.get(one.offer_id)?.free_cards)}</td>
                      <td className="end"><Link to={`/offers/${one.offer_id}?${form}`} className="serve">{say("下单", "Order")}</Link></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {of.length > FIRST && !all && <Button type="link" onClick={() => setAll(true)}>{say(`另外 ${of.length - FIRST} 件`, `${of.length - FIRST} more`)}</Button>}
          </>}
    </section>
  );
}
