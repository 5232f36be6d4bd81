// One order as it lives: its timeline, its output line by line, what it used and cost, and what came back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm } from "antd";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { answer, api, intention } from "../api/client";
import type { Log, Order } from "../api/shapes";
import { duration, money, share } from "../figures";
import { Id } from "../frame/Id";
import { Refused } from "../frame/Refused";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { shortName, useCatalogue } from "../market/catalogue";
import { environmentName } from "../offer/environment";
import { useSay } from "../say";
import { Begins } from "./Begins";
import { BillSheet } from "./BillSheet";
import { LiveLog } from "./LiveLog";
import { Notice } from "./Notice";
import { append } from "./log";
import { Promised } from "./Promised";
import { Results } from "./Results";
import { Standing } from "./Standing";
import { follow } from "./stream";
import { Timeline } from "./Timeline";
import { outcomeMeaning, over } from "./words";
import "./order.css";

export interface Output { text: string; cut: boolean; truncated: boolean; broken: boolean }

/** The order as the stream last told it, and the output so far. */
function useLife(id: string): { output: Output; error: unknown } {
  const queries = useQueryClient();
  const [output, setOutput] = useState<Output>({ text: "", cut: false, truncated: false, broken: false });
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    let waiting: Log[] = [];
    let frame = 0;
    setOutput({ text: "", cut: false, truncated: false, broken: false });
    setError(null);
    const show = () => {
      // A chatty program sends many pieces a second; they are shown once a frame.
      const pieces = waiting;
      waiting = [];
      frame = 0;
      setOutput((before) => {
        const { text, cut } = append(before.text, pieces.map((one) => one.text).join(""));
        return { ...before, text, cut: before.cut || cut, truncated: before.truncated || pieces.some((one) => one.truncated) };
      });
    };
    void follow(`/api/v1/orders/${id}/stream`, (event) => {
      if (event.name === "log") {
        waiting.push(JSON.parse(event.data) as Log);
        frame ||= requestAnimationFrame(show);
      } else if (event.name === "state" || event.name === "done") {
        queries.setQueryData(["order", id], JSON.parse(event.data) as Order);
        for (const name of ["bill", "files"]) void queries.invalidateQueries({ queryKey: [name, id] });
        void queries.invalidateQueries({ queryKey: ["wallet"] });
      }
    }, stop.signal, (broken) => setOutput((before) => ({ ...before, broken }))).catch(setError);
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [id, queries]);
  return { output, error };
}

export default function Run() {
  const say = useSay();
  const { id = "" } = useParams();
  const { output, error } = useLife(id);
  const order = useQuery({ queryKey: ["order", id], queryFn: () => answer(api.GET("/api/v1/orders/{id}", { params: { path: { id } } })),
    // The stream ends with the bill; where the work goes on is known a moment later.
    refetchInterval: ({ state: { data: one } }) => (one?.outcome === "preempted" && one.job?.resume && over(one.state) && !one.resumed_as && !one.message ? 1000 : false) });
  return (
    <Shown of={order} rows={8}>
      {(one) => (
        <>
          <Title title={one.offer.title} back={{ to: "/orders", label: say("我的订单", "My orders") }}
            acts={<><Standing of={one} />{(one.state === "booked" || one.state === "running") && <Cancel order={one} />}{over(one.state) && <Again order={one} />}</>}>
            <Id of={one.id} />
          </Title>
          <div className="stack">
            <section className="sheet" aria-label={say("进展", "Progress")}>
              <Timeline order={one} />
              <Begins order={one} />
              <Notice order={one} />
              {one.outcome && <p className={`outcome ${one.outcome}`}>{one.outcome === "preempted" ? [outcomeMeaning(say, one.outcome), one.message].filter(Boolean).join(" ") : one.message ?? outcomeMeaning(say, one.outcome)}{one.exit_code !== null && one.outcome === "failed" && <span className="faint"> {say(`退出码 ${one.exit_code}`, `exit status ${one.exit_code}`)}</span>}</p>}
            </section>
            <div className="columns">
              <div className="stack">
                <Refused error={error} />
                <LiveLog id={id} output={output} state={one.state} />
                <Results id={id} over={over(one.state)} />
              </div>
              <div className="stack">
                <BillSheet order={one} />
                {one.promise && <Promised promise={one.promise} />}
                <Program order={one} />
              </div>
            </div>
          </div>
        </>
      )}
    </Shown>
  );
}

function Cancel({ order }: { order: Order }) {
  const say = useSay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const cancel = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/orders/{id}/cancel", { params: { path: { id: order.id }, header: { "Idempotency-Key": intention() } } })),
    onSuccess: (now) => {
      queries.setQueryData(["order", order.id], now);
      void message.info(say("已请求取消", "Cancellation asked for"));
    },
    onError: (error) => void message.error(error.message),
  });
  if (order.cancel_asked_at) return <Button danger disabled loading>{say("正在停止", "Stopping")}</Button>;
  return (
    <Popconfirm title={say("取消这个订单？", "Cancel this order?")} okText={say("取消订单", "Cancel the order")} cancelText={say("继续运行", "Keep running")} okButtonProps={{ danger: true }}
      description={<span style={{ display: "block", maxWidth: 280 }}>{order.state === "booked" ? say("还没启动，取消不收任何费用。", "It has not started: cancelling costs nothing.") : say("程序会被停下，已用的时间照结，已写的文件仍可取回。", "The program is stopped; time used is charged and files written can be fetched.")}</span>}
      onConfirm={() => cancel.mutateAsync().catch(() => undefined)}>
      <Button danger loading={cancel.isPending}>{say("取消订单", "Cancel order")}</Button>
    </Popconfirm>
  );
}

function Again({ order }: { order: Order }) {
  const say = useSay();
  const same = new URLSearchParams({ cards: String(order.cards), share: String(order.share_milli), seconds: String(order.seconds), ...(order.preemptible ? { idle: "true" } : {}) });
  return <Link to={`/offers/${order.offer.id}?${same.toString()}`}><Button>{say("再来一单", "Order again")}</Button></Link>;
}

function Program({ order }: { order: Order }) {
  const say = useSay();
  const { job } = order;
  const card = useCatalogue().get(order.accelerator);
  return (
    <section className="sheet" aria-label={say("订单内容", "What was ordered")}>
      <header><h2>{say("订单内容", "What was ordered")}</h2></header>
      <dl className="facts">
        <dt>{say("站点", "Site")}</dt><dd>{order.site.name}</dd>
        <dt>{say("资源", "Resource")}</dt><dd>{card ? shortName(card) : order.accelerator} · {order.share_milli < 1000 ? share(order.share_milli) : say(`${order.cards} 卡`, `${order.cards} cards`)}</dd>
        <dt>{say("最长", "At most")}</dt><dd>{duration(order.seconds)}</dd>
        {order.preemptible && <><dt>{say("卖法", "Sold as")}</dt><dd>{say("闲时卡，可能让出", "Idle cards, may have to make way")}</dd></>}
        {job && <><dt>{say("环境", "Environment")}</dt><dd>{environmentName(say, job.environment)}</dd></>}
        {job?.spend_limit && <><dt>{say("花费上限", "Spend limit")}</dt><dd>{money(job.spend_limit)}</dd></>}
        {job && job.inputs.length > 0 && <><dt>{say("输入", "Inputs")}</dt><dd className="mono">{job.inputs.join("\n")}</dd></>}
      </dl>
      {job && <details className="program"><summary>{job.kind === "script" ? say("脚本", "Script") : say("命令", "Command")}</summary><pre>{job.script ?? job.argv?.join(" ")}</pre></details>}
    </section>
  );
}
