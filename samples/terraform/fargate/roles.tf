# The task role may assume the destination's role and nothing else, because every container of the task can read the task role.
resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  assume_role_policy = module.credential_sidecar.task_role_trust_policy
}

resource "aws_iam_role_policy" "task" {
  name   = "credential-sidecar"
  role   = aws_iam_role.task.name
  policy = module.credential_sidecar.task_role_policy
}

# The execution role fetches images and writes logs.
resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = module.credential_sidecar.task_role_trust_policy
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role" "destination" {
  provider = aws.destination

  name               = var.destination_role_name
  assume_role_policy = module.credential_sidecar.trust_policies[local.destination_role_arn]
}

resource "aws_iam_role_policy_attachment" "destination" {
  provider = aws.destination
  for_each = var.destination_policy_arns

  role       = aws_iam_role.destination.name
  policy_arn = each.value
}
