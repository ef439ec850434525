# Distributions and web ACLs.
package lectern.rules.cdn

import data.lectern.about
import data.lectern.lib

# METADATA
# title: S3 origins use origin access control
# scope: document
# custom:
#   requirement: D8
#   severity: deny
#   fix: Set origin_access_control_id and remove s3_origin_config.
cdn_origin_access contains lib.found(chain, distribution.address, sprintf("the S3 origin %v has no origin_access_control_id", [origin.origin_id])) if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	some place, origin in distribution.after.origin
	about.is_s3(distribution, place, origin)
	lib.is_empty(object.get(origin, "origin_access_control_id", null))
	not lib.is_unknown(distribution, ["origin", place, "origin_access_control_id"])
}

cdn_origin_access contains lib.found(chain, identity.address, "an origin access identity is the older way and cannot read objects that are encrypted with KMS") if {
	chain := rego.metadata.chain()
	some identity in lib.of_type("aws_cloudfront_origin_access_identity")
}

# METADATA
# title: Viewers use HTTPS
# scope: document
# custom:
#   requirement: D8
#   severity: deny
#   fix: Set viewer_protocol_policy = "https-only" or "redirect-to-https".
cdn_viewer_https contains lib.found(chain, distribution.address, sprintf("viewer_protocol_policy of %s is allow-all", [about.pattern(behavior)])) if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	some behavior in about.behaviors(distribution)
	behavior.viewer_protocol_policy == "allow-all"
}

# METADATA
# title: A distribution has its own certificate and TLS 1.2 or later
# scope: document
# custom:
#   requirement: D8
#   severity: deny
#   fix: Set viewer_certificate with acm_certificate_arn and minimum_protocol_version = "TLSv1.2_2021" or later.
cdn_tls contains lib.found(chain, distribution.address, "the distribution uses the certificate of cloudfront.net, which allows TLS 1.0") if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	distribution.after.viewer_certificate[0].cloudfront_default_certificate == true
}

cdn_tls contains lib.found(chain, distribution.address, sprintf("minimum_protocol_version is %v", [version])) if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	version := distribution.after.viewer_certificate[0].minimum_protocol_version
	not distribution.after.viewer_certificate[0].cloudfront_default_certificate == true
	not regex.match(`^TLSv1\.(2_20(21|2[2-9])|3)`, version)
}

cdn_tls contains lib.not_known(chain, distribution.address, "viewer_certificate.minimum_protocol_version") if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	lib.is_unknown(distribution, ["viewer_certificate", 0, "minimum_protocol_version"])
}

# METADATA
# title: CloudFront reads origins by HTTPS
# scope: document
# custom:
#   requirement: D8
#   severity: deny
#   fix: Set origin_protocol_policy = "https-only" and origin_ssl_protocols = ["TLSv1.2"].
cdn_origin_https contains lib.found(chain, distribution.address, sprintf("origin_protocol_policy of the origin %v is %v", [origin.origin_id, policy])) if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	some origin in distribution.after.origin
	policy := origin.custom_origin_config[0].origin_protocol_policy
	policy != "https-only"
}

# METADATA
# title: Files are served for signed URLs only
# scope: document
# custom:
#   requirement: D8
#   severity: deny
#   fix: Set trusted_key_groups for the behavior, or add an exception for a public site.
cdn_signed contains lib.found(chain, distribution.address, "the distribution has S3 origins, and no behavior has trusted_key_groups") if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	about.has_s3_origin(distribution)
	not about.has_signed_behavior(distribution)
}

# METADATA
# title: A distribution restricts countries
# scope: document
# custom:
#   requirement: D8
#   severity: warn
#   fix: Set geo_restriction with a list of countries, or add an exception with the reason.
cdn_geo contains lib.found(chain, distribution.address, "geo_restriction is none") if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	distribution.after.restrictions[0].geo_restriction[0].restriction_type == "none"
}

# METADATA
# title: A distribution has a web ACL
# scope: document
# custom:
#   requirement: D11
#   severity: deny
#   fix: Set web_acl_id.
cdn_web_acl contains lib.found(chain, distribution.address, "web_acl_id is not set") if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	lib.is_empty(lib.value(distribution, ["web_acl_id"]))
	not lib.is_unknown(distribution, ["web_acl_id"])
}

# METADATA
# title: A web ACL of CloudFront has rules for SQL injection, common attacks and rates
# scope: document
# custom:
#   requirement: D11
#   severity: deny
#   fix: Add the managed rule groups AWSManagedRulesCommonRuleSet and AWSManagedRulesSQLiRuleSet, and a rate_based_statement.
cdn_web_acl_rules contains lib.found(chain, acl.address, sprintf("the web ACL has no rule with %s", [part])) if {
	chain := rego.metadata.chain()
	some acl in lib.of_type("aws_wafv2_web_acl")
	acl.after.scope == "CLOUDFRONT"
	not lib.is_unknown(acl, ["rule"])
	some part in {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet", "rate_based_statement"}
	not about.has_rule(acl, part)
}

# METADATA
# title: A distribution fails over to a second origin
# scope: document
# custom:
#   requirement: F5
#   severity: warn
#   fix: Add origin_group with two members, or an exception with the reason.
cdn_failover contains lib.found(chain, distribution.address, "the distribution has no origin_group") if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	lib.is_empty(lib.value(distribution, ["origin_group"]))
	not lib.is_unknown(distribution, ["origin_group"])
}

# METADATA
# title: Behaviors that accept writes cache nothing
# scope: document
# custom:
#   requirement: D8
#   severity: deny
#   fix: Set cache_policy_id to the managed policy CachingDisabled (4135ea2d-6df8-44a3-9df3-4b5a84be39ad).
cdn_uncached_api contains lib.found(chain, distribution.address, sprintf("%s accepts writes and caches responses", [about.pattern(behavior)])) if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	some [path, behavior] in about.placed_behaviors(distribution)
	about.accepts_writes(behavior)
	not lib.is_unknown(distribution, array.concat(path, ["cache_policy_id"]))
	not about.is_uncached(behavior)
}

cdn_uncached_api contains lib.not_known(chain, distribution.address, sprintf("cache_policy_id of %s", [about.pattern(behavior)])) if {
	chain := rego.metadata.chain()
	some distribution in lib.of_type("aws_cloudfront_distribution")
	some [path, behavior] in about.placed_behaviors(distribution)
	about.accepts_writes(behavior)
	lib.is_unknown(distribution, array.concat(path, ["cache_policy_id"]))
	some policy in lib.of_type("aws_cloudfront_cache_policy")
	not about.keeps_nothing(policy)
}

# METADATA
# title: A web ACL of CloudFront limits the size of bodies
# scope: document
# custom:
#   requirement: D9
#   severity: warn
#   fix: Add a size_constraint_statement on body, or the managed rule group AWSManagedRulesCommonRuleSet with its rule SizeRestrictions_BODY.
cdn_body_size contains lib.found(chain, acl.address, "no rule of the web ACL limits the size of bodies") if {
	chain := rego.metadata.chain()
	some acl in lib.of_type("aws_wafv2_web_acl")
	acl.after.scope == "CLOUDFRONT"
	not lib.is_unknown(acl, ["rule"])
	count(acl.after.rule) > 0
	not about.has_rule(acl, "size_constraint_statement")
	not about.has_default_size_limit(acl)
}

# METADATA
# title: Shield Advanced is not subscribed by mistake
# scope: document
# custom:
#   requirement: D11
#   severity: deny
#   fix: Remove it. To subscribe, add an exception whose reason names who accepted 3,000 USD a month for a year.
cdn_shield contains lib.found(chain, change.address, "the plan subscribes Shield Advanced, for a year at 3,000 USD a month") if {
	chain := rego.metadata.chain()
	some change in object.get(input, "resource_changes", [])
	change.type == "aws_shield_subscription"
	"create" in change.change.actions
}
