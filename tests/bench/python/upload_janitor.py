"""Deletes abandoned uploads, as one would write it in Python: boto3 for the objects, pymongo for the records."""

from datetime import datetime, timedelta, timezone

from botocore.exceptions import ClientError

import files
import lambda_runtime

records = files.records()
s3 = None


def remove(record):
    global s3
    s3 = s3 or files.objects("upload-janitor")
    place = {"Bucket": files.BUCKET, "Key": "files/" + record["_id"]}
    if record["checksum"]["kind"] == "parts":
        s3.abort_multipart_upload(**place, UploadId=record["checksum"]["upload_id"])
    try:
        version = s3.head_object(**place).get("VersionId")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        version = None
    if version:
        s3.put_object_tagging(**place, VersionId=version, Tagging={"TagSet": [{"Key": "upload", "Value": "deleted"}]})
    s3.delete_object(**place)
    records.delete_one({"_id": record["_id"], "status": "deleting"})


def handler(event):
    now = datetime.now(timezone.utc)
    abandoned = {"status": {"$in": ["pending", "deleting"]}, "expires_at": {"$lte": now - timedelta(hours=24)}}
    removed, failed = 0, []
    for record in list(records.find(abandoned).sort("expires_at", 1).limit(2000)):
        mark = {"$set": {"status": "deleting", "expires_at": now}}
        if not records.update_one({**abandoned, "_id": record["_id"]}, mark).modified_count:
            continue
        try:
            remove(record)
            removed += 1
        except ClientError:
            failed.append(record["_id"])
    left = records.count_documents(abandoned, limit=10000)
    metrics = {"Removed": removed, "Failed": len(failed), "Left": left}
    lambda_runtime.emit("Lectern/UploadJanitor", {"Bucket": files.BUCKET}, metrics)
    return {"removed": removed, "failed": failed, "left": left}


lambda_runtime.run(handler)
