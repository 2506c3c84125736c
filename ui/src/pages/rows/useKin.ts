// Whom a row belongs to, and what belongs to it: lists of what is current; what happened stands on the timeline.
import { type Ref, computed } from "vue";

import { call } from "@/api/call";
import type { Family, RowReply } from "@/api/types.gen";
import { useLive } from "@/parts/useLive";
import { fieldOf, recordOf } from "@/state/definitions";

/** The owner of a row, up to the child. */
export interface Owner {
  record: string;
  id: string;
  name: string;
}

/** The day by which a record's rows are ordered, if a day orders them. */
function dayOf(record: string): string | undefined {
  const key = recordOf(record)?.order[0]?.replace(/^-/, "");
  return key && fieldOf(record, key)?.type === "date" ? key : undefined;
}

/** Rows ordered by a day stand on the timeline, but for those whose fields the owner's own facts tell already. */
function isEvent(record: string): boolean {
  const owner = recordOf(record)?.owner;
  const above = owner ? recordOf(fieldOf(record, owner)?.to ?? "") : undefined;
  const isTold = above?.projections.some((projection) => projection.record === record) ?? false;
  return dayOf(record) !== undefined && !isTold;
}

/** Whether rows say the day by which they stand on the timeline. */
const isTimed = (family: Family): boolean => isEvent(family.record) && family.columns.includes(dayOf(family.record) ?? "");

export function useKin(record: string, id: string, row: Ref<RowReply | undefined>) {
  const { value: found } = useLive(() => call("family", id));
  const families = computed<Family[]>(() => (found.value ?? []).filter((family) => family.rows.length > 0));

  const { value: owner } = useLive(
    async (): Promise<Owner | undefined> => ownerOf(record, row.value),
    () => row.value,
  );

  const lists = computed(() => {
    const direct = (found.value ?? []).filter((family) => family.owner === id && !(record === "student" && isTimed(family)));
    const shown = direct.filter((family) => family.rows.length > 0 || recordOf(family.record)?.everyday);
    // What the facts above tell already comes last.
    const told = new Set(recordOf(record)?.projections.map((projection) => projection.record));
    return shown.sort((a, b) => Number(told.has(a.record)) - Number(told.has(b.record)));
  });

  return { families, owner, lists };
}

async function ownerOf(record: string, row: RowReply | undefined): Promise<Owner | undefined> {
  const key = recordOf(record)?.owner;
  const to = key ? fieldOf(record, key)?.to : undefined;
  const id = key ? row?.values[key] : undefined;
  if (!to || typeof id !== "string") return undefined;
  const above = await call("open_row", { record: to, id });
  const further = await ownerOf(to, above);
  return further ? { record: to, id, name: further.name } : { record: to, id, name: above.name };
}
