// Orders of all parties.
import { answer, api } from "../api/client";
import { Blank } from "../frame/Blank";
import { Title } from "../frame/Title";
import { OrderList } from "../order/OrderList";
import { useSay } from "../say";
import { OperatorTabs } from "./tabs";

export default function AllOrders() {
  const say = useSay();
  return (
    <>
      <Title title={say("全部订单", "All orders")}>{say("各方的订单与费用；程序和文件只有买方自己看得到。", "Orders and charges of all parties; programs and files are the buyer's alone.")}</Title>
      <OperatorTabs />
      <OrderList name="all-orders" label={say("全部订单", "All orders")} read={(state, cursor) => answer(api.GET("/api/v1/operator/orders", { params: { query: { state, cursor } } }))}
        blank={<Blank title={say("还没有订单", "No orders yet")} />} />
    </>
  );
}
