"""A small attendance program: face encodings in a folder, attendance in a workbook. It knows nothing of backups.

    python attendance.py new
    python attendance.py enroll ID NAME ENCODING.npy...
    python attendance.py mark ID
"""

import datetime
import pathlib
import shutil
import sys

import numpy
import openpyxl

ENCODINGS = pathlib.Path("encodings")
WORKBOOK = pathlib.Path("attendance.xlsx")


def new():
    ENCODINGS.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.active.title = "Attendance"
    book["Attendance"].append(["ID", "Name", "Date", "Time"])
    book.create_sheet("People").append(["ID", "Name"])
    book.save(WORKBOOK)


def enroll(identity, name, *pictures):
    """Goes wrong halfway if the second encoding is no encoding: by then the workbook and the first one are written."""
    book = openpyxl.load_workbook(WORKBOOK)
    book["People"].append([identity, name])
    book.save(WORKBOOK)
    for number, picture in enumerate(pictures):
        place = ENCODINGS / f"{name.replace(' ', '_')}_{identity}_{number}.npy"
        shutil.copyfile(picture, place)
        if numpy.load(place).shape != (128,):
            raise ValueError(f"{picture} is no face encoding")


def mark(identity):
    book = openpyxl.load_workbook(WORKBOOK)
    names = {row[0]: row[1] for row in book["People"].iter_rows(min_row=2, values_only=True)}
    now = datetime.datetime.now()
    book["Attendance"].append([identity, names[identity], now.date(), now.time().replace(microsecond=0)])
    book.save(WORKBOOK)


if __name__ == "__main__":
    {"new": new, "enroll": enroll, "mark": mark}[sys.argv[1]](*sys.argv[2:])
