// A month, chosen from a list or with the arrows; as the API writes it: "2026-11".
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Select, Space } from "antd";
import { useLanguage, useSay } from "../say";

export function thisMonth(now = new Date()): string {
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}`;
}

export function beside(month: string, by: number): string {
  const [year = 2026, of = 1] = month.split("-").map(Number);
  return thisMonth(new Date(year, of - 1 + by, 1));
}

export function days(month: string): string[] {
  const [year = 2026, of = 1] = month.split("-").map(Number);
  return Array.from({ length: new Date(year, of, 0).getDate() }, (_, at) => `${month}-${String(at + 1).padStart(2, "0")}`);
}

/** The local day of a moment, as `days` writes it. */
export function dayOf(iso: string): string {
  const at = new Date(iso);
  return `${thisMonth(at)}-${String(at.getDate()).padStart(2, "0")}`;
}

const BACK = 24;

export function Month({ value, change }: { value: string; change: (month: string) => void }) {
  const say = useSay();
  const { language } = useLanguage();
  const now = thisMonth();
  const months = Array.from({ length: BACK }, (_, at) => beside(now, -at));
  const name = (month: string) => new Date(`${month}-01T00:00`).toLocaleDateString(language === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long" });
  return (
    <Space.Compact>
      <Button icon={<LeftOutlined />} aria-label={say("上个月", "Month before")} onClick={() => change(beside(value, -1))} />
      <Select value={value} onChange={change} aria-label={say("月份", "Month")} style={{ width: 140 }} options={[...new Set([...months, value])].map((month) => ({ value: month, label: name(month) }))} />
      <Button icon={<RightOutlined />} aria-label={say("下个月", "Month after")} disabled={value >= now} onClick={() => change(beside(value, 1))} />
    </Space.Compact>
  );
}
