"""POST /files as one would write it in Python: boto3 for the presigned form, pymongo for the record."""

import hashlib
import json
import os
import secrets
from datetime import datetime, timedelta, timezone

import files
import lambda_runtime

FORM_BYTES = 100_000_000
CONTENT_TYPES = ("application/pdf", "image/png", "image/jpeg", "text/plain", "video/mp4")
TAGGING = "<Tagging><TagSet><Tag><Key>upload</Key><Value>pending</Value></Tag></TagSet></Tagging>"

records = files.records()
s3 = None


def problem(status, title):
    return {"statusCode": status, "body": json.dumps({"title": title, "status": status})}


def form(record):
    fields = {
        "Content-Type": record["content_type"],
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": record["checksum"]["sha256"],
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": os.environ["LECTERN_FILES_KMS_KEY_ARN"],
        "tagging": TAGGING,
    }
    conditions = [{name: value} for name, value in fields.items()]
    conditions.append(["content-length-range", record["size"], record["size"]])
    return s3.generate_presigned_post(files.BUCKET, "files/" + record["_id"], fields, conditions, ExpiresIn=900)


def handler(event):
    global s3
    claims = event["requestContext"]["authorizer"]["claims"]
    if os.environ.get("LECTERN_ADMIN_GROUP", "admin") not in claims["cognito:groups"].split(","):
        return problem(403, "forbidden")
    announced = json.loads(event["body"])
    if announced["content_type"] not in CONTENT_TYPES or announced["size"] > FORM_BYTES:
        return problem(422, "unprocessable")
    s3 = s3 or files.objects("upload-api")
    now = datetime.now(timezone.utc)
    record = {
        "_id": secrets.token_hex(16),
        **{name: announced[name] for name in ("name", "size", "content_type", "course", "visibility")},
        "status": "pending",
        "checksum": {"kind": "whole", "sha256": announced["sha256"]},
        "created_by": claims["sub"],
        "created_at": now,
        "expires_at": now + timedelta(hours=24),
        "request_sha256": hashlib.sha256(json.dumps(announced, sort_keys=True).encode()).hexdigest(),
    }
    records.insert_one(record)
    names = ("name", "size", "content_type", "course", "visibility", "status")
    shown = {"id": record["_id"], **{name: record[name] for name in names}, "created_at": now.isoformat()}
    upload = {"method": "post", "expires_at": (now + timedelta(seconds=900)).isoformat(), **form(record)}
    lambda_runtime.emit("Lectern/Api", {"Operation": "createFile"}, {"Requests": 1, "ClientErrors": 0, "ServerErrors": 0})
    return {"statusCode": 201, "body": json.dumps({"file": shown, "upload": upload})}


lambda_runtime.run(handler)
