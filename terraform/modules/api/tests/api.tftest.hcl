mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id               = "a1b2c3"
      root_resource_id = "root"
      execution_arn    = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3"
    }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = {
      arn        = "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/stages/v1"
      invoke_url = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:api" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/edu-api-gateway-logs" }
  }
}

variables {
  name          = "edu"
  user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf"

  handlers = {
    upload-api   = { function_name = "edu-upload-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:live/invocations" }
    download-api = { function_name = "edu-download-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-download-api:live/invocations" }
    profile-api  = { function_name = "edu-profile-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-profile-api:live/invocations" }
  }
}

run "the_contract_beside_the_module" {
  command = apply

  assert {
    condition     = keys(output.routes) == keys(jsondecode(file("contract.json")).routes)
    error_message = "Every route of the contract is served (A1, A2, A3)."
  }

  assert {
    condition = alltrue([
      for key, method in aws_api_gateway_method.this :
      method.authorization == "COGNITO_USER_POOLS" && method.authorizer_id == aws_api_gateway_authorizer.users.id && method.request_validator_id == aws_api_gateway_request_validator.all.id
    ])
    error_message = "Every method takes a token and checks what it is sent (D9)."
  }

  assert {
    condition     = aws_api_gateway_method.this["POST /files"].request_models == tomap({ "application/json" = "FileUpload${substr(sha1("application/json"), 0, 6)}" }) && aws_api_gateway_method.this["PATCH /profile"].request_models == tomap({ "application/merge-patch+json" = "ProfilePatch${substr(sha1("application/merge-patch+json"), 0, 6)}" })
    error_message = "A body is checked by the model of its content type (D9)."
  }

  assert {
    condition     = { for name, model in aws_api_gateway_model.this : name => model.content_type } == { FileUpload = "application/json", ProfilePatch = "application/merge-patch+json" }
    error_message = "The models are the contract's (D9)."
  }

  assert {
    condition     = aws_api_gateway_method.this["DELETE /files/{id}"].request_parameters == tomap({ "method.request.path.id" = true }) && !aws_api_gateway_method.this["POST /files"].request_parameters["method.request.header.Idempotency-Key"]
    error_message = "Parameters are required where the contract says so (D9)."
  }

  assert {
    condition     = alltrue([for key, integration in aws_api_gateway_integration.this : integration.type == "AWS_PROXY" && endswith(integration.uri, "function:edu-${output.routes[key]}:live/invocations")])
    error_message = "Every method leads to its handler's alias (D5)."
  }

  assert {
    condition     = aws_lambda_permission.this["POST /files/{id}/complete"].source_arn == "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/v1/POST/files/*/complete" && aws_lambda_permission.this["POST /files/{id}/complete"].statement_id == "edu-post-files-id-complete"
    error_message = "A method may invoke its handler, and nothing else of the API may (D6)."
  }

  assert {
    condition     = alltrue([for key, permission in aws_lambda_permission.this : permission.qualifier == "live" && permission.function_name == "edu-${output.routes[key]}"])
    error_message = "The permission is the alias' (D5)."
  }

  assert {
    condition     = aws_api_gateway_resource.third["files/{id}/complete"].parent_id == aws_api_gateway_resource.second["files/{id}"].id && aws_api_gateway_resource.second["files/{id}"].path_part == "{id}" && aws_api_gateway_resource.first["files"].parent_id == "root"
    error_message = "Resources hang together as paths do."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["REGIONAL"])
    error_message = "The API is regional (A4)."
  }

  assert {
    condition     = output.publicly_reachable && length(aws_wafv2_web_acl_association.this) + length(aws_api_gateway_rest_api_policy.this) + length(aws_api_gateway_account.this) == 0
    error_message = "It says that anybody reaches it, and nothing is made that was not asked for (D9)."
  }

  assert {
    condition     = output.alarm_target == { api_name = "edu", stage = "v1" } && output.host == "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    error_message = "A bundle's alarms and a CDN find it (C5)."
  }
}

run "logs_without_a_person_in_them" {
  command = apply

  assert {
    condition     = alltrue([for settings in aws_api_gateway_method_settings.all.settings : !settings.data_trace_enabled && settings.logging_level == "ERROR" && !settings.metrics_enabled && settings.throttling_rate_limit == 100 && settings.throttling_burst_limit == 200])
    error_message = "Requests are not written out (D4), and throttled."
  }

  assert {
    condition     = length([for value in values(jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format)) : value if length(regexall("identity|claims|principal|domain|\\$context\\.path|requestOverride", value)) > 0]) == 0
    error_message = "The access log has nobody's address, name or path (D4)."
  }

  assert {
    condition     = aws_cloudwatch_log_group.execution.name == "API-Gateway-Execution-Logs_a1b2c3/v1" && aws_cloudwatch_log_group.execution.retention_in_days == 90 && aws_cloudwatch_log_group.access.retention_in_days == 90
    error_message = "The logs have an end."
  }
}

run "its_own_answers_are_problems" {
  command = apply

  assert {
    condition     = alltrue([for response in values(aws_api_gateway_gateway_response.this) : response.response_parameters["gatewayresponse.header.Content-Type"] == "'application/problem+json'" && jsondecode(response.response_templates["application/json"]).request_id == "$context.requestId"])
    error_message = "Every answer is a problem with the request's id."
  }

  assert {
    condition     = alltrue([for type, response in aws_api_gateway_gateway_response.this : startswith(type, "DEFAULT_") ? !can(jsondecode(response.response_templates["application/json"]).status) : jsondecode(response.response_templates["application/json"]).status == tonumber(response.status_code)])
    error_message = "A problem says its own status."
  }

  assert {
    condition = length(setsubtract([
      "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED", "REQUEST_TOO_LARGE", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "DEFAULT_4XX", "DEFAULT_5XX",
    ], keys(aws_api_gateway_gateway_response.this))) == 0
    error_message = "Nothing is left with API Gateway's own form."
  }

  assert {
    condition     = alltrue([for response in values(aws_api_gateway_gateway_response.this) : !strcontains(response.response_templates["application/json"], "$context.error")])
    error_message = "Nothing that was sent comes back (D4)."
  }

  assert {
    condition     = alltrue([for response in values(aws_api_gateway_gateway_response.this) : !contains(keys(response.response_parameters), "gatewayresponse.header.Access-Control-Allow-Origin")])
    error_message = "No page of another origin may call unless said."
  }
}

run "pages_of_one_origin" {
  command = apply

  variables {
    cors_origins = ["https://learn.example.com"]
  }

  assert {
    condition     = toset([for key in keys(output.routes) : key if startswith(key, "OPTIONS")]) == toset(["OPTIONS /files", "OPTIONS /files/{id}", "OPTIONS /files/{id}/complete", "OPTIONS /profile", "OPTIONS /profile/export"])
    error_message = "Every path answers preflights."
  }

  assert {
    condition     = alltrue([for key, method in aws_api_gateway_method.this : (method.authorization == "NONE") == startswith(key, "OPTIONS")])
    error_message = "Preflights, and they alone, need no token (D9)."
  }

  assert {
    condition     = alltrue([for key, integration in aws_api_gateway_integration.this : (integration.type == "MOCK") == startswith(key, "OPTIONS")]) && length([for key in keys(aws_lambda_permission.this) : key if startswith(key, "OPTIONS")]) == 0
    error_message = "Nobody without a token starts a function (D9)."
  }

  assert {
    condition = aws_api_gateway_integration_response.preflight["OPTIONS /files/{id}"].response_parameters == tomap({
      "method.response.header.Access-Control-Allow-Headers" = "'authorization, content-type, idempotency-key, if-match'"
      "method.response.header.Access-Control-Allow-Methods" = "'DELETE, GET'"
      "method.response.header.Access-Control-Allow-Origin"  = "'https://learn.example.com'"
      "method.response.header.Access-Control-Max-Age"       = "'3600'"
      "method.response.header.Vary"                         = "'Origin'"
    })
    error_message = "A preflight is answered from the contract."
  }

  assert {
    condition     = keys(aws_api_gateway_method_response.preflight["OPTIONS /profile"].response_parameters) == keys(aws_api_gateway_integration_response.preflight["OPTIONS /profile"].response_parameters)
    error_message = "API Gateway refuses a header that the method does not declare."
  }

  assert {
    condition     = alltrue([for response in values(aws_api_gateway_gateway_response.this) : response.response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://learn.example.com'"])
    error_message = "The page can read API Gateway's own answers."
  }
}

run "pages_of_several_origins" {
  command = apply

  variables {
    cors_origins = ["https://learn.example.com", "http://localhost:5173"]
  }

  assert {
    condition     = alltrue([for response in values(aws_api_gateway_gateway_response.this) : response.response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"])
    error_message = "The pages can read API Gateway's own answers."
  }

  assert {
    condition     = !contains(keys(aws_api_gateway_integration_response.preflight["OPTIONS /files"].response_parameters), "method.response.header.Access-Control-Allow-Origin") && contains(keys(aws_api_gateway_method_response.preflight["OPTIONS /files"].response_parameters), "method.response.header.Access-Control-Allow-Origin")
    error_message = "Of several origins none is named to everybody."
  }

  assert {
    condition     = aws_api_gateway_integration_response.preflight["OPTIONS /files"].response_templates["application/json"] == "#set($origin = $input.params().header.get(\"Origin\"))#if(!$origin)#set($origin = $input.params().header.get(\"origin\"))#end#foreach($known in [\"https://learn.example.com\", \"http://localhost:5173\"])#if($known == $origin)#set($context.responseOverride.header.Access-Control-Allow-Origin = $known)#end#end"
    error_message = "The one that asks is named if it is one of them."
  }
}

run "values_that_are_not_known_before_the_apply" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

# What the stage serves is a copy, which is made anew for each of these.
run "served_before_a_change" {
  command = apply
}

run "another_timeout_is_served" {
  command = apply

  variables {
    integration_timeout_milliseconds = 10000
  }

  assert {
    condition     = output.deployed != run.served_before_a_change.deployed && alltrue([for integration in values(aws_api_gateway_integration.this) : integration.timeout_milliseconds == 10000])
    error_message = "Settings of the integrations are in the hash."
  }
}

run "another_user_pool_is_served" {
  command = apply

  variables {
    user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_GhIjKl"
  }

  assert {
    condition     = aws_api_gateway_authorizer.users.provider_arns == toset(["arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_GhIjKl"]) && !contains([run.served_before_a_change.deployed, run.another_timeout_is_served.deployed], output.deployed)
    error_message = "The authorizer is in the hash."
  }
}

run "the_same_is_not_deployed_again" {
  command = apply

  assert {
    condition     = output.deployed == run.served_before_a_change.deployed
    error_message = "What is the same has the same hash."
  }
}

run "a_method_with_a_limit_of_its_own" {
  command = plan

  variables {
    throttling   = { methods = { "POST /files/{id}/complete" = { rate_per_second = 5, burst = 10 }, "OPTIONS /files" = { rate_per_second = 20, burst = 20 } } }
    cors_origins = ["https://learn.example.com"]
  }

  assert {
    condition     = { for key, method in aws_api_gateway_method_settings.method : method.method_path => method.settings[0].throttling_rate_limit } == { "files/{id}/complete/POST" = 5, "files/OPTIONS" = 20 }
    error_message = "Each method can have its own limit (D9)."
  }

  assert {
    condition     = alltrue([for method in values(aws_api_gateway_method_settings.method) : method.settings[0].logging_level == "ERROR" && !method.settings[0].data_trace_enabled])
    error_message = "It keeps the stage's other settings (D4)."
  }
}

run "a_domain_that_takes_no_old_tls" {
  command = plan

  variables {
    domain                       = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd" }
    disable_execute_api_endpoint = true
  }

  assert {
    condition     = aws_api_gateway_domain_name.this["main"].security_policy == "TLS_1_2" && aws_api_gateway_domain_name.this["main"].endpoint_configuration[0].types == tolist(["REGIONAL"])
    error_message = "The domain takes TLS 1.2 and later (D4)."
  }

  assert {
    condition     = aws_api_gateway_base_path_mapping.this["main"].stage_name == "v1" && aws_api_gateway_base_path_mapping.this["main"].base_path == null && output.domain.name == "api.example.com"
    error_message = "It leads to the stage."
  }
}

run "a_domain_with_the_paths_of_the_other_address" {
  command = plan

  variables {
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd", base_path = "v1" }
  }

  assert {
    condition     = aws_api_gateway_base_path_mapping.this["main"].base_path == "v1"
    error_message = "The CDN sends paths on that begin with the stage."
  }
}

run "in_a_region_with_tags_and_a_boundary" {
  command = plan

  variables {
    region                      = "eu-central-1"
    tags                        = { team = "platform" }
    permissions_boundary        = "arn:aws:iam::123456789012:policy/developers"
    manage_account_logging_role = true
  }

  assert {
    condition     = alltrue([for resource in [aws_api_gateway_rest_api.this, aws_api_gateway_stage.this, aws_cloudwatch_log_group.access, aws_cloudwatch_log_group.execution] : resource.region == "eu-central-1" && resource.tags.team == "platform"])
    error_message = "All is where it was wanted and has the tags."
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.account) : role.permissions_boundary == "arn:aws:iam::123456789012:policy/developers" && endswith(role.name, "-eu-central-1")])
    error_message = "The role is bounded, and another region's has another name (D6)."
  }
}

run "a_limit_for_a_method_that_is_not_there_is_refused" {
  command = plan

  variables {
    throttling = { methods = { "GET /grades" = { rate_per_second = 1, burst = 1 } } }
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_contract_of_ones_own_with_a_handler_that_is_not_there" {
  command = plan

  variables {
    handlers = { notes = { function_name = "notes", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/notes" } }
    contract = jsonencode({
      routes = {
        "GET /a/b/c/{d}" = { operation = "getD", handler = "notes", headers = { "If-Match" = true }, query = { limit = false } }
        "POST /notes"    = { operation = "createNote", handler = "notes", body = { "application/json" = "Note" } }
        "POST /others"   = { operation = "createOther", handler = "others", body = { "application/json" = "Other" } }
      }
      models = {
        Note  = { content_type = "application/json", schema = { type = "object" } }
        Other = { content_type = "application/json", schema = { type = "array", items = { type = "string" } } }
      }
    })
  }

  assert {
    condition     = keys(output.routes) == ["GET /a/b/c/{d}", "POST /notes"] && keys(aws_api_gateway_model.this) == ["Note"]
    error_message = "Routes of handlers that are not there are left out, and their models."
  }

  assert {
    condition     = aws_api_gateway_method.this["GET /a/b/c/{d}"].request_parameters == tomap({ "method.request.header.If-Match" = true, "method.request.path.d" = true, "method.request.querystring.limit" = false })
    error_message = "Parameters are the contract's (D9)."
  }

  assert {
    condition     = keys(aws_api_gateway_resource.fourth) == ["a/b/c/{d}"] && keys(aws_api_gateway_resource.first) == ["a", "notes"]
    error_message = "A path has up to four parts."
  }
}

run "only_through_the_cdn" {
  command = apply

  variables {
    origin_verify                = { web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edu-api/0123abcd" }
    disable_execute_api_endpoint = true
    resource_policy              = { json = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/v1/*" }] }) }
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this["main"].resource_arn == aws_api_gateway_stage.this.arn && !output.publicly_reachable && aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "The web ACL is before the stage (D9)."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this["main"].policy).Statement[0].Resource == "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/v1/*"
    error_message = "The policy names the API as API Gateway gives it back."
  }
}

run "a_web_acl_guards_one_stage" {
  command = apply

  variables {
    origin_verify = { web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edu-api/0123abcd" }
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this["main"].policy).Statement == [{ Sid = "OnlyThisStage", Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/v1/*" }]
    error_message = "A stage that somebody adds is not open to everybody (D9)."
  }

  assert {
    condition     = output.deployed != run.served_before_a_change.deployed && !output.publicly_reachable
    error_message = "The policy is in the hash, since it is in force from the next deployment on."
  }
}

run "a_health_check_without_a_token_and_without_a_function" {
  command = apply

  variables {
    health_path = "/health"
  }

  assert {
    condition     = aws_api_gateway_method.this["GET /health"].authorization == "NONE" && aws_api_gateway_integration.this["GET /health"].type == "MOCK" && !contains(keys(aws_lambda_permission.this), "GET /health") && aws_api_gateway_resource.first["health"].parent_id == "root"
    error_message = "API Gateway answers by itself, so that nobody without a token starts a function (F5)."
  }

  assert {
    condition     = aws_api_gateway_integration_response.health["GET /health"].status_code == "200" && aws_api_gateway_integration_response.health["GET /health"].response_parameters == tomap({ "method.response.header.Cache-Control" = "'no-store'" })
    error_message = "It is healthy by its status, and no cache answers in its place."
  }

  assert {
    condition     = alltrue([for key, method in aws_api_gateway_method.this : method.authorization == "COGNITO_USER_POOLS" if key != "GET /health"]) && output.deployed != run.served_before_a_change.deployed
    error_message = "Every other method takes a token, and the check is deployed."
  }
}

run "a_health_check_at_a_route_is_refused" {
  command = plan

  variables {
    health_path = "/files"
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "the_role_for_logs_of_all_apis" {
  command = apply

  variables {
    manage_account_logging_role = true
  }

  assert {
    condition     = aws_api_gateway_account.this["main"].cloudwatch_role_arn == aws_iam_role.account["main"].arn && endswith(aws_iam_role_policy_attachment.account["main"].policy_arn, "/AmazonAPIGatewayPushToCloudWatchLogs")
    error_message = "API Gateway can write logs."
  }
}

run "a_handler_that_no_route_has_is_refused" {
  command = plan

  variables {
    handlers = { grades = { function_name = "grades", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/grades" } }
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "values_that_are_refused" {
  command = plan

  variables {
    # a domain with old tls is refused
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd", security_policy = "TLS_1_0" }

    # longer than api gateway waits is refused
    integration_timeout_milliseconds = 30000

    # a name that metrics do not take is refused
    name = "Éducation"

    # a stage with a slash is refused
    stage = "v1/beta"

    # a path of five parts is refused
    contract = jsonencode({ routes = { "GET /a/b/c/d/e" = { operation = "getE", handler = "upload-api" } }, models = {} })

    # an api without handlers is refused
    handlers = {}

    # the id of a pool is refused
    user_pool_arn = "eu-west-1_AbCdEf"

    # any origin is refused
    cors_origins = ["*"]

    # no requests at all are refused
    throttling = { rate_per_second = 0 }

    # more bytes than an answer has are refused
    minimum_compression_bytes = 10485761

    # a log with parameters in it is refused
    execution_logs = "INFO"

    # a retention that cloudwatch does not know is refused
    access_log_retention_days = 10

    # an alias in the place of the key is refused
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/logs"

    # a policy that is not json is refused
    resource_policy = { json = "Deny all" }

    # a web acl of cloudfronts scope is refused
    origin_verify = { web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edu-site/0123abcd" }
  }

  expect_failures = [
    var.domain,
    var.integration_timeout_milliseconds,
    var.name,
    var.stage,
    var.contract,
    var.handlers,
    var.user_pool_arn,
    var.cors_origins,
    var.throttling,
    var.minimum_compression_bytes,
    var.execution_logs,
    var.access_log_retention_days,
    var.kms_key_arn,
    var.resource_policy,
    var.origin_verify,
  ]
}

run "values_that_are_refused_too" {
  command = plan

  variables {
    # a model that is not there is refused
    contract = jsonencode({ routes = { "POST /a" = { operation = "createA", handler = "upload-api", body = { "application/json" = "A" } } }, models = {} })
  }

  expect_failures = [
    var.contract,
  ]
}

run "values_that_are_refused_as_well" {
  command = plan

  variables {
    # a route without a handler is refused
    contract = jsonencode({ routes = { "GET /a" = { operation = "getA", handler = "" } }, models = {} })

    # a base path with a slash is refused
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd", base_path = "/v1" }

    # a path without a slash is refused
    health_path = "health"
  }

  expect_failures = [
    var.contract,
    var.domain,
    var.health_path,
  ]
}

run "the_minimal_example" {
  command = plan

  module {
    source = "./examples/minimal"
  }

  variables {
    user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf"
    download_api  = { function_name = "edu-download-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-download-api:live/invocations" }
  }
}

run "the_complete_example" {
  command = plan

  module {
    source = "./examples/complete"
  }

  variables {
    user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf"
    handlers = {
      upload-api   = { function_name = "edu-upload-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-upload-api:live/invocations" }
      download-api = { function_name = "edu-download-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-download-api:live/invocations" }
      profile-api  = { function_name = "edu-profile-api", alias_name = "live", invoke_arn = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:edu-profile-api:live/invocations" }
    }
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd"
    web_acl_arn     = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edu-api/0123abcd"
    log_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}
