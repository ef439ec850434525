# Buckets.
package lectern.rules.s3

import data.lectern.about
import data.lectern.lib

# METADATA
# title: A bucket keeps versions
# scope: document
# custom:
#   requirement: D7
#   severity: deny
#   fix: Set status = "Enabled" in aws_s3_bucket_versioning; add the resource if it is missing.
s3_versioning contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_versioning") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	lib.lacks_linked({"aws_s3_bucket_versioning"}, "bucket", bucket)
}

s3_versioning contains lib.found(chain, versioning.address, sprintf("status is %v", [status])) if {
	chain := rego.metadata.chain()
	some versioning in lib.of_type("aws_s3_bucket_versioning")
	not lib.is_unknown(versioning, ["versioning_configuration", 0, "status"])
	status := lib.value(versioning, ["versioning_configuration", 0, "status"])
	status != "Enabled"
}

s3_versioning contains lib.not_known(chain, versioning.address, "versioning_configuration.status") if {
	chain := rego.metadata.chain()
	some versioning in lib.of_type("aws_s3_bucket_versioning")
	lib.is_unknown(versioning, ["versioning_configuration", 0, "status"])
}

s3_versioning contains lib.not_known(chain, bucket.address, "the bucket of aws_s3_bucket_versioning") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	lib.may_have_linked({"aws_s3_bucket_versioning"}, "bucket", bucket)
}

# METADATA
# title: A bucket encrypts with a customer managed key
# scope: document
# custom:
#   requirement: D7
#   severity: deny
#   fix: Set sse_algorithm = "aws:kms" and kms_master_key_id in aws_s3_bucket_server_side_encryption_configuration.
s3_encryption contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_server_side_encryption_configuration") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	not about.receives_access_logs(bucket)
	lib.lacks_linked({"aws_s3_bucket_server_side_encryption_configuration"}, "bucket", bucket)
}

s3_encryption contains lib.found(chain, encryption.address, sprintf("sse_algorithm is %v", [algorithm])) if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	not about.receives_access_logs(bucket)
	some encryption in lib.of_type("aws_s3_bucket_server_side_encryption_configuration")
	lib.is_linked(encryption, "bucket", bucket)
	algorithm := lib.value(encryption, ["rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"])
	not lib.is_unknown(encryption, ["rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"])
	not algorithm in {"aws:kms", "aws:kms:dsse"}
}

s3_encryption contains lib.found(chain, encryption.address, "kms_master_key_id is not set, so the key is AWS's own") if {
	chain := rego.metadata.chain()
	some encryption in lib.of_type("aws_s3_bucket_server_side_encryption_configuration")
	default_rule := ["rule", 0, "apply_server_side_encryption_by_default", 0]
	startswith(lib.value(encryption, array.concat(default_rule, ["sse_algorithm"])), "aws:kms")
	lib.is_empty(lib.value(encryption, array.concat(default_rule, ["kms_master_key_id"])))
	not lib.is_unknown(encryption, array.concat(default_rule, ["kms_master_key_id"]))
}

# METADATA
# title: A bucket policy denies requests without TLS
# scope: document
# custom:
#   requirement: D7
#   severity: deny
#   fix: Add a Deny statement with the condition aws:SecureTransport = false to the policy of the bucket.
s3_tls_only contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_policy") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	lib.lacks_linked({"aws_s3_bucket_policy"}, "bucket", bucket)
}

s3_tls_only contains lib.found(chain, policy.address, "no statement denies requests without TLS") if {
	chain := rego.metadata.chain()
	some policy in lib.of_type("aws_s3_bucket_policy")
	not about.denies_plain_http(policy)
	not lib.is_dark(policy, "policy")
}

s3_tls_only contains lib.not_known(chain, policy.address, "policy") if {
	chain := rego.metadata.chain()
	some policy in lib.of_type("aws_s3_bucket_policy")
	not about.denies_plain_http(policy)
	lib.is_dark(policy, "policy")
}

s3_tls_only contains lib.not_known(chain, bucket.address, "the bucket of aws_s3_bucket_policy") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	lib.may_have_linked({"aws_s3_bucket_policy"}, "bucket", bucket)
}

# METADATA
# title: A bucket blocks public access
# scope: document
# custom:
#   requirement: D7
#   severity: deny
#   fix: Add aws_s3_bucket_public_access_block with all four arguments = true.
s3_public_access contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_public_access_block") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	lib.lacks_linked({"aws_s3_bucket_public_access_block"}, "bucket", bucket)
}

s3_public_access contains lib.found(chain, block.address, sprintf("%s is %v", [argument, block.after[argument]])) if {
	chain := rego.metadata.chain()
	some block in lib.of_type("aws_s3_bucket_public_access_block")
	some argument in {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}
	block.after[argument] != true
}

s3_public_access contains lib.not_known(chain, block.address, argument) if {
	chain := rego.metadata.chain()
	some block in lib.of_type("aws_s3_bucket_public_access_block")
	some argument in {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}
	lib.is_unknown(block, [argument])
}

# METADATA
# title: A bucket expires old versions and abandoned uploads
# scope: document
# custom:
#   requirement: D7
#   severity: warn
#   fix: Add aws_s3_bucket_lifecycle_configuration with noncurrent_version_expiration and abort_incomplete_multipart_upload.
s3_lifecycle contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_lifecycle_configuration") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	lib.lacks_linked({"aws_s3_bucket_lifecycle_configuration"}, "bucket", bucket)
}

s3_lifecycle contains lib.found(chain, lifecycle.address, sprintf("no enabled rule has %s", [block])) if {
	chain := rego.metadata.chain()
	some lifecycle in lib.of_type("aws_s3_bucket_lifecycle_configuration")
	not lib.is_unknown(lifecycle, ["rule"])
	some block in {"abort_incomplete_multipart_upload", "noncurrent_version_expiration"}
	not about.has_rule_with(lifecycle, block)
}

# METADATA
# title: A bucket logs access to another bucket
# scope: document
# custom:
#   requirement: D7
#   severity: warn
#   fix: Add aws_s3_bucket_logging with a target_bucket that is another bucket.
s3_logging contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_logging") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	not about.receives_access_logs(bucket)
	lib.lacks_linked({"aws_s3_bucket_logging"}, "bucket", bucket)
}

# METADATA
# title: A bucket is replicated, with its encrypted objects
# scope: document
# custom:
#   requirement: F2
#   severity: warn
#   fix: Add aws_s3_bucket_replication_configuration with sse_kms_encrypted_objects and replica_kms_key_id, or an exception with the reason.
s3_replication contains lib.found(chain, bucket.address, "the bucket has no aws_s3_bucket_replication_configuration") if {
	chain := rego.metadata.chain()
	some bucket in lib.of_type("aws_s3_bucket")
	not about.receives_access_logs(bucket)
	not about.is_replica(bucket)
	lib.lacks_linked({"aws_s3_bucket_replication_configuration"}, "bucket", bucket)
}

s3_replication contains lib.found(chain, replication.address, "a rule skips objects that are encrypted with KMS") if {
	chain := rego.metadata.chain()
	some replication in lib.of_type("aws_s3_bucket_replication_configuration")
	some rule in lib.listed(lib.value(replication, ["rule"]))
	object.get(rule, ["source_selection_criteria", 0, "sse_kms_encrypted_objects", 0, "status"], "Disabled") != "Enabled"
}
