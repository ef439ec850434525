# Shield Advanced (D11): an account's subscription for a year, and what it protects.

locals {
  shield = { for settings in var.shield_advanced[*] : "main" => settings }
}

# A destroy ends neither the commitment nor its renewal: AWS takes a change of the renewal in the last 30 days of the year only.
resource "aws_shield_subscription" "this" {
  for_each = { for key, settings in local.shield : key => settings if settings.subscribe }

  auto_renew   = "ENABLED"
  skip_destroy = true
}

resource "aws_shield_protection" "this" {
  for_each   = merge([for settings in values(local.shield) : settings.protected]...)
  depends_on = [aws_shield_subscription.this]

  name         = "${var.name}-${each.key}"
  resource_arn = each.value
  tags         = var.tags
}
