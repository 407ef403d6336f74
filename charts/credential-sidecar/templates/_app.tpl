{{/*
For the env of a container that asks the sidecar:
  include "credential-sidecar.env" (dict "root" $ "destination" "reports" "client" "web" "noProxy" "10.0.0.0/8")
destination: needed where there are several. client: needed where there are clients. noProxy: where the container has an
HTTP_PROXY, its NO_PROXY; loopback is added, since the SDKs for .NET and Rust would send even this request to the proxy.
*/}}
{{- define "credential-sidecar.env" -}}
{{- $v := index .root.Values "credential-sidecar" -}}
{{- $destination := include "credential-sidecar.destination" . -}}
{{- $host := $v.linkLocalAddress | default "127.0.0.1" -}}
- name: AWS_CONTAINER_CREDENTIALS_FULL_URI
  value: http://{{ $host }}:{{ include "credential-sidecar.port" .root }}/v1/credentials/{{ $destination }}
- name: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  value: /credential-sidecar/token
- name: AWS_REGION
  value: {{ $v.region }}
{{- /* boto3 reads no other. The webhook, which leaves this container out, would have set both. */}}
- name: AWS_DEFAULT_REGION
  value: {{ $v.region }}
{{- if hasKey . "noProxy" }}
{{- $noProxy := append (compact (splitList "," .noProxy)) $host | uniq | join "," }}
- name: NO_PROXY
  value: {{ $noProxy | quote }}
- name: no_proxy
  value: {{ $noProxy | quote }}
{{- end }}
{{- end -}}

{{/* The destination that is meant: the named one if the client may have it, or the only one. */}}
{{- define "credential-sidecar.destination" -}}
{{- $v := index .root.Values "credential-sidecar" -}}
{{- $may := keys $v.destinations | sortAlpha -}}
{{- $whose := "credential-sidecar.destinations" -}}
{{- $_ := include "credential-sidecar.volumeName" . -}}
{{- if .client }}{{ $may = (index $v.clients .client).destinations }}{{ $whose = printf "credential-sidecar.clients.%s.destinations" .client }}{{ end -}}
{{- if .destination -}}
  {{- include "credential-sidecar.knownDestination" (dict "root" .root "destination" .destination "for" "a container") -}}
  {{- if not (has .destination $may) }}{{ fail (printf "a container asks for the destination %q, but %s has only: %s" .destination $whose (join ", " $may)) }}{{ end -}}
  {{- .destination -}}
{{- else if eq (len $may) 1 -}}
  {{- first $may -}}
{{- else -}}
  {{- fail (printf "a container does not say which destination it wants; %s has: %s" $whose (join ", " $may)) -}}
{{- end -}}
{{- end -}}

{{/*
For the volumeMounts of the same container: the token, and the launcher.
  include "credential-sidecar.volumeMounts" (dict "root" $ "client" "web")
*/}}
{{- define "credential-sidecar.volumeMounts" -}}
- name: {{ include "credential-sidecar.volumeName" . }}
  mountPath: /credential-sidecar
  readOnly: true
{{- end -}}

{{/*
What to put before a container's own command, where something in its environment would win over the sidecar:
  command: {{ concat (include "credential-sidecar.launch" (dict "root" $ "destination" "reports") | fromJsonArray) (list "/app/server") | toJson }}
*/}}
{{- define "credential-sidecar.launch" -}}
{{- list "/credential-sidecar/credential-launch" "--port" (include "credential-sidecar.port" .root) "--destination" (include "credential-sidecar.destination" .) "--" | toJson -}}
{{- end -}}

{{/* For the pod's volumes. In memory: tokens never reach the node's disk. Any uid may write an emptyDir, so no fsGroup is needed; all but the sidecar mount it read-only. */}}
{{- define "credential-sidecar.volumes" -}}
{{- $volumes := list -}}
{{- range $name, $_ := (index .Values "credential-sidecar").clients -}}
  {{- $volumes = append $volumes (include "credential-sidecar.volumeName" (dict "root" $ "client" $name)) -}}
{{- else -}}
  {{- $volumes = list "credential-sidecar" -}}
{{- end -}}
{{- range $i, $name := $volumes -}}
{{- if $i }}{{ "\n" }}{{ end -}}
- name: {{ $name }}
  emptyDir:
    medium: Memory
    sizeLimit: 16Mi
{{- end -}}
{{- end -}}

{{/*
For the annotations of the pod: the webhooks of EKS then give the source's token to the sidecar and to nobody else.
  include "credential-sidecar.podAnnotations" (dict "root" $ "containers" (list "web" "batch"))
containers: every container and init container of the pod but the sidecar.
*/}}
{{- define "credential-sidecar.podAnnotations" -}}
{{- $v := index .root.Values "credential-sidecar" -}}
{{- if ne $v.source.kind "Secret" -}}
{{- $skip := .containers -}}
{{- if $v.linkLocalAddress }}{{ $skip = append $skip "credential-sidecar-address" }}{{ end -}}
{{- if or $v.guard.enabled $v.guard.blockImds }}{{ $skip = append $skip "credential-sidecar-guard" }}{{ end -}}
eks.amazonaws.com/skip-containers: {{ join "," $skip | quote }}
{{- end -}}
{{- end -}}

{{/* For the pod's securityContext, where linkLocalAddress is set: uid 9170 may then listen on port 80. */}}
{{- define "credential-sidecar.podSecurityContext" -}}
{{- if (index .Values "credential-sidecar").linkLocalAddress -}}
sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "80"
{{- end -}}
{{- end -}}
