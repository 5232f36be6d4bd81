// Where an order stands, in one badge.
import type { Order } from "../api/shapes";
import { useSay } from "../say";
import { outcomeName, stateName, tone } from "./words";

export function Standing({ of }: { of: Pick<Order, "state" | "outcome"> }) {
  const say = useSay();
  return (
    <span className="row tight nowrap">
      <span className={`badge ${tone(of)}`} data-state={of.state}>{of.state === "running" && <i className="dot" />}{stateName(say, of.state)}</span>
      {of.outcome && <span className="small quiet">{outcomeName(say, of.outcome)}</span>}
    </span>
  );
}
