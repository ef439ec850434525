"""GET /files/{id} as one would write it in Python: boto3 for the secret and the link, pymongo for the metadata."""

import json

import files
import lambda_runtime

records = files.records()
memberships = records.database["memberships"]
s3 = files.objects("download-api")


def handler(event):
    subject = event["requestContext"]["authorizer"]["claims"]["sub"]
    membership = memberships.find_one({"_id": subject}) or {"courses": []}
    record = records.find_one({"_id": event["pathParameters"]["id"], "status": "available"})
    if record is None or record["visibility"] == "course" and record["course"] not in membership["courses"]:
        return {"statusCode": 404, "body": json.dumps({"title": "not found"})}
    url = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": files.BUCKET,
            "Key": "files/" + record["_id"],
            "ResponseContentDisposition": 'attachment; filename="' + record["name"] + '"',
        },
        ExpiresIn=300,
    )
    shown = {name: record[name] for name in ("name", "size", "content_type", "course", "visibility", "status")}
    return {"statusCode": 200, "body": json.dumps({"file": shown, "url": url})}


lambda_runtime.run(handler)
