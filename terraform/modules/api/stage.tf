# What is deployed, and how it is served.

locals {
  # A web ACL guards one stage. Another stage of this API, made by somebody else, would be open to everybody.
  only_this_stage = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyThisStage"
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = "execute-api:/${var.stage}/*"
    }]
  })
  resource_policy = var.resource_policy == null && var.origin_verify != null ? { json = local.only_this_stage } : var.resource_policy
}

resource "aws_api_gateway_rest_api_policy" "this" {
  for_each = local.resource_policy == null ? {} : { main = local.resource_policy }

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  # Written out, as API Gateway gives it back.
  policy = replace(each.value.json, "execute-api:/", "${aws_api_gateway_rest_api.this.execution_arn}/")
}

# A deployment is a copy: what is changed above is served only after the next one, so everything that shapes the API is in its hash.
# What it was made of, and not what AWS answers, which may differ in form from one read to the next.
resource "aws_api_gateway_deployment" "this" {
  depends_on = [
    aws_api_gateway_gateway_response.this,
    aws_api_gateway_integration.this,
    aws_api_gateway_integration_response.health,
    aws_api_gateway_integration_response.preflight,
    aws_api_gateway_rest_api_policy.this,
  ]

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    shape = sha256(jsonencode({
      methods      = local.methods
      models       = local.models
      authorizer   = local.authorizer
      validator    = local.validator
      integrations = [local.integrations, var.integration_timeout_milliseconds]
      preflights   = [local.preflight_headers, local.preflight_template]
      health       = local.health_headers
      problems     = [local.problems, local.cors_headers]
      policy       = local.resource_policy
      compression  = var.minimum_compression_bytes
      endpoint     = var.disable_execute_api_endpoint
      # Of what was replaced behind our back the contents are the same.
      ids = [
        local.resource_ids, aws_api_gateway_authorizer.users.id, aws_api_gateway_request_validator.all.id,
        { for key, method in aws_api_gateway_method.this : key => method.id },
      ]
    }))
  }

  lifecycle {
    # The stage serves the old one until it has the new.
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  # checkov:skip=CKV_AWS_120:Answers are each user's own: a cache in front would have to keep personal data, by a key that tells users apart.
  # checkov:skip=CKV2_AWS_4:execution_logs is ERROR unless set. The check also wants metrics of each method, which are paid and which no alarm reads.
  # checkov:skip=CKV2_AWS_51:A client certificate proves API Gateway to HTTP backends; functions are invoked by permission.
  # checkov:skip=CKV2_AWS_77:The rules are of the web ACL that origin_verify names, which is the caller's.

  # With logs, a stage is refused while the account has no role to write them.
  depends_on = [aws_api_gateway_account.this, aws_cloudwatch_log_group.execution]

  region               = var.region
  tags                 = var.tags
  rest_api_id          = aws_api_gateway_rest_api.this.id
  stage_name           = var.stage
  deployment_id        = aws_api_gateway_deployment.this.id
  xray_tracing_enabled = var.tracing

  # Who did what when, without a person in it: no address, no user, no user agent, and of the path its pattern, since paths have ids
  # in them. The handlers' logs have the same request id.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      requestId          = "$context.requestId"
      requestTime        = "$context.requestTime"
      httpMethod         = "$context.httpMethod"
      resourcePath       = "$context.resourcePath"
      status             = "$context.status"
      responseType       = "$context.error.responseType"
      responseLength     = "$context.responseLength"
      responseLatency    = "$context.responseLatency"
      integrationStatus  = "$context.integration.status"
      integrationLatency = "$context.integration.latency"
      authorizerError    = "$context.authorizer.error"
      wafResponseCode    = "$context.wafResponseCode"
      xrayTraceId        = "$context.xrayTraceId"
    })
  }
}

# What holds for each method that has nothing of its own below: each has a share of its own, so that one that is overrun leaves the
# others theirs.
resource "aws_api_gateway_method_settings" "all" {
  # checkov:skip=CKV_AWS_225:Answers are each user's own: a cache in front would have to keep personal data, by a key that tells users apart.

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.throttling.rate_per_second
    throttling_burst_limit = var.throttling.burst
    metrics_enabled        = var.metrics_enabled
    logging_level          = var.execution_logs
    # On, it writes whole requests and answers to the log, tokens and profiles with them.
    data_trace_enabled = false
  }
}

# All settings again: what a method has of its own takes the place of all that the stage says.
resource "aws_api_gateway_method_settings" "method" {
  # checkov:skip=CKV_AWS_225:Answers are each user's own: a cache in front would have to keep personal data, by a key that tells users apart.

  for_each   = var.throttling.methods
  depends_on = [aws_api_gateway_method_settings.all]

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "${trimprefix(split(" ", each.key)[1], "/")}/${split(" ", each.key)[0]}"

  settings {
    throttling_rate_limit  = each.value.rate_per_second
    throttling_burst_limit = each.value.burst
    metrics_enabled        = var.metrics_enabled
    logging_level          = var.execution_logs
    data_trace_enabled     = false
  }
}

# The regional web ACL that allows only requests from the CDN. This is the association without the rules: the ACL's default action has
# to be block.
resource "aws_wafv2_web_acl_association" "this" {
  for_each = var.origin_verify == null ? {} : { main = var.origin_verify.web_acl_arn }

  region       = var.region
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = each.value
}
