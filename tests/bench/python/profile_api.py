"""GET /profile as one would write it in Python: boto3 for the data key, pymongo for the document, cryptography for its fields."""

import json
import os

import boto3
from pymongo import MongoClient

import lambda_runtime
import sealed

PURPOSE = "lectern-profile"
secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LECTERN_MONGO_SECRET_ARN"])["SecretString"]
profiles = MongoClient(json.loads(secret)["uri"], maxPoolSize=2)[os.environ["LECTERN_MONGO_DATABASE"]]["profiles"]


def handler(event):
    user = event["requestContext"]["authorizer"]["claims"]["sub"]
    document = profiles.find_one({"_id": user})
    if document is None:
        return {"statusCode": 200, "headers": {"ETag": '"0"'}, "body": "{}"}
    profile = {name: document[name] for name in ("locale", "time_zone", "notifications") if name in document}
    if document["fields"]:
        key = sealed.unwrapped(os.environ["LECTERN_PROFILE_KMS_KEY_ARN"], document["data_key"], purpose=PURPOSE, user=user)
        for name, field in document["fields"].items():
            profile[name] = json.loads(sealed.unseal(key, sealed.place(PURPOSE, name, user), field))
    lambda_runtime.emit("Lectern/Api", {"Operation": "getProfile"}, {"Requests": 1, "ClientErrors": 0, "ServerErrors": 0})
    etag = '"' + document["revision"] + '"'
    return {"statusCode": 200, "headers": {"ETag": etag}, "body": json.dumps(profile)}


lambda_runtime.run(handler)
