// The order form: cards and time, the environment and the program, the limits; the quote stays in sight beside it.
import { Button, Input, InputNumber, Segmented, Select, Skeleton } from "antd";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { useSearchParams } from "react-router";
import type { Offer } from "../api/shapes";
import { duration, share } from "../figures";
import { useSay } from "../say";
import { HOUR, pieces, read, type Ask } from "./ask";
import { Begin } from "./Begin";
import { environmentMeaning, environmentName } from "./environment";
import { Files } from "./Files";
import { Idle } from "./Idle";
import type { Wish } from "./job";
import { QuoteSheet } from "./QuoteSheet";
import { isSample, sample } from "./samples";
import { Time } from "./Time";
import { Variables } from "./Variables";

const Editor = lazy(() => import("./Editor"));

function kept(offer: Offer): Wish {
  // A half-written program outlives a sign-in or a reload, in this tab only.
  const first: Wish = { kind: "script", script: "", command: "", environment: offer.environments[0] ?? "python", files: [], variables: [], timeLimitMinutes: null, spendLimit: null, idleMinutes: 30, resume: false };
  try {
    return { ...first, ...(JSON.parse(sessionStorage.getItem(`suanshi.wish.${offer.id}`) ?? "{}") as Partial<Wish>), files: [] };
  } catch {
    return first;
  }
}

export function Buy({ offer, facts }: { offer: Offer; facts: ReactNode }) {
  const say = useSay();
  const [address, setAddress] = useSearchParams();
  const ask = read(address, offer);
  const [wish, setWish] = useState<Wish>(() => kept(offer));
  const change = (part: Partial<Wish>) => setWish((before) => ({ ...before, ...part }));
  const setAsk = (part: Partial<Ask>) => {
    const next = { ...ask, ...part };
    if (next.share < 1000) next.cards = 1;
    const to = new URLSearchParams(address);
    for (const [key, value] of Object.entries(next)) to.set(key, String(value));
    setAddress(to, { replace: true, preventScrollReset: true, flushSync: true });
  };
  useEffect(() => {
    // The sample follows the environment until the buyer has written something of their own.
    setWish((before) => (isSample(before.script) ? { ...before, script: sample(before.environment) } : before));
  }, [wish.environment]);
  useEffect(() => sessionStorage.setItem(`suanshi.wish.${offer.id}`, JSON.stringify({ ...wish, files: undefined })), [offer.id, wish]);
  return (
    <div className="columns">
      <div className="stack">
        {facts}
        <section className="sheet" aria-labelledby="step-cards">
          <header><h2 id="step-cards"><Step n={1} />{say("要多少、用多久", "How much, how long")}</h2></header>
          <Cards offer={offer} ask={ask} set={setAsk}><Begin ask={ask} set={setAsk} /><Idle offer={offer} ask={ask} set={setAsk} resume={wish.resume} setResume={(resume) => change({ resume })} /></Cards>
        </section>
        <section className="sheet" aria-labelledby="step-job">
          <header><h2 id="step-job"><Step n={2} />{say("跑什么", "What to run")}</h2></header>
          <div className="stack">
            <Environments of={offer.environments} chosen={wish.environment} choose={(environment) => change({ environment })} />
            <Program wish={wish} change={change} restore={() => change({ script: sample(wish.environment) })} />
            <Files files={wish.files} change={(files) => change({ files })} />
          </div>
        </section>
        <section className="sheet" aria-labelledby="step-limits">
          <header><h2 id="step-limits"><Step n={3} />{say("设个上限", "Limits")}</h2><span className="small faint">{say("都可不填", "All optional")}</span></header>
          <Limits ask={ask} wish={wish} change={change} />
        </section>
      </div>
      <aside className="sticky" aria-label={say("报价", "Quote")}><QuoteSheet offer={offer} ask={ask} wish={wish} set={setAsk} /></aside>
    </div>
  );
}

const Step = ({ n }: { n: number }) => <span className="step" aria-hidden="true">{n}</span>;

function Cards({ offer, ask, set, children }: { offer: Offer; ask: Ask; set: (part: Partial<Ask>) => void; children: ReactNode }) {
  const say = useSay();
  const choices = pieces(offer);
  return (
    <div className="fields">
      {choices.length > 1 && (
        <label>
          <span>{say("切片", "Piece of a card")}</span>
          <Select value={ask.share} onChange={(value) => set({ share: value })} aria-label={say("切片", "Piece of a card")} options={choices.map((value) => ({ value, label: share(value) }))} />
        </label>
      )}
      <label>
        <span>{say("卡数", "Cards")}</span>
        <InputNumber min={1} max={offer.max_cards} precision={0} value={ask.cards} disabled={ask.share < 1000} aria-label={say("卡数", "Cards")}
          onChange={(value) => value && set({ cards: value })} suffix={say("张", "")} style={{ width: "100%" }} />
      </label>
      <div className="wide">
        <span>{say("最长用多久", "At most for")}</span>
        <Time seconds={ask.seconds} most={offer.max_seconds} change={(seconds) => set({ seconds })} />
        <p className="small faint">{say("提前跑完就提前停表，只收用掉的时间。", "If it finishes earlier the meter stops earlier: only time used is charged.")}</p>
      </div>
      {children}
    </div>
  );
}

interface EnvironmentsProps { of: string[]; chosen: string; choose: (id: string) => void }

function Environments({ of, chosen, choose }: EnvironmentsProps) {
  const say = useSay();
  return (
    <div className="choices" role="radiogroup" aria-label={say("环境模板", "Environment")}>
      {of.map((one) => (
        <button key={one} type="button" role="radio" aria-checked={one === chosen} className="choice" onClick={() => choose(one)}>
          <b>{environmentName(say, one)}</b><span className="small quiet">{environmentMeaning(say, one)}</span>
        </button>
      ))}
    </div>
  );
}

function Program({ wish, change, restore }: { wish: Wish; change: (part: Partial<Wish>) => void; restore: () => void }) {
  const say = useSay();
  const label = say("脚本", "Script");
  return (
    <div className="stack tight">
      <div className="spread">
        <Segmented<Wish["kind"]> value={wish.kind} onChange={(kind) => change({ kind })} aria-label={say("程序形式", "Kind of program")}
          options={[{ value: "script", label }, { value: "command", label: say("命令", "Command") }]} />
        {wish.kind === "script" && <Button type="link" size="small" onClick={restore}>{say("填入示例", "Fill in the sample")}</Button>}
      </div>
      {wish.kind === "script" ? (
        <>
          <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} title={false} />}>
            <Editor value={wish.script} change={(script) => change({ script })} label={label} />
          </Suspense>
          <p className="small faint">{say("默认用环境里的 Python 运行；第一行写 #! 可换解释器。写进 $SUANSHI_OUTPUT 的文件会带回来。", "Runs under the environment's Python; a first line with #! changes that. Files written to $SUANSHI_OUTPUT come back.")}</p>
        </>
      ) : (
        <>
          <Input className="mono" value={wish.command} onChange={(event) => change({ command: event.target.value })} placeholder="python train.py --epochs 3" aria-label={say("命令", "Command")} />
          <p className="small faint">{say("按词拆分后直接执行，不经过 shell；工作目录里是您的输入文件。", "Split into words and run directly, without a shell; your input files lie in the working folder.")}</p>
        </>
      )}
    </div>
  );
}

function Limits({ ask, wish, change }: { ask: Ask; wish: Wish; change: (part: Partial<Wish>) => void }) {
  const say = useSay();
  return (
    <div className="fields">
      <label>
        <span>{say("花费上限", "Spend limit")}</span>
        <InputNumber<string> stringMode prefix="¥" min="0.01" precision={2} value={wish.spendLimit} onChange={(value) => change({ spendLimit: value || null })}
          placeholder={say("不另设", "none")} aria-label={say("花费上限", "Spend limit")} style={{ width: "100%" }} />
        <p className="small faint">{say("到了就停，已用部分照结。", "Stops there; what was used is charged.")}</p>
      </label>
      <label>
        <span>{say("运行时限（分钟）", "Time limit (minutes)")}</span>
        <InputNumber min={1} max={Math.max(1, Math.floor(ask.seconds / 60))} value={wish.timeLimitMinutes} onChange={(value) => change({ timeLimitMinutes: value })}
          placeholder={duration(ask.seconds)} aria-label={say("运行时限", "Time limit")} style={{ width: "100%" }} />
        <p className="small faint">{say("不填即买下的时间。", "The time bought, unless set.")}</p>
      </label>
      <label>
        <span>{say("空转多久停（分钟）", "Stop when idle for (minutes)")}</span>
        <InputNumber min={0} max={ask.seconds > HOUR ? 1440 : 60} value={wish.idleMinutes} onChange={(value) => change({ idleMinutes: value ?? 0 })} aria-label={say("空转时限", "Idle limit")} style={{ width: "100%" }} />
        <p className="small faint">{say("不算东西时自动停表；0 为不停。", "Saves you from paying for nothing; 0 never stops.")}</p>
      </label>
      <Variables of={wish.variables} change={(variables) => change({ variables })} />
    </div>
  );
}
