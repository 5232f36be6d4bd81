// Every offer on the shelf by its id, so that a verdict can be shown with the offer's name, site and stock.
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import type { Offer, OfferPage } from "../api/shapes";

export function useShelf(): Map<string, Offer> {
  const shelf = useQuery({ queryKey: ["shelf"], queryFn: whole, staleTime: 60_000 });
  return shelf.data ?? EMPTY;
}

const EMPTY = new Map<string, Offer>();

async function whole(): Promise<Map<string, Offer>> {
  const found = new Map<string, Offer>();
  let cursor: string | undefined;
  do {
    const page: OfferPage = await answer(api.GET("/api/v1/offers", { params: { query: { cursor, limit: 100 } } }));
    for (const offer of page.items) found.set(offer.id, offer);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}
