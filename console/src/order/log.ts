// The program's output as a terminal would leave it: colours dropped, overwritten lines gone, the oldest cut when it grows long.
export const KEPT = 400_000;

export function tidy(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/\r\n/g, "\n")
    .replace(/[^\n]*\r(?=[^\n])/g, "");
}

/** `before` with `piece` after it, at most `kept` characters, cut at a line's start; says whether anything was cut. */
export function append(before: string, piece: string, kept = KEPT): { text: string; cut: boolean } {
  const all = before + piece;
  if (all.length <= kept) return { text: all, cut: false };
  const from = all.indexOf("\n", all.length - kept);
  return { text: all.slice(from < 0 ? all.length - kept : from + 1), cut: true };
}
