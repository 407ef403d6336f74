# The project's own tests compare these outputs with what credential-sidecar generate writes. These tests need no other program.
variables {
  container_definitions = [
    {
      name             = "app", image = "example/app", essential = true, entryPoint = ["/app"], command = ["serve"]
      logConfiguration = { logDriver = "awslogs", options = { "awslogs-group" = "/ecs/app" } }
      mountPoints      = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]
    },
    { name = "proxy", image = "example/proxy", essential = false, portMappings = [{ containerPort = 80 }] },
  ]
  containers    = { app = "reports" }
  image         = "example/credential-sidecar:1"
  destinations  = { reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/reports", external_id = "orders-7f3a" }] } }
  task_role_arn = "arn:aws:iam::111122223333:role/orders-task"
  account_id    = "111122223333"
  region        = "eu-central-1"
}

run "one_destination" {
  command = plan

  assert {
    condition     = output.container_definitions[*].name == ["credential-sidecar", "app", "proxy"]
    error_message = "The sidecar is not the first of three containers."
  }

  assert {
    condition = (
      output.container_definitions[1].entryPoint == ["/credential-sidecar/credential-launch", "--destination", "reports", "--"] &&
      output.container_definitions[1].command == ["/app", "serve"]
    )
    error_message = "The launcher does not start the program of container app."
  }

  assert {
    condition     = output.container_definitions[1].mountPoints[*].sourceVolume == ["data", "credential-sidecar"]
    error_message = "Container app does not have its own mount and the sidecar's."
  }

  assert {
    condition     = jsonencode(output.container_definitions[2]) == jsonencode(var.container_definitions[1])
    error_message = "Container proxy is changed, and containers does not name it."
  }

  assert {
    condition = (
      output.container_definitions[0].logConfiguration.options["awslogs-group"] == "/ecs/app" &&
      output.container_definitions[0].memory == 192 && output.container_definitions[0].memoryReservation == 64
    )
    error_message = "The sidecar does not log as the application, or has other memory."
  }

  assert {
    condition     = output.volumes == tolist([{ name = "credential-sidecar" }]) || output.volumes[*].name == ["credential-sidecar"]
    error_message = "The volume is missing."
  }

  assert {
    condition     = jsondecode(output.container_definitions_json)[0].image == var.image
    error_message = "The JSON has another image than the variable."
  }

  assert {
    condition     = jsondecode(output.task_role_policy).Statement[0].Resource[0] == "arn:aws:iam::555566667777:role/reports"
    error_message = "The task role may not assume the destination's role."
  }

  assert {
    condition = (
      jsondecode(output.trust_policies["arn:aws:iam::555566667777:role/reports"]).Statement[0].Principal.AWS[0] == var.task_role_arn &&
      jsondecode(output.trust_policies["arn:aws:iam::555566667777:role/reports"]).Statement[0].Condition.StringEquals["sts:ExternalId"]
      == "orders-7f3a"
    )
    error_message = "The destination's role does not trust the task role with the external id."
  }

  assert {
    condition = (
      jsondecode(output.task_role_trust_policy).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:ecs:eu-central-1:111122223333:*"
    )
    error_message = "The trust policy of the task role is not limited to the account's tasks."
  }
}

run "tags_and_a_source_identity_go_on_along_a_chain" {
  command = plan

  variables {
    destinations = {
      reports = {
        lazy = true
        hops = [
          {
            role_arn        = "arn:aws-cn:iam::555566667777:role/hub", tags = { team = "orders" }, transitive_tag_keys = ["team"]
            source_identity = "orders"
          },
          { role_arn = "arn:aws-cn:iam::777788889999:role/reports" },
        ]
      }
    }
  }

  assert {
    condition = (
      jsondecode(output.task_role_policy).Statement[0].Action == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] &&
      jsondecode(output.hop_role_policies["arn:aws-cn:iam::555566667777:role/hub"]).Statement[0].Action
      == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    )
    error_message = "A caller of the chain lacks an action."
  }

  assert {
    condition = (
      jsondecode(output.trust_policies["arn:aws-cn:iam::777788889999:role/reports"]).Statement[0].Principal.AWS
      == ["arn:aws-cn:iam::555566667777:role/hub"]
    )
    error_message = "The last role does not trust the role before it."
  }

  assert {
    condition = startswith(
      jsondecode(output.task_role_trust_policy).Statement[0].Condition.ArnLike["aws:SourceArn"], "arn:aws-cn:ecs:"
    )
    error_message = "The trust policy of the task role has another partition than the roles."
  }

  assert {
    condition     = jsondecode(output.container_definitions[0].environment[0].value).Destinations.reports.Lazy
    error_message = "The destination is not lazy."
  }
}

run "each_client_has_a_volume" {
  command = plan

  variables {
    containers = { app = "reports", proxy = "audit" }
    destinations = {
      reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/reports" }] }
      audit   = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/audit" }] }
    }
    container_definitions = [
      { name = "app", image = "example/app", entryPoint = ["/app"] },
      { name = "proxy", image = "example/proxy", entryPoint = [], command = ["/proxy"] },
    ]
    clients = {
      app   = { shared_directory = "/shared/app", destinations = ["reports"] }
      proxy = { shared_directory = "/shared/proxy", destinations = ["reports", "audit"] }
    }
    container_clients = { app = "app" }
    environment       = { SIDECAR_PORT = "9180" }
  }

  assert {
    condition     = output.volumes[*].name == ["credential-sidecar-app", "credential-sidecar-proxy"]
    error_message = "There is not one volume for each client."
  }

  assert {
    condition = (
      output.container_definitions[1].entryPoint[0] == "/shared/app/credential-launch" &&
      output.container_definitions[2].mountPoints[*].sourceVolume == ["credential-sidecar-proxy"]
    )
    error_message = "A container does not have the volume of its client alone."
  }

  assert {
    condition     = slice(output.container_definitions[2].entryPoint, 3, 6) == ["--port", "9180", "--"]
    error_message = "The launcher does not know the sidecar's port."
  }
}

run "fields_of_the_sidecar_can_be_replaced" {
  command = plan

  variables {
    sidecar_container = { memory = 512, logConfiguration = { logDriver = "awslogs", options = { "awslogs-group" = "/ecs/sidecar" } } }
  }

  assert {
    condition = (
      output.container_definitions[0].memory == 512 && !can(output.container_definitions[0].memoryReservation) &&
      output.container_definitions[0].logConfiguration.options["awslogs-group"] == "/ecs/sidecar"
    )
    error_message = "The sidecar keeps a default that sidecar_container replaces."
  }
}
