// A question and its answer on screen: waiting, refused, or the facts.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Refused } from "./Refused";
import { Waiting } from "./Waiting";

interface Props<T> {
  of: UseQueryResult<T>;
  rows?: number;
  children: (facts: T) => ReactNode;
}

export function Shown<T>({ of, rows, children }: Props<T>) {
  if (of.data !== undefined) {
    return <>{of.error && <div style={{ marginBottom: 12 }}><Refused error={of.error} again={() => void of.refetch()} /></div>}{children(of.data)}</>;
  }
  if (of.error) return <Refused error={of.error} again={() => void of.refetch()} />;
  return <Waiting rows={rows} />;
}
