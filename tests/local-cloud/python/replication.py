"""S3 replication as its user guide describes it, in the place of ministack's, which copies while an object is written, with the source's key and
whatever the role may do. Quotations are of the Amazon S3 User Guide.

Replication happens after the answer, in the order of the changes. `PUT /_lectern/s3/replication` delays it, for tests of what a reader of replicas
sees meanwhile: `{"delay_seconds": 5}` for all changes from then on, `{"hold": ["mongo/*/data/*"]}` for keys that match a pattern, until the next
call does not hold them; `{}` ends both. GET says the same, and what waits.
"""

import contextvars
import copy
import fnmatch
import json
import sys
import time
from contextlib import contextmanager

import outage

PATH = "/_lectern/s3/replication"
KMS = "aws:kms"
KEY = "x-amz-server-side-encryption-aws-kms-key-id"
# How often what waits is looked at, and how many looks apart it is measured: an alarm of a minute sees it.
TICK_SECONDS = 1
TICKS_OF_A_MEASUREMENT = 10


class Failed(Exception):
    """Why a change is not replicated, for the log."""


class Gone(Exception):
    """The version was deleted before it was replicated: there is nothing to do."""


def install(replaced, reports):
    """`replaced(module, name)` is a decorator that wraps module.name and passes it the original first. Returns what wraps the application."""
    from ministack.services import s3

    changes = Changes(reports)
    queue_objects(replaced, s3, changes)
    queue_delete_markers(replaced, s3, changes)
    queue_tags(replaced, s3, changes)
    return lambda app: controlled(app, changes)


def controlled(app, changes):
    async def answer(scope, receive, send):
        import asyncio

        changes.loop = asyncio.get_running_loop()
        if scope["type"] != "http" or scope["path"] != PATH:
            return await app(scope, receive, send)
        if scope["method"] == "PUT":
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            wanted = json.loads(body or b"{}")
            changes.delay, changes.hold = float(wanted.get("delay_seconds", 0)), list(wanted.get("hold", []))
            changes.run()
        told = {
            "delay_seconds": changes.delay,
            "hold": changes.hold,
            "pending": [{name: one[name] for name in ("kind", "bucket", "key", "version")} for one in changes.waiting],
        }
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    return answer


class Changes:
    """What waits to be replicated, oldest first. All of it runs on the event loop, as S3's calls do."""

    def __init__(self, reports):
        self.reports, self.loop = reports, None
        self.delay, self.hold, self.waiting = 0.0, [], []
        self.ticks, self.timer = False, None

    def add(self, kind, bucket, key, version, rules, size, carry_out):
        """`carry_out(rule)` raises Failed, or anything, for a rule whose destination does not get it."""
        now = time.time()
        self.waiting.append(
            {
                "kind": kind,
                "bucket": bucket,
                "key": key,
                "version": version,
                "rules": rules,
                "size": size,
                "since": now,
                "due": now + self.delay,
                "context": contextvars.copy_context(),
                "carry_out": carry_out,
            }
        )
        self.loop.call_soon_threadsafe(self.begin)

    def begin(self):
        self.run()
        if self.waiting and not self.ticks:
            self.tick()

    def tick(self, number=0):
        self.run()
        if number % TICKS_OF_A_MEASUREMENT == 0:
            self.measure(self.waiting)
        self.ticks = bool(self.waiting)
        if self.ticks:
            self.loop.call_later(TICK_SECONDS, self.tick, number + 1)

    def is_held(self, change):
        """By a control, or because a Region is lost: what S3 has taken in is replicated when it is back."""
        if any(fnmatch.fnmatchcase(change["key"], pattern) for pattern in self.hold):
            return True
        regions = {region_of(change["bucket"]), *(region_of(destination_of(rule)) for rule in change["rules"])}
        return not regions.isdisjoint(outage.lost)

    def run(self):
        now = time.time()
        for change in [one for one in self.waiting if one["due"] <= now and not self.is_held(one)]:
            self.waiting.remove(change)
            change["context"].run(self.carry_out, change)
            self.measure([change])
        if self.timer is not None:
            self.timer.cancel()
        later = [one["due"] for one in self.waiting if not self.is_held(one)]
        self.timer = self.loop.call_later(max(min(later) - time.time(), 0.01), self.run) if later else None

    def carry_out(self, change):
        failed = set()
        for rule in change["rules"]:
            try:
                change["carry_out"](rule)
            except Gone:
                continue
            except Exception as error:
                failed.add(rule["ID"])
                what = f"{change['kind']} {change['bucket']}/{change['key']} by rule {rule['ID']}"
                print(f"not replicated: {what}: {error if isinstance(error, Failed) else repr(error)}", file=sys.stderr)
            # "Is this metric still published if replication doesn't occur? No": with each change, 1 or 0.
            self.metric(change["bucket"], rule, "OperationsFailedReplication", float(rule["ID"] in failed), "source")
        if change["kind"] == "object":
            set_status(change["bucket"], change["key"], change["version"], "FAILED" if failed else "COMPLETED")

    def measure(self, changes):
        """Of each rule of these changes: what waits, how many bytes, and for how long the oldest."""
        now = time.time()
        rules = {(one["bucket"], rule["ID"]): rule for one in changes for rule in one["rules"]}
        for (bucket, name), rule in rules.items():
            waiting = [one for one in self.waiting if one["bucket"] == bucket and any(one_rule["ID"] == name for one_rule in one["rules"])]
            oldest = min((one["since"] for one in waiting), default=now)
            self.metric(bucket, rule, "OperationsPendingReplication", len(waiting), "destination")
            self.metric(bucket, rule, "BytesPendingReplication", sum(one["size"] for one in waiting), "destination", "Bytes")
            self.metric(bucket, rule, "ReplicationLatency", now - oldest, "destination", "Seconds")

    def metric(self, bucket, rule, name, value, side, unit="Count"):
        """"Using S3 Replication metrics": failures are "published in the Region of the source bucket", the others "in the Region of the destination
        bucket". "S3 Replication metrics dimensions": SourceBucket, DestinationBucket, RuleId. Only of rules whose metrics are enabled."""
        if (rule.get("Destination", {}).get("Metrics") or {}).get("Status") != "Enabled":
            return
        destination = destination_of(rule)
        self.reports.send(
            "metric",
            region=region_of(bucket if side == "source" else destination),
            namespace="AWS/S3",
            name=name,
            dimensions={"SourceBucket": bucket, "DestinationBucket": destination, "RuleId": rule["ID"]},
            timestamp=time.time(),
            unit=unit,
            values=[float(value)],
            counts=None,
            statistics=None,
        )


# What a rule says.


def destination_of(rule):
    return (rule.get("Destination") or {}).get("Bucket", "").split(":::")[-1]


def region_of(bucket):
    from ministack.core.responses import get_region
    from ministack.services import s3

    owner = s3._bucket_owner_account(bucket)
    record = (s3._buckets.get_scoped(owner, None, bucket) if owner else None) or {}
    return record.get("region") or get_region()


def rules_for(s3, bucket, key, tags):
    """"If there are two or more rules with the same destination bucket, objects are replicated according to the rule with the highest priority"
    (API reference, ReplicationRule); each destination gets the object. Only while the bucket keeps versions."""
    config = s3._bucket_replication.get(bucket)
    if not config or s3._bucket_versioning.get(bucket) != "Enabled":
        return []
    found = {}
    for rule in config["Rules"]:
        matches = rule.get("Status") == "Enabled" and key.startswith(s3._replication_rule_prefix(rule))
        if matches and all((tags or {}).get(name) == value for name, value in s3._replication_rule_tags(rule).items()):
            other = found.get(destination_of(rule))
            if other is None or rule.get("Priority", 0) > other.get("Priority", 0):
                found[destination_of(rule)] = {**rule, "Role": config["Role"]}
    return list(found.values())


def selects(rule, headers):
    """"By default, Amazon S3 doesn't replicate objects that are encrypted by using [...] SSE-KMS": only with SourceSelectionCriteria. They have no
    replication status then."""
    if headers.get("x-amz-server-side-encryption") != KMS:
        return True
    criteria = rule.get("SourceSelectionCriteria") or {}
    return (criteria.get("SseKmsEncryptedObjects") or {}).get("Status") == "Enabled"


def set_status(bucket, key, version, status):
    from ministack.services import s3

    for entry in s3._object_versions.get((bucket, key), []):
        if entry["version_id"] == version:
            entry["replication_status"] = status
    current = s3._buckets[bucket]["objects"].get(key) if bucket in s3._buckets else None
    if current and current.get("version_id") == version:
        current["replication_status"] = status


def version_of(s3, bucket, key, version):
    return next((one for one in s3._object_versions.get((bucket, key), []) if one["version_id"] == version), None)


# What is replicated.


def queue_objects(replaced, s3, changes):
    """"Amazon S3 replicates [...] objects created after you add a replication configuration", and not "objects in the source bucket that are replicas":
    these are not written by the calls that come here."""

    @replaced(s3, "_maybe_replicate")
    def maybe_replicate(original, bucket_name, key, obj, data, tags=None):
        rules = [rule for rule in rules_for(s3, bucket_name, key, tags) if selects(rule, obj.get("preserved_headers") or {})]
        if rules:
            obj["replication_status"] = "PENDING"
            obj["_to_replicate"] = rules

    @replaced(s3, "_record_object_version")
    def record_object_version(original, bucket_name, key, prior_obj, obj, data):
        rules = obj.pop("_to_replicate", None)
        version = original(bucket_name, key, prior_obj, obj, data)
        if rules:
            carry_out = lambda rule: write_replica(s3, Role(rule), rule, bucket_name, key, version)
            changes.add("object", bucket_name, key, version, rules, obj["size"], carry_out)
        return version


def queue_delete_markers(replaced, s3, changes):
    """"If you make a DELETE request without specifying an object version ID, Amazon S3 adds a delete marker. [...] Amazon S3 does not replicate the
    delete marker by default. However, you can add delete marker replication to non-tag-based rules." Nor to another account's bucket. "If you
    specify an object version ID to delete in a DELETE request, [...] it doesn't replicate the deletion"; such a call does not come here."""

    @replaced(s3, "_maybe_replicate_delete_marker")
    def maybe_replicate_delete_marker(original, bucket_name, key):
        def is_replicated(rule):
            if "Filter" not in rule:
                return True
            enabled = (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled"
            return enabled and not s3._replication_rule_tags(rule)

        rules = [rule for rule in rules_for(s3, bucket_name, key, None) if is_replicated(rule)]
        if rules:
            marker = s3._object_versions[(bucket_name, key)][-1]["version_id"]
            carry_out = lambda rule: write_delete_marker(s3, Role(rule), rule, bucket_name, key, marker)
            changes.add("delete marker", bucket_name, key, marker, rules, 0, carry_out)


def queue_tags(replaced, s3, changes):
    """Tags that are changed on a source go to its replica. Those of a replica go to its source where the rule of the replica's bucket has
    "replica modification sync": ReplicaModifications."""

    for call in ("_put_object_tagging", "_delete_object_tagging"):

        @replaced(s3, call)
        def change_tags(original, bucket_name, key, *arguments):
            answer = original(bucket_name, key, *arguments)
            version = answer[1].get("x-amz-version-id") if answer[0] < 300 else None
            entry = version and version_of(s3, bucket_name, key, version)
            status = entry and entry.get("replication_status")
            if not status:
                return answer
            tags = s3._object_tags.get((bucket_name, key, version), {})

            def is_replicated(rule):
                if status != "REPLICA":
                    return True
                criteria = rule.get("SourceSelectionCriteria") or {}
                return (criteria.get("ReplicaModifications") or {}).get("Status") == "Enabled"

            rules = [rule for rule in rules_for(s3, bucket_name, key, tags) if is_replicated(rule)]
            if rules:
                carry_out = lambda rule: write_tags(s3, Role(rule), rule, bucket_name, key, version)
                changes.add("tags", bucket_name, key, version, rules, 0, carry_out)
            return answer


@contextmanager
def scope(account, region):
    from ministack.core.responses import get_account_id, get_region, set_request_account_id, set_request_region

    before = get_account_id(), get_region()
    set_request_account_id(account)
    set_request_region(region)
    try:
        yield
    finally:
        set_request_account_id(before[0])
        set_request_region(before[1])


@contextmanager
def destination(s3, rule):
    """The destination's name and record, in its account and region."""
    name = destination_of(rule)
    owner = s3._bucket_owner_account(name)
    if owner is None:
        raise Failed(f"there is no bucket {name}")
    with scope(owner, region_of(name)):
        if s3._bucket_versioning.get(name) != "Enabled":
            raise Failed(f"the bucket {name} keeps no versions")
        yield name, s3._buckets[name]


def source_version(s3, bucket, key, version):
    entry = version_of(s3, bucket, key, version)
    if entry is None:
        raise Gone
    return entry


def write_replica(s3, role, rule, bucket, key, version):
    """"Replicas have the same key names and the same metadata, for example creation time, user-defined metadata, and version ID"; they are encrypted
    "with the same type of encryption", and where that is KMS with the key of the rule. Tags come along if the role may read and write them."""
    entry = source_version(s3, bucket, key, version)
    kms = entry["preserved_headers"].get("x-amz-server-side-encryption") == KMS
    role.must("s3:GetReplicationConfiguration", "s3:ListBucket", on=bucket)
    # "The s3:GetObjectVersion action allows replication of unencrypted and SSE-S3-encrypted objects, but not of objects that are encrypted by using
    # KMS keys".
    reads = "s3:GetObjectVersionForReplication"
    if kms or not role.may("s3:GetObjectVersion", bucket, key):
        role.must(reads, on=bucket, key=key)
    role.must("s3:GetObjectVersionAcl", on=bucket, key=key)
    name = destination_of(rule)
    headers = dict(entry["preserved_headers"])
    if kms:
        replica_key = ((rule.get("Destination") or {}).get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID")
        bucket_keys = has_bucket_key(s3, bucket), has_bucket_key(s3, name)
        role.must_use("kms:Decrypt", headers.get(KEY), bucket, key, bucket_keys[0])
        # "When an S3 Bucket Key is enabled for the source or destination bucket, the encryption context will be the bucket's ARN"; then "the KMS
        # key that's used to encrypt the object replica must include the kms:Decrypt permission", by which S3 verifies the bucket key.
        role.must_use("kms:Encrypt", replica_key, name, key, any(bucket_keys))
        if any(bucket_keys):
            role.must_use("kms:Decrypt", replica_key, name, key, True)
        headers[KEY] = replica_key
    role.must("s3:ReplicateObject", on=name, key=key)
    if (rule.get("Destination") or {}).get("AccessControlTranslation"):
        role.must("s3:ObjectOwnerOverrideToBucketOwner", on=name, key=key)
    tags = dict(s3._object_tags.get((bucket, key, version), {}))
    if tags and not (role.may("s3:GetObjectVersionTagging", bucket, key) and role.may("s3:ReplicateTags", name, key)):
        tags = {}
    body = s3._version_body(s3._buckets[bucket], bucket, key, entry)
    record = {**s3._object_record_from_version(entry), "body": body, "parts": entry.get("parts")}
    with destination(s3, rule) as (name, record_of_bucket):
        if version_of(s3, name, key, version):
            return
        replica = {**copy.deepcopy(record), "preserved_headers": headers, "replication_status": "REPLICA"}
        replica["storage_class"] = (rule.get("Destination") or {}).get("StorageClass") or replica["storage_class"]
        prior = record_of_bucket["objects"].get(key)
        s3._record_object_version(name, key, prior, replica, body)
        replica["version_id"] = s3._object_versions[(name, key)][-1]["version_id"] = version
        record_of_bucket["objects"][key] = replica
        if tags:
            s3._object_tags[(name, key, version)] = tags


def write_delete_marker(s3, role, rule, bucket, key, marker):
    source_version(s3, bucket, key, marker)
    role.must("s3:GetReplicationConfiguration", "s3:ListBucket", on=bucket)
    role.must("s3:ReplicateDelete", on=destination_of(rule), key=key)
    account = role.account
    with destination(s3, rule) as (name, record):
        if s3._bucket_owner_account(name) != account or version_of(s3, name, key, marker):
            return
        s3._record_delete_marker(name, key, record["objects"].get(key))
        s3._object_versions[(name, key)][-1]["version_id"] = marker
        record["objects"].pop(key, None)


def write_tags(s3, role, rule, bucket, key, version):
    source_version(s3, bucket, key, version)
    role.must("s3:GetObjectVersionTagging", on=bucket, key=key)
    role.must("s3:ReplicateTags", on=destination_of(rule), key=key)
    tags = dict(s3._object_tags.get((bucket, key, version), {}))
    with destination(s3, rule) as (name, _):
        if not version_of(s3, name, key, version):
            raise Failed("the object itself was not replicated")
        s3._object_tags[(name, key, version)] = tags


def has_bucket_key(s3, bucket):
    owner = s3._bucket_owner_account(bucket)
    raw = s3._bucket_encryption.get_scoped(owner, None, bucket) if owner else None
    text = raw.decode() if isinstance(raw, bytes) else raw or ""
    return "<BucketKeyEnabled>true</BucketKeyEnabled>" in text


class Role:
    """What the role of a configuration may do, as S3 finds out by acting as it. Without IAM every role may do everything; that a KMS key is there and
    enabled, in the region of its bucket, is checked always: "you will receive the HTTP 200 OK status code in response, but replication fails"."""

    def __init__(self, rule):
        from ministack.app import AUTH

        self.arn, self.is_checked = rule["Role"], AUTH
        parts = self.arn.split(":")
        self.account, self.name = (parts[4], parts[5].split("/")[-1]) if len(parts) > 5 else ("", "")

    def must(self, *actions, on, key=None):
        for action in actions:
            if not self.may(action, on, key):
                raise Failed(f"{self.arn or 'no role'} may not {action} on {on}{'/' + key if key else ''}")

    def may(self, action, bucket, key=None):
        from ministack.services import s3

        arn = f"arn:aws:s3:::{bucket}" + (f"/{key}" if key is not None else "")
        owner = s3._bucket_owner_account(bucket)
        return not self.is_checked or self.decide(action, arn, owner, region_of(bucket), {}, s3.bucket_policy_for_arn, required=False)

    def must_use(self, action, key_id, bucket, key, by_bucket_key):
        from ministack.services import kms

        arn = key_id or ""
        parts = arn.split(":")
        region = region_of(bucket)
        if len(parts) < 6 or parts[3] != region:
            raise Failed(f"{arn or 'no key'} is no key in {region}")
        with scope(parts[4], region):
            record = kms._resolve_key(arn)
            if record is None or record["KeyState"] != "Enabled":
                raise Failed(f"{arn} is {record['KeyState'] if record else 'not there'}")
            arn = record["Arn"]
        if not self.is_checked:
            return
        context = f"arn:aws:s3:::{bucket}" + ("" if by_bucket_key else f"/{key}")
        keys = {"kms:viaservice": f"s3.{region}.amazonaws.com", "kms:encryptioncontext:aws:s3:arn": context}
        keys["kms:encryptioncontextkeys"] = ["aws:s3:arn"]
        if not self.decide(action, arn, parts[4], region, keys, kms.key_policy_for_arn, required=True):
            raise Failed(f"{self.arn} may not {action} with {arn} for {context}")

    def decide(self, action, resource, owner, region, keys, policy_of, required):
        """S3 assumes the role, whose trust policy says whether it may; then the role's policies, boundary and the resource's own policy decide."""
        from ministack.core import iam_evaluator as iam_core
        from ministack.services import iam

        role = iam._roles.get_scoped(self.account, None, self.name)
        if role is None or owner is None:
            return False
        session = f"arn:aws:sts::{self.account}:assumed-role/{self.name}/s3-replication"
        asked = {
            "principal_arn": session,
            "principal_type": "AssumedRole",
            "principal_account": self.account,
            "region": region,
            "secure_transport": True,
        }
        trust = iam_core.EvalContext(action="sts:AssumeRole", resource_arn=self.arn, **asked)
        if iam_core.evaluate_resource_policy(role.get("AssumeRolePolicyDocument"), trust, service="s3.amazonaws.com").decision != "Allow":
            return False
        request = iam_core.EvalContext(action=action, resource_arn=resource, service_context=keys, **asked)
        limits = iam_core._permissions_boundary(iam._roles, self.name, self.account)
        decision = iam_core.evaluate(request, iam_core._gather_role_policies(self.name, self.account), *limits)
        with scope(owner, region):
            found = policy_of(resource)
            if found is not None:
                decision = iam_core.combine_resource_policy(decision, request, *found, required=required, limits=limits)
        return decision.decision == "Allow"
