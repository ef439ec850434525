# Large databases: plan, then one function for each range of _id, then commit. The functions are the same one.

locals {
  # What Lambda itself may answer when it is busy, and a second and third try of what failed: every action is safe to repeat.
  retry = [
    {
      ErrorEquals = [
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
      ]
      IntervalSeconds = 2
      MaxAttempts     = 6
      BackoffRate     = 2
      JitterStrategy  = "FULL"
    },
    # The lease of a function that was killed expires after 45 s. An execution that finds the work leased by another one waits for it, up to
    # the 15 minutes of a function, and then finds it done.
    {
      ErrorEquals     = ["LeaseHeld"]
      IntervalSeconds = 20
      MaxAttempts     = 60
      BackoffRate     = 1
    },
    {
      ErrorEquals     = ["States.TaskFailed"]
      IntervalSeconds = 30
      MaxAttempts     = 2
      BackoffRate     = 2
      JitterStrategy  = "FULL"
    },
  ]

  invoke = {
    Type          = "Task"
    QueryLanguage = "JSONata"
    Resource      = "arn:${local.partition}:states:::lambda:invoke"
    Retry         = local.retry
  }
}

resource "aws_sfn_state_machine" "dump" {
  count      = var.large ? 1 : 0
  depends_on = [aws_iam_role_policy.state_machine]

  name     = "${var.name}-mongo-dump"
  role_arn = one(aws_iam_role.state_machine[*].arn)

  definition = jsonencode({
    Comment = "Dumps MongoDB cluster ${var.cluster}. Input: the event of a dump."
    StartAt = "Plan"
    States = {
      Plan = merge(local.invoke, {
        Comment = "Decide what to dump and in which ranges"
        Arguments = {
          FunctionName = aws_lambda_alias.dump.arn
          Payload      = "{% $merge([$states.input, {'action': 'plan'}]) %}"
        }
        Output = "{% {'event': $states.input, 'plan': $states.result.Payload} %}"
        Next   = "Planned"
      })
      Planned = {
        Type    = "Choice"
        Comment = "A doubled event has nothing to do, and neither has one that meets a dump at work"
        Choices = [{ Variable = "$.plan.outcome", StringEquals = "planned", Next = "Ranges" }]
        Default = "NothingToDo"
      }
      NothingToDo = {
        Type       = "Succeed"
        OutputPath = "$.plan"
      }
      Ranges = {
        Type           = "Map"
        ItemsPath      = "$.plan.ranges"
        ItemSelector   = { "event.$" = "$.event", "range.$" = "$$.Map.Item.Value" }
        MaxConcurrency = var.max_concurrency
        # The answers are not needed, the event is.
        ResultPath = null
        Next       = "Commit"
        ItemProcessor = {
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Range"
          States = {
            Range = merge(local.invoke, {
              Arguments = {
                FunctionName = aws_lambda_alias.dump.arn
                Payload      = "{% $merge([$states.input.event, {'action': 'range', 'range': $states.input.range}]) %}"
              }
              Output = "{% $merge([$states.input, {'outcome': $states.result.Payload.outcome}]) %}"
              Next   = "RangeDone"
            })
            RangeDone = {
              Type    = "Choice"
              Comment = "A function whose time was over before its range was done goes on where it ended"
              Choices = [{ Variable = "$.outcome", StringEquals = "range_done", Next = "Done" }]
              Default = "Range"
            }
            Done = { Type = "Succeed" }
          }
        }
      }
      Commit = merge(local.invoke, {
        Comment = "Check that all is there and write the manifest"
        Arguments = {
          FunctionName = aws_lambda_alias.dump.arn
          Payload      = "{% $merge([$states.input.event, {'action': 'commit'}]) %}"
        }
        Output = "{% $states.result.Payload %}"
        End    = true
      })
    }
  })
}

data "aws_iam_policy_document" "states" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "state_machine" {
  count = var.large ? 1 : 0

  name               = "${var.name}-states"
  assume_role_policy = data.aws_iam_policy_document.states.json
}

data "aws_iam_policy_document" "state_machine" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_alias.dump.arn]
  }

  # A distributed map starts executions of its own machine.
  statement {
    sid       = "FanOut"
    actions   = ["states:StartExecution"]
    resources = ["arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${var.name}-mongo-dump"]
  }

  statement {
    sid       = "FollowRanges"
    actions   = ["states:DescribeExecution", "states:StopExecution"]
    resources = ["arn:${local.partition}:states:${local.region}:${local.account}:execution:${var.name}-mongo-dump/*"]
  }
}

resource "aws_iam_role_policy" "state_machine" {
  count = var.large ? 1 : 0

  name   = "dump"
  role   = one(aws_iam_role.state_machine[*].id)
  policy = data.aws_iam_policy_document.state_machine.json
}
