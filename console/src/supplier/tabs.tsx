import { Tabs } from "../frame/Tabs";
import { useSay } from "../say";

export function SupplierTabs() {
  const say = useSay();
  return <Tabs label={say("供应方", "Supplier")} of={[
    { to: "/supplier", label: say("站点与卡", "Sites and cards") },
    { to: "/supplier/offers", label: say("我的商品", "My offers") },
    { to: "/supplier/orders", label: say("售出订单", "Sales") },
    { to: "/supplier/statement", label: say("收入与结算", "Earnings") },
  ]} />;
}
