// The pages of one section, as tabs that are links.
import { NavLink } from "react-router";

export function Tabs({ of, label }: { of: { to: string; label: string }[]; label: string }) {
  return (
    <nav className="tabs" aria-label={label}>
      {of.map((tab) => <NavLink key={tab.to} to={tab.to} end className={({ isActive }) => (isActive ? "active" : "")}>{tab.label}</NavLink>)}
    </nav>
  );
}
