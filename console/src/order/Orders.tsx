// The buyer's orders, newest first.
import { Button } from "antd";
import { useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { Blank } from "../frame/Blank";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { OrderList } from "./OrderList";

export default function Orders() {
  const say = useSay();
  const go = useNavigate();
  return (
    <>
      <Title title={say("我的订单", "My orders")}>{say("每一单从预订到结算都留有记录，费用对到每一秒。", "Every order from booking to settlement, charged to the second.")}</Title>
      <OrderList name="orders" linked label={say("我的订单", "My orders")}
        read={(state, cursor) => answer(api.GET("/api/v1/orders", { params: { query: { state, cursor } } }))}
        blank={<Blank title={say("这里还没有订单", "No orders here")} action={<Button type="primary" onClick={() => go("/market")}>{say("去算力市场", "To the market")}</Button>}>
          {say("挑一件商品，几分钟就能跑起第一个任务。", "Pick an offer and your first job runs within minutes.")}
        </Blank>} />
    </>
  );
}
