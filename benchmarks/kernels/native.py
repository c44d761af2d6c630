"""Decompressors of native libraries, as pyarrow brings them: requests on standard input, see native.ts."""

import json
import sys
import time

import pyarrow

loaded = []


def load(request):
    """Pages of a file, one behind the other; where another codec is asked for, they are compressed by that and written back."""
    pages, at = [], 0
    with open(request["path"], "rb") as file:
        data = file.read()
    for size, text_bytes in request["pages"]:
        pages.append((data[at : at + size], text_bytes))
        at += size
    if request["codec"] != request["from"]:
        source, codec = pyarrow.Codec(request["from"]), pyarrow.Codec(request["codec"])
        pages = [(codec.compress(source.decompress(block, size, asbytes=True), asbytes=True), size) for block, size in pages]
        with open(request["path"], "wb") as file:
            file.writelines(block for block, _ in pages)
    loaded[:] = [(pyarrow.py_buffer(block), size) for block, size in pages]
    return [len(block) for block, _ in pages]


def run(request):
    """Seconds of the fastest pass over all pages."""
    decompress = pyarrow.Codec(request["codec"]).decompress
    best, end = float("inf"), time.perf_counter() + request["seconds"]
    while time.perf_counter() < end:
        start = time.perf_counter()
        for block, size in loaded:
            decompress(block, size)
        best = min(best, time.perf_counter() - start)
    return best


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(load(request) if "path" in request else run(request)), flush=True)
