data "aws_caller_identity" "task" {}

data "aws_caller_identity" "destination" {
  provider = aws.destination
}

data "aws_partition" "current" {}

locals {
  # As text: the role's attribute would make a cycle, because its trust policy comes from the module.
  destination_role_arn = format("arn:%s:iam::%s:role/%s",
    data.aws_partition.current.partition, data.aws_caller_identity.destination.account_id, var.destination_role_name
  )
}

module "credential_sidecar" {
  source = "../modules/credential-sidecar"

  image      = var.sidecar_image
  containers = { app = "reports" }
  container_definitions = [{
    name      = "app"
    image     = "public.ecr.aws/aws-cli/aws-cli:latest"
    essential = true
    # The image's own entry point, and a program that prints whose account it acts in.
    entryPoint = ["/usr/local/bin/aws"]
    command    = ["sts", "get-caller-identity"]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.task.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
      }
    }
  }]

  destinations = {
    reports = { hops = [{ role_arn = local.destination_role_arn, external_id = var.external_id }] }
  }

  account_id    = data.aws_caller_identity.task.account_id
  region        = var.region
  task_role_arn = aws_iam_role.task.arn
}

resource "aws_ecs_task_definition" "task" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = module.credential_sidecar.network_mode
  cpu                      = 256
  memory                   = 512
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = module.credential_sidecar.container_definitions_json

  dynamic "volume" {
    for_each = module.credential_sidecar.volumes

    content {
      name = volume.value.name
    }
  }
}

resource "aws_cloudwatch_log_group" "task" {
  name              = "/ecs/${var.name}"
  retention_in_days = 30
}

check "accounts" {
  assert {
    condition     = data.aws_caller_identity.task.account_id != data.aws_caller_identity.destination.account_id
    error_message = "profile and destination_profile are of account ${data.aws_caller_identity.task.account_id}; expected two accounts."
  }
}
