# Each run makes one mistake.
variables {
  container_definitions = [{ name = "app", image = "example/app", entryPoint = ["/app"] }]
  containers            = { app = "reports" }
  image                 = "example/credential-sidecar:1"
  destinations          = { reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/reports" }] } }
}

run "without_a_mistake" {
  command = plan
}

run "text_in_place_of_the_list" {
  command = plan

  variables {
    container_definitions = "[]"
  }

  expect_failures = [var.container_definitions]
}

run "a_container_called_credential_sidecar" {
  command = plan

  variables {
    container_definitions = [{ name = "app", entryPoint = ["/app"] }, { name = "credential-sidecar" }]
  }

  expect_failures = [var.container_definitions]
}

run "no_containers" {
  command = plan

  variables {
    containers = {}
  }

  expect_failures = [var.containers]
}

run "a_container_that_does_not_exist" {
  command = plan

  variables {
    containers = { shop = "reports" }
  }

  expect_failures = [var.containers]
}

run "a_destination_that_does_not_exist" {
  command = plan

  variables {
    containers = { app = "report" }
  }

  expect_failures = [var.containers]
}

run "a_container_without_words" {
  command = plan

  variables {
    container_definitions = [{ name = "app", image = "example/app" }]
  }

  expect_failures = [var.containers]
}

run "a_command_without_the_entry_point_of_the_image" {
  command = plan

  variables {
    container_definitions = [{ name = "app", command = ["serve"] }]
  }

  expect_failures = [var.containers]
}

run "an_entry_point_as_text" {
  command = plan

  variables {
    container_definitions = [{ name = "app", entryPoint = "/app" }]
  }

  expect_failures = [var.containers]
}

run "a_container_with_the_launcher" {
  command = plan

  variables {
    container_definitions = [{ name = "app", entryPoint = ["/credential-sidecar/credential-launch", "--", "/app"] }]
  }

  expect_failures = [var.containers]
}

run "a_container_with_the_mount" {
  command = plan

  variables {
    container_definitions = [{
      name = "app", entryPoint = ["/app"], mountPoints = [{ sourceVolume = "data", containerPath = "/credential-sidecar" }]
    }]
  }

  expect_failures = [var.containers]
}

run "an_image_with_a_space" {
  command = plan

  variables {
    image = "example/credential sidecar"
  }

  expect_failures = [var.image]
}

run "an_account_of_eleven_digits" {
  command = plan

  variables {
    destinations = { reports = { hops = [{ role_arn = "arn:aws:iam::55556666777:role/reports" }] } }
  }

  expect_failures = [var.destinations]
}

run "the_arn_of_a_user" {
  command = plan

  variables {
    destinations = { reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:user/reports" }] } }
  }

  expect_failures = [var.destinations]
}

run "a_destination_in_capitals" {
  command = plan

  variables {
    containers   = { app = "Reports" }
    destinations = { Reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/reports" }] } }
  }

  expect_failures = [var.destinations]
}

run "an_external_id_with_a_space" {
  command = plan

  variables {
    destinations = {
      reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/reports", external_id = "orders 7f3a" }] }
    }
  }

  expect_failures = [var.destinations]
}

run "a_client_called_default" {
  command = plan

  variables {
    clients = { default = { shared_directory = "/shared", destinations = ["reports"] } }
  }

  expect_failures = [var.clients]
}

run "a_client_with_a_destination_that_does_not_exist" {
  command = plan

  variables {
    clients = { app = { shared_directory = "/shared", destinations = ["reports", "audit"] } }
  }

  expect_failures = [var.clients]
}

run "no_client_that_reads_the_destination" {
  command = plan

  variables {
    clients = { app = { shared_directory = "/shared", destinations = [] } }
  }

  expect_failures = [var.containers]
}

run "two_clients_that_read_the_destination" {
  command = plan

  variables {
    clients = {
      one = { shared_directory = "/shared/one", destinations = ["reports"] }
      two = { shared_directory = "/shared/two", destinations = ["reports"] }
    }
  }

  expect_failures = [var.containers]
}

run "a_client_for_a_container_without_a_role" {
  command = plan

  variables {
    clients           = { one = { shared_directory = "/shared/one", destinations = ["reports"] } }
    container_clients = { proxy = "one" }
  }

  expect_failures = [var.containers]
}

run "a_container_client_that_does_not_exist" {
  command = plan

  variables {
    container_clients = { app = "one" }
  }

  expect_failures = [var.container_clients]
}

run "a_variable_of_another_program" {
  command = plan

  variables {
    environment = { AWS_REGION = "eu-central-1" }
  }

  expect_failures = [var.environment]
}

run "a_token_in_the_environment" {
  command = plan

  variables {
    environment = { SIDECAR_TOKEN = "3f0e6a7c1b8d49e2a5c4f7089d1e2b36" }
  }

  expect_failures = [var.environment]
}

run "the_long_name_of_the_health_port" {
  command = plan

  variables {
    environment = { SIDECAR_Health__Port = "9181" }
  }

  expect_failures = [var.environment]
}

run "a_user_for_the_sidecar" {
  command = plan

  variables {
    sidecar_container = { user = "0" }
  }

  expect_failures = [var.sidecar_container]
}

run "the_network_mode_bridge" {
  command = plan

  variables {
    network_mode = "bridge"
  }

  expect_failures = [var.network_mode]
}

run "a_task_role_without_a_role" {
  command = plan

  variables {
    task_role_arn = "arn:aws:iam::111122223333:root"
  }

  expect_failures = [var.task_role_arn]
}

run "an_account_id_of_eleven_digits" {
  command = plan

  variables {
    account_id = "11112222333"
  }

  expect_failures = [var.account_id]
}

run "a_variable_that_sdks_prefer" {
  command = plan

  variables {
    container_definitions = [{
      name = "app", entryPoint = ["/app"], environment = [{ name = "AWS_PROFILE", value = "other" }]
    }]
  }

  expect_failures = [check.competing_variables]
}

run "two_destinations_with_one_token" {
  command = plan

  variables {
    container_definitions = [{ name = "app", entryPoint = ["/app"] }, { name = "batch", entryPoint = ["/batch"] }]
    containers            = { app = "reports", batch = "audit" }
    destinations = {
      reports = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/reports" }] }
      audit   = { hops = [{ role_arn = "arn:aws:iam::555566667777:role/audit" }] }
    }
  }

  expect_failures = [check.shared_token]
}

run "a_destination_without_hops_and_without_clients" {
  command = plan

  variables {
    destinations = { reports = { hops = [] } }
  }

  expect_failures = [var.containers]
}
