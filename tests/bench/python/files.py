"""The platform's files as the Python functions reach them: records in MongoDB, objects in S3 by an assumed role."""

import json
import os

import boto3
from botocore.config import Config
from pymongo import MongoClient

BUCKET = os.environ["LECTERN_FILES_BUCKET"]


def records():
    """The collection of the files' records."""
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LECTERN_MONGO_SECRET_ARN"])["SecretString"]
    return MongoClient(json.loads(secret)["uri"], maxPoolSize=2)[os.environ["LECTERN_MONGO_DATABASE"]]["files"]


def objects(session_name):
    """A client of S3 with the rights of the role of the files."""
    role = boto3.client("sts").assume_role(RoleArn=os.environ["LECTERN_FILES_ROLE_ARN"], RoleSessionName=session_name)
    role = role["Credentials"]
    return boto3.client(
        "s3",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
