data "aws_partition" "current" {}
data "aws_region" "current" {
  region = var.region
}

locals {
  region     = data.aws_region.current.region
  dns_suffix = data.aws_partition.current.dns_suffix

  contract = jsondecode(var.contract == null ? file("${path.module}/contract.json") : var.contract)

  # Without those of handlers that are not there.
  routes = {
    for key, route in local.contract.routes : key => merge(route, { method = split(" ", key)[0], path = split(" ", key)[1] })
    if contains(keys(var.handlers), route.handler)
  }
  paths = toset([for route in values(local.routes) : route.path])
  cors  = length(var.cors_origins) > 0

  # A browser asks before it sends, without a token. API Gateway answers by itself: nobody without a token starts a function.
  preflights = {
    for path in local.cors ? local.paths : toset([]) : "OPTIONS ${path}" => { method = "OPTIONS", path = path, operation = "preflight", handler = null }
  }

  # A health check has no token either. API Gateway answers by itself: the check shows that the API of this Region is reachable, and
  # cannot be used to start functions.
  health = { for path in var.health_path[*] : "GET ${path}" => { method = "GET", path = path, operation = "health", handler = null } }

  methods = {
    for key, route in merge(local.routes, local.preflights, local.health) : key => {
      method  = route.method
      path    = route.path
      handler = route.handler
      open    = route.handler == null
      models  = try(route.body, {})
      parameters = merge(
        { for name, required in try(route.headers, {}) : "method.request.header.${name}" => required },
        { for name, required in try(route.query, {}) : "method.request.querystring.${name}" => required },
        { for name in flatten(regexall("\\{([^}]+)\\}", route.path)) : "method.request.path.${name}" => true },
      )
    }
  }

  # How each method is answered. In one place, so that the deployment's hash has all of it.
  authorizer = {
    type            = "COGNITO_USER_POOLS"
    provider_arns   = [var.user_pool_arn]
    identity_source = "method.request.header.Authorization"
  }
  validator = { body = true, parameters = true }
  integrations = {
    for key, method in local.methods : key => method.open ? {
      type      = "MOCK"
      verb      = null
      uri       = null
      templates = { "application/json" = jsonencode({ statusCode = 200 }) }
      } : {
      type      = "AWS_PROXY"
      verb      = "POST"
      uri       = var.handlers[method.handler].invoke_arn
      templates = null
    }
  }

  # Only the models that an existing route uses.
  models = {
    for name, model in try(local.contract.models, {}) : name => model
    if contains(flatten([for method in values(local.methods) : values(method.models)]), name)
  }

  # A resource for every part of a path, and a block for every depth, since a block cannot name itself as the parent.
  segments = [for path in setunion(local.paths, var.health_path[*]) : split("/", trimprefix(path, "/"))]
  parts = {
    for depth in range(1, 5) : depth => toset([for segments in local.segments : join("/", slice(segments, 0, depth)) if length(segments) >= depth])
  }
  resource_ids = {
    for part, resource in merge(
      aws_api_gateway_resource.first, aws_api_gateway_resource.second, aws_api_gateway_resource.third, aws_api_gateway_resource.fourth,
    ) : "/${part}" => resource.id
  }
}

resource "aws_api_gateway_rest_api" "this" {
  # checkov:skip=CKV_AWS_237:Every argument is changed in place; only in another region is it another API.

  region = var.region
  tags   = var.tags
  # Metrics have the API's name and not its id: two APIs of one name are one in every alarm.
  name        = var.name
  description = var.description
  # Also takes compressed bodies. Neither makes a larger one: API Gateway's 10 MB are after decompression, and fixed.
  minimum_compression_size     = var.minimum_compression_bytes
  disable_execute_api_endpoint = var.disable_execute_api_endpoint

  # An edge-optimized one has a CloudFront of AWS' before it, which nobody can put rules on, behind the platform's.
  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.handlers), [for route in values(local.contract.routes) : route.handler])) == 0
      error_message = "handlers contains names that no route of the contract uses. Valid names are ${join(", ", distinct([for route in values(local.contract.routes) : route.handler]))}."
    }

    precondition {
      condition     = length(setintersection(keys(local.health), keys(local.routes))) == 0
      error_message = "health_path is ${jsonencode(var.health_path)}, which the contract has as a route that needs a token. Set a path that no route uses, for example \"/health\"."
    }

    precondition {
      condition     = length(setsubtract(keys(var.throttling.methods), keys(local.methods))) == 0
      error_message = "throttling.methods contains methods that the API does not have. Valid methods are ${join(", ", keys(local.methods))}."
    }
  }
}

resource "aws_api_gateway_resource" "first" {
  for_each = local.parts[1]

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "second" {
  for_each = local.parts[2]

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.first[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "third" {
  for_each = local.parts[3]

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.second[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "fourth" {
  for_each = local.parts[4]

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.third[dirname(each.key)].id
  path_part   = basename(each.key)
}

# Takes id tokens: a method that names no scopes reads the token as one that says who somebody is.
resource "aws_api_gateway_authorizer" "users" {
  region          = var.region
  name            = "${var.name}-users"
  rest_api_id     = aws_api_gateway_rest_api.this.id
  type            = local.authorizer.type
  provider_arns   = local.authorizer.provider_arns
  identity_source = local.authorizer.identity_source
}

resource "aws_api_gateway_request_validator" "all" {
  region                      = var.region
  name                        = "${var.name}-all"
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  validate_request_body       = local.validator.body
  validate_request_parameters = local.validator.parameters
}

resource "aws_api_gateway_model" "this" {
  for_each = local.models

  region      = var.region
  rest_api_id = aws_api_gateway_rest_api.this.id
  # A model of another content type is another model, which has to be there before the methods let go of the one before.
  name         = "${each.key}${substr(sha1(each.value.content_type), 0, 6)}"
  content_type = each.value.content_type
  schema       = jsonencode(each.value.schema)

  # API Gateway deletes no model that a method names: methods change first, and then it goes.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_method" "this" {
  for_each = local.methods

  region        = var.region
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.value.path]
  http_method   = each.value.method
  authorization = each.value.open ? "NONE" : "COGNITO_USER_POOLS"
  authorizer_id = each.value.open ? null : aws_api_gateway_authorizer.users.id

  # A body of a content type that is not here passes unchecked; the handler, which checks all again, refuses it with 415.
  request_models       = { for content_type, model in each.value.models : content_type => aws_api_gateway_model.this[model].name }
  request_parameters   = each.value.parameters
  request_validator_id = each.value.open ? null : aws_api_gateway_request_validator.all.id
}

# To the alias, never to the function: a deployment that moves the alias moves every method with it, and the permission below is
# the alias' too.
resource "aws_api_gateway_integration" "this" {
  for_each = aws_api_gateway_method.this

  region                  = var.region
  rest_api_id             = each.value.rest_api_id
  resource_id             = each.value.resource_id
  http_method             = each.value.http_method
  type                    = local.integrations[each.key].type
  integration_http_method = local.integrations[each.key].verb
  uri                     = local.integrations[each.key].uri
  request_templates       = local.integrations[each.key].templates
  timeout_milliseconds    = var.integration_timeout_milliseconds
}

# Each method may invoke the alias, and nothing else may: what is not named here, API Gateway answers with 500.
resource "aws_lambda_permission" "this" {
  for_each = local.routes

  region        = var.region
  statement_id  = "${var.name}-${lower(each.value.method)}${replace(replace(each.value.path, "/[{}]/", ""), "/[^A-Za-z0-9_-]/", "-")}"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  function_name = var.handlers[each.value.handler].function_name
  qualifier     = var.handlers[each.value.handler].alias_name
  # Here a part of the path that varies is a *, with no name.
  source_arn = "${aws_api_gateway_rest_api.this.execution_arn}/${var.stage}/${each.value.method}${replace(each.value.path, "/\\{[^}]+\\}/", "*")}"
}
