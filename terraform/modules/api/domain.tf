# A name of its own, by which TLS can be told what to refuse: the address that API Gateway gives takes TLS 1.0.

locals {
  domain = var.domain == null ? {} : { main = var.domain }
}

resource "aws_api_gateway_domain_name" "this" {
  # checkov:skip=CKV_AWS_206:domain.security_policy is TLS 1.2 unless set and is validated to be 1.2 or newer; the check does not follow for_each.

  for_each = local.domain

  region                   = var.region
  domain_name              = each.value.name
  regional_certificate_arn = each.value.certificate_arn
  security_policy          = each.value.security_policy
  # What the newer policies, whose names begin so, want to be told: the host name has to be this one in TLS and in HTTP.
  endpoint_access_mode = startswith(each.value.security_policy, "SecurityPolicy_") ? "STRICT" : null
  tags                 = var.tags

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  for_each = aws_api_gateway_domain_name.this

  region      = var.region
  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = each.value.domain_name
  base_path   = local.domain[each.key].base_path
}
