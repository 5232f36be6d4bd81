// Server-sent events over fetch (EventSource cannot sign its request): parsed piece by piece, resumed where they broke off.
import { raw } from "../api/client";
import { asProblem } from "../api/problem";

export interface Event { id: string | null; name: string; data: string }

/** Takes text as it arrives and gives back the events completed by it; a piece may end anywhere, even inside a line. */
export function parser(): (piece: string) => Event[] {
  let rest = "";
  let id: string | null = null;
  let name = "";
  let data: string[] = [];
  const line = (text: string): Event | null => {
    if (text === "") {
      const event = data.length > 0 ? { id, name: name || "message", data: data.join("\n") } : null;
      [name, data] = ["", []];
      return event;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "id") id = value;
    else if (field === "event") name = value;
    else if (field === "data") data.push(value);
    return null;
  };
  return (piece) => {
    rest += piece;
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    return lines.flatMap((text) => line(text) ?? []);
  };
}

/** Follows `path` until `done` arrives or `signal` aborts; a broken connection is taken up again after the last event seen. */
export async function follow(path: string, seen: (event: Event) => void, signal: AbortSignal, broken: (is: boolean) => void): Promise<void> {
  let last: string | null = null;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const response = await raw(path, { signal, headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) } });
      const parse = parser();
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      broken(false);
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
        for (const event of parse(read.value)) {
          failures = 0;
          last = event.id ?? last;
          seen(event);
          if (event.name === "done") return;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      const { status } = asProblem(error);
      if (status >= 400 && status < 500) throw error;
    }
    broken(true);
    failures += 1;
    await pause(Math.min(10_000, 500 * 2 ** Math.min(failures, 5)), signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}
