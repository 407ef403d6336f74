# Who assumes which role, with the actions that STS checks on both sides of each hop.

locals {
  partition = try(split(":", flatten(values(var.destinations)[*].hops)[0].role_arn)[1], "aws")

  # Transitive tags and a source identity go on to every later hop, and STS checks their actions there again.
  # The caller of a first hop is the task role, written as "": its ARN may not be known yet.
  edges = distinct(flatten([
    for destination in values(var.destinations) : [
      for index, hop in destination.hops : {
        caller      = index == 0 ? "" : destination.hops[index - 1].role_arn
        target      = hop.role_arn
        external_id = hop.external_id
        actions = join(",", concat(
          ["sts:AssumeRole"],
          length(hop.tags) > 0 || anytrue([for earlier in slice(destination.hops, 0, index) : length(earlier.transitive_tag_keys) > 0])
          ? ["sts:TagSession"] : [],
          anytrue([for earlier in slice(destination.hops, 0, index + 1) : earlier.source_identity != null])
          ? ["sts:SetSourceIdentity"] : [],
        ))
      }
    ]
  ]))

  # One statement for each set of actions. The task role has the key "".
  policies = {
    for caller in distinct(local.edges[*].caller) : caller => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for actions in distinct([for edge in local.edges : edge.actions if edge.caller == caller]) : {
          Effect = "Allow"
          Action = split(",", actions)
          Resource = distinct([
            for edge in local.edges : edge.target if edge.caller == caller && edge.actions == actions
          ])
        }
      ]
    })
  }

  # One statement for each set of actions and external id.
  trust_statements = {
    for target in distinct(local.edges[*].target) : target => [
      for key in distinct([
        for edge in local.edges : { actions = edge.actions, external_id = edge.external_id } if edge.target == target
        ]) : merge(
        {
          Effect = "Allow"
          Action = split(",", key.actions)
          Principal = {
            AWS = distinct([
              for edge in local.edges : edge.caller == "" ? var.task_role_arn : edge.caller
              if edge.target == target && edge.actions == key.actions && edge.external_id == key.external_id
            ])
          }
        },
        { for name in ["Condition"] : name => { StringEquals = { "sts:ExternalId" = key.external_id } } if key.external_id != null },
      )
    ]
  }
}
