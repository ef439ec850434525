# main.tf
module "courses" {
  source    = "./modules/observability"
  name      = "courses"
  topic_arn = "arn:aws:sns:eu-central-1:111122223333:courses"

  functions = {
    catalogue = { function_name = "course-catalogue", timeout_seconds = 3, alias = "live" }
  }
}

module "payments" {
  source    = "./modules/observability"
  name      = "payments"
  topic_arn = "arn:aws:sns:eu-central-1:111122223333:payments"

  functions = {
    charge = { function_name = "payments-charge", timeout_seconds = 30 }
    refund = { function_name = "payments-refund", timeout_seconds = 30 }
  }
  overrides = {
    "lambda/*/errors"        = { threshold = 2 }
    "lambda/charge/duration" = { warning = { threshold = 15000 }, critical = { threshold = 20000 } }
  }
}
