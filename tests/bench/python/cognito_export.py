"""Exports a user pool, as one would write it in Python: boto3, and cryptography for the parts."""

import base64
import gzip
import hashlib
import json
import os

import lambda_runtime
import sealed
import users

PURPOSE = "lectern-cognito-export"
pool = os.environ["LECTERN_USER_POOL_ID"]
# Half of Cognito's default quotas.
list_users = users.paced(15, users.cognito.list_users)
list_groups = users.paced(2.5, users.cognito.list_groups)
list_members = users.paced(15, users.cognito.list_users_in_group)


def read():
    found = [user for page in users.pages(list_users, "PaginationToken", UserPoolId=pool, Limit=60) for user in page["Users"]]
    groups = [group for page in users.pages(list_groups, "NextToken", UserPoolId=pool, Limit=60) for group in page["Groups"]]
    members = []
    for group in groups:
        named = {"UserPoolId": pool, "GroupName": group["GroupName"], "Limit": 60}
        for page in users.pages(list_members, "NextToken", **named):
            members += [{"group": group["GroupName"], "username": user["Username"]} for user in page["Users"]]
    return {
        "users": [
            {
                "username": user["Username"],
                "enabled": user["Enabled"],
                "status": user["UserStatus"],
                "attributes": {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]},
            }
            for user in found
        ],
        "groups": [
            {"name": group["GroupName"], "description": group.get("Description"), "precedence": group.get("Precedence")}
            for group in groups
        ],
        "memberships": members,
    }


def handler(event):
    run = event["scheduled_time"].replace("-", "").replace(":", "") + "-" + hashlib.sha256(json.dumps(event).encode()).hexdigest()[:6]
    s3 = users.objects(os.environ["LECTERN_EXPORT_ROLE_ARN"], "cognito-export")
    facts = users.cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    key, wrapped = sealed.new_key(users.KEY, purpose=PURPOSE, run=run)
    lines, parts = read(), []
    for kind, items in lines.items():
        plain = "".join(json.dumps(item) + "\n" for item in items).encode()
        content = sealed.seal(key, sealed.place(PURPOSE, f"{kind}/0", run), gzip.compress(plain, 6))
        name = f"{users.PREFIX}/{pool}/{run}/{kind}/0.jsonl.gz.sealed"
        version = users.put(s3, name, content).get("VersionId")
        sha256 = hashlib.sha256(content).hexdigest()
        parts.append({"kind": kind, "key": name, "lines": len(items), "bytes": len(content), "sha256": sha256, "version_id": version})
    counts = {kind: len(items) for kind, items in lines.items()}
    manifest = {
        "version": 1,
        "run": run,
        "user_pool_id": pool,
        "alias_attributes": facts.get("AliasAttributes", []),
        "username_attributes": facts.get("UsernameAttributes", []),
        "attributes_used": sorted({name for user in lines["users"] for name in user["attributes"]}),
        "data_key": base64.b64encode(wrapped).decode(),
        "counts": counts,
        "parts": parts,
    }
    users.put(s3, f"{users.PREFIX}/{pool}/{run}/manifest.json", json.dumps(manifest))
    users.put(s3, f"{users.PREFIX}/{pool}/latest.json", json.dumps({"run": run}))
    metrics = {"Completed": 1, **{kind.capitalize(): number for kind, number in counts.items()}}
    lambda_runtime.emit("Lectern/CognitoExport", {"UserPool": pool}, metrics)
    return {"outcome": "complete", "run": run, "counts": counts}


lambda_runtime.run(handler)
