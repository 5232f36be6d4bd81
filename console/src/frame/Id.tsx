// An identifier, shortened on screen, whole when copied.
import { Typography } from "antd";

export function Id({ of }: { of: string }) {
  const short = of.length > 14 ? `${of.slice(0, 4)}…${of.slice(-6)}` : of;
  return <Typography.Text className="mono nowrap" copyable={{ text: of, tooltips: false }} title={of} style={{ fontSize: 12.5 }}>{short}</Typography.Text>;
}
