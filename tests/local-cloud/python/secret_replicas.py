"""Replicas of secrets as Secrets Manager's API reference and user guide describe them ("Replicate AWS Secrets Manager secrets across Regions"), beyond
what ministack has of them: replicas made with the secret, removed, and promoted; failures in the status; what cannot be done to a replica or a
secret that has some."""

import json

# Of the key that is used where none is named.
OWN_KEY = "alias/aws/secretsmanager"


def install(replaced):
    """`replaced(module, name)` is a decorator that wraps module.name and passes it the original first."""
    from ministack.services import secretsmanager

    refuse_on_replicas(replaced, secretsmanager)
    replicate(replaced, secretsmanager)
    unlink(replaced, secretsmanager)


def refuse_on_replicas(replaced, secretsmanager):
    """"A replica secret can't be updated independently from its primary secret, except for its encryption key.\""""
    refuse = secretsmanager.error_response_json

    @replaced(secretsmanager, "_replica_mutation_error")
    def replica_mutation_error(original):
        text = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
        return refuse("InvalidRequestException", text, 400)

    @replaced(secretsmanager, "_update_secret")
    def update_secret(original, data):
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if secret and secretsmanager._is_replica(secret) and set(data) <= {"SecretId", "KmsKeyId", "ClientRequestToken"}:
            secret["KmsKeyId"] = data.get("KmsKeyId")
            return secretsmanager.json_response({"ARN": secret["ARN"], "Name": secret["Name"]})
        return original(data)

    for call in ("_put_resource_policy", "_delete_resource_policy"):

        @replaced(secretsmanager, call)
        def change_policy(original, data):
            _, secret = secretsmanager._resolve(data.get("SecretId"))
            return secretsmanager._replica_mutation_error() if secret and secretsmanager._is_replica(secret) else original(data)

    @replaced(secretsmanager, "_delete_secret")
    def delete_secret(original, data):
        # DeleteSecret: "You can't delete a primary secret that is replicated to other Regions. You must first delete the replicas using
        # RemoveRegionsFromReplication".
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if secret and any(one["Status"] != "Failed" for one in secret.get("ReplicationStatus", [])):
            regions = ", ".join(one["Region"] for one in secret["ReplicationStatus"])
            text = f"You can't delete secret {secret['Name']} that still has replica regions {regions}."
            return refuse("InvalidRequestException", text, 400)
        return original(data)


def replicate(replaced, secretsmanager):
    """CreateSecret has AddReplicaRegions and ForceOverwriteReplicaSecret, as ReplicateSecretToRegions. What is wrong with a region is no error of
    either: its status is Failed, and StatusMessage says why ("ReplicationStatusType")."""
    from ministack.core.responses import get_account_id
    from ministack.services import kms

    @replaced(secretsmanager, "_replicate_secret_to_regions")
    def replicate_secret_to_regions(original, data):
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if not secret or secret.get("DeletedDate") or secretsmanager._is_replica(secret):
            return original(data)
        wanted, failed = [], {}
        for one in data.get("AddReplicaRegions", []):
            region, key = one.get("Region"), one.get("KmsKeyId")
            other = secretsmanager._secrets.get_scoped(get_account_id(), region, secret["Name"])
            # A replica that was promoted has the ARN that it had, and is another secret.
            is_other = other and other.get("_PrimarySecretArn") != secret["ARN"]
            if is_other and not data.get("ForceOverwriteReplicaSecret"):
                failed[region] = f"Replication failed: Secret name {secret['Name']} already exists in the Region."
            elif key and key != OWN_KEY and not is_key_in(kms, key, region):
                failed[region] = f"Replication failed: No permissions are available on the KMS key {key} to complete replication."
            else:
                wanted.append({name: value for name, value in one.items() if name != "KmsKeyId" or value != OWN_KEY})
        answer = original({**data, "AddReplicaRegions": wanted})
        if answer[0] != 200:
            return answer
        keys = {one.get("Region"): one.get("KmsKeyId") for one in data.get("AddReplicaRegions", [])}
        statuses = [one for one in secret["ReplicationStatus"] if one["Region"] not in failed]
        for one in [one for one in statuses if one["Status"] == "InSync"]:
            one["StatusMessage"] = "Replication succeeded"
            one.setdefault("KmsKeyId", OWN_KEY)
        for region, message in failed.items():
            statuses.append({"Region": region, "Status": "Failed", "StatusMessage": message, "KmsKeyId": keys[region] or OWN_KEY})
        secret["ReplicationStatus"] = statuses
        return secretsmanager.json_response({"ARN": secret["ARN"], "ReplicationStatus": statuses})

    @replaced(secretsmanager, "_create_secret")
    def create_secret(original, data):
        answer = original(data)
        if answer[0] != 200 or not data.get("AddReplicaRegions"):
            return answer
        told = json.loads(answer[2])
        named = {name: data[name] for name in ("AddReplicaRegions", "ForceOverwriteReplicaSecret") if name in data}
        replicated = secretsmanager._replicate_secret_to_regions({"SecretId": told["ARN"], **named})
        if replicated[0] != 200:
            secretsmanager._secrets.pop(data["Name"], None)
            return replicated
        return secretsmanager.json_response({**told, "ReplicationStatus": json.loads(replicated[2])["ReplicationStatus"]})


def is_key_in(kms, key, region):
    """By ARN, ID or alias."""
    from ministack.core.responses import get_region, set_request_region

    before = get_region()
    set_request_region(region)
    try:
        record = kms._resolve_key(key)
        return record is not None and record["KeyState"] == "Enabled" and record["Arn"].split(":")[3] == region
    finally:
        set_request_region(before)


def unlink(replaced, secretsmanager):
    """RemoveRegionsFromReplication deletes replicas at once. StopReplicationToReplica "removes the link between the replica secret and the primary
    secret and promotes the replica to a primary secret in the replica Region. You must call this operation from the Region in which you want to
    promote the replica"."""
    refuse = secretsmanager.error_response_json

    def missing():
        return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)

    def remove_regions(data):
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if not secret:
            return missing()
        if secretsmanager._is_replica(secret):
            return secretsmanager._replica_mutation_error()
        regions = set(data.get("RemoveReplicaRegions") or [])
        unknown = regions - {one["Region"] for one in secret.get("ReplicationStatus", [])}
        if unknown or not regions:
            text = f"There is no replica in {', '.join(sorted(unknown))}." if unknown else "RemoveReplicaRegions names no Region."
            return refuse("InvalidParameterException", text, 400)
        removed = [one for one in secret["ReplicationStatus"] if one["Region"] in regions]
        secretsmanager._delete_replicas({**secret, "ReplicationStatus": removed})
        secret["ReplicationStatus"] = [one for one in secret["ReplicationStatus"] if one["Region"] not in regions]
        return secretsmanager.json_response({"ARN": secret["ARN"], "ReplicationStatus": secret["ReplicationStatus"]})

    def stop_replication(data):
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if not secret:
            return missing()
        if not secretsmanager._is_replica(secret):
            return refuse("InvalidRequestException", "The secret is not a replica.", 400)
        secretsmanager._unlink_from_primary(secret)
        for name in ("_PrimarySecretArn", "_PrimaryRegion"):
            secret.pop(name, None)
        # Rotation is the primary's: a promoted secret has none until it is set up.
        secret.update(RotationEnabled=False, RotationLambdaARN=None, RotationRules=None)
        secretsmanager._secrets[secret["Name"]] = secret
        return secretsmanager.json_response({"ARN": secret["ARN"]})

    calls = {"RemoveRegionsFromReplication": remove_regions, "StopReplicationToReplica": stop_replication}

    @replaced(secretsmanager, "handle_request")
    async def handle_request(original, method, path, headers, body, query_params):
        call = calls.get(headers.get("x-amz-target", "").split(".")[-1])
        if call is None:
            return await original(method, path, headers, body, query_params)
        return call(json.loads(body or b"{}"))
