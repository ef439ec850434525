"""Measures a replica set, as one would write it in Python: boto3 for the secret, pymongo for the commands."""

import json
import os
import time

import boto3
from pymongo import MongoClient
from pymongo.errors import OperationFailure

import lambda_runtime

secrets = boto3.client("secretsmanager")
secret = secrets.get_secret_value(SecretId=os.environ["LECTERN_MONGO_SECRET_ARN"])["SecretString"]
previous = None


def handler(event):
    global previous
    with MongoClient(json.loads(secret)["uri"], maxPoolSize=1, appname="mongo-probe") as client:
        admin = client.admin
        hello = admin.command("hello")
        before = time.monotonic()
        admin.command("ping")
        round_trip = (time.monotonic() - before) * 1000
        status = admin.command("serverStatus", locks=0, metrics=0, network=0, tcmalloc=0, transactions=0)
        members = admin.command("replSetGetStatus")["members"]
        try:
            sizes = admin.command("dbStats")
        except OperationFailure:
            sizes = {}
    primary = next((member for member in members if member["state"] == 1), None)
    applied = [member["optimeDate"] for member in members if member["state"] == 2]
    lag = max((primary["optimeDate"] - min(applied)).total_seconds(), 0.0) if primary and applied else None
    counters = status["opcounters"]
    sample = (status["host"], status["pid"], status["uptimeMillis"], sum(counters[name] for name in counters if name != "deprecated"))
    answer = {
        "connections": status["connections"]["current"],
        "replication_lag_seconds": lag,
        "has_primary": primary is not None,
        "round_trip_milliseconds": round_trip,
    }
    if previous is None:
        answer["no_ops_per_second"] = "first_sample"
    elif previous[:2] == sample[:2] and previous[2] < sample[2]:
        answer["ops_per_second"] = (sample[3] - previous[3]) / (sample[2] - previous[2]) * 1000
    previous = sample
    metrics = {
        "Up": 1,
        "Connections": answer["connections"],
        "AvailableConnections": status["connections"]["available"],
        "ReplicationLagSeconds": lag,
        "RoundTripMilliseconds": round_trip,
        "HasPrimary": int(answer["has_primary"]),
        "UnhealthyMembers": sum(member["state"] not in (1, 2, 7) for member in members),
        "OpsPerSecond": answer.get("ops_per_second"),
    }
    cache = status.get("wiredTiger", {}).get("cache")
    if cache:
        size = cache["maximum bytes configured"]
        metrics["CacheUsedPercent"] = cache["bytes currently in the cache"] / size * 100
        metrics["CacheDirtyPercent"] = cache["tracked dirty bytes in the cache"] / size * 100
    if sizes.get("fsTotalSize"):
        metrics["DiskUsedPercent"] = sizes["fsUsedSize"] / sizes["fsTotalSize"] * 100
    known = {name: value for name, value in metrics.items() if value is not None}
    lambda_runtime.emit("Lectern/MongoDB", {"Cluster": os.environ["LECTERN_CLUSTER"]}, known)
    return answer


lambda_runtime.run(handler)
