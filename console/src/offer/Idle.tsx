// Full price or idle price: what each costs, and what the cheaper one may mean for the program.
import { Checkbox } from "antd";
import type { Offer } from "../api/shapes";
import { money } from "../figures";
import { useSay } from "../say";
import { saving, type Ask } from "./ask";

interface Props { offer: Offer; ask: Ask; set: (part: Partial<Ask>) => void; resume: boolean; setResume: (resume: boolean) => void }

export function Idle({ offer, ask, set, resume, setResume }: Props) {
  const say = useSay();
  if (offer.idle_price === null) return null;
  const choices = [
    { idle: false, price: offer.price_per_card_hour, name: say("全价", "Full price"), means: say("买下的时间内不会让您离开。", "Nobody asks you to leave within the time bought.") },
    { idle: true, price: offer.idle_price, name: say(`闲时卡，省 ${saving(offer)}%`, `Idle cards, ${saving(offer)}% less`), means: say("有人付全价时，提前 2 分钟通知后停止；只收用掉的时间，免起收。", "When somebody pays in full it is stopped, with 2 minutes' notice; only time used is charged, no minimum.") },
  ];
  return (
    <div className="wide stack tight">
      <span>{say("卖法", "How it is sold")}</span>
      <div className="choices" role="radiogroup" aria-label={say("卖法", "How it is sold")}>
        {choices.map((one) => (
          <button key={String(one.idle)} type="button" role="radio" aria-checked={one.idle === (ask.idle ?? false)} className="choice" onClick={() => set({ idle: one.idle })}>
            <b>{one.name}</b><span className="num">{money(one.price, offer.currency)} {say("/ 卡时", "/ card-hour")}</span><span className="small quiet">{one.means}</span>
          </button>
        ))}
      </div>
      {ask.idle && (
        <>
          <Checkbox checked={resume} onChange={(event) => setResume(event.target.checked)}>{say("被停后自动续排", "Queue it again by itself if it is stopped")}</Checkbox>
          <p className="small faint">{say("续排用的是剩下的时间和金额；上次的结果放在 carried/ 里。收到 SIGTERM 或看到 $SUANSHI_NOTICE 文件时，请把进度存进 $SUANSHI_OUTPUT。", "It goes on with the time and money that are left, and finds its results in carried/. On SIGTERM, or when the file $SUANSHI_NOTICE appears, save into $SUANSHI_OUTPUT.")}</p>
        </>
      )}
    </div>
  );
}
