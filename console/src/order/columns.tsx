// The columns of a list of orders, for buyer, supplier and operator alike.
import type { TableColumnsType } from "antd";
import { Link } from "react-router";
import type { Order } from "../api/shapes";
import { duration, money, share, time } from "../figures";
import { Id } from "../frame/Id";
import type { Say } from "../say";
import { Standing } from "./Standing";

export function columns(say: Say, linked: boolean): TableColumnsType<Order> {
  return [
    { title: say("订单", "Order"), key: "title", render: (_, one) => <div className="order-name">{linked ? <Link to={`/orders/${one.id}`}>{one.offer.title}</Link> : <span>{one.offer.title}</span>}<Id of={one.id} /></div> },
    { title: say("状态", "State"), key: "state", render: (_, one) => <Standing of={one} /> },
    { title: say("资源", "Resource"), key: "cards", render: (_, one) => <span className="nowrap">{one.share_milli < 1000 ? share(one.share_milli) : say(`${one.cards} 卡`, `${one.cards} cards`)} × {duration(one.seconds)}</span> },
    { title: say("站点", "Site"), key: "site", render: (_, one) => one.site.name },
    { title: say("下单", "Placed"), key: "at", render: (_, one) => <span className="num">{time(one.created_at)}</span> },
    { title: say("费用", "Charge"), key: "charged", align: "right", render: (_, one) => <span className="num">{one.charged === null ? <span className="faint" title={say("冻结中", "held")}>{say("冻结 ", "held ")}{money(one.hold, one.currency)}</span> : money(one.charged, one.currency)}</span> },
  ];
}

export const STATES: Order["state"][] = ["booked", "running", "ended", "settled", "refused"];
