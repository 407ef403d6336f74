terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.70"
    }
  }
}

# The account of the task.
provider "aws" {
  region  = var.region
  profile = var.profile
}

# The account of the destination.
provider "aws" {
  alias   = "destination"
  region  = var.region
  profile = var.destination_profile
}
