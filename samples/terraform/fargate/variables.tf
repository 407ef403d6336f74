variable "region" {
  description = "The region of both accounts."
  type        = string
}

variable "profile" {
  description = "The AWS profile of the task's account. Null uses the credentials of the shell."
  type        = string
  default     = null
}

variable "destination_profile" {
  description = "The AWS profile of the destination's account."
  type        = string
}

variable "sidecar_image" {
  description = "The image of the sidecar, in a registry that the task can reach."
  type        = string
}

variable "external_id" {
  description = "The external id that the destination's trust policy requires."
  type        = string
}

variable "name" {
  description = "The name of the task definition, and the beginning of the names of its roles."
  type        = string
  default     = "orders"
}

variable "destination_role_name" {
  description = "The name of the role in the destination's account."
  type        = string
  default     = "reports"
}

variable "destination_policy_arns" {
  description = "Managed policies of the destination's role. GetCallerIdentity needs none."
  type        = set(string)
  default     = []
}
