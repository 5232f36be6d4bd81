// The accelerator catalogue, read once: what a card can hold, move and compute.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answer, api } from "../api/client";
import type { Accelerator } from "../api/shapes";

export function useCatalogue(): Map<string, Accelerator> {
  const shelf = useQuery({
    queryKey: ["accelerators"],
    queryFn: () => answer(api.GET("/api/v1/accelerators")),
    staleTime: Infinity,
  });
  return useMemo(() => new Map(shelf.data?.items.map((one) => [one.id, one])), [shelf.data]);
}

/** "NVIDIA A100 SXM4 80GB" -> "A100 SXM4 80GB", since the vendor stands beside it; remarks in brackets are left to the details. */
export function shortName(of: { name: string; vendor: string }): string {
  const own = of.name.startsWith(`${of.vendor} `) ? of.name.slice(of.vendor.length + 1) : of.name;
  return own.length > 24 ? own.replace(/ \([^)]*\)$/, "") : own;
}
