"""pymongo's json_util as an independent reader of a dump's lines.

Standard input: one JSON object a line, {"raw": base64 of the document, "line": the dump's line}. Every line must be read to a
document that is equal to the one the bytes are, field order and types included. Prints how many were read.
"""

import base64
import json
import sys

import bson
from bson import codec_options, datetime_ms, json_util

# The options that keep every type: dates as milliseconds (Python's own end at microseconds and year 9999), fields in order.
CODEC = codec_options.CodecOptions(
    document_class=dict,
    datetime_conversion=codec_options.DatetimeConversion.DATETIME_MS,
    uuid_representation=bson.binary.UuidRepresentation.UNSPECIFIED,
    tz_aware=True,
)
JSON = json_util.JSONOptions(
    json_mode=json_util.JSONMode.CANONICAL,
    document_class=dict,
    datetime_conversion=codec_options.DatetimeConversion.DATETIME_MS,
    uuid_representation=bson.binary.UuidRepresentation.UNSPECIFIED,
    tz_aware=True,
)

count = 0
for number, text in enumerate(sys.stdin):
    pair = json.loads(text)
    raw = base64.b64decode(pair["raw"])
    read = bson.encode(json_util.loads(pair["line"], json_options=JSON), codec_options=CODEC)
    if read != raw:
        sys.exit(f"pair {number}: json_util reads {pair['line']} as {read.hex()}, the document is {raw.hex()}")
    count += 1
print(count)
