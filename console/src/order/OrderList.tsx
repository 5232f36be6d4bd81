// A list of orders with its filter by state.
import { Segmented } from "antd";
import { useState, type ReactNode } from "react";
import type { Order } from "../api/shapes";
import { Listing, type Page } from "../frame/Listing";
import { useSay } from "../say";
import { columns, STATES } from "./columns";
import { stateName } from "./words";

interface Props {
  name: string;
  read: (state: Order["state"] | undefined, cursor: string | undefined) => Promise<Page<Order>>;
  linked?: boolean;
  blank: ReactNode;
  label: string;
}

export function OrderList({ name, read, linked = false, blank, label }: Props) {
  const say = useSay();
  const [state, setState] = useState<Order["state"] | "">("");
  return (
    <div className="stack">
      <div className="scroll-x">
        <Segmented<Order["state"] | ""> value={state} onChange={setState} aria-label={say("按状态筛选", "Filter by state")}
          options={[{ value: "", label: say("全部", "All") }, ...STATES.map((value) => ({ value, label: stateName(say, value) }))]} />
      </div>
      <Listing<Order> name={[name, state]} every={10} label={label} columns={columns(say, linked)} rowKey={(one) => one.id} blank={blank} read={(cursor) => read(state || undefined, cursor)} />
    </div>
  );
}
