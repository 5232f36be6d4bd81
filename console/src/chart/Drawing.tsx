import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef } from "react";
import { ink, sans, series } from "../theme";
import { init } from "./engine";

export interface DrawingProps {
  option: EChartsCoreOption;
  height?: number;
  /** What the chart shows, for those who do not see it. */
  label: string;
  onPick?: (data: unknown) => void;
}

const look: EChartsCoreOption = {
  color: series,
  textStyle: { fontFamily: sans, color: ink.quiet },
  animationDuration: 300,
};

export default function Drawing({ option, height = 300, label, onPick }: DrawingProps) {
  const place = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const chart = useRef<ReturnType<typeof init> | null>(null);
  useEffect(() => {
    if (!place.current) return;
    const drawn = init(place.current, undefined, { renderer: "svg" });
    chart.current = drawn;
    drawn.on("click", (event) => pick.current?.(event.data));
    const watch = new ResizeObserver(() => drawn.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setOption({ ...look, ...option }, true), [option]);
  return <div ref={place} role="img" aria-label={label} data-chart style={{ height, width: "100%" }} />;
}
