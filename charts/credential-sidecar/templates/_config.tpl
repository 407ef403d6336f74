{{/*
The whole configuration as one line of JSON. Inside its texts $ and ' are written as JSON can write them too: the kubelet
expands $(NAME), and the manifest has the line between ' and '.
*/}}
{{- define "credential-sidecar.config" -}}
{{- $v := index .Values "credential-sidecar" -}}
{{- if not $v.destinations }}{{ fail "credential-sidecar.destinations is empty: give at least one, with its hops" }}{{ end -}}
{{- if eq (include "credential-sidecar.port" .) (toString $v.healthPort) }}{{ fail (printf "credential-sidecar.port and credential-sidecar.healthPort are both %s: they need two" (toString $v.healthPort)) }}{{ end -}}
{{- $config := dict "Destinations" $v.destinations "Drain" $v.drain "Logging" $v.logging -}}
{{- $listen := dict "Port" (include "credential-sidecar.port" . | int) -}}
{{- if $v.linkLocalAddress }}{{ $_ := set $listen "Addresses" (list "127.0.0.1" $v.linkLocalAddress) }}{{ end -}}
{{- $_ := set $config "Listen" $listen -}}
{{- $_ := set $config "Health" (dict "Port" (int $v.healthPort)) -}}
{{- if or $v.guard.enabled $v.guard.blockImds }}{{ $_ := set $config "Interception" (dict "Guard" $v.guard.enabled "BlockImds" $v.guard.blockImds) }}{{ end -}}
{{- if $v.refresh }}{{ $_ := set $config "Refresh" $v.refresh }}{{ end -}}
{{- if eq $v.source.kind "WebIdentity" }}{{ $_ := set $config "Source" (dict "Kind" "WebIdentity") }}{{ end -}}
{{- if eq $v.source.kind "Secret" }}{{ $_ := set $config "Source" (dict "Kind" "Default") }}{{ end -}}
{{- if $v.clients -}}
  {{- $clients := dict -}}
  {{- range $name, $client := $v.clients -}}
    {{- range $client.destinations }}{{ include "credential-sidecar.knownDestination" (dict "root" $ "destination" . "for" (printf "clients.%s" $name)) }}{{ end -}}
    {{- $_ := set $clients $name (dict "SharedDirectory" (printf "/clients/%s" $name) "Destinations" $client.destinations) -}}
  {{- end -}}
  {{- $_ := set $config "Access" (dict "Clients" $clients) -}}
{{- end -}}
{{- $config | toJson | replace "$" "\\u0024" | replace "'" "\\u0027" -}}
{{- end -}}

{{/* Port 80 at a link-local address, since that is what SDKs ask there. */}}
{{- define "credential-sidecar.port" -}}
{{- $v := index .Values "credential-sidecar" -}}
{{- ternary 80 (int $v.port) (ne $v.linkLocalAddress "") -}}
{{- end -}}

{{- define "credential-sidecar.knownDestination" -}}
{{- $known := (index .root.Values "credential-sidecar").destinations -}}
{{- if not (hasKey $known .destination) -}}
  {{- fail (printf "%s asks for the destination %q, but credential-sidecar.destinations has only: %s" .for .destination (keys $known | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}

{{/* The volume of one client, or of all where there are no clients. */}}
{{- define "credential-sidecar.volumeName" -}}
{{- $clients := (index .root.Values "credential-sidecar").clients -}}
{{- if not $clients -}}
  {{- if .client }}{{ fail (printf "the client %q is asked for, but credential-sidecar.clients is empty" .client) }}{{ end -}}
  credential-sidecar
{{- else if not .client -}}
  {{- fail (printf "credential-sidecar.clients is set, so each container must say which one it is: %s" (keys $clients | sortAlpha | join ", ")) -}}
{{- else if not (hasKey $clients .client) -}}
  {{- fail (printf "the client %q is asked for, but credential-sidecar.clients has only: %s" .client (keys $clients | sortAlpha | join ", ")) -}}
{{- else -}}
  credential-sidecar-{{ .client }}
{{- end -}}
{{- end -}}
