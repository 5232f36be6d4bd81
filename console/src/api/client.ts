// The one way to the platform: typed from its OpenAPI document, signed with the session, refusals turned into Problem.
import createClient, { type Middleware } from "openapi-fetch";
import { language } from "../say";
import { Problem } from "./problem";
import type { paths } from "./schema";
import { kept, lapse } from "./session";

const signed: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ request, response }) {
    if (response.status === 401) lapse(Problem.from(await response.clone().json().catch(() => null), 401), request.headers.get("Authorization"));
  },
  onError({ error }) {
    return Problem.unreachable(error);
  },
};

export const api = createClient<paths>({ baseUrl: "/" });
api.use(signed);

/** What every request carries: the language of the answers, and who asks. */
export function headers(): Record<string, string> {
  const token = kept()?.token;
  return {
    "Accept-Language": language() === "zh" ? "zh-CN" : "en",
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
  };
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer's body, or the platform's refusal thrown as a Problem. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw Problem.from(error, response.status);
  return data as T;
}

/** A body that is not JSON (a file, a statement), signed like any other request. */
export async function raw(path: string, more: RequestInit = {}): Promise<Response> {
  const own = headers();
  const response = await fetch(path, { ...more, headers: { ...own, ...more.headers } }).catch((error: unknown) => {
    throw Problem.unreachable(error);
  });
  if (response.ok) return response;
  const refusal = Problem.from(await response.json().catch(() => null), response.status);
  lapse(refusal, own.Authorization ?? null);
  throw refusal;
}

/** Saves a file of the platform under `name` on the buyer's machine. */
export async function download(path: string, name: string): Promise<void> {
  const body = await (await raw(path)).blob();
  save(body, name);
}

export function save(body: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(body);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** One key for one intention: sent again with every retry, so that nothing is bought or paid twice. */
export const intention = (): string => crypto.randomUUID();
