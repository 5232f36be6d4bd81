// Who is signed in: kept in this browser until the session ends, and known to every page.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import type { Session } from "./shapes";

const KEY = "suanshi.session";

export function kept(): Session | null {
  try {
    const session = JSON.parse(localStorage.getItem(KEY) ?? "null") as Session | null;
    return session && new Date(session.expires_at) > new Date() ? session : null;
  } catch {
    return null;
  }
}

interface Standing {
  session: Session | null;
  enter: (session: Session) => void;
  leave: () => void;
}

const Context = createContext<Standing>({ session: null, enter: () => undefined, leave: () => undefined });

export function Signed({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [session, setSession] = useState<Session | null>(kept);
  const keep = useCallback(
    (next: Session | null) => {
      if (next) localStorage.setItem(KEY, JSON.stringify(next));
      else localStorage.removeItem(KEY);
      queries.clear(); // nothing one party saw may be shown to the next
      setSession(next);
    },
    [queries],
  );
  useEffect(() => {
    // Signing out in one tab signs out the others.
    const follow = (event: StorageEvent) => event.key === KEY && setSession(kept());
    window.addEventListener("storage", follow);
    return () => window.removeEventListener("storage", follow);
  }, []);
  const value = useMemo(() => ({ session, enter: keep, leave: () => keep(null) }), [session, keep]);
  return <Context value={value}>{children}</Context>;
}

export const useSession = () => useContext(Context);

export function useRole(role: string): boolean {
  const { session } = useSession();
  return session?.principal.member.roles.some((own) => own === role) ?? false;
}
