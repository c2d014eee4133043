"""Writes an attendance program's files with NumPy and openpyxl, and reads them back.

write FOLDER           encodings/ and data.xlsx
read DATA_DIR WORKBOOK what NumPy and openpyxl find there, as JSON
"""
import datetime
import json
import os
import sys

import numpy
import openpyxl

PEOPLE = ["John_Doe_EMP001_0", "John_Doe_EMP001_1", "archive/Ada_Lovelace_EMP002_0"]


def write(folder):
    for number, person in enumerate(PEOPLE):
        path = os.path.join(folder, "encodings", person + ".npy")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        numpy.save(path, numpy.random.default_rng(number).standard_normal(128))
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Attendance"
    sheet.append(["Name", "Id", "Date", "Hours"])
    sheet.append(["John Doe", "0017", datetime.date(2026, 11, 26), 7.5])
    sheet.append(["=HYPERLINK", "0018", datetime.date(2026, 11, 27), -5])
    sheet["A3"].data_type = "s"
    workbook.create_sheet("Late comers").append(["Nobody, so far"])
    workbook.save(os.path.join(folder, "data.xlsx"))


def read(data_dir, workbook):
    arrays = {}
    for folder, _, names in os.walk(data_dir):
        for name in names:
            if name.endswith(".npy"):
                path = os.path.join(folder, name)
                array = numpy.load(path)
                arrays[os.path.relpath(path, data_dir)] = [str(array.dtype), list(array.shape), float(array.sum())]
    sheets = openpyxl.load_workbook(workbook, read_only=True)
    cells = {sheet.title: [[str(cell) for cell in row] for row in sheet.values] for sheet in sheets}
    print(json.dumps({"arrays": dict(sorted(arrays.items())), "cells": cells}))


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    read(sys.argv[2], sys.argv[3])
