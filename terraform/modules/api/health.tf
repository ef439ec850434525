# What a health check from outside is answered, for example that of Route 53 by which the module origin-failover decides (F5).

locals {
  health_headers = { Cache-Control = "no-store" }
}

resource "aws_api_gateway_method_response" "health" {
  for_each = local.health

  region              = var.region
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_method.this[each.key].resource_id
  http_method         = aws_api_gateway_method.this[each.key].http_method
  status_code         = "200"
  response_parameters = { for name in keys(local.health_headers) : "method.response.header.${name}" => true }
}

resource "aws_api_gateway_integration_response" "health" {
  for_each   = aws_api_gateway_method_response.health
  depends_on = [aws_api_gateway_integration.this]

  region              = var.region
  rest_api_id         = each.value.rest_api_id
  resource_id         = each.value.resource_id
  http_method         = each.value.http_method
  status_code         = each.value.status_code
  response_parameters = { for name, value in local.health_headers : "method.response.header.${name}" => "'${value}'" }
}
