// The whole console: who speaks, who is signed in, and which page an address shows; each page is fetched when first visited.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { lazy, type ComponentType } from "react";
import { createBrowserRouter, Navigate } from "react-router";
import { RouterProvider } from "react-router/dom";
import { asProblem } from "../api/problem";
import { Signed } from "../api/session";
import { Speaking, useLanguage } from "../say";
import { theme } from "../theme";
import { Frame } from "./Frame";
import { Gate } from "./Gate";
import { Missing, Torn } from "./Torn";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      // A refusal is an answer, not an accident: only a silent or failing platform is asked again.
      retry: (times, error) => times < 2 && (asProblem(error).status === 0 || asProblem(error).status >= 500),
    },
  },
});

type Load = () => Promise<{ default: ComponentType }>;

function page(path: string, load: Load, role?: string) {
  const Page = lazy(load);
  return { path, element: role ? <Gate role={role}><Page /></Gate> : <Page /> };
}

const router = createBrowserRouter([
  {
    element: <Frame />,
    errorElement: <Torn />,
    children: [
      { path: "/", element: <Navigate to="/market" replace /> },
      page("/market", () => import("../market/Market")),
      page("/match", () => import("../match/Matching")),
      page("/offers/:id", () => import("../offer/OfferDetail")),
      page("/advice", () => import("../advice/Advice")),
      page("/advice/accuracy", () => import("../advice/Accuracy")),
      page("/orders", () => import("../order/Orders"), "any"),
      page("/orders/:id", () => import("../order/Run"), "any"),
      page("/orders/:id/statement", () => import("../order/Statement"), "any"),
      page("/wallet", () => import("../wallet/Purse"), "any"),
      page("/wallet/statement", () => import("../wallet/MonthStatement"), "any"),
      page("/supplier", () => import("../supplier/Sites"), "supplier"),
      page("/supplier/offers", () => import("../supplier/Listings"), "supplier"),
      page("/supplier/orders", () => import("../supplier/Sales"), "supplier"),
      page("/supplier/statement", () => import("../supplier/Earnings"), "supplier"),
      page("/operator", () => import("../operator/Parties"), "operator"),
      page("/operator/topups", () => import("../operator/Topups"), "operator"),
      page("/operator/orders", () => import("../operator/AllOrders"), "operator"),
      page("/operator/ledger", () => import("../operator/Ledger"), "operator"),
      page("/operator/reconciliations", () => import("../operator/Reconciliations"), "operator"),
      page("/operator/audit", () => import("../operator/Audit"), "operator"),
      page("/account", () => import("../account/Account"), "any"),
      page("/login", () => import("../account/Login")),
      page("/join", () => import("../account/Join")),
      { path: "*", element: <Missing /> },
    ],
  },
]);

export function Console() {
  return (
    <Speaking>
      <Dressed />
    </Speaking>
  );
}

function Dressed() {
  const { language } = useLanguage();
  return (
    <ConfigProvider theme={theme} locale={language === "zh" ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      <App message={{ maxCount: 2 }}>
        <QueryClientProvider client={queries}>
          <Signed>
            <RouterProvider router={router} />
          </Signed>
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
