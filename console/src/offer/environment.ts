// The environments a site keeps ready, in words; one the console does not know yet keeps its own name.
import type { Say } from "../say";

export function environmentName(say: Say, id: string): string {
  const names: Record<string, string> = {
    python: say("纯净 Python", "Plain Python"),
    scientific: say("科学计算", "Scientific Python"),
    pytorch: "PyTorch",
  };
  return names[id] ?? id;
}

export function environmentMeaning(say: Say, id: string): string {
  const meanings: Record<string, string> = {
    python: say("只有标准库，秒级就绪", "The standard library alone; ready at once"),
    scientific: say("NumPy、SciPy、scikit-learn、pandas", "NumPy, SciPy, scikit-learn, pandas"),
    pytorch: say("PyTorch 与科学计算库；首次使用时准备", "PyTorch and the scientific libraries; prepared on first use"),
  };
  return meanings[id] ?? say("由站点准备", "Prepared by the site");
}
