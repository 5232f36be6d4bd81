// The program's output as it comes: followed to the end unless the reader scrolls back, wrapped or not, downloadable whole.
import { DownloadOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button, Checkbox } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { answer, api, save } from "../api/client";
import type { Order } from "../api/shapes";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";
import { tidy } from "./log";
import type { Output } from "./Run";
import { over } from "./words";

export function LiveLog({ id, output, state }: { id: string; output: Output; state: Order["state"] }) {
  const say = useSay();
  const live = !over(state);
  const [following, setFollowing] = useState(true);
  const [wrap, setWrap] = useState(true);
  const place = useRef<HTMLPreElement>(null);
  const text = useMemo(() => tidy(output.text), [output.text]);
  const whole = useMutation({ mutationFn: () => wholeLog(id), onSuccess: (body) => save(body, `${id}.log`) });
  useEffect(() => {
    if (following && place.current) place.current.scrollTop = place.current.scrollHeight;
  }, [text, following, wrap]);
  const scrolled = () => {
    const pre = place.current;
    if (pre) setFollowing(pre.scrollHeight - pre.scrollTop - pre.clientHeight < 24);
  };
  return (
    <section className="sheet flush" aria-label={say("运行日志", "Log")}>
      <header className="log-head">
        <h2>{say("运行日志", "Log")} {live && <span className={`badge ${output.broken ? "amber" : "pine"}`}><i className="dot" />{output.broken ? say("正在重连", "reconnecting") : say("实时", "live")}</span>}</h2>
        <div className="row">
          <Checkbox checked={following} onChange={(event) => setFollowing(event.target.checked)}>{say("跟随", "Follow")}</Checkbox>
          <Checkbox checked={wrap} onChange={(event) => setWrap(event.target.checked)}>{say("折行", "Wrap")}</Checkbox>
          <Button size="small" icon={<DownloadOutlined />} loading={whole.isPending} onClick={() => whole.mutate()}>{say("下载全文", "Download")}</Button>
        </div>
      </header>
      <Refused error={whole.error} />
      {(output.cut || output.truncated) && <p className="log-note">{output.truncated ? say("输出超过了站点的日志上限，其后的没有保留。", "The output exceeded the site's log limit; what followed was not kept.") : say("这里只显示最近的输出，全文请下载。", "Only the latest output is shown here; download it for the whole.")}</p>}
      <pre ref={place} className={`log${wrap ? " wrap" : ""}`} onScroll={scrolled} tabIndex={0} role="log" aria-live="off" aria-label={say("程序输出", "Program output")} data-testid="log">
        {text || <span className="faint">{state === "booked" ? say("程序开始后，输出会出现在这里；准备环境和等待都不计费。", "Output appears here once the program begins; waiting and preparing are not charged.") : live ? say("等待第一行输出…", "Waiting for the first line…") : say("程序没有输出。", "The program printed nothing.")}</span>}
      </pre>
    </section>
  );
}

async function wholeLog(id: string): Promise<Blob> {
  const pieces: string[] = [];
  for (let offset = 0; ; ) {
    const piece = await answer(api.GET("/api/v1/orders/{id}/logs", { params: { path: { id }, query: { offset } } }));
    pieces.push(piece.text);
    if (piece.next_offset >= piece.size || piece.next_offset <= offset) return new Blob(pieces, { type: "text/plain;charset=utf-8" });
    offset = piece.next_offset;
  }
}
