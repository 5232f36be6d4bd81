// An empty place that says why it is empty and what would fill it.
import type { ReactNode } from "react";

export function Blank({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="blank">
      <svg width="56" height="56" viewBox="0 0 64 64" aria-hidden="true" fill="none" stroke="#b9b29c" strokeWidth="2" strokeLinecap="round">
        <rect x="6" y="6" width="52" height="52" rx="9" />
        <path d="M14 24h36M14 42h36M24 14v36M40 14v36" strokeDasharray="1 5" />
      </svg>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div className="row">{action}</div>}
    </div>
  );
}
