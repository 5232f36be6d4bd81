// The narrow sheet on which people sign in or join, with what the market promises beside it.
import type { ReactNode } from "react";
import { useSay } from "../say";
import { Title } from "../frame/Title";
import "./door.css";

export function Door({ title, children }: { title: string; children: ReactNode }) {
  const say = useSay();
  const promises = [
    [say("一卡一时，明码实价", "One card, one hour, one price"), say("CPU、内存、磁盘和税都在价内，账单对到每一秒。", "CPU, memory, disk and tax included; the bill can be checked to the second.")],
    [say("先冻结，后结算", "Held first, settled after"), say("按最长时间冻结，用多少扣多少，余下立即解冻。", "The longest run is held, what was used is charged, the rest is free at once.")],
    [say("起不来，不收钱", "A failed start costs nothing"), say("每一次拒绝都说清缘由、是否扣费和下一步。", "Every refusal says why, whether anything was charged, and what to do next.")],
  ];
  return (
    <div className="door">
      <div className="door-words only-wide" aria-hidden="true">
        <img src="/seal.svg" alt="" width="52" height="52" />
        {promises.map(([head, words]) => <div key={head}><h2>{head}</h2><p>{words}</p></div>)}
      </div>
      <div className="door-sheet"><Title title={title} />{children}</div>
    </div>
  );
}
