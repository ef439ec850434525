"""A dry run of an import, as one would write it in Python: boto3, and cryptography for the parts."""

import base64
import gzip
import hashlib
import json
import os

import lambda_runtime
import sealed
import users

EXPORT, IMPORT = "lectern-cognito-export", "lectern-cognito-import"
# Half of Cognito's default quotas.
get_user = users.paced(60, users.cognito.admin_get_user)
get_group = users.paced(2.5, users.cognito.get_group)


def stored(s3, key, **version):
    return s3.get_object(Bucket=users.BUCKET, Key=key, **version)["Body"].read()


def part(s3, manifest, key, kind):
    one = next(one for one in manifest["parts"] if one["kind"] == kind)
    content = stored(s3, one["key"], **({"VersionId": one["version_id"]} if one["version_id"] else {}))
    if hashlib.sha256(content).hexdigest() != one["sha256"]:
        raise RuntimeError("a part was replaced")
    plain = gzip.decompress(sealed.unseal(key, sealed.place(EXPORT, f"{kind}/0", manifest["run"]), content))
    return [json.loads(line) for line in plain.splitlines()]


def fits(manifest, pool):
    here = users.cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    names = {attribute["Name"] for attribute in here["SchemaAttributes"]}
    same = manifest["alias_attributes"] == here.get("AliasAttributes", [])
    same = same and manifest["username_attributes"] == here.get("UsernameAttributes", [])
    if not same or set(manifest["attributes_used"]) - names - {"identities"}:
        raise RuntimeError("the pools differ")


def outcome(pool, user):
    if user["status"] in ("EXTERNAL_PROVIDER", "UNCONFIRMED"):
        return "federated" if user["status"] == "EXTERNAL_PROVIDER" else "unconfirmed"
    try:
        found = get_user(UserPoolId=pool, Username=user["username"])
    except users.cognito.exceptions.UserNotFoundException:
        return "created"
    there = {attribute["Name"]: attribute["Value"] for attribute in found["UserAttributes"]}
    return "equal" if {**there, "sub": None} == {**user["attributes"], "sub": None} else "differs"


def handler(event):
    if not event["dry_run"]:
        raise NotImplementedError("the comparison is of a dry run")
    source, pool = event["source_user_pool_id"], event["user_pool_id"]
    s3 = users.objects(os.environ["LECTERN_IMPORT_ROLE_ARN"], "cognito-import")
    run = json.loads(stored(s3, f"{users.PREFIX}/{source}/latest.json"))["run"]
    manifest = json.loads(stored(s3, f"{users.PREFIX}/{source}/{run}/manifest.json"))
    fits(manifest, pool)
    key = sealed.unwrapped(users.KEY, base64.b64decode(manifest["data_key"]), purpose=EXPORT, run=run)
    ours, wrapped = sealed.new_key(users.KEY, purpose=IMPORT, run=run)
    exported, groups, members = (part(s3, manifest, key, kind) for kind in ("users", "groups", "memberships"))
    counts = {"created": 0, "equal": 0, "differs": 0, "federated": 0, "unconfirmed": 0, "groups_created": 0, "to_invite": 0}
    for group in groups:
        try:
            get_group(UserPoolId=pool, GroupName=group["name"])
        except users.cognito.exceptions.ResourceNotFoundException:
            counts["groups_created"] += 1
    results = []
    for user in exported:
        became = outcome(pool, user)
        counts[became] += 1
        counts["to_invite"] += became == "created" and user["status"] == "FORCE_CHANGE_PASSWORD"
        results.append({"username": user["username"], "outcome": became, "old_sub": user["attributes"].get("sub")})
    known = {user["username"] for user in exported}
    counts["memberships_matched"] = sum(member["username"] in known for member in members)
    plain = "".join(json.dumps(result) + "\n" for result in results).encode()
    content = sealed.seal(ours, sealed.place(IMPORT, "results/0", run), gzip.compress(plain, 6))
    folder = f"{users.PREFIX}/imports/{pool}/{run}"
    users.put(s3, f"{folder}/results/0.jsonl.gz.sealed", content)
    report = {"export": run, "user_pool_id": pool, "dry_run": True, "counts": counts, "data_key": base64.b64encode(wrapped).decode()}
    users.put(s3, f"{folder}/report.json", json.dumps(report))
    return {"outcome": "complete", **report}


lambda_runtime.run(handler)
