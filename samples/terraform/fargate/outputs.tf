output "task_definition_arn" {
  description = "The task definition, for aws ecs run-task and for services."
  value       = aws_ecs_task_definition.task.arn
}

output "destination_role_arn" {
  description = "The role as which the application acts."
  value       = aws_iam_role.destination.arn
}

output "log_group" {
  description = "The log group of the task. The log stream of container app shows the account of the destination."
  value       = aws_cloudwatch_log_group.task.name
}
