variable "container_definitions" {
  description = "Your containers, as a list of objects with the fields of an ECS container definition (camelCase)."
  type        = any
  nullable    = false

  validation {
    condition     = can([for container in var.container_definitions : container.name]) && !can(keys(var.container_definitions))
    error_message = "container_definitions is not a list of objects with a name; give a list, not JSON text: use jsondecode()."
  }

  validation {
    condition = length(setintersection(
      try([for container in var.container_definitions : container.name], []), ["credential-sidecar", "credential-sidecar-init"],
    )) == 0
    error_message = "container_definitions has a container credential-sidecar. The module adds it; remove or rename yours."
  }
}

# Terraform refuses validations that refer to each other in a circle, so all that compare containers stand here.
variable "containers" {
  description = "The containers that get a role: the name of each, and its destination. The others stay as they are."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.containers) > 0
    error_message = "containers is empty; expected the name of a container and its destination, such as { app = \"reports\" }."
  }

  validation {
    condition = length(setsubtract(
      keys(var.containers), try([for container in var.container_definitions : container.name], []),
    )) == 0
    error_message = format("containers names %s, which container_definitions does not have. It has %s.",
      join(", ", setsubtract(keys(var.containers), try([for container in var.container_definitions : container.name], []))),
      join(", ", try([for container in var.container_definitions : container.name], [])),
    )
  }

  validation {
    condition = length(setsubtract(values(var.containers), keys(var.destinations))) == 0
    error_message = format("containers names destination %s, which destinations does not have. It has %s.",
      join(", ", setsubtract(values(var.containers), keys(var.destinations))), join(", ", keys(var.destinations)),
    )
  }

  # An entry point of the definition drops the image's command, but a command alone keeps the image's entry point.
  validation {
    condition = alltrue([
      for container in var.container_definitions :
      try(length(concat(container.entryPoint)), -1) > 0 ||
      (try(length(concat(container.entryPoint)), -1) == 0 && try(length(concat(container.command)), 0) > 0)
      if contains(keys(var.containers), try(container.name, ""))
    ])
    error_message = format(
      "The launcher has to run what container %s runs, and its definition does not show that. %s",
      join(", ", [
        for container in var.container_definitions : container.name if contains(keys(var.containers), container.name) &&
        try(length(concat(container.entryPoint)), -1) <= 0 &&
        !(try(length(concat(container.entryPoint)), -1) == 0 && try(length(concat(container.command)), 0) > 0)
      ]),
      "Set entryPoint and command to the words of the image (docker image inspect). If it has no entry point, set entryPoint = []."
    )
  }

  validation {
    condition = !anytrue([
      for container in var.container_definitions : endswith(try(container.entryPoint[0], ""), "/credential-launch")
      if contains(keys(var.containers), try(container.name, ""))
    ])
    error_message = "A container starts through credential-launch already. Give the program's own words; the module adds the launcher."
  }

  validation {
    condition = !anytrue(flatten([
      for container in var.container_definitions : [
        for mount in try([for mount in container.mountPoints : mount], []) :
        startswith(try(mount.sourceVolume, ""), "credential-sidecar") || contains(
          concat(["/credential-sidecar"], [for client in values(var.clients) : client.shared_directory]), try(mount.containerPath, "")
        )
      ] if contains(keys(var.containers), try(container.name, ""))
    ]))
    error_message = "A container mounts a volume credential-sidecar, or mounts at its path. Remove that mount; the module adds it."
  }

  # The sidecar serves the task role itself only to a client that lists the destination.
  validation {
    condition = alltrue([
      for destination in values(var.containers) : length(try(var.destinations[destination].hops, [1])) > 0 || length(var.clients) > 0
    ])
    error_message = "A destination of containers has no hops, so it serves the task role. Set clients, and list the destination in one."
  }

  validation {
    condition = alltrue([
      for container, destination in var.containers :
      length([
        for name, client in var.clients : name
        if contains(client.destinations, destination) && name == lookup(var.container_clients, container, name)
      ]) == 1 if length(var.clients) > 0
    ])
    error_message = format("Exactly one client must read the destination of container %s. %s",
      join(", ", [
        for container, destination in var.containers : container if 1 != length([
          for name, client in var.clients : name
          if contains(client.destinations, destination) && name == lookup(var.container_clients, container, name)
        ])
      ]),
      "Add the destination to a client, or choose one client in container_clients."
    )
  }

  validation {
    condition     = length(setsubtract(keys(var.container_clients), keys(var.containers))) == 0
    error_message = "container_clients names a container that is not in containers; expected one of [${join(", ", keys(var.containers))}]."
  }
}

variable "image" {
  description = "The image of the sidecar, such as YOUR-REGISTRY/credential-sidecar with a tag or a digest."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s]+$", var.image))
    error_message = "image is \"${var.image}\"; expected the name of an image."
  }
}

variable "destinations" {
  description = <<-EOT
    The roles to serve, by name. Each destination has the hops from the task role to its role, in order.
    lazy = true assumes the role at the first request. The fields are those of docs/configuration.md.
  EOT
  type = map(object({
    lazy = optional(bool, false)
    hops = list(object({
      role_arn            = string
      external_id         = optional(string)
      session_name        = optional(string)
      duration_seconds    = optional(number)
      source_identity     = optional(string)
      tags                = optional(map(string), {})
      transitive_tag_keys = optional(list(string), [])
      policy              = optional(string)
      policy_arns         = optional(list(string), [])
      region              = optional(string)
    }))
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.destinations) : can(regex("^[a-z0-9_-]{1,64}$", name))])
    error_message = "A name in destinations is invalid: ${join(", ", keys(var.destinations))}; expected 1 to 64 of a-z 0-9 _ -"
  }

  validation {
    condition = alltrue([
      for hop in flatten(values(var.destinations)[*].hops) : can(regex(
        "^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(-[a-z])?):iam::[0-9]{12}:role/([\\x21-\\x7E]+/)?[\\w+=,.@-]{1,64}$", hop.role_arn
      ))
    ])
    error_message = format("role_arn is %s; expected an IAM role such as arn:aws:iam::123456789012:role/name, with 12 digits.",
      join(", ", [
        for hop in flatten(values(var.destinations)[*].hops) : "\"${hop.role_arn}\"" if !can(regex(
          "^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(-[a-z])?):iam::[0-9]{12}:role/([\\x21-\\x7E]+/)?[\\w+=,.@-]{1,64}$", hop.role_arn
        ))
      ])
    )
  }

  # The message has no value, because an external id is not for logs.
  validation {
    condition = alltrue([
      for hop in flatten(values(var.destinations)[*].hops) :
      hop.external_id == null ? true :
      can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", hop.external_id)) && length(hop.external_id) <= 1224
    ])
    error_message = "An external_id (value hidden) is invalid; expected 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -"
  }
}

variable "clients" {
  description = <<-EOT
    Separates containers from each other: each client has a token and a volume, and reads only its destinations.
    Empty: all containers share one token, which reads every destination with hops.
  EOT
  type = map(object({
    shared_directory = string
    destinations     = list(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.clients) : can(regex("^[a-z0-9_-]{1,64}$", name)) && name != "default"])
    error_message = "A name in clients is invalid: ${join(", ", keys(var.clients))}; expected 1 to 64 of a-z 0-9 _ -, and not default."
  }

  validation {
    condition     = alltrue([for client in values(var.clients) : length(setsubtract(client.destinations, keys(var.destinations))) == 0])
    error_message = "clients names a destination that destinations does not have. It has ${join(", ", keys(var.destinations))}."
  }
}

variable "container_clients" {
  description = "The client of a container, where several clients may read its destination."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(values(var.container_clients), keys(var.clients))) == 0
    error_message = "container_clients names a client that clients does not have; expected one of [${join(", ", keys(var.clients))}]."
  }
}

variable "environment" {
  description = "More settings of the sidecar, as variables: { SIDECAR_PORT = \"9180\" }."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : startswith(name, "SIDECAR_")])
    error_message = "environment has ${join(", ", keys(var.environment))}; expected variables that begin with SIDECAR_."
  }

  # The launcher's health check reads SIDECAR_HEALTH_PORT and not the long name.
  validation {
    condition = !anytrue([for name in keys(var.environment) : can(regex(join("|", [
      "(?i)^SIDECAR_(CONFIG|CONFIG_FILE|TOKEN|TOKEN_FILE|ROLE_ARN|EXTERNAL_ID|SESSION_NAME|SHARED_DIR|SHAREDDIRECTORY)$",
      "(?i)^SIDECAR_(SOURCE_|DESTINATIONS_|ACCESS__TOKEN$|ACCESS__TOKENFILE$|ACCESS__CLIENTS__|INTERCEPTION__)",
      "(?i)^SIDECAR_(LISTEN__PORT|HEALTH__PORT)$",
    ]), name))])
    error_message = format("environment has %s. %s", join(", ", keys(var.environment)), join(" ", [
      "The module or the task sets destinations, clients, tokens, the source and the shared directory.",
      "For ports use SIDECAR_PORT and SIDECAR_HEALTH_PORT."
    ]))
  }
}

variable "sidecar_container" {
  description = "Fields of the sidecar's container definition that replace the module's: { memory = 256 }, or a logConfiguration."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition = length(setintersection(try(keys(var.sidecar_container), ["name"]), [
      "name", "image", "user", "environment", "mountPoints", "linuxParameters", "entryPoint", "command"
    ])) == 0
    error_message = join(" ", [
      "sidecar_container is not an object, or sets a field that the module sets:",
      "name, image, user, environment, mountPoints, linuxParameters, entryPoint or command."
    ])
  }
}

variable "network_mode" {
  description = "The network mode of the task: awsvpc, or host (EC2 and ECS Anywhere)."
  type        = string
  default     = "awsvpc"
  nullable    = false

  validation {
    condition = contains(["awsvpc", "host"], var.network_mode)
    error_message = format("network_mode is %q; expected awsvpc or host. %s", var.network_mode,
      "In other modes containers do not share 127.0.0.1, so they do not reach the sidecar."
    )
  }
}

variable "task_role_arn" {
  description = "The task role, for the output trust_policies. Use the role's attribute, so that Terraform creates the task role first."
  type        = string
  default     = null

  validation {
    condition = var.task_role_arn == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.task_role_arn))
    error_message = format(
      "task_role_arn is %q; expected arn:aws:iam::123456789012:role/name, with 12 digits.", coalesce(var.task_role_arn, "null")
    )
  }
}

variable "account_id" {
  description = "The account of the task, for the output task_role_trust_policy."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null ? true : can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is \"${coalesce(var.account_id, "null")}\"; expected 12 digits, in quotes."
  }
}

variable "region" {
  description = "The region of the cluster, for the output task_role_trust_policy. Null allows every region."
  type        = string
  default     = null
}
