// Pages that are not there, and pages that broke.
import { Button } from "antd";
import { Link } from "react-router";
import { useSay } from "../say";
import { Blank } from "./Blank";

export function Missing() {
  const say = useSay();
  return (
    <div className="sheet">
      <Blank title={say("没有这个页面", "There is no such page")} action={<Link to="/market">{say("回到算力市场", "Back to the market")}</Link>}>
        {say("地址可能抄错了，或页面已经搬走。", "The address may be mistyped, or the page has moved.")}
      </Blank>
    </div>
  );
}

export function Torn() {
  const say = useSay();
  return (
    <main className="main">
      <div className="sheet">
        <Blank title={say("页面没能打开", "The page could not be opened")} action={<Button type="primary" onClick={() => location.reload()}>{say("重新载入", "Reload")}</Button>}>
          {say("可能平台刚刚更新。没有任何改动，也没有扣费。", "The platform may just have been updated. Nothing was changed and nothing was charged.")}
        </Blank>
      </div>
    </main>
  );
}
