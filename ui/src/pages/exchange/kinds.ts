// What may wait for a person after sticks were taken in.
import type { ToDecide } from "@/api/types.gen";

export type Kind = "settle" | "duplicates" | "transfers" | "whereabouts" | "objections" | "waiting";

/** Missed children found elsewhere are compared at a center only. */
export const kindsOf = (isAbove: boolean): Kind[] => ["settle", "duplicates", "transfers", ...(isAbove ? (["whereabouts"] as const) : []), "objections", "waiting"];

export const countOf = (counts: ToDecide, kind: Kind): number => counts[kind];
