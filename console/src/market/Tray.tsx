// The tray at the foot of the market: up to four offers on their way to being compared.
import { CloseOutlined } from "@ant-design/icons";
import { useQueries } from "@tanstack/react-query";
import { Button, Modal, Skeleton } from "antd";
import { lazy, Suspense, useState } from "react";
import { answer, api } from "../api/client";
import type { Accelerator, Offer } from "../api/shapes";
import { money } from "../figures";
import { useSay } from "../say";
import { shortName } from "./catalogue";

const Comparison = lazy(() => import("./Comparison"));

interface Props {
  ids: string[];
  known: Offer[];
  catalogue: Map<string, Accelerator>;
  drop: (id: string) => void;
  clear: () => void;
}

export function Tray({ ids, known, catalogue, drop, clear }: Props) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const asked = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["offer", id],
      queryFn: () => answer(api.GET("/api/v1/offers/{id}", { params: { path: { id } } })),
      initialData: () => known.find((offer) => offer.id === id),
    })),
  });
  const offers = asked.flatMap((one) => (one.data ? [one.data] : []));
  if (ids.length === 0) return null;
  return (
    <>
      <div className="tray" role="region" aria-label={say("对比栏", "Comparison tray")}>
        <div className="tray-in">
          <div className="tray-items">
            {offers.map((offer) => (
              <span className="tray-item" key={offer.id}>
                <span className="clip">{shortName(offer.accelerator)}</span><b className="num">{money(offer.price_per_card_hour)}</b>
                <Button type="text" size="small" icon={<CloseOutlined />} aria-label={say(`移出 ${offer.title}`, `Remove ${offer.title}`)} onClick={() => drop(offer.id)} />
              </span>
            ))}
          </div>
          <Button type="text" onClick={clear}>{say("清空", "Clear")}</Button>
          <Button type="primary" disabled={offers.length < 2} onClick={() => setOpen(true)}>{say(`并排对比（${offers.length}）`, `Compare (${offers.length})`)}</Button>
        </div>
      </div>
      <Modal open={open} onCancel={() => setOpen(false)} footer={null} width={1080} title={say("并排对比", "Side by side")} destroyOnHidden>
        <Suspense fallback={<Skeleton active />}><Comparison offers={offers} catalogue={catalogue} /></Suspense>
      </Modal>
    </>
  );
}
