// A row of figures with their names: what a page is about, in numbers.
import type { ReactNode } from "react";

export interface FigureFact { label: string; value: ReactNode; note?: ReactNode }

export function Figures({ of }: { of: FigureFact[] }) {
  return (
    <div className="figures">
      {of.map((one) => (
        <div className="figure" key={one.label}>
          <div className="label">{one.label}</div>
          <div className="value">{one.value}</div>
          {one.note && <div className="note-line small faint">{one.note}</div>}
        </div>
      ))}
    </div>
  );
}
