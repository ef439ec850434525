# The answers to CORS preflight requests. They come from the API contract and not from a function: a preflight request has no token.

locals {
  # How long a browser may remember it. Chrome keeps none for longer than two hours; our choice is below that.
  preflight_seconds = 3600

  # A page may send what a route takes, and what every request has.
  page_headers = sort(distinct(concat(
    ["authorization", "content-type"],
    [for name in flatten([for route in values(local.routes) : keys(try(route.headers, {}))]) : lower(name)],
  )))

  # With one allowed origin, every answer names it. With several, the answer names the origin that asks, if it is allowed, and otherwise none.
  # HTTP/1.1 clients send the header as Origin and HTTP/2 clients as origin; API Gateway passes it on unchanged.
  preflight_origin = length(var.cors_origins) == 1 ? { Access-Control-Allow-Origin = var.cors_origins[0] } : {}
  preflight_template = length(var.cors_origins) == 1 ? "" : join("", [
    "#set($origin = $input.params().header.get(\"Origin\"))",
    "#if(!$origin)#set($origin = $input.params().header.get(\"origin\"))#end",
    "#foreach($known in [${join(", ", [for origin in var.cors_origins : "\"${origin}\""])}])",
    "#if($known == $origin)#set($context.responseOverride.header.Access-Control-Allow-Origin = $known)#end",
    "#end",
  ])

  preflight_headers = {
    for key, preflight in local.preflights : key => merge(local.preflight_origin, {
      Access-Control-Allow-Headers = join(", ", local.page_headers)
      Access-Control-Allow-Methods = join(", ", sort([for route in values(local.routes) : route.method if route.path == preflight.path]))
      Access-Control-Max-Age       = tostring(local.preflight_seconds)
      Vary                         = "Origin"
    })
  }
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each = local.preflights

  region              = var.region
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_method.this[each.key].resource_id
  http_method         = aws_api_gateway_method.this[each.key].http_method
  status_code         = "200"
  response_parameters = { for name in distinct(concat(keys(local.preflight_headers[each.key]), ["Access-Control-Allow-Origin"])) : "method.response.header.${name}" => true }
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each   = aws_api_gateway_method_response.preflight
  depends_on = [aws_api_gateway_integration.this]

  region              = var.region
  rest_api_id         = each.value.rest_api_id
  resource_id         = each.value.resource_id
  http_method         = each.value.http_method
  status_code         = each.value.status_code
  response_parameters = { for name, value in local.preflight_headers[each.key] : "method.response.header.${name}" => "'${value}'" }
  response_templates  = local.preflight_template == "" ? null : { "application/json" = local.preflight_template }
}
