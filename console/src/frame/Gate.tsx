// A page that belongs to somebody: asks for a sign-in, or says which role the page is for.
import type { ReactNode } from "react";
import { Link, Navigate, useLocation } from "react-router";
import { useSession } from "../api/session";
import { useSay } from "../say";
import { Blank } from "./Blank";

export function Gate({ role, children }: { role: string; children: ReactNode }) {
  const say = useSay();
  const { session } = useSession();
  const { pathname, search } = useLocation();
  if (!session) return <Navigate to="/login" replace state={{ from: pathname + search }} />;
  const may = role === "any" || session.principal.member.roles.some((own) => own === role || (role === "operator" && own === "auditor"));
  if (may) return <>{children}</>;
  return (
    <div className="sheet">
      <Blank title={say("此页不属于您的角色", "This page belongs to another role")} action={<Link to="/market">{say("回到算力市场", "Back to the market")}</Link>}>
        {say("请用有相应角色的账户登录。", "Sign in with an account that has the role.")}
      </Blank>
    </div>
  );
}
