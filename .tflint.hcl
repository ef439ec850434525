# All rules of the ruleset that tflint comes with. The one for AWS is a plugin of its own, which the Go module proxy does not have: it
# could only be downloaded from its releases. checkov reads the resources of AWS (.checkov.yaml).

config {
  call_module_type = "local"
}

plugin "terraform" {
  enabled = true
  preset  = "all"
}
