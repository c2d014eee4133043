"""What the CSV of a sheet must be, said a second time, in another language, from the values that another program has.

As a program it writes random workbooks by openpyxl and XlsxWriter, has openpyxl read them, and says what their CSV must be:
python3 expected_csv.py FOLDER SEED COUNT
"""
import datetime
import decimal
import json
import os
import random
import re
import sys

DATE, MOMENT, CLOCK, SPAN = 'yyyy-mm-dd', 'dd/mm/yyyy hh:mm:ss', 'h:mm AM/PM', '[h]:mm:ss'


class Formula:
    def __init__(self, text, result):
        self.text, self.result = text, result


class Error:
    def __init__(self, text):
        self.text = text


def format_of(value):
    """The number format that makes a number this kind of time."""
    if isinstance(value, datetime.datetime):
        return MOMENT
    if isinstance(value, datetime.date):
        return DATE
    if isinstance(value, datetime.time):
        return CLOCK
    return SPAN if isinstance(value, datetime.timedelta) else None


def number(value):
    """The shortest text that gives the same double, as JavaScript writes it: without an exponent from 1e-6 on and below 1e21."""
    if isinstance(value, int):
        return str(value)
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return re.sub(r'\.0*$', '', format(decimal.Decimal(repr(value)), 'f'))
    return re.sub(r'e([+-])0', r'e\1', repr(value))


def field(value, has_results=True):
    """A cell as the CSV must have it."""
    if value is None:
        return ''
    if isinstance(value, Formula):
        return field(value.result) if has_results else ''
    if isinstance(value, Error):
        return value.text
    if isinstance(value, bool):
        return 'TRUE' if value else 'FALSE'
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        seconds = int(value.total_seconds())
        return '%02d:%02d:%02d' % (seconds // 3600, seconds // 60 % 60, seconds % 60)
    if value[:1] in ('=', '+', '-', '@', '\t', '\r') and not is_plain_number(value):
        value = "'" + value
    if any(sign in value for sign in ',"\r\n') or value != value.strip():
        return '"' + value.replace('"', '""') + '"'
    return value


def is_plain_number(text):
    try:
        float(text.replace(',', ''))
        return text.strip() == text and '_' not in text and text[1:2].lower() not in ('i', 'n')
    except ValueError:
        return False


def csv_of(rows, has_results=True):
    width = max((len(row) for row in rows), default=0)
    return ''.join(
        ','.join(field(value, has_results) for value in row + [None] * (width - len(row))) + '\r\n' for row in rows
    )


# ---- Random workbooks ----

ALPHABET = 'abz019 =+-@\t\n",;\'<>&éß東😀\u200b_.'


def text(dice):
    return ''.join(dice.choice(ALPHABET) for _ in range(dice.randint(1, 12)))


def value(dice):
    return dice.choice([
        lambda: None,
        lambda: text(dice),
        lambda: dice.choice(['007', 'Present', '=1+1', '-5', '+4930', '1234567890123456789', 'TRUE', '2024-01-01', ' x']),
        lambda: dice.randint(-10 ** 6, 10 ** 6),
        lambda: dice.randint(0, 2 ** 53),
        lambda: round(dice.uniform(-1000, 1000), dice.randint(0, 9)),
        lambda: dice.random() * 10.0 ** dice.randint(-9, 18),
        lambda: dice.random() < 0.5,
        lambda: datetime.date(1904, 1, 2) + datetime.timedelta(days=dice.randint(0, 100_000)),
        lambda: datetime.datetime(1950, 1, 1) + datetime.timedelta(seconds=dice.randint(1, 4 * 10 ** 9)),
        lambda: datetime.time(dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59)),
    ])()


def sheet(dice):
    width, height, density = dice.randint(1, 12), dice.randint(0, 25), dice.random()
    return [[value(dice) if dice.random() < density else None for _ in range(width)] for _ in range(height)]


def by_openpyxl(path, sheets, date1904):
    import openpyxl
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.remove(book.active)
    for name, rows in sheets:
        made = book.create_sheet(name)
        for r, row in enumerate(rows, 1):
            for c, content in enumerate(row, 1):
                if content is None:
                    continue
                cell = made.cell(r, c, content)
                if isinstance(content, str):
                    cell.data_type = 's'
                elif format_of(content) is not None:
                    cell.number_format = format_of(content)
    book.save(path)


def by_xlsxwriter(path, sheets, date1904):
    import xlsxwriter
    book = xlsxwriter.Workbook(path, {'date_1904': date1904, 'constant_memory': len(sheets) % 2 == 0})
    formats = {name: book.add_format({'num_format': name}) for name in (DATE, MOMENT, CLOCK)}
    for name, rows in sheets:
        made = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, content in enumerate(row):
                if isinstance(content, str):
                    made.write_string(r, c, content)
                elif format_of(content) is not None:
                    made.write_datetime(r, c, content, formats[format_of(content)])
                elif content is not None:
                    made.write(r, c, content)
    book.close()


def read_by_openpyxl(path):
    """The CSV of each sheet, from the values that openpyxl reads. A day without an hour comes from a cell that shows none."""
    import openpyxl
    book = openpyxl.load_workbook(path, data_only=True)
    found = {}
    for made in book.worksheets:
        rows = [[day(cell) for cell in row] for row in made.iter_rows(min_row=1, min_col=1)]
        while rows and all(content is None for content in rows[-1]):
            rows.pop()
        width = max((max((c + 1 for c, content in enumerate(row) if content is not None), default=0) for row in rows), default=0)
        found[made.title] = csv_of([row[:width] for row in rows])
    return found


def day(cell):
    content = cell.value
    if isinstance(content, datetime.datetime):
        # openpyxl 3.0 loses up to some microseconds on the way.
        content = (content + datetime.timedelta(microseconds=500)).replace(microsecond=0)
        return content.date() if cell.number_format == DATE else content
    if isinstance(content, datetime.time):
        return content.replace(microsecond=0)
    return content


if __name__ == '__main__':
    folder, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    dice = random.Random(seed)
    expected = {}
    for index in range(count):
        name = f'{index}.xlsx'
        sheets = [(f'S{number_} é'[: dice.randint(2, 4)].strip() + str(number_), sheet(dice)) for number_ in range(dice.randint(1, 3))]
        (by_openpyxl if index % 2 else by_xlsxwriter)(os.path.join(folder, name), sheets, dice.random() < 0.3)
        expected[name] = read_by_openpyxl(os.path.join(folder, name))
    with open(os.path.join(folder, 'expected.json'), 'w', encoding='utf8') as file:
        json.dump(expected, file, ensure_ascii=False)
