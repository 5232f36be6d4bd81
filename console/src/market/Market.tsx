// 算力市场: every offer of every site, narrowed by facets, compared side by side, at one all-in price.
import { FilterOutlined, SearchOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Badge, Button, Drawer, Input, Segmented, Select, Skeleton } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { Offer } from "../api/shapes";
import { count } from "../figures";
import { Blank } from "../frame/Blank";
import { Refused } from "../frame/Refused";
import { Title } from "../frame/Title";
import { address as needAddress, fromFilters } from "../match/need";
import { useSay } from "../say";
import { useCatalogue } from "./catalogue";
import { Facets } from "./Facets";
import { change, compare, compared, MOST_COMPARED, narrowed, read, type FilterKey, type Sort } from "./filter";
import { leads } from "./lead";
import { OfferCard } from "./OfferCard";
import { Tray } from "./Tray";
import "./market.css";

const PriceChart = lazy(() => import("./PriceChart"));

export default function Market() {
  const say = useSay();
  const [address, setAddress] = useSearchParams();
  const [drawer, setDrawer] = useState(false);
  const [view, setView] = useState<"cards" | "chart">("cards");
  const query = read(address);
  const catalogue = useCatalogue();
  const pages = useInfiniteQuery({
    queryKey: ["offers", query],
    queryFn: ({ pageParam }) => answer(api.GET("/api/v1/offers", { params: { query: { ...query, cursor: pageParam, limit: 60 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
    refetchInterval: 60_000,
  });
  const offers = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const best = useMemo(() => leads(offers, catalogue), [offers, catalogue]);
  const first = pages.data?.pages[0];
  const picked = compared(address);
  const set = (key: FilterKey, value: string | number | boolean | undefined) => setAddress(change(address, key, value), { replace: key === "q" });
  const toggle = (id: string) => {
    const next = picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id];
    setAddress(compare(address, next.slice(0, MOST_COMPARED)), { replace: true, preventScrollReset: true, flushSync: true });
  };
  const needed = `/match?${needAddress(fromFilters(query, catalogue)).toString()}`;
  const facets = <Facets facets={first?.facets} query={query} catalogue={catalogue} set={set} clear={() => setAddress({})} />;
  return (
    <>
      <Title title={say("算力市场", "Compute market")} acts={<Link to={needed}>{say("按需求匹配", "Match a need")}</Link>}>
        {say("一卡一时，明码实价：CPU、内存、磁盘和税都在价内。", "One card, one hour, one price: CPU, memory, disk and tax included.")}
      </Title>
      <div className="market">
        <aside className="only-wide" aria-label={say("筛选", "Filters")}>{facets}</aside>
        <section className="stack" aria-label={say("商品", "Offers")}>
          <div className="market-bar">
            <Search value={query.q ?? ""} change={(value) => set("q", value)} />
            <Badge count={narrowed(query)} className="only-narrow" color="#12615a" size="small">
              <Button icon={<FilterOutlined />} onClick={() => setDrawer(true)}>{say("筛选", "Filter")}</Button>
            </Badge>
            <Select<Sort> value={query.sort ?? "price"} onChange={(value) => set("sort", value)} aria-label={say("排序", "Sort")} style={{ minWidth: 148 }}
              options={[
                { value: "price", label: say("价格从低到高", "Price, low first") },
                { value: "-price", label: say("价格从高到低", "Price, high first") },
                { value: "-memory", label: say("显存从大到小", "Memory, large first") },
                { value: "memory", label: say("显存从小到大", "Memory, small first") },
                { value: "newest", label: say("最新上架", "Newest") },
              ]} />
            <Segmented value={view} onChange={setView} aria-label={say("显示方式", "View")}
              options={[{ value: "cards", label: say("商品", "Offers") }, { value: "chart", label: say("价格图", "Price chart") }]} />
          </div>
          <p className="small quiet" aria-live="polite">
            {first ? say(`共 ${count(first.total)} 件商品，现货 ${count(stock(offers))} 张卡`, `${count(first.total)} offers, ${count(stock(offers))} cards free now`) : " "}
          </p>
          {pages.error && <Refused error={pages.error} again={() => void pages.refetch()} />}
          {pages.isPending && <div className="offers">{[1, 2, 3, 4, 5, 6].map((n) => <div className="sheet" key={n}><Skeleton active paragraph={{ rows: 4 }} /></div>)}</div>}
          {first && offers.length === 0 && <Nothing narrowed={narrowed(query) > 0} clear={() => setAddress({})} needed={needed} />}
          {offers.length > 0 && view === "chart" && <Suspense fallback={<Skeleton active />}><PriceChart offers={offers} catalogue={catalogue} /></Suspense>}
          {offers.length > 0 && view === "cards" && (
            <div className="offers">
              {offers.map((offer) => (
                <OfferCard key={offer.id} offer={offer} card={catalogue.get(offer.accelerator.id)} leads={best.get(offer.id) ?? []}
                  picked={picked.includes(offer.id)} full={picked.length >= MOST_COMPARED} pick={() => toggle(offer.id)} />
              ))}
            </div>
          )}
          {pages.hasNextPage && <Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{say("再看一些", "Show more")}</Button>}
        </section>
      </div>
      <Drawer open={drawer} onClose={() => setDrawer(false)} placement="right" size={320} title={say("筛选", "Filters")}>{facets}</Drawer>
      <Tray ids={picked} known={offers} catalogue={catalogue} drop={toggle} clear={() => setAddress(compare(address, []), { replace: true })} />
    </>
  );
}

const stock = (offers: Offer[]) => offers.reduce((all, offer) => all + offer.free_cards, 0);

function Search({ value, change: tell }: { value: string; change: (value: string) => void }) {
  const say = useSay();
  const [typed, setTyped] = useState(value);
  return (
    <Input className="market-search" allowClear prefix={<SearchOutlined className="faint" />} value={typed} maxLength={100}
      placeholder={say("型号、厂商、地区、商品名", "Model, vendor, region, title")} aria-label={say("搜索商品", "Search offers")}
      onChange={(event) => {
        setTyped(event.target.value);
        if (event.target.value === "") tell("");
      }}
      onPressEnter={() => tell(typed.trim())} onBlur={() => typed.trim() !== value && tell(typed.trim())} />
  );
}

function Nothing({ narrowed: isNarrowed, clear, needed }: { narrowed: boolean; clear: () => void; needed: string }) {
  const say = useSay();
  if (!isNarrowed) {
    return <div className="sheet"><Blank title={say("市场还没有商品", "Nothing is listed yet")}>{say("供应方上架后，商品会出现在这里。", "Offers appear here as soon as a supplier lists some.")}</Blank></div>;
  }
  return (
    <div className="sheet">
      <Blank title={say("没有符合条件的商品", "No offer matches")} action={<><Button onClick={clear}>{say("清除全部条件", "Clear all filters")}</Button><Link to={needed}>{say("按需求匹配：每件商品差在哪里", "Match a need: what each offer lacks")}</Link></>}>
        {say("放宽价格、显存或地区，通常就能找到。", "Widening the price, the memory or the region usually helps.")}
      </Blank>
    </div>
  );
}
