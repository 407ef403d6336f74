mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  # IAM's names and ARNs belong together, and the mock would invent them.
  override_resource {
    target = aws_iam_role.task
    values = { arn = "arn:aws:iam::111122223333:role/orders-task" }
  }

  override_resource {
    target = aws_iam_role.execution
    values = { arn = "arn:aws:iam::111122223333:role/orders-execution" }
  }
}

mock_provider "aws" {
  alias = "destination"

  mock_data "aws_caller_identity" {
    defaults = { account_id = "555566667777" }
  }
}

variables {
  region              = "eu-central-1"
  destination_profile = "reports"
  sidecar_image       = "example/credential-sidecar:1"
  external_id         = "orders-7f3a"
}

run "applies" {
  assert {
    condition     = jsondecode(aws_ecs_task_definition.task.container_definitions)[*].name == ["credential-sidecar", "app"]
    error_message = "The task definition does not have the sidecar and the application."
  }

  assert {
    condition     = [for volume in aws_ecs_task_definition.task.volume : volume.name] == ["credential-sidecar"]
    error_message = "The task definition does not have the sidecar's volume."
  }

  assert {
    condition = (
      aws_ecs_task_definition.task.network_mode == "awsvpc" &&
      aws_ecs_task_definition.task.task_role_arn == "arn:aws:iam::111122223333:role/orders-task" &&
      aws_ecs_task_definition.task.execution_role_arn == "arn:aws:iam::111122223333:role/orders-execution"
    )
    error_message = "The task definition has another network mode or other roles."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.task.policy).Statement[0].Resource == ["arn:aws:iam::555566667777:role/reports"]
    error_message = "The task role may assume another role than the destination's."
  }

  assert {
    condition = (
      jsondecode(aws_iam_role.destination.assume_role_policy).Statement[0].Principal.AWS[0] == aws_iam_role.task.arn &&
      jsondecode(aws_iam_role.destination.assume_role_policy).Statement[0].Condition.StringEquals["sts:ExternalId"] == "orders-7f3a"
    )
    error_message = "The destination's role does not trust the task role with the external id."
  }

  assert {
    condition = alltrue([
      for role in [aws_iam_role.task, aws_iam_role.execution] :
      jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    ])
    error_message = "A role of the task trusts tasks of other accounts."
  }

  assert {
    condition = alltrue([
      for container in jsondecode(aws_ecs_task_definition.task.container_definitions) :
      container.logConfiguration.options["awslogs-group"] == "/ecs/orders"
    ])
    error_message = "A container logs to another group."
  }
}

run "warns_where_both_profiles_are_of_one_account" {
  command = plan

  override_data {
    target = data.aws_caller_identity.destination
    values = { account_id = "111122223333" }
  }

  expect_failures = [check.accounts]
}
