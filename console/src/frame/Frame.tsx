// Head, page and foot: where the buyer stands, what is in the purse, and the way to every other page.
import { MenuOutlined, UserOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Dropdown } from "antd";
import { Suspense, useEffect, useState } from "react";
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { answer, api } from "../api/client";
import { useRole, useSession } from "../api/session";
import { money } from "../figures";
import { useLanguage, useSay } from "../say";
import { Waiting } from "./Waiting";

interface Way { to: string; label: string }

function useWays(): Way[] {
  const say = useSay();
  const buyer = useRole("buyer");
  const supplier = useRole("supplier");
  const operator = useRole("operator");
  return [
    { to: "/market", label: say("算力市场", "Market") },
    { to: "/advice", label: say("选型顾问", "Advice") },
    ...(buyer ? [{ to: "/orders", label: say("我的订单", "Orders") }, { to: "/wallet", label: say("钱包", "Wallet") }] : []),
    ...(supplier ? [{ to: "/supplier", label: say("供应方", "Supplier") }] : []),
    ...(operator ? [{ to: "/operator", label: say("运营", "Operator") }] : []),
  ];
}

export function Frame() {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  useLapse();
  return (
    <div className="frame">
      <a className="skip" href="#main">{say("跳到正文", "Skip to content")}</a>
      <header className="head">
        <div className="head-in">
          <Button className="only-narrow" type="text" icon={<MenuOutlined />} aria-label={say("菜单", "Menu")} onClick={() => setOpen(true)} />
          <Link className="brand" to="/market"><img src="/seal.svg" alt="" />{say("算市", "Suanshi")}</Link>
          <Ways />
          <div className="head-tools"><Available /><Tongue /><Person /></div>
        </div>
      </header>
      <Drawer open={open} onClose={() => setOpen(false)} placement="left" size={260} title={say("算市", "Suanshi")}>
        <Ways drawer />
      </Drawer>
      <main className="main" id="main">
        <Suspense fallback={<Waiting rows={6} />}><Outlet /></Suspense>
      </main>
      <footer className="foot">
        <div className="foot-in">
          <span>{say("算市 · 开放的算力市场", "Suanshi, an open market for computing power")}</span>
          <a href="/api/v1/openapi.json">{say("接口文档", "API reference")}</a>
          <Link to="/advice/accuracy">{say("估算准确度", "Accuracy of estimates")}</Link>
        </div>
      </footer>
      <ScrollRestoration />
    </div>
  );
}

/** A session that the platform has ended leads to the sign-in page, wherever the member stands, and back again from there. */
function useLapse() {
  const go = useNavigate();
  const { lapsed } = useSession();
  const { pathname, search } = useLocation();
  useEffect(() => {
    if (lapsed && pathname !== "/login") void go("/login", { replace: true, state: { from: pathname + search } });
  }, [lapsed]); // once, when it ends: whoever then walks on to a public page may
}

function Ways({ drawer = false }: { drawer?: boolean }) {
  const say = useSay();
  return (
    <nav className={drawer ? "stack" : "nav"} aria-label={say("主导航", "Main")}>
      {useWays().map((way) => (
        <NavLink key={way.to} to={way.to} className={({ isActive }) => (isActive ? "active" : "")}>{way.label}</NavLink>
      ))}
    </nav>
  );
}

function Available() {
  const say = useSay();
  const buyer = useRole("buyer");
  const wallet = useQuery({ queryKey: ["wallet"], queryFn: () => answer(api.GET("/api/v1/wallet")), enabled: buyer });
  if (!wallet.data) return null;
  return (
    <Link className="purse only-wide" to="/wallet">
      {say("可用", "Available")} <b className="num">{money(wallet.data.available, wallet.data.currency)}</b>
    </Link>
  );
}

function Tongue() {
  const { language, change } = useLanguage();
  return (
    <Button type="text" lang={language === "zh" ? "en" : "zh-CN"} onClick={() => change(language === "zh" ? "en" : "zh")}
      aria-label={language === "zh" ? "Switch to English" : "切换到中文"}>
      {language === "zh" ? "EN" : "中文"}
    </Button>
  );
}

function Person() {
  const say = useSay();
  const go = useNavigate();
  const { pathname } = useLocation();
  const { session, leave } = useSession();
  if (!session) {
    return <Button type="primary" onClick={() => go("/login", { state: { from: pathname } })}>{say("登录", "Sign in")}</Button>;
  }
  const signOut = async () => {
    // The server forgets the session first; if it cannot be reached, this browser forgets it anyway.
    await api.DELETE("/api/v1/sessions").catch(() => undefined);
    leave();
    void go("/market");
  };
  const items = [
    { key: "account", label: <Link to="/account">{say("账户与密钥", "Account and keys")}</Link> },
    { type: "divider" as const },
    { key: "leave", label: say("退出登录", "Sign out"), onClick: () => void signOut() },
  ];
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
      <Button type="text" icon={<UserOutlined />} aria-label={say("账户菜单", "Account menu")}>
        <span className="only-wide clip" style={{ maxWidth: 120 }}>{session.principal.party.name}</span>
      </Button>
    </Dropdown>
  );
}
