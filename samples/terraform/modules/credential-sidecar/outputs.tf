output "container_definitions" {
  description = "The sidecar and your containers, as a list."
  value       = local.container_definitions
}

output "container_definitions_json" {
  description = "The sidecar and your containers, for container_definitions of aws_ecs_task_definition."
  value       = jsonencode(local.container_definitions)
}

output "volumes" {
  description = "The volumes of the task that carry tokens and the launcher, for a dynamic block \"volume\"."
  value       = [for directory in values(local.directories) : { name = directory.volume }]
}

output "network_mode" {
  description = "The network mode, for network_mode of aws_ecs_task_definition."
  value       = var.network_mode
}

output "task_role_policy" {
  description = "The policy of the task role, as JSON. Null if no destination has hops."
  value       = try(local.policies[""], null)
}

output "hop_role_policies" {
  description = "The policies of roles that assume a further role, as JSON, by the ARN of the role."
  value       = { for caller, policy in local.policies : caller => policy if caller != "" }
}

output "trust_policies" {
  description = "The trust policy of each role of the hops, as JSON, by its ARN. Null where task_role_arn is needed and not set."
  value = {
    for target, statements in local.trust_statements : target => var.task_role_arn == null && anytrue([
      for edge in local.edges : edge.caller == "" if edge.target == target
    ]) ? null : jsonencode({ Version = "2012-10-17", Statement = statements })
  }
}

output "task_role_trust_policy" {
  description = "The trust policy of the task role, as JSON: only tasks of account_id and region get the role. Null without account_id."
  value = var.account_id == null ? null : jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:ecs:${coalesce(var.region, "*")}:${var.account_id}:*" }
      }
    }]
  })
}
