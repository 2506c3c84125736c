// Questions to the definitions: which field a path means, which codes a field offers, what a column is called.
import type { Code, Column, Field, Form, RecordDefinition } from "@/api/types.gen";
import { useLedger } from "@/state/ledger";
import { inWords } from "@/words";

export type Values = Record<string, unknown>;

/** A record by name. */
export function recordOf(name: string): RecordDefinition | undefined {
  return useLedger().definitions.records[name];
}

/** A form by name. */
export function formOf(name: string): Form | undefined {
  return useLedger().definitions.forms[name];
}

export function recordTitle(name: string): string {
  return inWords(recordOf(name)?.title) || name;
}

/** A field of a record by key, projections included. */
export function fieldOf(record: string, key: string): Field | undefined {
  return recordOf(record)?.fields.find((field) => field.key === key);
}

/** The field at the end of a column's path: `name`, `student.name`, `student.guardian[1].phone`, `last(persuasion.on)`. */
export function fieldAt(record: string, path: string): Field | undefined {
  const beyond = useLedger().definitions.reached[record]?.[path];
  return beyond ? fieldOf(beyond.record, beyond.key) : fieldOf(record, path);
}

export function columnLabel(record: string, column: Column): string {
  return inWords(column.head) || inWords(fieldAt(record, column.path)?.label) || column.path;
}

/** The columns a list shows, in order: those of `ListRow.cells`. */
export function screenColumns(form: Form): Column[] {
  return form.columns.filter((column) => column.only !== "paper");
}

/** The codes a field offers, given what else its form holds. Retired ones only while they are held. */
export function codesOf(field: Field, values: Values): Code[] {
  const lists = useLedger().definitions.codes;
  let list = field.type === "yes_no" ? "yes_no" : field.codes;
  for (const [key, by] of Object.entries(field.codes_when)) {
    list = by[String(values[key] ?? "")] ?? list;
  }
  const held = [values[field.key]].flat().map(String);
  return (list ? (lists[list]?.codes ?? []) : []).filter((code) => !code.retired || held.includes(code.code));
}

/** The fields people type, under their headings in order; fields without a heading come first. */
export function groupsOf(record: RecordDefinition): { key: string; title: string; folded: boolean; fields: Field[] }[] {
  const typed = record.fields.filter((field) => !field.kept && !field.hidden);
  const loose = typed.filter((field) => !field.group);
  const groups = record.groups.map((group) => ({
    key: group.key,
    title: inWords(group.label),
    folded: group.folded,
    fields: typed.filter((field) => field.group === group.key),
  }));
  const all = [{ key: "", title: "", folded: false, fields: loose }, ...groups];
  return all.filter((group) => group.fields.length > 0);
}

/** Records whose rows belong to a row of this one and are typed by people. */
export function childrenOf(record: string): RecordDefinition[] {
  return Object.values(useLedger().definitions.records).filter((child) => {
    const owner = child.owner && fieldOf(child.record, child.owner);
    return owner && owner.to === record && child.fields.some((field) => !field.kept) && !isFile(child);
  });
}

/** Whether a row of a record stands for a file: it is added with its file, not typed. */
export const isFile = (record: RecordDefinition | undefined): boolean => record?.fields.some((field) => field.type === "file" && field.required) ?? false;

/** Whether rows of a record are about one child: files can be attached to them. */
export function isAboutChild(record: string): boolean {
  const definition = recordOf(record);
  if (!definition || isFile(definition)) return false;
  const owner = definition.owner && fieldOf(record, definition.owner)?.to;
  return record === "student" || (owner ? isAboutChild(owner) : false);
}

/** Records with a row that may begin from this one without belonging to it: a case found at a visit. */
export function followUpsOf(record: string): { record: string; via: string }[] {
  const records = Object.values(useLedger().definitions.records);
  return records.flatMap((other) =>
    other.fields
      .filter((field) => field.to === record && field.key !== other.owner && other.record !== record && other.owner)
      .map((field) => ({ record: other.record, via: field.key })),
  );
}

/** Forms whose rows are this record's. */
export function formsOf(record: string): Form[] {
  return Object.values(useLedger().definitions.forms).filter((form) => form.record === record);
}

/** Whether a form is filled for one row at a time: a sheet or a letter, not a table. */
export const isSingle = (form: Form): boolean => form.layout !== "table";

/** A form's title without the places that paper fills in. */
export function formTitle(form: Form): string {
  return inWords(form.title)
    .replace(/(,? (of|in|at) |, )?\{\w+\}/g, "")
    .trim();
}
