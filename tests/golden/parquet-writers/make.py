"""Writes the files of this folder, and beside each the values that its own writer reads from it.

    python make.py [duckdb] [polars] [pyarrow] [spark]

Values: whole numbers, floats, decimals, and times (microseconds since 1970) as text, bytes as hex, structs as objects, maps as
lists of pairs.
"""

import datetime as dt
import decimal
import glob
import json
import os
import shutil
import sys
import time
import uuid

os.environ["TZ"] = "UTC"
time.tzset()
HERE = os.path.dirname(os.path.abspath(__file__))
EPOCH = dt.datetime(1970, 1, 1)
D = decimal.Decimal
decimal.getcontext().prec = 60


def micros(value):
    if value.tzinfo is not None:
        value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
    return str((value - EPOCH) // dt.timedelta(microseconds=1))


def plain(value):
    """A Python value as JSON has it here."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return str(value) if isinstance(value, int) else repr(value)
    if isinstance(value, D):
        return format(value, "f")
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, dt.datetime):
        return micros(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value // dt.timedelta(microseconds=1))
    if isinstance(value, uuid.UUID):
        return str(value)
    if hasattr(value, "asDict"):
        return {name: plain(value[name]) for name in value.__fields__}
    if isinstance(value, dict):
        return [[plain(k), plain(v)] for k, v in value.items()]
    return [plain(v) for v in value]


def arrow_plain(scalar):
    """An Arrow value as JSON has it here; times finer than microseconds are cut, as the engines that have none finer cut them."""
    import pyarrow as pa
    import pyarrow.types as t

    if not scalar.is_valid:
        return None
    kind = scalar.type
    if isinstance(scalar, pa.ExtensionScalar):
        inner = scalar.as_py()
        return plain(inner)
    if t.is_timestamp(kind) or t.is_time(kind):
        return str({"s": scalar.value * 10**6, "ms": scalar.value * 1000, "us": scalar.value, "ns": scalar.value // 1000}[kind.unit])
    if t.is_duration(kind):
        return str(scalar.value)
    if t.is_dictionary(kind):
        return arrow_plain(scalar.dictionary[scalar.index.as_py()])
    if t.is_map(kind):
        entries = scalar.values
        return [[arrow_plain(e["key"]), arrow_plain(e["value"])] for e in (entries or [])]
    if t.is_struct(kind):
        return {name: arrow_plain(scalar[i]) for i, name in enumerate([f.name for f in kind])}
    if hasattr(scalar, "values"):
        return [arrow_plain(e) for e in scalar.values]
    return plain(scalar.as_py())


def arrow_rows(table):
    columns = [[arrow_plain(value) for value in column] for column in table.columns]
    return [list(row) for row in zip(*columns)] if columns else []


def place(writer, name):
    folder = os.path.join(HERE, writer)
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def expect(path, columns, rows):
    with open(path + ".json", "w", encoding="utf8") as out:
        out.write('{"columns":%s,"rows":[\n' % json.dumps(columns, ensure_ascii=False))
        out.write(",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows))
        out.write("\n]}\n")


N = 40
TEXTS = ["", "a", "zwölf Zeichen", "exactly12chr", "日本語のテキスト", "𝒳 outside of the plane", "x" * 90, "quote \" comma , \\ end"]


def some(values, every=5, rows=N):
    """The values over and over, each `every`-th null."""
    return [None if i % every == every - 1 else values[i % len(values)] for i in range(rows)]


def stamps():
    return [
        dt.datetime(1970, 1, 1),
        dt.datetime(2024, 2, 29, 23, 59, 59, 999000),
        dt.datetime(1969, 12, 31, 23, 59, 59, 1000),
        dt.datetime(2000, 1, 1, 12, 30, 15, 250000),
        dt.datetime(1915, 7, 4, 1, 2, 3),
        dt.datetime(2199, 12, 31, 1, 2, 3, 4000),
    ]


DATES = [dt.date(1970, 1, 1), dt.date(2024, 2, 29), dt.date(1969, 12, 31), dt.date(1600, 1, 1), dt.date(9999, 12, 31), dt.date(1, 1, 1)]
FLOATS = [0.0, -0.0, 1.5, -1.5, float("nan"), float("inf"), float("-inf"), 0.1, 1e-40]
DOUBLES = [0.0, -0.0, 1.5, float("nan"), float("inf"), float("-inf"), 0.1, 5e-324, 1.7976931348623157e308]


def decimals(precision, scale):
    top = D(10**precision - 1).scaleb(-scale)
    return [top, -top, D(0).scaleb(-scale), D(1).scaleb(-scale), D(-1).scaleb(-scale), D(12).scaleb(-scale), D(-255).scaleb(-scale)]


def whole(bits):
    return [0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), 7, 100]


def unsigned(bits):
    return [0, 1, 2**bits - 1, 2 ** (bits - 1), 7]


# ---------------------------------------------------------------- pyarrow


def make_pyarrow():
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(name, table, **options):
        path = place("pyarrow", name + ".parquet")
        pq.write_table(table, path, **options)
        back = pq.ParquetFile(path).read()
        expect(path, back.column_names, arrow_rows(back))

    numbers = pa.table(
        {
            "b": pa.array(some([True, False, True]), pa.bool_()),
            **{f"i{w}": pa.array(some(whole(w), 6), pa.from_numpy_dtype(f"int{w}")) for w in (8, 16, 32, 64)},
            **{f"u{w}": pa.array(some(unsigned(w), 7), pa.from_numpy_dtype(f"uint{w}")) for w in (8, 16, 32, 64)},
            "f16": pa.array(some([0.0, 1.5, -2.25, 65504.0, float("inf"), 6e-8]), pa.float16()),
            "f32": pa.array(some(FLOATS), pa.float32()),
            "f64": pa.array(some(DOUBLES, 7), pa.float64()),
            "required": pa.array(range(N), pa.int32()),
            "nothing": pa.nulls(N),
            "all_null": pa.nulls(N, pa.int64()),
        }
    )
    numbers = numbers.cast(numbers.schema.set(12, numbers.schema.field(12).with_nullable(False)))
    texts = pa.table(
        {
            "s": pa.array(some(TEXTS), pa.string()),
            "ls": pa.array(some(TEXTS, 7), pa.large_string()),
            "sv": pa.array(some(TEXTS, 4), pa.string_view()),
            "bin": pa.array(some([b"", b"\x00\xff", b"twelve bytes", b"thirteen byte"]), pa.binary()),
            "lbin": pa.array(some([b"", b"\x80" * 30]), pa.large_binary()),
            "bv": pa.array(some([b"", b"\x80" * 30]), pa.binary_view()),
            "fixed": pa.array(some([b"12345", b"\x00\x01\x02\x03\xff"]), pa.binary(5)),
            "dict": pa.array(some(["red", "green", "blue", None])).dictionary_encode(),
            "uuid": pa.array(some([uuid.UUID(int=1).bytes, uuid.UUID(int=2**128 - 5).bytes]), pa.binary(16)).cast(pa.uuid()),
            "json": pa.array(some(['{"a":1}', "null"]), pa.string()).cast(pa.json_()),
        }
    )
    times = pa.table(
        {
            "d32": pa.array(some(DATES), pa.date32()),
            "d64": pa.array(some(DATES, 7), pa.date64()),
            "t_s": pa.array(some([0, 86399]), pa.time32("s")),
            "t_ms": pa.array(some([0, 86399999, 1]), pa.time32("ms")),
            "t_us": pa.array(some([0, 86399999999, 1]), pa.time64("us")),
            "t_ns": pa.array(some([0, 86399999999999, 1, 1500]), pa.time64("ns")),
            "s": pa.array(some([0, -1, 1709251199, -1719878400]), pa.timestamp("s")),
            "ms": pa.array(some([0, -1, 1709251199999]), pa.timestamp("ms")),
            "us": pa.array(some([0, -1, 1709251199999999, -62135596800000000]), pa.timestamp("us")),
            "ns": pa.array(some([0, -1, -1001, 1709251199999999999, 1999]), pa.timestamp("ns")),
            "ms_z": pa.array(some([0, -1, 1709251199999]), pa.timestamp("ms", "UTC")),
            "us_z": pa.array(some([0, -1, 1709251199999999]), pa.timestamp("us", "Europe/Berlin")),
            "ns_z": pa.array(some([0, -1, -1001, 1709251199999999999]), pa.timestamp("ns", "UTC")),
            "duration": pa.array(some([0, -1, 86400000000]), pa.duration("us")),
        }
    )
    places = [(4, 2), (9, 0), (10, 3), (18, 6), (19, 4), (38, 10), (38, 38)]
    money = pa.table({f"d{p}_{s}": pa.array(some(decimals(p, s)), pa.decimal128(p, s)) for p, s in places})
    small_money = pa.table(
        {
            "d32": pa.array(some(decimals(7, 2)), pa.decimal32(7, 2)),
            "d64": pa.array(some(decimals(15, 5)), pa.decimal64(15, 5)),
            "d256": pa.array(some(decimals(30, 5)), pa.decimal256(30, 5)),
        }
    )
    inner = pa.struct([("x", pa.int32()), ("y", pa.list_(pa.string()))])
    pairs = [[("a", 1), ("b", None)], [], [("long key of a map", 3)]]
    nested = pa.table(
        {
            "list": pa.array(some([[1, None, 3], [], [4]]), pa.list_(pa.int64())),
            "large": pa.array(some([["a", None], [], TEXTS]), pa.large_list(pa.string())),
            "fixed": pa.array(some([[1, 2], [None, 4]]), pa.list_(pa.int16(), 2)),
            "deep": pa.array(some([[[[1], []], None, [None]], [], [[[2, 3]]]]), pa.list_(pa.list_(pa.list_(pa.int32())))),
            "struct": pa.array(some([{"x": 1, "y": ["p", None]}, {"x": None, "y": None}, {"x": 2, "y": []}]), inner),
            "structs": pa.array(some([[{"x": 1, "y": ["p"]}, None], [], [{"x": None, "y": []}]]), pa.list_(inner)),
            "map": pa.array(some(pairs), pa.map_(pa.string(), pa.int32())),
            "maps": pa.array(some([[("k", [{"x": 5, "y": ["z"]}, None])], []]), pa.map_(pa.string(), pa.list_(inner))),
            "keyed": pa.array(some([[(dt.date(2024, 1, 2), D("1.50"))], []]), pa.map_(pa.date32(), pa.decimal128(10, 2))),
            "in_struct": pa.array(some([{"m": [("k", True)], "t": 1}, {"m": None, "t": None}]), pa.struct([("m", pa.map_(pa.string(), pa.bool_())), ("t", pa.timestamp("us", "UTC"))])),
        }
    )
    write("numbers-snappy", numbers, compression="snappy")
    write("numbers-plain-v2-zstd", numbers, compression="zstd", use_dictionary=False, data_page_version="2.0")
    write("numbers-v1-format", numbers, compression="gzip", version="1.0", row_group_size=15)
    write("numbers-checked-pages", numbers, compression="brotli", write_page_checksum=True, write_page_index=True, data_page_size=32, write_batch_size=4)
    bits = {"b": "RLE", **{f"{k}{w}": "DELTA_BINARY_PACKED" for k in "iu" for w in (8, 16, 32, 64)}}
    streams = {name: "BYTE_STREAM_SPLIT" for name in ("f16", "f32", "f64", "required")}
    write("numbers-encodings", numbers.drop(["nothing"]), use_dictionary=False, column_encoding={**bits, **streams, "all_null": "PLAIN"}, compression="lz4")
    write("numbers-split-v2", numbers.select(["i32", "i64", "u64", "f16", "f32", "f64"]), use_dictionary=False, use_byte_stream_split=True, data_page_version="2.0", compression="none", data_page_size=64, write_batch_size=8)
    write("texts-snappy", texts)
    write("texts-v2-gzip-plain", texts, compression="gzip", use_dictionary=False, data_page_version="2.0", write_page_index=True)
    delta = {name: "DELTA_BYTE_ARRAY" if i % 2 else "DELTA_LENGTH_BYTE_ARRAY" for i, name in enumerate(["s", "ls", "sv", "bin", "lbin"])}
    write("texts-delta", texts.select(["s", "ls", "sv", "bin", "lbin", "fixed"]), use_dictionary=False, column_encoding={**delta, "fixed": "DELTA_BYTE_ARRAY"}, compression="zstd", data_page_size=100, write_batch_size=8)
    write("texts-dictionary-overflows", texts.select(["s", "bin", "dict"]), dictionary_pagesize_limit=40, write_batch_size=5, data_page_size=64, compression="none")
    write("texts-no-arrow-schema", texts.select(["s", "ls", "dict", "fixed"]), store_schema=False, row_group_size=11)
    write("times", times)
    write("times-v1-format", times.drop(["ns", "ns_z"]), version="1.0", store_schema=False)
    write("times-int96", times.select(["s", "ms", "ns", "ns_z"]), use_deprecated_int96_timestamps=True)
    write("times-int96-plain", times.select(["s", "ms", "ns"]), use_deprecated_int96_timestamps=True, use_dictionary=False, compression="none", data_page_version="2.0")
    write("times-millis", times.select(["s", "ms", "us", "us_z"]), coerce_timestamps="ms", allow_truncated_timestamps=True)
    write("decimals-fixed", money)
    write("decimals-integers", money, store_decimal_as_integer=True, compression="zstd", data_page_version="2.0")
    write("decimals-plain", money, use_dictionary=False, compression="none", row_group_size=13)
    write("decimals-32-64-256", small_money)
    write("nested", nested)
    write("nested-v2-plain", nested, use_dictionary=False, data_page_version="2.0", compression="lz4")
    write("nested-small-pages", nested.drop(["deep", "maps"]), data_page_size=32, write_batch_size=6, row_group_size=25, compression="zstd", data_page_version="2.0", write_page_index=True, store_schema=False)
    write("nested-old-names", nested.drop(["keyed", "maps"]), use_compliant_nested_type=False, store_schema=False)
    write("empty", numbers.slice(0, 0))
    write("empty-nested", nested.slice(0, 0))
    with pq.ParquetWriter(place("pyarrow", "empty-row-groups.parquet"), texts.select(["s"]).schema) as writer:
        for part in (texts.slice(0, 0), texts.slice(0, 3), texts.slice(3, 0), texts.slice(3, 5)):
            writer.write_table(part.select(["s"]))
    path = place("pyarrow", "empty-row-groups.parquet")
    back = pq.ParquetFile(path).read()
    expect(path, back.column_names, arrow_rows(back))
    repeated = pa.table({"n": pa.array([7] * 600, pa.int64()), "s": pa.array(["same"] * 600), "i": pa.array(range(600), pa.int32())})
    path = place("pyarrow", "long-runs.parquet")
    pq.write_table(repeated, path, column_encoding={"i": "DELTA_BINARY_PACKED"}, use_dictionary=["n", "s"], data_page_size=200, compression="zstd", bloom_filter_options={"n": {"ndv": 10}, "s": {"ndv": 10}})
    expect(path, repeated.column_names, arrow_rows(repeated))


# ---------------------------------------------------------------- Polars


def make_polars():
    import polars as pl

    def write(name, frame, **options):
        path = place("polars", name + ".parquet")
        frame.write_parquet(path, **options)
        back = pl.read_parquet(path)
        expect(path, back.columns, arrow_rows(back.to_arrow()))

    ints = {8: (pl.Int8, pl.UInt8), 16: (pl.Int16, pl.UInt16), 32: (pl.Int32, pl.UInt32), 64: (pl.Int64, pl.UInt64)}
    flat = pl.DataFrame(
        [
            pl.Series("b", some([True, False]), pl.Boolean),
            *[pl.Series(f"i{w}", some(whole(w), 6), s) for w, (s, _) in ints.items()],
            *[pl.Series(f"u{w}", some(unsigned(w), 7), u) for w, (_, u) in ints.items()],
            pl.Series("f32", some(FLOATS), pl.Float32),
            pl.Series("f64", some(DOUBLES, 7), pl.Float64),
            pl.Series("d38", some(decimals(38, 10)), pl.Decimal(38, 10)),
            pl.Series("d9", some(decimals(9, 2)), pl.Decimal(9, 2)),
            pl.Series("d18", some(decimals(18, 0)), pl.Decimal(18, 0)),
            pl.Series("nothing", [None] * N, pl.Null),
        ]
    )
    texts = pl.DataFrame(
        [
            pl.Series("s", some(TEXTS), pl.String),
            pl.Series("bin", some([b"", b"\x00\xff", b"twelve bytes", b"thirteen byte"]), pl.Binary),
            pl.Series("cat", some(["red", "green", "blue"]), pl.Categorical),
            pl.Series("enum", some(["low", "high"]), pl.Enum(["low", "high"])),
            pl.Series("date", some(DATES), pl.Date),
            pl.Series("ms", some(stamps()), pl.Datetime("ms")),
            pl.Series("us", some(stamps()), pl.Datetime("us")),
            pl.Series("ns", some(stamps()), pl.Datetime("ns")),
            pl.Series("us_z", some(stamps()), pl.Datetime("us", "UTC")),
            pl.Series("time", some([dt.time(0), dt.time(23, 59, 59, 999999), dt.time(0, 0, 0, 1)]), pl.Time),
        ]
    )
    inner = pl.Struct({"x": pl.Int32, "y": pl.List(pl.String)})
    nested = pl.DataFrame(
        [
            pl.Series("list", some([[1, None, 3], [], [4]]), pl.List(pl.Int64)),
            pl.Series("array", some([[1, 2], [None, 4]]), pl.Array(pl.Int16, 2)),
            pl.Series("deep", some([[[[1], []], None, [None]], [], [[[2, 3]]]]), pl.List(pl.List(pl.List(pl.Int32)))),
            pl.Series("struct", some([{"x": 1, "y": ["p", None]}, {"x": None, "y": None}, {"x": 2, "y": []}]), inner),
            pl.Series("structs", some([[{"x": 1, "y": ["p"]}, None], [], [{"x": None, "y": []}]]), pl.List(inner)),
            pl.Series("money", some([[D("1.50"), None], []]), pl.List(pl.Decimal(10, 2))),
            pl.Series("when", some([{"t": dt.datetime(2024, 1, 2, 3, 4, 5), "d": dt.date(2024, 1, 2)}]), pl.Struct({"t": pl.Datetime("us"), "d": pl.Date})),
        ]
    )
    write("flat-zstd", flat)
    write("flat-snappy-groups", flat, compression="snappy", row_group_size=11, statistics="full")
    write("flat-uncompressed", flat, compression="uncompressed", statistics=False)
    write("texts-lz4", texts, compression="lz4", data_page_size=100)
    write("texts-gzip", texts, compression="gzip", row_group_size=13)
    write("texts-brotli", texts, compression="brotli")
    write("nested-zstd", nested)
    write("nested-snappy-groups", nested, compression="snappy", row_group_size=14, data_page_size=64)
    write("nested-pyarrow", nested, use_pyarrow=True)
    write("empty", flat.clear())
    write("empty-nested", nested.clear())
    lazy = place("polars", "streamed.parquet")
    texts.lazy().sink_parquet(lazy, row_group_size=20)
    expect(lazy, texts.columns, arrow_rows(texts.to_arrow()))
    flat_text = flat.select(["b", "i32", "i64", "f64"]).with_columns(texts["s"], texts["date"])
    flat_text = flat_text.filter(pl.col("f64").is_finite().fill_null(True))
    path = place("polars", "flat.csv")
    flat_text.write_csv(path)
    expect(path, flat_text.columns, arrow_rows(flat_text.to_arrow()))
    rows = nested.select(["list", "array", "deep", "struct", "structs"]).with_columns(flat["b"], flat["i64"], texts["s"])
    path = place("polars", "nested.ndjson")
    rows.write_ndjson(path)
    expect(path, rows.columns, arrow_rows(rows.to_arrow()))


# ---------------------------------------------------------------- DuckDB


def make_duckdb():
    import duckdb

    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET threads = 1")
    con.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")

    def arrow(query):
        result = con.sql(query)
        return result.to_arrow_table()

    def write(name, query, options="", read="*"):
        path = place("duckdb", name + ".parquet")
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet{options})")
        back = arrow(f"SELECT {read} FROM read_parquet('{path}')")
        expect(path, back.column_names, arrow_rows(back))

    con.execute(
        f"""CREATE TABLE numbers AS SELECT
        if(i % 5 = 4, NULL, i % 2 = 0) AS b,
        if(i % 5 = 4, NULL, [0, 1, -128, 127][1 + i % 4])::TINYINT AS i8,
        if(i % 5 = 3, NULL, [0, 1, -32768, 32767][1 + i % 4])::SMALLINT AS i16,
        if(i % 5 = 2, NULL, [0, 1, -2147483648, 2147483647][1 + i % 4])::INTEGER AS i32,
        if(i % 5 = 1, NULL, [0, 1, -9223372036854775808, 9223372036854775807][1 + i % 4])::BIGINT AS i64,
        if(i % 5 = 4, NULL, [0, 255][1 + i % 2])::UTINYINT AS u8,
        if(i % 5 = 4, NULL, [0, 65535][1 + i % 2])::USMALLINT AS u16,
        if(i % 5 = 4, NULL, [0, 4294967295][1 + i % 2])::UINTEGER AS u32,
        if(i % 5 = 4, NULL, [0, 18446744073709551615][1 + i % 2])::UBIGINT AS u64,
        if(i % 5 = 4, NULL, [0, 1e20, -1.5e30][1 + i % 3])::HUGEINT AS huge,
        if(i % 5 = 4, NULL, ['0', '-0', '1.5', 'nan', 'inf', '-inf', '0.1'][1 + i % 7])::FLOAT AS f32,
        if(i % 7 = 6, NULL, ['0', '-0', '1.5', 'nan', 'inf', '-inf', '0.1', '5e-324'][1 + i % 8])::DOUBLE AS f64,
        if(i % 5 = 4, NULL, [99.99, -99.99, 0, 0.01][1 + i % 4])::DECIMAL(4,2) AS d4,
        if(i % 5 = 4, NULL, [9999999.99, -9999999.99, 0][1 + i % 3])::DECIMAL(9,2) AS d9,
        if(i % 5 = 4, NULL, [999999999999.999999, -999999999999.999999, 0][1 + i % 3])::DECIMAL(18,6) AS d18,
        if(i % 5 = 4, NULL, ['9999999999999999999999999999.9999999999', '-9999999999999999999999999999.9999999999', '0', '-0.0000000001'][1 + i % 4])::DECIMAL(38,10) AS d38,
        i::INTEGER AS n
        FROM range({N}) t(i)"""
    )
    con.execute(
        f"""CREATE TABLE texts AS SELECT
        if(i % 5 = 4, NULL, ['', 'a', 'zwölf Zeichen', 'exactly12chr', '日本語のテキスト', '𝒳 outside of the plane', repeat('x', 90)][1 + i % 7]) AS s,
        if(i % 5 = 4, NULL, ['', '\\x00\\xFF', 'twelve bytes', 'thirteen byte'][1 + i % 4])::BLOB AS bin,
        if(i % 5 = 4, NULL, ['sad', 'ok', 'happy'][1 + i % 3])::mood AS mood,
        if(i % 5 = 4, NULL, ['00000000-0000-0000-0000-000000000001', 'ffffffff-ffff-ffff-ffff-fffffffffffb'][1 + i % 2])::UUID AS id,
        if(i % 5 = 4, NULL, ['1970-01-01', '2024-02-29', '1600-01-01', '9999-12-31', '0001-01-01'][1 + i % 5])::DATE AS d,
        if(i % 5 = 4, NULL, ['00:00:00', '23:59:59.999999'][1 + i % 2])::TIME AS t,
        if(i % 5 = 4, NULL, ['1970-01-01', '2024-02-29 23:59:59.999999', '1969-12-31 23:59:59.000001', '0001-01-01'][1 + i % 4])::TIMESTAMP AS us,
        if(i % 5 = 4, NULL, ['1970-01-01', '2024-02-29 23:59:59', '1969-12-31 23:59:59'][1 + i % 3])::TIMESTAMP_S AS s_,
        if(i % 5 = 4, NULL, ['1970-01-01', '2024-02-29 23:59:59.999', '1969-12-31 23:59:59.001'][1 + i % 3])::TIMESTAMP_MS AS ms,
        if(i % 5 = 4, NULL, ['1970-01-01', '2024-02-29 23:59:59.999999999', '1969-12-31 23:59:59.000000001'][1 + i % 3])::TIMESTAMP_NS AS ns,
        if(i % 5 = 4, NULL, ['1970-01-01 00:00:00+00', '2024-02-29 23:59:59.999999+02', '1969-12-31 23:59:59.000001+00'][1 + i % 3])::TIMESTAMPTZ AS us_z,
        if(i % 5 = 4, NULL, ['{{"a":1}}', 'null'][1 + i % 2])::JSON AS j,
        i::INTEGER AS n
        FROM range({N}) t(i)"""
    )
    con.execute(
        f"""CREATE TABLE nested AS SELECT
        if(i % 5 = 4, NULL, [[1, NULL, 3], [], [4]][1 + i % 3])::BIGINT[] AS list,
        if(i % 5 = 4, NULL, [[[[1], []], NULL, [NULL]], [], [[[2, 3]]]][1 + i % 3])::INTEGER[][][] AS deep,
        if(i % 5 = 4, NULL, [[1, 2], [3, 4]][1 + i % 2])::SMALLINT[2] AS fixed,
        if(i % 5 = 4, NULL, [{{'x': 1, 'y': ['p', NULL]}}, {{'x': NULL, 'y': NULL}}, {{'x': 2, 'y': []}}][1 + i % 3])::STRUCT(x INTEGER, y VARCHAR[]) AS struct,
        if(i % 5 = 4, NULL, [[{{'x': 1, 'y': ['p']}}, NULL], [], [{{'x': NULL, 'y': []}}]][1 + i % 3])::STRUCT(x INTEGER, y VARCHAR[])[] AS structs,
        CASE i % 3 WHEN 0 THEN map {{'a': 1, 'b': NULL}} WHEN 1 THEN map {{'a': 5}} END AS map,
        CASE i % 3 WHEN 0 THEN map {{DATE '2024-01-02': [1.50, NULL]::DECIMAL(10,2)[]}} WHEN 1 THEN map([]::DATE[], []::DECIMAL(10,2)[][]) END AS maps
        FROM range({N}) t(i)"""
    )
    write("numbers-snappy", "FROM numbers")
    write("numbers-v2-zstd", "FROM numbers", ", PARQUET_VERSION v2, COMPRESSION zstd")
    write("numbers-plain", "FROM numbers", ", DICTIONARY_SIZE_LIMIT 1, COMPRESSION uncompressed")
    write("numbers-gzip", "FROM numbers", ", COMPRESSION gzip")
    write("texts-snappy", "FROM texts")
    write("texts-v2-lz4", "FROM texts", ", PARQUET_VERSION v2, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1")
    write("texts-brotli", "FROM texts", ", COMPRESSION brotli")
    write("nested-snappy", "FROM nested")
    write("nested-v2-zstd", "FROM nested", ", PARQUET_VERSION v2, COMPRESSION zstd")
    write("empty", "FROM numbers WHERE false")
    write("empty-nested", "FROM nested WHERE false")
    write("row-groups", "SELECT i AS n, i % 3 AS m, (i // 1000)::VARCHAR AS s, (i * 0.5)::DOUBLE AS f FROM range(2100) t(i)", ", ROW_GROUP_SIZE 2048, PARQUET_VERSION v2, COMPRESSION zstd")
    # quern has intervals of three parts as text, as ISO 8601 writes them.
    path = place("duckdb", "intervals.parquet")
    con.execute(f"COPY (SELECT unnest([INTERVAL '1 year 2 months', INTERVAL '3 days 4 hours 5.006 seconds', NULL]) AS i) TO '{path}' (FORMAT parquet)")
    expect(path, ["i"], [["P1Y2M"], ["P3DT14405.006S"], [None]])
    path = place("duckdb", "flat.csv")
    con.execute(f"COPY (SELECT n, s, d, us, mood::VARCHAR AS mood FROM texts) TO '{path}' (FORMAT csv, HEADER)")
    back = arrow("SELECT n, s, d, us, mood::VARCHAR AS mood FROM texts")
    expect(path, back.column_names, arrow_rows(back))
    path = place("duckdb", "nested.ndjson")
    con.execute(f"COPY (SELECT list, deep, struct, structs FROM nested) TO '{path}' (FORMAT json)")
    back = arrow("SELECT list, deep, struct, structs FROM nested")
    expect(path, back.column_names, arrow_rows(back))


# ---------------------------------------------------------------- Spark


def make_spark():
    from pyspark.sql import SparkSession
    from pyspark.sql import types as T

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC -Djava.net.preferIPv4Stack=true")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")

    def spark_plain(value, kind):
        # Python gets decimals with more or fewer digits behind the point than their type has.
        if isinstance(value, D) and isinstance(kind, T.DecimalType):
            return plain(value.quantize(D(1).scaleb(-kind.scale)))
        return plain(value)

    def save(name, writer, kind, ending):
        """Spark writes a directory; its one part is what is kept."""
        folder = place("spark", "_" + name)
        writer.mode("overwrite").format(kind).save(folder)
        (part,) = glob.glob(folder + "/part-*")
        path = place("spark", name + ending)
        shutil.move(part, path)
        shutil.rmtree(folder)
        return path

    def write(name, frame, conf={}, **options):
        for key, value in conf.items():
            spark.conf.set(key, value)
        writer = frame.coalesce(1).write
        for key, value in options.items():
            writer = writer.option(key.replace("__", ".").replace("_", "."), value)
        path = save(name, writer, "parquet", ".parquet")
        back = spark.read.parquet(path)
        kinds = [field.dataType for field in back.schema.fields]
        rows = [[spark_plain(value, kind) for value, kind in zip(row, kinds)] for row in back.collect()]
        expect(path, back.columns, rows)
        for key in conf:
            spark.conf.unset(key)

    def frame(columns, rows=N):
        schema = T.StructType([T.StructField(name, kind, True) for name, (kind, _) in columns.items()])
        data = list(zip(*[values for _, values in columns.values()]))
        return spark.createDataFrame(data, schema)

    numbers = frame(
        {
            "b": (T.BooleanType(), some([True, False])),
            "i8": (T.ByteType(), some(whole(8), 6)),
            "i16": (T.ShortType(), some(whole(16), 6)),
            "i32": (T.IntegerType(), some(whole(32), 6)),
            "i64": (T.LongType(), some(whole(64), 6)),
            "f32": (T.FloatType(), some(FLOATS)),
            "f64": (T.DoubleType(), some(DOUBLES, 7)),
            **{f"d{p}_{s}": (T.DecimalType(p, s), some(decimals(p, s))) for p, s in [(4, 2), (9, 0), (10, 3), (18, 6), (19, 4), (38, 10)]},
        }
    )
    texts = frame(
        {
            "s": (T.StringType(), some(TEXTS)),
            "bin": (T.BinaryType(), some([b"", b"\x00\xff", b"twelve bytes", b"thirteen byte"])),
            "d": (T.DateType(), some(DATES)),
            "t": (T.TimestampType(), some(stamps())),
            "ntz": (T.TimestampNTZType(), some(stamps(), 7)),
            "few": (T.StringType(), some(["red", "green"])),
        }
    )
    inner = T.StructType([T.StructField("x", T.IntegerType()), T.StructField("y", T.ArrayType(T.StringType()))])
    nested = frame(
        {
            "list": (T.ArrayType(T.LongType()), some([[1, None, 3], [], [4]])),
            "deep": (T.ArrayType(T.ArrayType(T.ArrayType(T.IntegerType()))), some([[[[1], []], None, [None]], [], [[[2, 3]]]])),
            "struct": (inner, some([(1, ["p", None]), (None, None), (2, [])])),
            "structs": (T.ArrayType(inner), some([[(1, ["p"]), None], [], [(None, [])]])),
            "required": (T.ArrayType(T.IntegerType(), False), some([[1, 2], []])),
            "map": (T.MapType(T.StringType(), T.IntegerType()), some([{"a": 1, "b": None}, {}, {"long key of a map": 3}])),
            "maps": (T.MapType(T.DateType(), T.ArrayType(T.DecimalType(10, 2))), some([{dt.date(2024, 1, 2): [D("1.50"), None]}, {}])),
            "single": (T.ArrayType(T.StructType([T.StructField("only", T.IntegerType())])), some([[(1,), None], [(None,)]])),
        }
    )
    write("numbers-snappy", numbers)
    write("numbers-v2-gzip", numbers, parquet_writer_version="v2", compression="gzip")
    write("numbers-plain", numbers, parquet__enable__dictionary="false", compression="none")
    write("numbers-legacy", numbers, {"spark.sql.parquet.writeLegacyFormat": "true"}, compression="zstd")
    write("numbers-small-pages", numbers, parquet__page__row__count__limit="7", compression="lz4_raw")
    write("numbers-hadoop-lz4", numbers, compression="lz4")
    write("times-int96", texts, {"spark.sql.parquet.outputTimestampType": "INT96"})
    write("times-millis", texts, {"spark.sql.parquet.outputTimestampType": "TIMESTAMP_MILLIS"}, compression="zstd")
    write("times-micros-v2", texts, {"spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS"}, parquet_writer_version="v2", parquet__enable__dictionary="false")
    write("texts-bloom", texts, **{"parquet.bloom.filter.enabled#s": "true", "parquet.page.row.count.limit": "9"})
    modes = {"spark.sql.parquet.datetimeRebaseModeInWrite": "LEGACY", "spark.sql.parquet.int96RebaseModeInWrite": "LEGACY"}
    write("legacy-calendar", texts.select("d", "t"), {**modes, "spark.sql.parquet.outputTimestampType": "INT96"})
    write("nested-standard", nested)
    write("nested-legacy", nested, {"spark.sql.parquet.writeLegacyFormat": "true"})
    write("nested-v2", nested, parquet_writer_version="v2", compression="zstd", parquet__page__row__count__limit="6")
    write("empty", numbers.limit(0))
    write("empty-nested", nested.limit(0))
    intervals = spark.sql(
        "SELECT CAST(id AS INTERVAL YEAR) AS ym, make_dt_interval(id, 1, 2, 3.5) AS dti FROM range(0, 4, 1, 1)"
    )
    path = save("intervals", intervals.coalesce(1).write, "parquet", ".parquet")
    # Months and microseconds: what the file holds.
    expect(path, ["ym", "dti"], [[str(12 * i), str((86400 * i + 3600 + 120) * 10**6 + 3500000)] for i in range(4)])
    joined = frame(
        {
            "n": (T.IntegerType(), list(range(N))),
            "s": (T.StringType(), some(TEXTS)),
            "d": (T.DateType(), some(DATES)),
            "t": (T.TimestampType(), some(stamps())),
            "m": (T.DecimalType(10, 3), some(decimals(10, 3))),
        }
    )
    path = save("flat", joined.coalesce(1).write.option("header", "true"), "csv", ".csv")
    back = spark.read.schema(joined.schema).option("header", "true").csv(path)
    expect(path, back.columns, [[plain(v) for v in row] for row in back.collect()])
    path = save("flat-gzip", joined.coalesce(1).write.option("header", "true").option("compression", "gzip").option("sep", ";"), "csv", ".csv.gz")
    back = spark.read.schema(joined.schema).option("header", "true").option("sep", ";").csv(path)
    expect(path, back.columns, [[plain(v) for v in row] for row in back.collect()])
    rows = nested.select("list", "deep", "struct", "structs")
    path = save("nested", rows.coalesce(1).write, "json", ".ndjson")
    back = spark.read.schema(rows.schema).json(path)
    expect(path, back.columns, [[plain(v) for v in row] for row in back.collect()])
    tree = place("spark", "partitioned")
    parts = joined.select("n", "s", "d").withColumn("k", joined["n"] % 3)
    parts.filter("n % 4 <> 3").repartition(1).write.mode("overwrite").partitionBy("k", "d").parquet(tree)
    for extra in glob.glob(tree + "/**/.*.crc", recursive=True):
        os.remove(extra)
    for part in glob.glob(tree + "/**/part-*", recursive=True):
        os.rename(part, os.path.join(os.path.dirname(part), "part-00000.parquet"))
    back = spark.read.parquet(tree).orderBy("n")
    expect(tree, back.columns, [[plain(v) for v in row] for row in back.collect()])
    spark.stop()


if __name__ == "__main__":
    writers = {"pyarrow": make_pyarrow, "polars": make_polars, "duckdb": make_duckdb, "spark": make_spark}
    for chosen in sys.argv[1:] or list(writers):
        shutil.rmtree(os.path.join(HERE, chosen), ignore_errors=True)
        writers[chosen]()
