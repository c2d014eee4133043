"""Writes the golden vectors of workbooks, by the programs that write them for others. Each was written once: it never writes over one that is there.

Run it with a Python that has openpyxl, XlsxWriter, xlwt, odfpy and UNO, beside LibreOffice, zip and a built repository:
python3 docs/vectors/excel/write-vectors.py
"""
import datetime
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

import openpyxl
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../../../packages/inspect-excel/test'))
from expected_csv import DATE, MOMENT, SPAN, Error, Formula, csv_of, field, format_of  # noqa: E402

FILES = os.path.join(HERE, 'files')
EXPECTED = os.path.join(HERE, 'expected.json')
SCRATCH = tempfile.mkdtemp()
expected = json.load(open(EXPECTED, encoding='utf8')) if os.path.exists(EXPECTED) else {}
os.makedirs(FILES, exist_ok=True)


def vector(name, content, verdict, csv=None, facts=None):
    """Keeps a file, unless there is one of this name."""
    if name in expected:
        return
    with open(os.path.join(FILES, name), 'xb') as file:
        file.write(content)
    expected[name] = {'verdict': verdict}
    if csv is not None:
        expected[name]['csv'] = csv
    if facts is not None:
        expected[name]['facts'] = facts


# ---- What is in them, and what must come of it: written down here, not computed by the inspector ----

GUARDED = ['=HYPERLINK("http://x.example")', '+49 30 1234', '-', '@SUM(A1)', '\t=1']
PLAIN = ["'=1", '-5', '+491701234567', '-1,234.5', 'a=1']


ATTENDANCE = [
    ['id', 'name', 'day', 'in', 'worked', 'stamp', 'present', 'note'],
    ['007', 'Jürgen Müller', datetime.date(2024, 2, 29), datetime.time(8, 30), datetime.timedelta(hours=26, minutes=30),
     datetime.datetime(2024, 2, 29, 8, 30, 15), True, 'one\ntwo, "three"'],
    ['1234567890123456789', '東京 太郎 🙂', datetime.date(1999, 12, 31), datetime.time(23, 59, 59), datetime.timedelta(minutes=1),
     datetime.datetime(2038, 1, 19, 3, 14, 7), False, ' blanks '],
    [],
    [None, None, None, 'after a gap'],
]
NUMBERS = [
    [0, -1, 42, 1234567890123456, 0.1, 1 / 3, -2.5, 123456.789, 1e15],
    [9007199254740991, 0.000123, 1.5e+300],
]
TEXTS = [GUARDED, PLAIN]
SHEETS = [('Attendance', ATTENDANCE), ('Numbers', NUMBERS), ('Texts', TEXTS), ('Über "x"', [['a']]), ('Empty', [])]
HIDDEN = 'Numbers'


def facts_of(sheets, **more):
    return {
        'sheets': [
            {'name': name, 'rows': len(rows), 'columns': max((len(row) for row in rows), default=0),
             **({'hidden': True} if name == HIDDEN else {})}
            for name, rows in sheets
        ],
        **more,
    }


def csvs_of(sheets, has_results=True):
    return {name: csv_of(rows, has_results) for name, rows in sheets}


# ---- The programs ----

def by_openpyxl(sheets, date1904=False, merges=()):
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        if name == HIDDEN:
            sheet.sheet_state = 'hidden'
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                if value is None:
                    continue
                cell = sheet.cell(r, c)
                if isinstance(value, Formula):
                    cell.value = '=' + value.text
                elif isinstance(value, Error):
                    cell.value = value.text
                else:
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = 's'
                    if format_of(value) is not None:
                        cell.number_format = format_of(value)
        for area in merges:
            sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_xlsxwriter(sheets, merges=(), macros=False, chart=False, **options):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {'in_memory': True, 'default_date_format': MOMENT, **options})
    book.set_properties({'created': datetime.datetime(2026, 11, 26)})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        if name == HIDDEN:
            sheet.hide()
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, Formula):
                    sheet.write_formula(r, c, '=' + value.text, None, value.result)
                elif isinstance(value, Error):
                    sheet.write_formula(r, c, '=NA()', None, value.text)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif format_of(value) is not None:
                    sheet.write_datetime(r, c, value, book.add_format({'num_format': format_of(value)}))
                elif value is not None:
                    sheet.write(r, c, value)
        for area, text in merges:
            sheet.merge_range(area, text)
    if chart:
        drawn = book.add_chart({'type': 'column'})
        drawn.add_series({'values': '=Numbers!$A$1:$C$1'})
        sheet = book.add_chartsheet('Chart')
        sheet.set_chart(drawn)
    if macros:
        path = os.path.join(SCRATCH, 'vbaProject.bin')
        open(path, 'wb').write(b'stands for a project')
        book.add_vba_project(path)
    book.close()
    return stream.getvalue()


def by_xlwt(sheets, date1904=False):
    book = xlwt.Workbook()
    book.dates_1904 = date1904
    for name, rows in sheets:
        sheet = book.add_sheet(name)
        sheet.visibility = 1 if name == HIDDEN else 0
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime.timedelta):
                    sheet.write(r, c, value.total_seconds() / 86400, xlwt.easyxf(num_format_str=SPAN))
                elif format_of(value) is not None:
                    sheet.write(r, c, value, xlwt.easyxf(num_format_str=format_of(value)))
                elif value is not None:
                    sheet.write(r, c, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_odfpy(rows):
    book = OpenDocumentSpreadsheet()
    table = Table(name='By odfpy')
    for row in rows:
        line = TableRow()
        for value in row:
            if value is None:
                cell = TableCell()
            elif isinstance(value, bool):
                cell = TableCell(valuetype='boolean', booleanvalue='true' if value else 'false')
            elif isinstance(value, (int, float)):
                cell = TableCell(valuetype='float', value=repr(value))
            elif isinstance(value, datetime.time):
                cell = TableCell(valuetype='time', timevalue=value.strftime('PT%HH%MM%SS'))
            elif isinstance(value, (datetime.date, datetime.datetime)):
                cell = TableCell(valuetype='date', datevalue=value.isoformat())
            else:
                cell = TableCell(valuetype='string')
                for part in str(value).split('\n'):
                    cell.addElement(P(text=part))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_sheetjs(rows, kind):
    package = os.path.join(HERE, '../../../packages/inspect-excel')
    program = f"""
        const {{ utils, write }} = require('xlsx');
        const book = utils.book_new();
        utils.book_append_sheet(book, utils.aoa_to_sheet({json.dumps(rows)}), 'By SheetJS');
        process.stdout.write(write(book, {{ type: 'buffer', bookType: '{kind}', compression: true }}));
    """
    return subprocess.run(['node', '-e', program], cwd=package, check=True, capture_output=True).stdout


def by_sheetjs_container(streams):
    package = os.path.join(HERE, '../../../packages/inspect-excel')
    program = f"""
        const {{ CFB }} = require('xlsx');
        const container = CFB.utils.cfb_new();
        for (const [name, text] of Object.entries({json.dumps(streams)})) CFB.utils.cfb_add(container, name, Buffer.from(text));
        process.stdout.write(CFB.write(container, {{ type: 'buffer' }}));
    """
    return subprocess.run(['node', '-e', program], cwd=package, check=True, capture_output=True).stdout


class LibreOffice:
    """One of it, spoken to over UNO."""

    FILTERS = {'xlsx': 'Calc MS Excel 2007 XML', 'xls': 'MS Excel 97', 'ods': 'calc8'}

    def __enter__(self):
        import uno
        self.uno = uno
        pipe = 'pipe,name=holdfast-vectors;urp;StarOffice.ComponentContext'
        self.process = subprocess.Popen(
            ['soffice', '--headless', '--norestore', f'-env:UserInstallation=file://{SCRATCH}/profile', f'--accept={pipe}'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext('com.sun.star.bridge.UnoUrlResolver', local)
        for _ in range(120):
            try:
                context = resolver.resolve(f'uno:{pipe}')
                break
            except Exception:
                time.sleep(0.5)
        self.desktop = context.ServiceManager.createInstanceWithContext('com.sun.star.frame.Desktop', context)
        return self

    def __exit__(self, *_):
        try:
            self.desktop.terminate()
        except Exception:
            pass
        self.process.wait(20)

    def convert(self, content, kind, password=None):
        property_ = lambda name, value: self.uno.createUnoStruct('com.sun.star.beans.PropertyValue', name, 0, value, 0)
        source, target = os.path.join(SCRATCH, 'in.xlsx'), os.path.join(SCRATCH, f'out.{kind}')
        open(source, 'wb').write(content)
        document = self.desktop.loadComponentFromURL(f'file://{source}', '_blank', 0, (property_('Hidden', True),))
        options = [property_('FilterName', self.FILTERS[kind])]
        if password is not None:
            options.append(property_('Password', password))
        document.storeToURL(f'file://{target}', tuple(options))
        document.close(True)
        return open(target, 'rb').read()


def patched(content, change):
    """The archive again, with members as `change(name, bytes)` gives them; `None` leaves one out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            changed = change(item.filename, old.read(item))
            if changed is not None:
                new.writestr(item.filename, changed)
    return stream.getvalue()


# ---- Sound ones ----

WITH_FORMULAS = [
    ['a', 1, Formula('B1+1', 2)],
    ['b', 2, Formula('A1&A2', 'ab')],
    ['c', Error('#N/A'), Formula('B1>0', True)],
]
SIMPLE = [['name', 'n', 'yes'], ['=1+1', 1.5, True], ['ä€', -3, False], [None, 1234567890123456, None]]
SIMPLE_FIELDS = [['name', 'n', 'yes'], ["'=1+1", 1.5, True], ['ä€', -3, False], [None, 1234567890123456, None]]

vector('openpyxl.xlsx', by_openpyxl(SHEETS), 'sound', csvs_of(SHEETS),
       facts_of(SHEETS, format='xlsx', dateSystem=1900, hasMacros=False, formulas=0, formulaLikeTexts=len(GUARDED)))
vector('openpyxl-1904.xlsx', by_openpyxl(SHEETS, date1904=True), 'sound', csvs_of(SHEETS), facts_of(SHEETS, dateSystem=1904))
vector('openpyxl-formulas.xlsx', by_openpyxl([('F', WITH_FORMULAS)]), 'sound', csvs_of([('F', WITH_FORMULAS)], has_results=False),
       {'formulas': 3, 'formulasWithoutResult': 3})
vector('openpyxl-merged.xlsx', by_openpyxl([('M', [['over all', None, None], [None, None, None], ['x', 'y', 'z']])], merges=['A1:C2']),
       'sound', {'M': 'over all,,\r\n,,\r\nx,y,z\r\n'})
vector('xlsxwriter.xlsx', by_xlsxwriter(SHEETS), 'sound', csvs_of(SHEETS), facts_of(SHEETS, dateSystem=1900, formulaLikeTexts=len(GUARDED)))
vector('xlsxwriter-1904.xlsx', by_xlsxwriter(SHEETS, date_1904=True), 'sound', csvs_of(SHEETS), facts_of(SHEETS, dateSystem=1904))
vector('xlsxwriter-formulas.xlsx', by_xlsxwriter([('F', WITH_FORMULAS)]), 'sound', csvs_of([('F', WITH_FORMULAS)]),
       {'formulas': 4, 'formulasWithoutResult': 0})
vector('xlsxwriter-chart.xlsx', by_xlsxwriter([('Numbers', NUMBERS), ('S', [['a']])], chart=True), 'sound',
       csvs_of([('Numbers', NUMBERS), ('S', [['a']])]), {'sheetCount': 3})
vector('xlsxwriter-macros.xlsm', by_xlsxwriter([('S', [['a']])], macros=True), 'sound', {'S': 'a\r\n'},
       {'format': 'xlsm', 'hasMacros': True})
vector('xlsxwriter-row-by-row.xlsx', by_xlsxwriter([('S', ATTENDANCE)], constant_memory=True), 'sound', csvs_of([('S', ATTENDANCE)]))
vector('xlwt.xls', by_xlwt(SHEETS), 'sound', csvs_of(SHEETS), facts_of(SHEETS, format='xls', dateSystem=1900, formulaLikeTexts=len(GUARDED)))
vector('xlwt-1904.xls', by_xlwt(SHEETS, date1904=True), 'sound', csvs_of(SHEETS), facts_of(SHEETS, dateSystem=1904))
vector('odfpy.ods', by_odfpy([row[:4] + row[5:7] for row in ATTENDANCE]), 'sound',
       {'By odfpy': csv_of([row[:4] + row[5:7] for row in ATTENDANCE])}, {'format': 'ods'})
for kind, name in (('xlsx', 'sheetjs.xlsx'), ('biff8', 'sheetjs.xls'), ('ods', 'sheetjs.ods')):
    csv = ''.join(','.join(field(value) for value in row) + '\r\n' for row in SIMPLE_FIELDS)
    vector(name, by_sheetjs(SIMPLE, kind), 'sound', {'By SheetJS': csv}, {'formulaLikeTexts': 1})

if any(name not in expected for name in ('libreoffice.ods', 'password.xls', 'password.ods')):
    # It keeps 15 digits of a number, and no stored text of a formula in .xls; what it takes for a tab in a text differs from one format to the next.
    numbers = [[0, -1, 42, 123456789012345, 0.1, -2.5, 123456.789]]
    formulas = [['a', 1, Formula('B1+1', 2)], ['c', Error('#N/A'), Formula('B1>0', True)]]
    sheets = [('Attendance', ATTENDANCE), ('Numbers', numbers), ('F', formulas), ('Texts', [GUARDED[:4], PLAIN])]
    with LibreOffice() as office:
        for kind in ('xlsx', 'xls', 'ods'):
            vector(f'libreoffice.{kind}', office.convert(by_xlsxwriter(sheets), kind), 'sound', csvs_of(sheets),
                   facts_of(sheets, format=kind))
        for kind in ('xls', 'ods'):
            vector(f'password.{kind}', office.convert(by_xlsxwriter([('S', [['secret']])]), kind, 'vector'), 'opaque ENCRYPTED')
# The container of a newer workbook with a password, as [MS-OFFCRYPTO] has it; what is in it stands for what is encrypted.
vector('password.xlsx', by_sheetjs_container({'EncryptionInfo': 'x' * 248, 'EncryptedPackage': 'y' * 5000}), 'opaque ENCRYPTED')
vector('word.xls', by_sheetjs_container({'WordDocument': 'x' * 5000}), 'broken MISNAMED')

# What only Excel writes, by hand: phonetic readings, rich text, numbers with 17 digits, times that are dates, prefixes of its own.
SHEET = 'xl/worksheets/sheet1.xml'
plain = by_xlsxwriter([('S', [['a', 'b']])])
NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'


def with_part(part, text):
    return patched(plain, lambda name, old: text.encode() if name == part else old)


vector('excel-texts.xlsx', with_part('xl/sharedStrings.xml',
       f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<sst xmlns="{NAMESPACE}" count="2" uniqueCount="2">'
       '<si><t>課きく</t><rPh sb="0" eb="1"><t>カ</t></rPh><phoneticPr fontId="1"/></si>'
       '<si><r><t xml:space="preserve">rich </t></r><r><rPr><b/><sz val="11"/></rPr><t>text_x000D__x005F_x0041_</t></r></si></sst>'),
       'sound', {'S': '課きく,"rich text\r_x0041_"\r\n'})
vector('excel-prefixes.xlsx', with_part(SHEET,
       f"<?xml version='1.0'?>\n<x:worksheet xmlns:x='{NAMESPACE}'>\n <x:sheetData>\n  <x:row r='2'>\n   <x:c r = 'B2'\n t='n'><x:v>0.10000000000000001</x:v></x:c>"
       "<x:c r='C2' t='inlineStr'><x:is><x:t><![CDATA[<=>]]></x:t></x:is></x:c><!-- > --></x:row></x:sheetData></x:worksheet>"),
       'sound', {'S': ',,\r\n,0.1,<=>\r\n'})
vector('excel-utf16.xlsx', patched(plain, lambda name, old: ('\ufeff' + old.decode().replace('UTF-8', 'UTF-16')).encode('utf-16-le') if name == SHEET else old),
       'sound', {'S': 'a,b\r\n'})
vector('excel-lying-range.xlsx', with_part(SHEET,
       f'<worksheet xmlns="{NAMESPACE}"><dimension ref="A1:XFD1048576"/><sheetData><row r="1" spans="1:16384"><c r="A1"><v>7</v></c><c r="XFD1" s="0"/></row>'
       '<row r="1048576" ht="3"/></sheetData></worksheet>'), 'sound', {'S': '7\r\n'})
vector('excel-shared-formula.xlsx', with_part(SHEET,
       f'<worksheet xmlns="{NAMESPACE}"><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f><v>2</v></c></row>'
       '<row r="2"><c r="A2"><v>5</v></c><c r="B2"><f t="shared" si="0"/><v>10</v></c></row></sheetData></worksheet>'), 'sound', {'S': '1,2\r\n5,10\r\n'}, {'formulas': 2})

# ---- Broken ones ----

whole = by_openpyxl([('S', ATTENDANCE)])
vector('cut-at-half.xlsx', whole[:len(whole) // 2], 'broken TRUNCATED')
vector('cut-at-end.xlsx', whole[:-10], 'broken TRUNCATED')
vector('cut-to-nothing.xlsx', b'', 'broken TRUNCATED')
vector('zeros.xlsx', bytes(2048), 'broken INVALID')
with zipfile.ZipFile(io.BytesIO(whole)) as archive:
    place = archive.getinfo(SHEET).header_offset + 30 + len(SHEET) + 40
vector('flipped.xlsx', whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1:], 'broken INVALID')
vector('no-workbook.xlsx', patched(whole, lambda name, old: None if name == 'xl/workbook.xml' else old), 'broken INVALID')
vector('no-sheet.xlsx', patched(whole, lambda name, old: None if name == SHEET else old), 'broken INVALID')
vector('no-end-of-xml.xlsx', patched(whole, lambda name, old: old[:-40] if name == SHEET else old), 'broken TRUNCATED')
vector('entities.xlsx', with_part(SHEET,
       '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
       f'<worksheet xmlns="{NAMESPACE}"><sheetData><row><c t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'), 'broken INVALID')
old = by_xlwt([('S', ATTENDANCE)])
vector('cut-at-half.xls', old[:len(old) // 2], 'broken TRUNCATED')
vector('cut-in-head.xls', old[:300], 'broken TRUNCATED')
for name, content in (('csv.xlsx', b'id,name\r\n007,x\r\n'), ('web-page.xls', b'<html><table><tr><td>1</td></tr></table></html>'), ('xls.xlsx', old),
                      ('xlsx.xls', whole), ('ods.xlsx', by_odfpy([['a']])), ('xlsx.ods', whole), ('pdf.xlsm', b'%PDF-1.4\n%\xe2\xe3\n1 0 obj\n'),
                      ('zip.xlsx', patched(whole, lambda name, old: old if name == 'docProps/core.xml' else None))):
    vector(name, content, 'broken MISNAMED')
folder = os.path.join(SCRATCH, 'unpacked')
zipfile.ZipFile(io.BytesIO(whole)).extractall(folder)
subprocess.run(['zip', '-q', '-r', '-P', 'vector', '../zipped.xlsx', '.'], cwd=folder, check=True)
vector('zip-password.xlsx', open(os.path.join(SCRATCH, 'zipped.xlsx'), 'rb').read(), 'opaque ENCRYPTED')

with open(EXPECTED, 'w', encoding='utf8') as file:
    json.dump(expected, file, ensure_ascii=False, indent=1)
    file.write('\n')
names = ['expected.json'] + ['files/' + name for name in sorted(os.listdir(FILES))]
with open(os.path.join(HERE, 'SHA256SUMS'), 'w') as sums:
    for name in names:
        sums.write(f"{hashlib.sha256(open(os.path.join(HERE, name), 'rb').read()).hexdigest()}  {name}\n")
shutil.rmtree(SCRATCH)
print(f'{len(expected)} vectors')
sys.exit(0)
