"""testSecret as one would write it in Python: boto3 for the versions of the secret, pymongo to sign in at every member."""

import json

import boto3
from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

import lambda_runtime

secrets = boto3.client("secretsmanager")


def test_secret(arn, token):
    value = json.loads(secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")["SecretString"])
    parsed = parse_uri(value["uri"])
    for host, port in parsed["nodelist"]:
        with MongoClient(
            host,
            port,
            username=parsed["username"],
            password=parsed["password"],
            authSource=parsed["options"].get("authSource", "admin"),
            directConnection=True,
            serverSelectionTimeoutMS=5000,
        ) as client:
            client.admin.command("connectionStatus")


def handler(event):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    described = secrets.describe_secret(SecretId=arn)
    if not described.get("RotationEnabled"):
        raise RuntimeError("rotation is not enabled")
    stages = described["VersionIdsToStages"].get(token, [])
    if "AWSCURRENT" in stages:
        return {"secret": described["Name"], "step": step, "was_done": True}
    if "AWSPENDING" not in stages:
        raise RuntimeError("the version is not pending")
    if step != "testSecret":
        raise NotImplementedError("the comparison is of testSecret")
    test_secret(arn, token)
    lambda_runtime.emit("Lectern/SecretRotation", {"Secret": described["Name"]}, {"Failures": 0})
    return {"secret": described["Name"], "step": step, "was_done": False}


lambda_runtime.run(handler)
