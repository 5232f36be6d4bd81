// When the work is to begin: at once, at a moment, or in the queue, as soon as cards are free.
import { Input } from "antd";
import { useSay } from "../say";
import { local, type Ask, type When } from "./ask";

const DAY = 86_400_000;

export function Begin({ ask, set }: { ask: Ask; set: (part: Partial<Ask>) => void }) {
  const say = useSay();
  const choices: { when: When; name: string; means: string }[] = [
    { when: "now", name: say("马上", "At once"), means: say("现在有空卡才能下单。", "Needs free cards right now.") },
    { when: "start", name: say("预约时间", "At a time"), means: say("到点准时开始，到点结束。", "Begins and ends exactly on time.") },
    { when: "queue", name: say("排队", "Queue"), means: say("有空卡就开始，不晚于您定的时间。", "As soon as cards are free, at the latest when you say.") },
  ];
  const label = ask.when === "start" ? say("开始时间", "Begins at") : say("最迟开始", "At the latest");
  return (
    <div className="wide stack tight">
      <span>{say("什么时候开始", "When it begins")}</span>
      <div className="choices" role="radiogroup" aria-label={say("什么时候开始", "When it begins")}>
        {choices.map((one) => (
          <button key={one.when} type="button" role="radio" aria-checked={one.when === ask.when} className="choice"
            onClick={() => set({ when: one.when, at: ask.at || local(new Date(Date.now() + DAY)) })}>
            <b>{one.name}</b><span className="small quiet">{one.means}</span>
          </button>
        ))}
      </div>
      {ask.when !== "now" && (
        <label className="row tight">
          <span className="small quiet">{label}</span>
          <Input type="datetime-local" aria-label={label} value={ask.at} min={local(new Date())} style={{ width: 220 }} onChange={(event) => set({ at: event.target.value })} />
        </label>
      )}
    </div>
  );
}
