# REST APIs.
package lectern.rules.api

import data.lectern.lib

# METADATA
# title: A REST API is regional
# scope: document
# custom:
#   requirement: D9
#   severity: deny
#   fix: Set endpoint_configuration { types = ["REGIONAL"] }.
api_regional contains lib.found(chain, api.address, sprintf("endpoint_configuration.types is %v", [types])) if {
	chain := rego.metadata.chain()
	some api in lib.of_type("aws_api_gateway_rest_api")
	not lib.is_unknown(api, ["endpoint_configuration", 0, "types", 0])
	types := object.get(api.after, ["endpoint_configuration", 0, "types"], ["EDGE"])
	not types in [["REGIONAL"], ["PRIVATE"]]
}

api_regional contains lib.not_known(chain, api.address, "endpoint_configuration.types") if {
	chain := rego.metadata.chain()
	some api in lib.of_type("aws_api_gateway_rest_api")
	lib.is_unknown(api, ["endpoint_configuration", 0, "types", 0])
}

# METADATA
# title: A stage of a REST API has a web ACL
# scope: document
# custom:
#   requirement: D9
#   severity: warn
#   fix: Add aws_wafv2_web_acl_association with a web ACL that allows only requests with the header of the distribution.
api_guarded contains lib.found(chain, stage.address, "the stage has no aws_wafv2_web_acl_association") if {
	chain := rego.metadata.chain()
	some stage in lib.of_type("aws_api_gateway_stage")
	lib.lacks_linked({"aws_wafv2_web_acl_association"}, "resource_arn", stage)
}

# METADATA
# title: Every method but OPTIONS requires authorization
# scope: document
# custom:
#   requirement: D9
#   severity: deny
#   fix: Set authorization = "COGNITO_USER_POOLS" and authorizer_id.
api_authorization contains lib.found(chain, method.address, "authorization is NONE") if {
	chain := rego.metadata.chain()
	some method in lib.of_type("aws_api_gateway_method")
	method.after.http_method != "OPTIONS"
	method.after.authorization == "NONE"
}

api_authorization contains lib.not_known(chain, method.address, "authorization") if {
	chain := rego.metadata.chain()
	some method in lib.of_type("aws_api_gateway_method")
	lib.is_unknown(method, ["authorization"])
}

# METADATA
# title: Every method but OPTIONS has a request validator
# scope: document
# custom:
#   requirement: D9
#   severity: deny
#   fix: Set request_validator_id.
api_validator contains lib.found(chain, method.address, "request_validator_id is not set") if {
	chain := rego.metadata.chain()
	some method in lib.of_type("aws_api_gateway_method")
	method.after.http_method != "OPTIONS"
	lib.is_empty(lib.value(method, ["request_validator_id"]))
	not lib.is_unknown(method, ["request_validator_id"])
}

# METADATA
# title: Request and response bodies are not logged
# scope: document
# custom:
#   requirement: D4
#   severity: deny
#   fix: Set data_trace_enabled = false.
api_data_trace contains lib.found(chain, settings.address, "data_trace_enabled is true, so personal data is logged") if {
	chain := rego.metadata.chain()
	some settings in lib.of_type("aws_api_gateway_method_settings")
	settings.after.settings[0].data_trace_enabled == true
}

api_data_trace contains lib.not_known(chain, settings.address, "settings.data_trace_enabled") if {
	chain := rego.metadata.chain()
	some settings in lib.of_type("aws_api_gateway_method_settings")
	lib.is_unknown(settings, ["settings", 0, "data_trace_enabled"])
}

# METADATA
# title: A stage of a REST API limits the rate of requests
# scope: document
# custom:
#   requirement: D9
#   severity: warn
#   fix: Set throttling_rate_limit and throttling_burst_limit in aws_api_gateway_method_settings.
api_throttling contains lib.found(chain, settings.address, sprintf("%s is not limited", [argument])) if {
	chain := rego.metadata.chain()
	some settings in lib.of_type("aws_api_gateway_method_settings")
	settings.after.method_path == "*/*"
	some argument in {"throttling_burst_limit", "throttling_rate_limit"}
	not lib.is_unknown(settings, ["settings", 0, argument])
	object.get(settings.after, ["settings", 0, argument], -1) in {-1, null}
}

api_throttling contains lib.found(chain, stage.address, "the stage has no aws_api_gateway_method_settings") if {
	chain := rego.metadata.chain()
	some stage in lib.of_type("aws_api_gateway_stage")
	count(lib.of_type("aws_api_gateway_method_settings")) == 0
}
