# The result is the same as that of credential-sidecar generate. The project's tests compare the two.

locals {
  directories = merge(
    { for name in ["default"] : name => { volume = "credential-sidecar", path = "/credential-sidecar" } if length(var.clients) == 0 },
    { for name, client in var.clients : name => { volume = "credential-sidecar-${name}", path = client.shared_directory } },
  )

  # The client of each container. The validations leave exactly one.
  readers = {
    for container, destination in var.containers : container => [
      for name in keys(local.directories) : name if length(var.clients) == 0 || (
        contains(try(var.clients[name].destinations, []), destination) && name == lookup(var.container_clients, container, name)
      )
    ][0]
  }

  port = lookup(var.environment, "SIDECAR_PORT", "9170")

  # Fields that are not set are left out, to keep the variable short.
  configuration = merge(
    {
      Destinations = {
        for name, destination in var.destinations : name => merge(
          {
            Hops = [
              for hop in destination.hops : {
                for key, value in {
                  RoleArn           = hop.role_arn
                  ExternalId        = hop.external_id
                  SessionName       = hop.session_name
                  DurationSeconds   = hop.duration_seconds
                  SourceIdentity    = hop.source_identity
                  Tags              = length(hop.tags) > 0 ? [for key, value in hop.tags : { Key = key, Value = value }] : null
                  TransitiveTagKeys = length(hop.transitive_tag_keys) > 0 ? hop.transitive_tag_keys : null
                  Policy            = hop.policy
                  PolicyArns        = length(hop.policy_arns) > 0 ? hop.policy_arns : null
                  Region            = hop.region
                } : key => value if value != null
              }
            ]
          },
          { for key in ["Lazy"] : key => true if destination.lazy },
        )
      }
    },
    {
      for key in ["Access"] : key => {
        Clients = {
          for name, client in var.clients : name => { SharedDirectory = client.shared_directory, Destinations = client.destinations }
        }
      } if length(var.clients) > 0
    },
  )

  environment = concat(
    [for name, value in var.environment : { name = name, value = value }],
    [{ name = "SIDECAR_CONFIG", value = jsonencode(local.configuration) }],
    [for path in ["/credential-sidecar"] : { name = "SIDECAR_SHARED_DIR", value = path } if length(var.clients) == 0],
    # ECS stops the application before the sidecar, because the application depends on the sidecar.
    [for drain in ["0s"] : { name = "SIDECAR_DRAIN", value = drain } if !contains(keys(var.environment), "SIDECAR_DRAIN")],
  )

  # The sidecar logs as the application does. A log router that waits for the sidecar cannot take the sidecar's log.
  router_waits = anytrue([
    for container in var.container_definitions : can(container.firelensConfiguration.type) if contains(keys(var.containers), container.name)
  ])
  log_configurations = [
    for container in var.container_definitions : container.logConfiguration
    if contains(keys(var.containers), container.name) && can(container.logConfiguration.logDriver) &&
    !(local.router_waits && try(container.logConfiguration.logDriver, "") == "awsfirelens")
  ]

  sidecar = merge(
    {
      name        = "credential-sidecar"
      image       = var.image
      essential   = true
      user        = "9170:9170"
      cpu         = 32
      environment = local.environment
      mountPoints = [
        for directory in values(local.directories) : { sourceVolume = directory.volume, containerPath = directory.path, readOnly = false }
      ]
      readonlyRootFilesystem = true
      linuxParameters        = { capabilities = { drop = ["ALL"] } }
      healthCheck = {
        command     = ["CMD", "/usr/local/bin/credential-launch", "--check"]
        interval    = 5
        timeout     = 2
        retries     = 3
        startPeriod = 60
      }
      # 78 is a wrong configuration, which a restart does not change.
      restartPolicy = { enabled = true, ignoredExitCodes = [78], restartAttemptPeriod = 60 }
      stopTimeout   = 30
    },
    {
      for name, value in { memoryReservation = 64, memory = 192 } : name => value
      if !can(var.sidecar_container.memory) && !can(var.sidecar_container.memoryReservation)
    },
    { for key in ["logConfiguration"] : key => local.log_configurations[0] if length(local.log_configurations) > 0 },
    var.sidecar_container,
  )

  # An entry point in the definition drops the image's command, so command holds all words of the program.
  applications = [
    for container in var.container_definitions : merge(container, {
      for key, value in {
        entryPoint = concat(
          [
            "${try(local.directories[local.readers[container.name]].path, "")}/credential-launch",
            "--destination", try(var.containers[container.name], ""),
          ],
          local.port == "9170" ? [] : ["--port", local.port],
          ["--"],
        )
        command = concat(try(concat(container.entryPoint), []), try(concat(container.command), []))
        mountPoints = concat(try([for mount in container.mountPoints : mount], []), [{
          sourceVolume  = try(local.directories[local.readers[container.name]].volume, "")
          containerPath = try(local.directories[local.readers[container.name]].path, "")
          readOnly      = true
        }])
        dependsOn = concat(try([for one in container.dependsOn : one if one.containerName != "credential-sidecar"], []), [
          { containerName = "credential-sidecar", condition = "HEALTHY" }
        ])
      } : key => value if contains(keys(var.containers), container.name)
    })
  ]

  container_definitions = concat([local.sidecar], local.applications)
}

# The warnings of credential-sidecar generate.

check "competing_variables" {
  assert {
    condition = length(setintersection(local.variables, local.competing_variables)) == 0
    error_message = format("A container of containers sets %s, which SDKs use before they ask the sidecar. Remove it.",
    join(", ", setintersection(local.variables, local.competing_variables)))
  }
}

check "shared_token" {
  assert {
    condition = length(distinct(values(local.readers))) >= length(distinct(values(var.containers)))
    error_message = join(" ", [
      "Containers with different destinations share a token, so each can read the other's session.",
      "Set clients to separate them."
    ])
  }
}

locals {
  competing_variables = [
    "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AMAZON_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CREDENTIAL_PROFILES_FILE",
  ]
  variables = flatten([
    for container in var.container_definitions : concat(
      try([for variable in container.environment : variable.name], []), try([for secret in container.secrets : secret.name], []),
    ) if contains(keys(var.containers), container.name)
  ])
}
