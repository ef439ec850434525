"""Exports of a Cognito user pool as the Python functions write and read them: JSON lines, gzip, AES-256-GCM, a manifest last.

The standard library of Lambda's Python compresses by gzip, where the handlers use zstd. So each reads its own exports.
"""

import os
import time

import boto3
from botocore.config import Config

BUCKET, BUCKET_KEY, KEY = (
    os.environ[name] for name in ("LECTERN_EXPORT_BUCKET", "LECTERN_EXPORT_BUCKET_KMS_KEY_ARN", "LECTERN_EXPORT_KMS_KEY_ARN")
)
PREFIX = "python"

cognito = boto3.client("cognito-idp")


def objects(role_arn, session_name):
    """A client of S3 with the rights of a role."""
    role = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session_name)["Credentials"]
    return boto3.client(
        "s3",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
        config=Config(s3={"addressing_style": "path"}),
    )


def paced(per_second, function):
    """The same function, called at most so often."""
    next_at = 0.0

    def call(**arguments):
        nonlocal next_at
        pause = next_at - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        next_at = max(next_at, time.monotonic()) + 1 / per_second
        return function(**arguments)

    return call


def pages(function, token, **arguments):
    """All pages of a list; `token` is the name of its position."""
    page = function(**arguments)
    yield page
    while page.get(token):
        page = function(**arguments, **{token: page[token]})
        yield page


def put(s3, key, body):
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body, ServerSideEncryption="aws:kms", SSEKMSKeyId=BUCKET_KEY)
