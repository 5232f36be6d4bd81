// Orders on the supplier's cards.
import { answer, api } from "../api/client";
import { Blank } from "../frame/Blank";
import { Title } from "../frame/Title";
import { OrderList } from "../order/OrderList";
import { useSay } from "../say";
import { SupplierTabs } from "./tabs";

export default function Sales() {
  const say = useSay();
  return (
    <>
      <Title title={say("售出订单", "Sales")}>{say("谁在用哪些卡、到什么状态；买方的程序和文件不在其列。", "Which cards are used and how far each order is; buyers' programs and files are not shown.")}</Title>
      <SupplierTabs />
      <OrderList name="supplier-orders" label={say("售出订单", "Sales")} read={(state, cursor) => answer(api.GET("/api/v1/supplier/orders", { params: { query: { state, cursor } } }))}
        blank={<Blank title={say("还没有售出订单", "Nothing sold yet")}>{say("商品上架后，买方下单即会出现在这里。", "Orders appear here as soon as buyers place them.")}</Blank>} />
    </>
  );
}
