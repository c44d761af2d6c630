"""A Python rival's own process: python3 serve.py <duckdb|polars> <threads>, requests on standard input (see protocol.ts)."""

import json
import os
import re
import resource
import sys
import time

name, threads = sys.argv[1], sys.argv[2]
os.environ["POLARS_MAX_THREADS"] = threads
SAMPLE_ROWS_MAX = 50


class DuckDB:
    def __init__(self):
        import duckdb

        self.version = duckdb.__version__
        self.connection = duckdb.connect(":memory:", config={"threads": int(threads)})

    def load(self, table, file):
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM '{file}'")

    def drop(self, table):
        self.connection.execute(f"DROP TABLE IF EXISTS {table}")

    def rows(self, query):
        return self.connection.execute(query).fetchall()

    def table(self, query):
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {query}")
        count = self.connection.execute("SELECT count(*) FROM answer").fetchone()[0]
        self.connection.execute("DROP TABLE answer")
        return count

    def write(self, query):
        self.connection.execute(query)


class Polars:
    """Queries are expressions over `pl` and the loaded tables; `scan(file)` reads a file lazily."""

    def __init__(self):
        import polars

        self.version = polars.__version__
        self.names = {"pl": polars, "date": __import__("datetime").date, "scan": self.scan}

    def scan(self, file):
        pl = self.names["pl"]
        if file.endswith(".parquet"):
            return pl.scan_parquet(file)
        if file.endswith(".json"):
            return pl.scan_ndjson(file)
        if file.endswith(".arrow"):
            return pl.scan_ipc(file)
        return pl.scan_csv(file, try_parse_dates=True)

    def load(self, table, file):
        self.names[table] = self.scan(file).collect().lazy()

    def drop(self, table):
        self.names.pop(table, None)

    def frame(self, query):
        return eval(query, self.names).collect(engine="streaming")

    def rows(self, query):
        return self.frame(query).rows()

    def table(self, query):
        return self.frame(query).height

    def write(self, query):
        eval(query, self.names)


def cell(value):
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def run(engine, request):
    for path in request.get("remove", []):
        if os.path.exists(path):
            os.remove(path)
    start = time.perf_counter()
    if request["sink"] == "rows":
        rows = engine.rows(request["query"])
        count = len(rows)
    elif request["sink"] == "file":
        rows, count = [], 0
        engine.write(request["query"])
    else:
        rows, count = [], engine.table(request["query"])
    ms = (time.perf_counter() - start) * 1000
    sample = [[cell(value) for value in row] for row in rows] if len(rows) <= SAMPLE_ROWS_MAX else []
    # Linux counts ru_maxrss in KiB.
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"ms": ms, "rowCount": count, "sample": sample, "peakRssBytes": rss}


def handle(engine, request):
    if request["op"] == "run":
        return run(engine, request)
    if request["op"] == "load":
        engine.load(request["table"], request["file"])
    else:
        engine.drop(request["table"])
    return {}


def main():
    engine = DuckDB() if name == "duckdb" else Polars()
    print(json.dumps({"version": engine.version}), flush=True)
    for line in sys.stdin:
        try:
            answer = handle(engine, json.loads(line))
        except Exception as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


main()
