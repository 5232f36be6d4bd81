// One box for one sentence, with a few to start from.
import { Button, Input } from "antd";
import { useState } from "react";
import { useSay } from "../say";

export function Sentence({ value, busy, ask }: { value: string; busy: boolean; ask: (text: string) => void }) {
  const say = useSay();
  const [text, setText] = useState(value);
  const examples = [
    say("我有一个7B模型和两万条数据，周五前要，预算500元", "Fine-tune a 7B model on 20,000 samples by Friday for under ¥500"),
    say("部署 Qwen2.5-32B，每天十万次请求，首字不超过两秒", "Serve Qwen2.5-32B for 100,000 requests a day, first token within 2 seconds"),
    say("用国产卡预训练 1B 模型，200 亿词元", "Pre-train a 1B model on 20 billion tokens on Chinese chips"),
    say("一百万条文本做向量化，越便宜越好", "Embed one million texts as cheaply as possible"),
  ];
  const send = () => text.trim() && ask(text.trim());
  return (
    <div className="stack tight">
      <Input.TextArea value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} aria-label={say("用一句话说明需求", "Your need in a sentence")} className="sentence"
        placeholder={say("例如：我有一个7B模型和两万条数据，周五前要，预算500元", "For example: fine-tune a 7B model on 20,000 samples by Friday for under ¥500")}
        onPressEnter={(event) => {
          if (event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }} />
      <div className="sentence-foot">
        <div className="row tight">{examples.map((one) => <button key={one} type="button" className="chip" onClick={() => { setText(one); ask(one); }}>{one}</button>)}</div>
        <Button type="primary" size="large" loading={busy} disabled={!text.trim()} onClick={send}>{say("出方案", "Advise")}</Button>
      </div>
    </div>
  );
}
