// Who is signed in: kept in this browser until the session ends, and known to every page.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { Problem } from "./problem";
import type { Session } from "./shapes";

const KEY = "suanshi.session";
const LAPSED = "suanshi.lapsed";

export function kept(): Session | null {
  try {
    const session = JSON.parse(localStorage.getItem(KEY) ?? "null") as Session | null;
    return session && new Date(session.expires_at) > new Date() ? session : null;
  } catch {
    return null;
  }
}

/** Called on a refusal: if the platform no longer knows the session behind `signature`, this browser forgets it too. */
export function lapse(refusal: Problem, signature: string | null): void {
  const standing = kept();
  if (refusal.code !== "not-signed-in" || (standing && signature !== `Bearer ${standing.token}`)) return; // another has been kept since
  window.dispatchEvent(new CustomEvent<Problem>(LAPSED, { detail: refusal }));
}

interface Standing {
  session: Session | null;
  /** Why the last session ended, if it was the platform that ended it. */
  lapsed: Problem | null;
  enter: (session: Session) => void;
  leave: () => void;
}

const Context = createContext<Standing>({ session: null, lapsed: null, enter: () => undefined, leave: () => undefined });

export function Signed({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [session, setSession] = useState<Session | null>(kept);
  const [lapsed, setLapsed] = useState<Problem | null>(null);
  const keep = useCallback(
    (next: Session | null) => {
      if (next) localStorage.setItem(KEY, JSON.stringify(next));
      else localStorage.removeItem(KEY);
      queries.clear(); // nothing one party saw may be shown to the next
      setSession(next);
      setLapsed(null);
    },
    [queries],
  );
  useEffect(() => {
    // Signing out in one tab signs out the others.
    const follow = (event: StorageEvent) => event.key === KEY && setSession(kept());
    window.addEventListener("storage", follow);
    return () => window.removeEventListener("storage", follow);
  }, []);
  useEffect(() => {
    if (!session) return;
    const forget = (event: Event) => {
      keep(null);
      setLapsed((event as CustomEvent<Problem>).detail);
    };
    window.addEventListener(LAPSED, forget);
    return () => window.removeEventListener(LAPSED, forget);
  }, [session, keep]);
  const value = useMemo(() => ({ session, lapsed, enter: keep, leave: () => keep(null) }), [session, lapsed, keep]);
  return <Context value={value}>{children}</Context>;
}

export const useSession = () => useContext(Context);

export function useRole(role: string): boolean {
  const { session } = useSession();
  return session?.principal.member.roles.some((own) => own === role) ?? false;
}
