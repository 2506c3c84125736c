// What may wait for a person after sticks were taken in.
import type { ToDecide } from "@/api/types.gen";

export type Kind = Exclude<keyof ToDecide, "put_off">;

/** Missed children found elsewhere are compared at a center only. */
export const kindsOf = (isAbove: boolean): Kind[] => ["settle", "duplicates", "transfers", ...(isAbove ? (["whereabouts"] as const) : []), "objections", "waiting"];
