// The buyer's wish on the way to the wire: what is filled in on the page becomes the job of an order.
import type { AdviceAsk, Input, OrderAsk, Quote } from "../api/shapes";

export interface Wish {
  kind: "script" | "command";
  script: string;
  command: string;
  environment: string;
  files: File[];
  variables: [string, string][];
  timeLimitMinutes: number | null;
  spendLimit: string | null;
  idleMinutes: number;
  resume: boolean;
}

export const INPUT_BYTES = 16 * 2 ** 20;

/** Splits a command line as a shell would: blanks part words, quotes and backslashes keep them together; nothing is expanded. */
export function words(line: string): string[] {
  const found: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at);
    if (quote === "'" ? sign === "'" : quote === '"' && sign === '"') quote = "";
    else if (quote) word += sign === "\\" && quote === '"' && '"\\'.includes(line.charAt(at + 1)) ? line.charAt((at += 1)) : sign;
    else if (sign === "'" || sign === '"') [quote, word] = [sign, word ?? ""];
    else if (sign === "\\" && at + 1 < line.length) word = (word ?? "") + line.charAt((at += 1));
    else if (/\s/.test(sign)) {
      if (word !== null) found.push(word);
      word = null;
    } else word = (word ?? "") + sign;
  }
  if (word !== null) found.push(word);
  return found;
}

export async function order(quote: Pick<Quote, "id" | "preemptible">, wish: Wish, need: AdviceAsk | null): Promise<OrderAsk> {
  const shared = {
    environment: wish.environment,
    inputs: await Promise.all(wish.files.map(input)),
    env: Object.fromEntries(wish.variables.filter(([name]) => name.trim()).map(([name, value]) => [name.trim(), value])),
    idle_seconds: Math.round(wish.idleMinutes * 60),
    ...(wish.timeLimitMinutes ? { time_limit_seconds: Math.max(1, Math.round(wish.timeLimitMinutes * 60)) } : {}),
    ...(quote.preemptible && wish.resume ? { resume: true } : {}),
    ...(wish.spendLimit ? { spend_limit: wish.spendLimit } : {}),
  };
  const job = wish.kind === "script"
    ? { kind: "script" as const, script: wish.script, ...shared }
    : { kind: "command" as const, argv: words(wish.command), ...shared };
  return { quote_id: quote.id, job, ...(need ? { advice: need } : {}) };
}

async function input(file: File): Promise<Input> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return { name: file.webkitRelativePath || file.name, content_base64: btoa(text) };
}
