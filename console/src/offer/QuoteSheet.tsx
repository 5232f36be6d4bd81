// The quote beside the form: asked anew whenever the wish changes, counted down to its end, checked against the wallet, bought once.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Progress, Skeleton } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import { needOf, withoutNeed } from "../advice/order";
import { answer, api, intention } from "../api/client";
import { asProblem } from "../api/problem";
import type { Offer, Quote } from "../api/shapes";
import { useRole, useSession } from "../api/session";
import { decimal, duration, micro, money, share, time } from "../figures";
import { useNow } from "../frame/now";
import { Refused } from "../frame/Refused";
import { useSay } from "../say";
import { estimate, local, priceOf, times, type Ask } from "./ask";
import { INPUT_BYTES, order, words, type Wish } from "./job";

interface Props { offer: Offer; ask: Ask; wish: Wish; set: (part: Partial<Ask>) => void }

const WAIT = 2 * 86_400_000; // whoever queues out of a full house waits two days at most, unless they say otherwise

function useSettled<T>(value: T, after = 400): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}

export function QuoteSheet({ offer, ask, wish, set }: Props) {
  const say = useSay();
  const buyer = useRole("buyer");
  const settled = useSettled(ask);
  const quote = useQuery({
    queryKey: ["quote", offer.id, settled],
    queryFn: () => answer(api.POST("/api/v1/quotes", { body: { offer_id: offer.id, cards: settled.cards, share_milli: settled.share, seconds: settled.seconds, preemptible: settled.idle ?? false, ...times(settled) } })),
    enabled: buyer && times(settled) !== null,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const fresh = JSON.stringify(settled) === JSON.stringify(ask) ? quote.data : undefined;
  const most = fresh?.total ?? estimate(priceOf(offer, ask), ask);
  return (
    <div className="sheet quote">
      <h2>{fresh ? say("报价单", "Quote") : say("预计", "Estimate")}</h2>
      <dl className="facts ends">
        <dt>{say("单价", "Price")}</dt><dd className="num">{money(fresh?.price_per_card_hour ?? priceOf(offer, ask), offer.currency)} {say("/ 卡时", "/ card-hour")}</dd>
        <dt>{say("数量", "Quantity")}</dt><dd>{ask.share < 1000 ? share(ask.share) : say(`${ask.cards} 卡`, `${ask.cards} card${ask.cards > 1 ? "s" : ""}`)} × {duration(ask.seconds)}</dd>
        {fresh?.starts_at && !fresh.after_notice && <><dt>{fresh.flexible ? say("最迟开始", "Begins by") : say("开始", "Begins")}</dt><dd className="num" data-testid="quote-begins">{time(fresh.starts_at)}</dd></>}
        <dt>{say("起收", "Minimum charge")}</dt><dd className="num">{money(offer.minimum_charge, offer.currency)}</dd>
      </dl>
      <div className="quote-total">
        <span>{say("最多花费", "At most")}</span><span className="price num" data-testid="quote-total">{money(most, offer.currency)}</span>
      </div>
      {!buyer && <Stranger />}
      {buyer && quote.isFetching && <Skeleton active title={false} paragraph={{ rows: 2 }} />}
      {buyer && <Refused error={quote.error} again={() => void quote.refetch()} />}
      {buyer && ask.when !== "queue" && full(quote.error) && <Button block onClick={() => set({ when: "queue", at: local(new Date(Date.now() + WAIT)) })}>{say("改为排队", "Queue instead")}</Button>}
      {buyer && fresh && !quote.isFetching && <Purchase quote={fresh} wish={wish} renew={() => void quote.refetch()} />}
    </div>
  );
}

const full = (error: unknown) => Boolean(error) && ["no-capacity", "no-room-then"].includes(asProblem(error).code);

function Stranger() {
  const say = useSay();
  const { session } = useSession();
  const here = useLocation();
  const go = useNavigate();
  if (session) return <p className="note">{say("您的账户没有买方角色，不能下单。", "Your account has no buyer role and cannot buy.")}</p>;
  const from = { state: { from: here.pathname + here.search } };
  return (
    <div className="stack tight">
      <p className="small quiet">{say("登录后即得正式报价，价格锁定数分钟。", "Sign in for a binding quote; the price is locked for some minutes.")}</p>
      <Button type="primary" size="large" block onClick={() => go("/login", from)}>{say("登录后购买", "Sign in to buy")}</Button>
      <Button block onClick={() => go("/join", from)}>{say("注册买方账户", "Join as a buyer")}</Button>
    </div>
  );
}

function Purchase({ quote, wish, renew }: { quote: Quote; wish: Wish; renew: () => void }) {
  const say = useSay();
  const go = useNavigate();
  const queries = useQueryClient();
  const [address, setAddress] = useSearchParams();
  const need = needOf(address);
  const now = useNow();
  const wallet = useQuery({ queryKey: ["wallet"], queryFn: () => answer(api.GET("/api/v1/wallet")) });
  // One intention a quote: pressing twice, or again after a broken connection, buys once.
  const key = useRef(intention());
  useEffect(() => void (key.current = intention()), [quote.id]);
  const buy = useMutation({
    mutationFn: async () => answer(api.POST("/api/v1/orders", { params: { header: { "Idempotency-Key": key.current } }, body: await order(quote, wish, need) })),
    onSuccess: (made) => {
      sessionStorage.removeItem(`suanshi.wish.${quote.offer.id}`);
      void queries.invalidateQueries({ queryKey: ["wallet"] });
      void queries.invalidateQueries({ queryKey: ["orders"] });
      void go(`/orders/${made.id}`);
    },
    onError: (error) => {
      // A refusal changed nothing, so what is sent next, corrected, is another intention; after a broken connection nobody knows, so the key stays.
      if (asProblem(error).status >= 400 && asProblem(error).status < 500) key.current = intention();
    },
  });
  const left = Math.max(0, Math.floor((new Date(quote.valid_until).getTime() - now) / 1000));
  const whole = Math.max(1, (new Date(quote.valid_until).getTime() - new Date(quote.created_at).getTime()) / 1000);
  const short = wallet.data ? micro(quote.total) - micro(wallet.data.available) : 0n;
  const missing = lacks(wish, say);
  return (
    <div className="stack">
      <div className="quote-clock">
        <div className="spread small"><span className="quiet">{left > 0 ? say("价格锁定还剩", "Price locked for") : say("报价已过期", "The quote has expired")}</span>
          {left > 0 ? <b className="num">{Math.floor(left / 60)}:{String(left % 60).padStart(2, "0")}</b> : <Button size="small" onClick={renew}>{say("刷新报价", "Renew the quote")}</Button>}</div>
        <Progress percent={(left / whole) * 100} showInfo={false} size={["100%", 3]} strokeColor={left < 30 ? "#b8321f" : "#12615a"} aria-hidden />
      </div>
      <div className="note">
        <b>{say("先冻结，后结算", "Held first, settled after")}</b>
        <p>{say(`下单时从钱包冻结 ${money(quote.total)}，并不扣走；结束后按实际卡秒结算，余下立即解冻。启动失败不收钱。`, `Buying holds ${money(quote.total)} in your wallet without taking it; at the end the card-seconds used are charged and the rest is free at once. A failed start costs nothing.`)}</p>
      </div>
      {wallet.data && (
        <div className="spread small">
          <span className="quiet">{say("钱包可用", "Available")} <b className="num">{money(wallet.data.available, wallet.data.currency)}</b></span>
          {short > 0n ? <Link to="/wallet">{say(`还差 ${money(decimal(short))}，去充值`, `${money(decimal(short))} short, top up`)}</Link> : <span className="badge pine">{say("足够", "Enough")}</span>}
        </div>
      )}
      {need && (
        <div className="note"><b>{say("带着顾问的承诺", "With advice's promise")}</b>
          <p>{say("跑完后，估算与实测并列在订单里，并计入公开的准确度。", "Once it has run, estimate and measurement stand side by side in the order and in the public accuracy.")} <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setAddress(withoutNeed(address), { replace: true })}>{say("不带", "Without it")}</Button></p></div>
      )}
      {quote.after_notice && (
        <div className="note" data-testid="after-notice"><b>{say("下单后约 2 分钟开始", "Begins two minutes after you buy")}</b>
          <p>{say("此刻没有空卡。下单后，闲时任务会收到 2 分钟的离开通知，卡随即归您。", "No card is free right now. Once you buy, idle runs get two minutes to leave, and their cards are yours.")}</p></div>
      )}
      {missing && <p className="small quiet">{missing}</p>}
      <Refused error={buy.error} />
      <Button type="primary" size="large" block disabled={left === 0 || short > 0n || missing !== null} loading={buy.isPending} onClick={() => buy.mutate()}>
        {say("确认购买", "Buy")}
      </Button>
    </div>
  );
}

function lacks(wish: Wish, say: (zh: string, en: string) => string): string | null {
  if (wish.kind === "script" && wish.script.trim() === "") return say("请先写脚本，或填入示例。", "Write a script first, or fill in the sample.");
  if (wish.kind === "command" && words(wish.command).length === 0) return say("请先填写命令。", "Enter a command first.");
  if (wish.files.reduce((all, file) => all + file.size, 0) > INPUT_BYTES) return say("请减少输入文件。", "Remove some input files.");
  return null;
}
