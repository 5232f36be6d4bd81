// A length of time: a few usual ones to click, any other to type.
import { InputNumber, Select, Space } from "antd";
import { useState } from "react";
import { duration } from "../figures";
import { useSay } from "../say";
import { HOUR } from "./ask";

const USUAL = [600, HOUR, 4 * HOUR, 24 * HOUR, 7 * 24 * HOUR];
const UNITS = [60, HOUR, 24 * HOUR];

export function Time({ seconds, most, change }: { seconds: number; most: number; change: (seconds: number) => void }) {
  const say = useSay();
  const [unit, setUnit] = useState(() => [...UNITS].reverse().find((one) => seconds % one === 0) ?? 60);
  const names: Record<number, string> = { 60: say("分钟", "minutes"), [HOUR]: say("小时", "hours"), [24 * HOUR]: say("天", "days") };
  return (
    <div className="row">
      <Space.Compact>
        <InputNumber min={1 / 60} max={most / unit} value={Number((seconds / unit).toFixed(4))} aria-label={say("时长", "Duration")} style={{ width: 110 }}
          onChange={(value) => value && change(Math.min(most, Math.max(1, Math.round(value * unit))))} />
        <Select value={unit} onChange={setUnit} aria-label={say("时间单位", "Unit of time")} style={{ width: 96 }} options={UNITS.map((value) => ({ value, label: names[value] }))} />
      </Space.Compact>
      <div className="row tight">
        {USUAL.filter((one) => one <= most).map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={one === seconds} onClick={() => {
            change(one);
            setUnit([...UNITS].reverse().find((size) => one % size === 0) ?? 60);
          }}>{duration(one)}</button>
        ))}
      </div>
    </div>
  );
}
