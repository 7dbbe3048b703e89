"""Tables for people's spreadsheets, written row by row: Excel workbooks and CSV.

Promises: constant memory however many rows; amounts and dates are numbers and dates, exact to the last digit; a text
never becomes a formula. Five words: column (label, kind, width), cell, row, sheet, strong (a row of sums).

    from moa.formats.spreadsheets.writing.columns import AMOUNT, DATE, TEXT, Column
    from moa.formats.spreadsheets.writing.workbook import SheetData, stream_workbook, write_workbook

    columns = [Column("거래일", DATE), Column("적요", TEXT, 30), Column("금액", AMOUNT, digits=0), Column("통화")]
    rows = ((line.booked_on, line.words, line.minor, "KRW") for line in lines)      # any iterable of tuples
    sheet = SheetData("거래내역", columns, rows, above=("거래내역", "2026-06-01 – 06-30"), below=[(None, "합계", 12_000, "KRW")])

    with open(path, "wb") as out:                      # to a file, or anything with write(bytes)
        write_workbook(out, [sheet])
    response = StreamingHttpResponse(stream_workbook([sheet]))    # to a browser, in pieces

Cells by kind: TEXT str · DATE date · MOMENT datetime in the zone that shall be read · AMOUNT whole minor units where the
column says its `digits`, else a pair (minor, digits) · NUMBER int or Decimal · None everywhere: an empty cell.
`csv_stream.stream_csv(sheet)` takes the same sheet.
"""
