"""The rules of the merge as another program, written apart from the engine: chains, contexts, heads, deletion, joined
rows, taking back of a change and of a whole merge, erasure, computers given up. It lives the histories that the test suite tells it and says what each computer ends with.

    python3 merge_sim.py < histories.json > endings.json
"""

import functools
import json
import sys

LIFE, SAME, ROWS = 2, 3, 4


class Change:
    """One saved form. Numbers are the order in which forms were saved anywhere; they decide nothing."""

    def __init__(self, number, parent, ops):
        self.number, self.parent, self.ops = number, parent, ops
        self.depth = 0 if parent is None else parent.depth + 1
        self.seen = {}

    def comes_after(self, other):
        at = self
        while at.depth > other.depth:
            at = at.parent
        return at is other

    def covers(self, other, cell):
        if self is other:
            return False
        return self.comes_after(other) or any(seen.comes_after(other) for seen in self.seen[cell])


def grounds(change):
    seen = set().union(*change.seen.values()) if change.seen else set()
    return {one for one in seen | {change.parent, change.undoes} if one}


@functools.cache
def needs(segment):
    needed = {one for change in segment for seen in change.seen.values() for one in seen}
    return needed | {change.undoes for change in segment if change.undoes} | (
        {segment[0].parent} if segment[0].parent else set())


class Ledger:
    """What one computer holds."""

    def __init__(self):
        self.held, self.heads, self.gone, self.inbox = set(), {}, set(), []
        self.aside, self.bars = [], []

    def copy(self):
        other = Ledger()
        other.held, other.gone, other.inbox = set(self.held), set(self.gone), list(self.inbox)
        other.aside, other.bars = list(self.aside), list(self.bars)
        other.heads = {cell: set(heads) for cell, heads in self.heads.items()}
        return other

    def counts(self, change):
        """What was taken back does not count, nor what a computer wrote beyond the point to which it counts."""
        if any(change in merge for merge in self.aside):
            return False
        barred = lambda until: not any(end in self.held and end.comes_after(change) for end in until)
        return not any(replica == change.replica and barred(until) for replica, until in self.bars)

    def set_aside(self, merge):
        self.aside.append(merge)
        self.refold()

    def take_up(self, merge):
        self.aside.remove(merge)
        self.lift(merge)

    def bar(self, replica, until):
        self.bars.append((replica, until))
        self.refold()

    def lift(self, come):
        """What was taken back comes up again when something that comes builds on it."""
        come = set(come)
        while come:
            built = [merge for merge in self.aside if any(grounds(one) & merge for one in come)]
            self.aside = [merge for merge in self.aside if merge not in built]
            come = set().union(*built)
        self.refold()

    def refold(self):
        self.heads = {}
        for change in self.held:
            if self.counts(change):
                self.fold(change)

    def context(self, tip, shown, judged=None):
        """What a form showed, joined over everything below, without what the own chain and other entries imply. Who judges a
        row has not seen what does not count here, though the writers of its other fields had."""
        every = set()
        for head, cell in shown:
            seen = set(head.seen[cell])
            every |= {head} | (seen if judged in (None, cell) else {one for one in seen if self.counts(one)})
        every = {one for one in every if tip is None or not tip.comes_after(one)}
        return {one for one in every if not any(two is not one and two.comes_after(one) for two in every)}

    def write(self, change, form):
        shown = form if form is not None else self.heads
        for cell, written in change.ops.items():
            if written == "erase":
                change.seen[cell] = {one for one in self.held if one.ops.get(cell, "erase") != "erase"}
                continue
            cells = [(cell[0], field) for field in range(4)] if cell[1] == LIFE else [cell]
            heads = [(head, of) for of in cells for head in shown.get(of, ())]
            change.seen[cell] = self.context(change.parent, heads, cell if cell[1] == LIFE else None)
        self.enter(change)
        if self.bars or self.aside:
            self.lift({change})

    def enter(self, change):
        if change in self.held:
            return
        self.held.add(change)
        if not self.bars and not self.aside:
            self.fold(change)

    def fold(self, change):
        for cell, written in change.ops.items():
            if written == "erase":
                self.gone |= {(one.number, cell) for one in change.seen[cell]}
                continue
            heads = self.heads.setdefault(cell, set())
            if not any(head.covers(change, cell) for head in heads):
                self.heads[cell] = {head for head in heads if not change.covers(head, cell)} | {change}

    def receive(self, segments):
        """A segment enters when its chain and what its writers had seen are here or come along; others wait."""
        fresh = [segment for segment in segments if segment not in self.inbox and not self.held.issuperset(segment)]
        if not fresh and not self.inbox:
            return
        waiting = self.inbox + fresh
        ready = list(waiting)
        while True:
            coming = set().union(*ready) | self.held if ready else set(self.held)
            kept = [segment for segment in ready if needs(segment) <= coming]
            if len(kept) == len(ready):
                break
            ready = kept
        self.inbox = [segment for segment in waiting if segment not in ready]
        come = {one for segment in ready for one in segment} - self.held
        for change in sorted(come, key=lambda one: one.depth):
            self.enter(change)
        if self.bars or self.aside:
            self.lift(come)

    def values(self, cell):
        found = set()
        for head in self.heads.get(cell, ()):
            written = head.ops[cell]
            if (head.number, cell) not in self.gone:
                found |= set(written["reopen"]) if "reopen" in written else {written["set"]}
        return found

    def life(self, row):
        said, judges = self.values((row, LIFE)), self.heads.get((row, LIFE), set())
        if 0 not in said:
            return "Alive"
        if said != {0}:
            return "Review"
        for (of, field), heads in self.heads.items():
            for head in heads if of == row and field != LIFE else ():
                if not any(judge is head or judge.covers(head, (row, LIFE)) for judge in judges):
                    return "Review"
        return "Deleted"

    def speakers(self):
        joined = {(row, other) for row in range(ROWS) for other in self.values((row, SAME)) if other not in (None, row)}
        speakers = {}
        for row in range(ROWS):
            group, before = {row}, set()
            while group != before:
                before = set(group)
                group |= {b for a, b in joined if a in before} | {a for a, b in joined if b in before}
            free = [one for one in sorted(group) if not any(one == a for a, _ in joined)]
            if len(group) > 1:
                speakers[str(row)] = (free or sorted(group))[0]
        return speakers

    def ending(self):
        cells = sorted(self.heads)
        order = lambda value: (value is not None, value or 0)
        return {
            "heads": [[list(cell), sorted(head.number for head in self.heads[cell])] for cell in cells],
            "values": [[list(cell), sorted(self.values(cell), key=order)] for cell in cells],
            "lives": [self.life(row) for row in range(ROWS)],
            "speakers": self.speakers(),
        }


def live(history):
    ledgers = [Ledger() for _ in range(history["sites"])]
    changes, forms, backups = {None: None}, {}, []
    for event in history["told"]:
        kind, site = event["k"], event.get("s")
        if kind == "write":
            ops = {(row, field): written for row, field, written in event["ops"]}
            change = Change(event["n"], changes[event["parent"]], ops)
            change.undoes, change.replica = changes[event["undoes"]], event["replica"]
            changes[event["n"]] = change
            ledgers[site].write(change, forms.get(event["form"]))
        elif kind == "form":
            forms[event["f"]] = {cell: set(heads) for cell, heads in ledgers[site].heads.items()}
        elif kind == "deliver":
            ledgers[site].receive([tuple(changes[number] for number in segment) for segment in event["segs"]])
        elif kind in ("aside", "up"):
            act = ledgers[site].set_aside if kind == "aside" else ledgers[site].take_up
            act({changes[number] for number in event["set"]})
        elif kind == "bar":
            ledgers[site].bar(event["replica"], [changes[number] for number in event["until"]])
        elif kind == "clone":
            ledgers.append(ledgers[site].copy())
        elif kind == "backup":
            backups.append((site, ledgers[site].copy()))
        elif kind == "restore":
            ledgers[backups[event["b"]][0]] = backups[event["b"]][1].copy()
    needs.cache_clear()
    return [ledger.ending() for ledger in ledgers]


if __name__ == "__main__":
    json.dump([live(history) for history in json.load(sys.stdin)], sys.stdout)
