"""What people do now: each school sends its workbook, the center copies the rows under one another and keeps the last of
each child. Time is reading the workbooks and writing the new one. `workbooks.py FOLDER`; prints one line of outcome."""

import io
import os
import resource
import sys
import time

from openpyxl import Workbook, load_workbook

folder = sys.argv[1]
FIELDS = [
    "ethnicity", "household_place", "household_kind", "village", "address", "phone", "home_address", "mail_address",
    "postcode", "birth_place", "native_place", "political", "health", "email", "talents", "local_code", "former_name",
    "blood_type", "country", "note",
]
HEAD = ["child", "name"] + FIELDS


def files(kind):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith("." + kind))


def known(path):
    rows = {}
    for line in open(path, encoding="utf-8"):
        child, key, text = line.rstrip("\n").split(",", 2)
        rows.setdefault(int(child), {})[key] = text
    return rows


def said(path):
    for line in open(path, encoding="utf-8"):
        _, child, field, text = line.rstrip("\n").split(",", 3)
        yield int(child), FIELDS[int(field)], text


def workbook(rows):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("花名册")
    sheet.append(HEAD)
    for child in sorted(rows):
        sheet.append([child] + [rows[child].get(key, "") for key in HEAD[1:]])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def rows_of(held):
    lines = load_workbook(io.BytesIO(held), read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True)
    return {line[0]: dict(zip(HEAD[1:], (cell or "" for cell in line[1:]))) for line in lines}


def merged(held, packages):
    """The last workbook that names a child gives its row."""
    rows = rows_of(held)
    for package in packages:
        rows.update(rows_of(package))
    return rows


def shown(rows, child, field):
    return rows.get(child, {}).get(field) or None


def survives():
    base = {child: {"name": f"孩子{child}"} for child in range(10)}

    def wrote(rows, *edits):
        rows = {child: dict(row) for child, row in rows.items()}
        for child, field, text in edits:
            rows[child][field] = text
        return rows

    held = workbook(base)
    one, two = wrote(base, (1, "address", "1")), wrote(base, (1, "address", "2"))
    after = merged(held, [workbook(rows) for rows in (one, two, one, two)])
    doubled = shown(after, 1, "address") == "2"
    steps = [workbook(wrote(base, (2, "address", text))) for text in "一二三"]
    shuffled = shown(merged(held, [steps[2], steps[0], steps[1]]), 2, "address") == "三"
    before = wrote(base, (3, "address", "克隆之前"))
    both = [workbook(wrote(before, (3, "phone", "138"))), workbook(wrote(before, (3, "postcode", "673400")))]
    after = merged(held, both)
    cloned = shown(after, 3, "phone") == "138" and shown(after, 3, "postcode") == "673400"
    both = [workbook(wrote(before, (4, "phone", "138"))), workbook(wrote(before, (4, "postcode", "673400")))]
    after = merged(held, both)
    restored = shown(after, 4, "phone") == "138" and shown(after, 4, "postcode") == "673400"
    return [doubled, shuffled, cloned, restored]


def main():
    center, packages, written = {}, [], 0
    for children, forms, meanwhile in zip(files("children.csv"), files("forms.csv"), files("meanwhile.csv")):
        rows = known(children)
        school = len(packages)
        own = {child: dict(row) for child, row in rows.items()}
        for child, field, text in said(forms):
            own[child][field] = text
            written += 1
        for child, field, text in said(meanwhile):
            rows[child][field] = text
        # One workbook for the county: children are told apart by school and number.
        size = len(rows)
        center.update({school * size + child: row for child, row in rows.items()})
        packages.append(workbook({school * size + child: row for child, row in own.items()}))
    held = workbook(center)
    began = time.perf_counter()
    rows = merged(held, packages)
    new = workbook(rows)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    merged(new, packages)
    again = time.perf_counter() - began
    lost = 0
    for school, (children, forms, meanwhile) in enumerate(
        zip(files("children.csv"), files("forms.csv"), files("meanwhile.csv"))
    ):
        size = len(known(children))
        for path in (forms, meanwhile):
            lost += sum(shown(rows, school * size + child, field) != text for child, field, text in said(path))
    wire = sum(map(len, packages)) / written
    disk = (len(new) - len(held)) / written
    flags = " ".join(str(int(yes)) for yes in survives())
    print(f"{took} {peak} {disk} {lost} 0 {again} {wire} {flags}")


main()
