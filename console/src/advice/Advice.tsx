// 选型顾问: a need in plain words or as a form, answered by plans that can be ordered as they stand, and a reason for every other offer.
import { useQuery } from "@tanstack/react-query";
import { Segmented, Skeleton } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { AdviceAsk } from "../api/shapes";
import { Refused } from "../frame/Refused";
import { Title } from "../frame/Title";
import { useLanguage, useSay } from "../say";
import { Answered } from "./Answered";
import { Need } from "./Need";
import { Sentence } from "./Sentence";
import "./advice.css";

export default function Advice() {
  const say = useSay();
  const { language } = useLanguage();
  const [address, setAddress] = useSearchParams();
  const sentence = address.get("q") ?? "";
  const [way, setWay] = useState<"words" | "form">("words");
  const [form, setForm] = useState<AdviceAsk | null>(null);
  const ask: AdviceAsk | null = way === "form" ? form : sentence ? { text: sentence } : null;
  const advice = useQuery({
    queryKey: ["advice", ask, language],
    queryFn: () => answer(api.POST("/api/v1/advice", { body: ask ?? {} })),
    enabled: ask !== null,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  return (
    <>
      <Title title={say("选型顾问", "Advice")} acts={<Link to="/advice/accuracy">{say("我们估得准不准", "How accurate are we?")}</Link>}>
        {say("说出要做的事，几秒内得到能直接下单的方案：多少卡、多久、多少钱、多少电，以及其他卡为何不行。", "Say what you want to do and get plans you can order as they stand: cards, time, cost and energy, and why the others will not do.")}
      </Title>
      <div className="stack">
        <section className="sheet stack" aria-label={say("您的需求", "Your need")}>
          <div><Segmented<"words" | "form"> value={way} onChange={setWay} options={[{ value: "words", label: say("说一句话", "In plain words") }, { value: "form", label: say("填一张表", "As a form") }]} /></div>
          {way === "words" ? <Sentence key={sentence} value={sentence} busy={advice.isFetching} ask={(text) => setAddress({ q: text })} /> : <Need busy={advice.isFetching} ask={setForm} />}
        </section>
        {advice.error && ask && <Refused error={advice.error} again={() => void advice.refetch()} />}
        {advice.isFetching && !advice.data && <div className="sheet"><Skeleton active paragraph={{ rows: 6 }} /></div>}
        {advice.data && ask && <Answered advice={advice.data} ask={ask} />}
      </div>
    </>
  );
}
