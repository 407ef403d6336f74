# Validations that compare two variables need Terraform 1.9. The module has no resources, so it needs no provider.
terraform {
  required_version = ">= 1.9"
}
