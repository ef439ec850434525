"""Inserts a dump's gzipped lines into a deployment: the script that one would write instead of mongo-restore.

    pymongo_restore.py URI DATABASE COLLECTION BUCKET PREFIX

It reads the objects from S3 as they come and inserts a thousand documents at a time; the collection is dropped first. Nothing is checked
on the way and nothing is compared afterwards.
"""

import gzip
import itertools
import sys

import boto3
from bson.json_util import CANONICAL_JSON_OPTIONS, loads
from pymongo import MongoClient

BATCH = 1_000


def documents(s3, bucket, prefix):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", ()):
            if not item["Key"].endswith(".jsonl.gz"):
                continue
            body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"]
            with gzip.open(body, "rb") as lines:
                for line in lines:
                    yield loads(line, json_options=CANONICAL_JSON_OPTIONS)


def main(uri, database, collection, bucket, prefix):
    inserted = 0
    with MongoClient(uri) as client:
        target = client[database][collection]
        target.drop()
        rest = documents(boto3.client("s3"), bucket, prefix)
        while batch := list(itertools.islice(rest, BATCH)):
            target.insert_many(batch, ordered=False)
            inserted += len(batch)
    if not inserted:
        sys.exit("nothing was inserted: no object of the dump was found")


if __name__ == "__main__":
    main(*sys.argv[1:])
