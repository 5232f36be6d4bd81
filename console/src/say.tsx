// Two languages, side by side: `say("算力市场", "Compute market")` at the place where the words appear.
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

export type Language = "zh" | "en";
export type Say = (zh: string, en: string) => string;

const KEY = "suanshi.language";

let current: Language = readLanguage();

function readLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  return kept === "en" || kept === "zh" ? kept : "zh";
}

/** The language for what is not a component: the API client's Accept-Language, dates and numbers. */
export const language = (): Language => current;

const Context = createContext<{ language: Language; change: (to: Language) => void }>({
  language: "zh",
  change: () => undefined,
});

export function Speaking({ children }: { children: ReactNode }) {
  const [spoken, setSpoken] = useState<Language>(current);
  const change = useCallback((to: Language) => {
    current = to;
    localStorage.setItem(KEY, to);
    setSpoken(to);
  }, []);
  useEffect(() => {
    document.documentElement.lang = spoken === "zh" ? "zh-CN" : "en";
  }, [spoken]);
  const value = useMemo(() => ({ language: spoken, change }), [spoken, change]);
  return <Context value={value}>{children}</Context>;
}

export const useLanguage = () => useContext(Context);

export function useSay(): Say {
  const { language: spoken } = useLanguage();
  return useCallback((zh: string, en: string) => (spoken === "zh" ? zh : en), [spoken]);
}
