"""Dumps a collection as gzipped lines of canonical Extended JSON: the script that one would write instead of mongo-dump.

    pymongo_dump.py URI DATABASE COLLECTION FILE LEVEL

It streams: neither the documents nor the text are in memory as a whole. Types that Python's own would alter are kept as
bson's: dates outside of its years, and fields in their order.
"""

import gzip
import io
import sys

from bson.codec_options import CodecOptions, DatetimeConversion
from bson.json_util import CANONICAL_JSON_OPTIONS, dumps
from pymongo import MongoClient


def main(uri, database, collection, file, level):
    codec = CodecOptions(tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO)
    with MongoClient(uri) as client, gzip.open(file, "wb", compresslevel=int(level)) as compressed:
        # Without a buffer each line would be a call of the compressor.
        with io.BufferedWriter(compressed, 1 << 20) as lines:
            for document in client[database].get_collection(collection, codec_options=codec).find():
                lines.write(dumps(document, json_options=CANONICAL_JSON_OPTIONS).encode())
                lines.write(b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
