"""Makes what the functions work on in a local cloud, and prints as JSON the environment of each function, and its event where that
names what was made.

    world.py PLACES

PLACES is JSON: `mongodb`, the connection string of a server without users; `replica_set`, those of both users of a secret; `flow_logs`, how
lines are read.
"""

import io
import json
import sys
import zipfile
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from pymongo import MongoClient

ROLE = "arn:aws:iam::000000000000:role/files"
DATABASE = "lectern"
FILE = "0123456789abcdef0123456789abcdef"
USER = "9f1c2d3e"
PEOPLE = 60
TOKEN = "2b8ac7a5-0c1f-4d7e-9f5b-1c1a4a1f6a11"

# What Secrets Manager invokes when the rotation begins; it does nothing, so that the rotation stays where it is.
IDLE = """#!/usr/bin/env python3
import os, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as request:
        identity = request.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(urllib.request.Request(f"{api}/{identity}/response", data=b"{}")).close()
"""


def client(service):
    return boto3.client(service, config=Config(s3={"addressing_style": "path"}))


def secret(name, uri):
    return client("secretsmanager").create_secret(Name=name, SecretString=json.dumps({"uri": uri}))["ARN"]


def key():
    return client("kms").create_key()["KeyMetadata"]["Arn"]


def bucket(name):
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def apis(uri):
    """The three APIs, and the janitor of their files."""
    database = MongoClient(uri)[DATABASE]
    record = {
        "_id": FILE, "name": "notes.pdf", "size": 1, "content_type": "application/pdf", "course": "algebra", "visibility": "course",
        "status": "available", "checksum": {"kind": "whole", "sha256": "A"}, "created_by": USER,
        "created_at": datetime.now(timezone.utc), "request_sha256": "0", "version_id": "null",
    }  # fmt: skip
    database["files"].insert_one(record)
    database["files"].create_index([("status", 1), ("expires_at", 1)])
    database["memberships"].insert_one({"_id": USER, "courses": ["algebra"]})
    mongo = {"LECTERN_MONGO_SECRET_ARN": secret("mongo", uri), "LECTERN_MONGO_DATABASE": DATABASE}
    files = {**mongo, "LECTERN_FILES_BUCKET": bucket("files"), "LECTERN_FILES_ROLE_ARN": ROLE}
    return {
        "download-api": {"environment": files},
        "upload-janitor": {"environment": files},
        "upload-api": {"environment": {**files, "LECTERN_FILES_KMS_KEY_ARN": key()}},
        "profile-api": {"environment": {**mongo, "LECTERN_PROFILE_KMS_KEY_ARN": key()}},
    }


def probe(uri):
    return {"mongo-probe": {"environment": {"LECTERN_CLUSTER": "main", "LECTERN_MONGO_SECRET_ARN": secret("probed", uri)}}}


def flow_logs(settings):
    topic = client("sns").create_topic(Name="findings")["TopicArn"]
    client("events").create_event_bus(Name="findings")
    lists = [
        client("ec2").create_managed_prefix_list(
            PrefixListName=f"services-{family}", AddressFamily=family, MaxEntries=100, Entries=[{"Cidr": one} for one in ranges]
        )["PrefixList"]["PrefixListId"]
        for family, ranges in (
            ("IPv4", [one for one in settings["services"] if ":" not in one]),
            ("IPv6", [one for one in settings["services"] if ":" in one]),
        )
    ]
    environment = {
        "LECTERN_FLOW_LOG_FORMAT": settings["format"],
        "LECTERN_OWN_CIDRS": ",".join(settings["own"]),
        "LECTERN_PREFIX_LIST_IDS": ",".join(lists),
        "LECTERN_WINDOW_SECONDS": str(settings["window_seconds"]),
        "LECTERN_FINDINGS_TOPIC_ARN": topic,
        "LECTERN_EVENT_BUS": "findings",
    }
    return {"flow-log-guard": {"environment": environment}}


def rotation(current, pending):
    """A rotation whose new value is there and set, and not tested yet."""
    secrets, arn = client("secretsmanager"), secret("rotated", current)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        program = zipfile.ZipInfo("bootstrap")
        program.external_attr = 0o755 << 16
        archive.writestr(program, IDLE)
    functions, role = client("lambda"), "arn:aws:iam::000000000000:role/idle"
    about = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Role": role, "Code": {"ZipFile": code.getvalue()}}
    function = functions.create_function(FunctionName="idle", **about)["FunctionArn"]
    functions.add_permission(
        FunctionName="idle", StatementId="rotation", Action="lambda:InvokeFunction", Principal="secretsmanager.amazonaws.com"
    )
    rules = {"AutomaticallyAfterDays": 30}
    secrets.rotate_secret(SecretId=arn, ClientRequestToken=TOKEN, RotationLambdaARN=function, RotationRules=rules)
    value = json.dumps({"uri": pending})
    secrets.put_secret_value(SecretId=arn, ClientRequestToken=TOKEN, SecretString=value, VersionStages=["AWSPENDING"])
    event = {"Step": "testSecret", "SecretId": arn, "ClientRequestToken": TOKEN}
    # testSecret needs no administrator.
    return {"secret-rotation": {"environment": {"LECTERN_MASTER_SECRET_ARN": arn}, "event": event}}


def pool(name):
    schema = [{"Name": "course", "AttributeDataType": "String", "Mutable": True}]
    made = client("cognito-idp").create_user_pool(PoolName=name, AliasAttributes=["email"], Schema=schema)
    return made["UserPool"]["Id"]


def users():
    """A pool with people in two groups, and an empty one."""
    cognito, full, empty = client("cognito-idp"), pool("full"), pool("empty")
    groups = ["students", "teachers"]
    for group in groups:
        cognito.create_group(UserPoolId=full, GroupName=group, Description=f"All {group}", Precedence=3)
    for number in range(PEOPLE):
        person = {"UserPoolId": full, "Username": f"user-{number}"}
        attributes = {"email": f"person{number}@people.example", "email_verified": "true", "custom:course": "algebra"}
        pairs = [{"Name": name, "Value": value} for name, value in attributes.items()]
        cognito.admin_create_user(**person, UserAttributes=pairs, MessageAction="SUPPRESS")
        cognito.admin_add_user_to_group(**person, GroupName=groups[number % 2])
    exports = {
        "LECTERN_EXPORT_BUCKET": bucket("users"),
        "LECTERN_EXPORT_BUCKET_KMS_KEY_ARN": key(),
        "LECTERN_EXPORT_KMS_KEY_ARN": key(),
    }
    schedule = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/edu-users"
    return {
        "cognito-export": {
            "environment": {**exports, "LECTERN_USER_POOL_ID": full, "LECTERN_EXPORT_ROLE_ARN": ROLE},
            "event": {"version": 1, "schedule_arn": schedule, "scheduled_time": ""},
        },
        "cognito-import": {
            "environment": {**exports, "LECTERN_IMPORT_ROLE_ARN": ROLE},
            "event": {"version": 1, "export": "latest", "source_user_pool_id": full, "user_pool_id": empty, "dry_run": True},
        },
    }


def failover():
    """A distribution whose write path is in the first region, and two alarms that are OK and stay so."""
    cloudwatch = client("cloudwatch")
    for name in ("edu/primary", "edu/secondary"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="AWS/Route53", MetricName="HealthCheckStatus", Statistic="Minimum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="LessThanThreshold", TreatMissingData="ignore",
        )  # fmt: skip
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="it is healthy")
    client("ssm").put_parameter(Name="/write-path", Value="auto", Type="String")

    def items(*values):
        return {"Quantity": len(values), "Items": list(values)}

    def to(origin, **about):
        return {"TargetOriginId": origin, "ViewerProtocolPolicy": "https-only", **about}

    origins = [{"Id": name, "DomainName": f"{name}.example.com"} for name in ("api-1", "api-2", "files")]
    config = {
        "CallerReference": "bench", "Comment": "", "Enabled": True, "Origins": items(*origins), "DefaultCacheBehavior": to("files"),
        "CacheBehaviors": items(to("api-1", PathPattern="/files*"), to("api-1", PathPattern="/profile*")),
    }  # fmt: skip
    made = client("cloudfront").create_distribution(DistributionConfig=config)
    environment = {
        "LECTERN_PRIMARY_ALARM": "edu/primary",
        "LECTERN_SECONDARY_ALARM": "edu/secondary",
        "LECTERN_OVERRIDE_PARAMETER": "/write-path",
        "LECTERN_DISTRIBUTION_ID": made["Distribution"]["Id"],
        "LECTERN_PRIMARY_ORIGIN_ID": "api-1",
        "LECTERN_SECONDARY_ORIGIN_ID": "api-2",
    }
    return {"origin-failover": {"environment": environment}}


def main(places):
    places = json.loads(places)
    current, pending = places["replica_set"]
    made = {
        **apis(places["mongodb"]),
        **probe(current),
        **flow_logs(places["flow_logs"]),
        **rotation(current, pending),
        **users(),
        **failover(),
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
