// A refusal as the platform words it (RFC 9457): the cause, what to do next, and whether anything was charged.
import { language } from "../say";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly cause: string,
    readonly next: string,
    readonly charged: boolean | null,
    readonly reasons: string[] = [],
    readonly where: string | null = null,
  ) {
    super(cause);
    this.name = "Problem";
  }

  static from(body: unknown, status: number): Problem {
    const said = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
    const text = (key: string) => (typeof said[key] === "string" ? (said[key] as string) : "");
    const reasons = Array.isArray(said.reasons) ? said.reasons.filter((one): one is string => typeof one === "string") : [];
    return new Problem(
      status,
      text("code") || `http-${status}`,
      text("detail") || text("title") || words("平台没有说明原因。", "The platform gave no reason."),
      text("next") || words("请稍后再试；若仍如此，请联系运营方。", "Try again shortly; if it persists, contact the operator."),
      typeof said.charged === "boolean" ? said.charged : null,
      reasons,
      text("where") || null,
    );
  }

  static unreachable(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(
      0,
      "unreachable",
      words("连不上算市平台。", "The platform cannot be reached."),
      words("请检查网络后重试。", "Check your connection and try again."),
      null,
    );
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : Problem.unreachable(error);
}

const words = (zh: string, en: string) => (language() === "zh" ? zh : en);
