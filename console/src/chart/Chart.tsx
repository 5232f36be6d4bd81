// A chart whose drawing code arrives only when one is shown.
import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { ink } from "../theme";
import type { DrawingProps } from "./Drawing";

const Drawing = lazy(() => import("./Drawing"));

export function Chart(props: DrawingProps) {
  const waiting = <Skeleton.Node active style={{ width: "100%", height: props.height ?? 300 }}><span /></Skeleton.Node>;
  return <Suspense fallback={waiting}><Drawing {...props} /></Suspense>;
}

/** Axes and tips that all our charts share. */
export const axis = {
  axisLine: { lineStyle: { color: ink.line } },
  axisTick: { show: false },
  axisLabel: { color: ink.quiet },
  nameTextStyle: { color: ink.faint },
  splitLine: { lineStyle: { color: "#eeebe1" } },
};
export const tip = {
  backgroundColor: "#fff",
  borderColor: ink.line,
  textStyle: { color: ink.text, fontSize: 13 },
  extraCssText: "box-shadow:0 4px 16px rgba(40,36,20,.12);border-radius:8px",
};

/** Text of others inside a tip's HTML. */
export const plain = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
