import { Tabs } from "../frame/Tabs";
import { useSay } from "../say";

export function OperatorTabs() {
  const say = useSay();
  return <Tabs label={say("运营", "Operator")} of={[
    { to: "/operator", label: say("参与方", "Parties") },
    { to: "/operator/topups", label: say("充值确认", "Payments") },
    { to: "/operator/orders", label: say("全部订单", "All orders") },
    { to: "/operator/ledger", label: say("总账", "Ledger") },
    { to: "/operator/reconciliations", label: say("对账", "Reconciliation") },
    { to: "/operator/audit", label: say("审计日志", "Audit log") },
  ]} />;
}
