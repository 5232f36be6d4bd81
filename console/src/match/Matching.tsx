// 按需求匹配: a need stated as rules; the offers that serve it, best first, and for every other what it lacks and the least change that would help.
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import { Refused } from "../frame/Refused";
import { Title } from "../frame/Title";
import { useCatalogue } from "../market/catalogue";
import { useLanguage, useSay } from "../say";
import { Lacking } from "./Lacking";
import { address, ask, read } from "./need";
import { Rules } from "./Rules";
import { Serving } from "./Serving";
import { useShelf } from "./shelf";
import "./match.css";

export default function Matching() {
  const say = useSay();
  const { language } = useLanguage();
  const [from, setFrom] = useSearchParams();
  const need = read(from);
  const key = address(need).toString();
  const shelf = useShelf();
  const catalogue = useCatalogue();
  const match = useQuery({
    queryKey: ["match", key, language],
    queryFn: () => answer(api.POST("/api/v1/match", { body: ask(need) })),
    refetchOnWindowFocus: false,
  });
  return (
    <>
      <Title title={say("按需求匹配", "Match a need")} back={{ to: "/market", label: say("算力市场", "Compute market") }}
        acts={<Link to="/advice">{say("不知道要多少卡？问顾问", "Not sure how many cards? Ask for advice")}</Link>}>
        {say("写下要求，每件商品都有答复：合用的排好次序，不合用的说明差在哪里、最少改什么。", "State your rules and every offer gets an answer: those that serve, ranked by cost and energy; for the others, what they lack and the least that would have to change.")}
      </Title>
      <div className="stack">
        <section className="sheet" aria-label={say("您的需求", "Your need")}>
          <Rules key={key} need={need} busy={match.isFetching} find={(next) => setFrom(address(next), { preventScrollReset: true })} />
        </section>
        {match.error && <Refused error={match.error} again={() => void match.refetch()} />}
        {match.isPending && <div className="sheet"><Skeleton active paragraph={{ rows: 6 }} /></div>}
        {match.data && (
          <div className="stack" aria-live="polite">
            <Serving of={match.data.admitted} need={need} shelf={shelf} catalogue={catalogue} />
            <Lacking key={key} of={match.data.excluded} shelf={shelf} catalogue={catalogue} />
          </div>
        )}
      </div>
    </>
  );
}
