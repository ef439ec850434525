# What API Gateway says by itself, in the handlers' form (RFC 9457). Nothing that was sent comes back, which its own messages would do.

locals {
  problems = {
    BAD_REQUEST_BODY       = { status = 400, name = "invalid-body", title = "The body is not valid for this route." }
    BAD_REQUEST_PARAMETERS = { status = 400, name = "invalid-parameter", title = "A parameter is not valid for this route." }
    UNAUTHORIZED           = { status = 401, name = "unauthenticated", title = "Authentication is required.", headers = { WWW-Authenticate = "Bearer" } }
    ACCESS_DENIED          = { status = 403, name = "forbidden", title = "You do not have permission to do this." }
    WAF_FILTERED           = { status = 403, name = "forbidden", title = "You do not have permission to do this." }
    # What it says to a path or method that is not there, with 403: none of the methods takes what is missing then, a signature.
    # With a token in Authorization, it takes that for a signature and says so.
    INVALID_SIGNATURE            = { status = 404, name = "not-found", title = "The resource does not exist, or you have no access to it." }
    MISSING_AUTHENTICATION_TOKEN = { status = 404, name = "not-found", title = "The resource does not exist, or you have no access to it." }
    RESOURCE_NOT_FOUND           = { status = 404, name = "not-found", title = "The resource does not exist, or you have no access to it." }
    REQUEST_TOO_LARGE            = { status = 413, name = "body-too-large", title = "The body is too large." }
    UNSUPPORTED_MEDIA_TYPE       = { status = 415, name = "unsupported-media-type", title = "This route does not support this content type." }
    THROTTLED                    = { status = 429, name = "too-many-requests", title = "Too many requests.", headers = { Retry-After = "1" } }
    INTEGRATION_FAILURE          = { status = 503, name = "unavailable", title = "The service is temporarily unavailable.", headers = { Retry-After = "5" } }
    # Nobody knows whether the function did it: only a request that is safe to repeat should be.
    INTEGRATION_TIMEOUT = { status = 504, name = "no-answer", title = "The function did not answer in time." }
    # The rest, each with a status of its own.
    DEFAULT_4XX = { status = null, name = "refused", title = "The request was rejected." }
    DEFAULT_5XX = { status = null, name = "internal", title = "An internal error occurred." }
  }

  # It cannot choose from a list by the request's origin. These answers have nothing of anybody's in them, so any page may read them
  # where several may call; preflights and the handlers' answers name the one that asks.
  cors_headers = local.cors ? {
    Access-Control-Allow-Origin   = length(var.cors_origins) == 1 ? var.cors_origins[0] : "*"
    Access-Control-Expose-Headers = "Retry-After"
  } : {}
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.problems

  region        = var.region
  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key
  status_code   = each.value.status == null ? null : tostring(each.value.status)

  response_parameters = {
    for name, value in merge({ Content-Type = "application/problem+json" }, try(each.value.headers, {}), local.cors_headers) :
    "gatewayresponse.header.${name}" => "'${value}'"
  }

  # The one template that it looks for, whatever the request accepts; the header above says what it is.
  response_templates = {
    "application/json" = jsonencode(merge(
      { type = "urn:lectern:problem:${each.value.name}", title = each.value.title, request_id = "$context.requestId" },
      each.value.status == null ? {} : { status = each.value.status },
    ))
  }
}
