// What stands in the page's place until its facts arrive.
import { Skeleton } from "antd";
import { useSay } from "../say";

export function Waiting({ rows = 4 }: { rows?: number }) {
  const say = useSay();
  return (
    <div role="status" aria-label={say("正在读取", "Loading")} className="sheet">
      <Skeleton active paragraph={{ rows }} title={{ width: "36%" }} />
    </div>
  );
}
