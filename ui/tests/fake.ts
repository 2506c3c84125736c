// A door with answers written down in a test, and a record of what was asked.
import { type Door, setDoor } from "@/api/call";

type Answer = (request: never) => unknown;

export interface Asked {
  name: string;
  request: unknown;
}

/** Puts a fake door in place. An action without an answer is refused as unknown. */
export function fakeDoor(answers: Record<string, Answer>): { asked: Asked[]; of: (name: string) => unknown[] } {
  const asked: Asked[] = [];
  const answer = async (name: string, request: unknown): Promise<unknown> => {
    asked.push({ name, request });
    const found = answers[name];
    if (!found) throw { code: "no_such_action", facts: { name }, fields: [] };
    return found(request as never);
  };
  const door: Door = {
    call: answer,
    follow: (name, request) => answer(name, request),
    page: async () => new ArrayBuffer(0),
    chooseFile: async () => null,
    chooseFolder: async () => null,
    chooseTarget: async () => null,
    documents: async () => "/home/teacher",
    openFile: async () => undefined,
    zoom: async () => undefined,
    title: async () => undefined,
  };
  setDoor(door);
  return { asked, of: (name) => asked.filter((each) => each.name === name).map((each) => each.request) };
}
