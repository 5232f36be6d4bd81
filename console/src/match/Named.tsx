// An offer by its card, with whose it is below.
import { Link } from "react-router";
import type { Accelerator, Offer } from "../api/shapes";
import { shortName } from "../market/catalogue";

interface Props { id: string; accelerator: string; offer: Offer | undefined; catalogue: Map<string, Accelerator>; to?: string }

export function Named({ id, accelerator, offer, catalogue, to = `/offers/${id}` }: Props) {
  const card = catalogue.get(accelerator);
  return (
    <div className="named">
      <Link to={to}><b>{card ? shortName(card) : accelerator}</b></Link>
      {offer && <span className="small faint">{offer.site.name} · {offer.site.region}</span>}
    </div>
  );
}
