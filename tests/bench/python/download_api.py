"""GET /files/{id} as one would write it in Python: boto3 for the secret and the link, pymongo for the metadata.

Lambda's runtime for Python imports the handler and polls the Runtime API; this file does both by itself with the standard library
alone, which is less than Lambda's own client loads.
"""

import http.client
import json
import os

import boto3
from botocore.config import Config
from pymongo import MongoClient

session = boto3.Session()
endpoint = os.environ["AWS_ENDPOINT_URL"]
files = None
s3 = None


def connect():
    global files, s3
    secrets = session.client("secretsmanager", endpoint_url=endpoint)
    secret = secrets.get_secret_value(SecretId=os.environ["LECTERN_MONGO_SECRET_ARN"])["SecretString"]
    files = MongoClient(json.loads(secret)["uri"], maxPoolSize=2)[os.environ["LECTERN_MONGO_DATABASE"]]
    role = session.client("sts", endpoint_url=endpoint).assume_role(
        RoleArn=os.environ["LECTERN_FILES_ROLE_ARN"], RoleSessionName="download-api"
    )["Credentials"]
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


def handler(event):
    if files is None:
        connect()
    subject = event["requestContext"]["authorizer"]["claims"]["sub"]
    membership = files["memberships"].find_one({"_id": subject}) or {"courses": []}
    record = files["files"].find_one({"_id": event["pathParameters"]["id"], "status": "available"})
    if record is None or record["visibility"] == "course" and record["course"] not in membership["courses"]:
        return {"statusCode": 404, "body": json.dumps({"title": "not found"})}
    url = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": os.environ["LECTERN_FILES_BUCKET"],
            "Key": "files/" + record["_id"],
            "ResponseContentDisposition": 'attachment; filename="' + record["name"] + '"',
        },
        ExpiresIn=300,
    )
    shown = {name: record[name] for name in ("name", "size", "content_type", "course", "visibility", "status")}
    return {"statusCode": 200, "body": json.dumps({"file": shown, "url": url})}


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", "/2018-06-01/runtime/invocation/next")
        response = api.getresponse()
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        answer = json.dumps(handler(json.loads(response.read())))
        api.request("POST", f"/2018-06-01/runtime/invocation/{request_id}/response", answer)
        api.getresponse().read()


main()
