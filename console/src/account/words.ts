import type { Key, Member } from "../api/shapes";
import type { Say } from "../say";

export type Role = Member["roles"][number];
export type Scope = Key["scopes"][number];

export function roleName(say: Say, role: Role): string {
  const names: Record<Role, string> = { buyer: say("买方", "Buyer"), supplier: say("供应方", "Supplier"), operator: say("运营方", "Operator"), auditor: say("审计", "Auditor") };
  return names[role];
}

export function scopeName(say: Say, scope: Scope): string {
  const names: Record<Scope, string> = { read: say("查看", "Read"), buy: say("购买", "Buy"), supply: say("供应", "Supply"), operate: say("运营", "Operate") };
  return names[scope];
}

/** The scopes that a member's roles can make use of. */
export function scopesOf(roles: Role[]): Scope[] {
  const trade: Record<Role, Scope[]> = { buyer: ["buy"], supplier: ["supply"], operator: ["operate"], auditor: [] };
  return [...new Set<Scope>(["read", ...roles.flatMap((role) => trade[role])])];
}
