{{/* For the pod's initContainers, before those of yours that call AWS. */}}
{{- define "credential-sidecar.initContainers" -}}
{{- include "credential-sidecar.containers" . | trim -}}
{{- end -}}

{{- define "credential-sidecar.containers" -}}
{{- $v := index .Values "credential-sidecar" -}}
{{- if $v.linkLocalAddress }}
{{- if and (eq $v.source.kind "PodIdentity") (eq $v.linkLocalAddress "169.254.170.23") }}
{{- fail "credential-sidecar.linkLocalAddress is 169.254.170.23, where EKS Pod Identity itself answers: take 169.254.170.2" }}
{{- end }}
- name: credential-sidecar-address
  image: {{ include "credential-sidecar.image" . }}
  imagePullPolicy: {{ $v.image.pullPolicy }}
  args: [intercept, up]
  env:
    - name: SIDECAR_Networking__LinkLocalAddress
      value: {{ $v.linkLocalAddress }}
  securityContext:
    runAsUser: 0
    runAsNonRoot: false
    readOnlyRootFilesystem: true
    allowPrivilegeEscalation: false
    capabilities:
      drop: [ALL]
      add: [NET_ADMIN]
    seccompProfile:
      type: RuntimeDefault
  resources:
    {{- toYaml $v.resources | nindent 4 }}
{{- end }}
{{- if or $v.guard.enabled $v.guard.blockImds }}
- name: credential-sidecar-guard
  image: {{ include "credential-sidecar.guardImage" . }}
  imagePullPolicy: {{ $v.image.pullPolicy }}
  args: [intercept, up]
  env:
    - name: SIDECAR_Interception__Guard
      value: {{ $v.guard.enabled | quote }}
    - name: SIDECAR_Interception__BlockImds
      value: {{ $v.guard.blockImds | quote }}
    - name: SIDECAR_PORT
      value: {{ include "credential-sidecar.port" . | quote }}
    - name: SIDECAR_HEALTH_PORT
      value: {{ $v.healthPort | quote }}
  securityContext:
    runAsUser: 0
    runAsNonRoot: false
    readOnlyRootFilesystem: true
    allowPrivilegeEscalation: false
    capabilities:
      drop: [ALL]
      add: [NET_ADMIN]
    seccompProfile:
      type: RuntimeDefault
  resources:
    {{- toYaml $v.resources | nindent 4 }}
{{- end }}
- name: credential-sidecar
  image: {{ include "credential-sidecar.image" . }}
  imagePullPolicy: {{ $v.image.pullPolicy }}
  # What makes it a sidecar: it starts before the application, runs beside it, and is stopped after it.
  restartPolicy: Always
  env:
    - name: SIDECAR_CONFIG
      value: {{ include "credential-sidecar.config" . | squote }}
    - name: SIDECAR_SHARED_DIR
      value: {{ ternary "" "/credential-sidecar" (gt (len $v.clients) 0) | quote }}
    # The kubelet probes the pod's address, not loopback.
    - name: SIDECAR_HEALTH_ADDRESS
      valueFrom:
        fieldRef:
          fieldPath: status.podIP
    # For the placeholders {pod}, {namespace}, {service_account} and {node}.
    - name: POD_NAME
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    - name: POD_NAMESPACE
      valueFrom:
        fieldRef:
          fieldPath: metadata.namespace
    - name: POD_SERVICE_ACCOUNT
      valueFrom:
        fieldRef:
          fieldPath: spec.serviceAccountName
    - name: NODE_NAME
      valueFrom:
        fieldRef:
          fieldPath: spec.nodeName
    - name: AWS_REGION
      value: {{ required "credential-sidecar.region is missing: name the region whose STS is to be asked" $v.region }}
    {{- if $v.stsEndpoint }}
    - name: AWS_ENDPOINT_URL_STS
      value: {{ $v.stsEndpoint | quote }}
    {{- end }}
    {{- if eq $v.source.kind "Secret" }}
    {{- $secret := required "credential-sidecar.source.secretName is missing: with kind Secret it names the Secret that holds the access keys" $v.source.secretName }}
    {{- range list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" "AWS_SESSION_TOKEN" }}
    - name: {{ . }}
      valueFrom:
        secretKeyRef:
          name: {{ $secret }}
          key: {{ . }}
          {{- if eq . "AWS_SESSION_TOKEN" }}
          optional: true
          {{- end }}
    {{- end }}
    {{- end }}
    {{- with $v.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - name: sidecar-health
      containerPort: {{ $v.healthPort }}
  # Until every destination that is not lazy has a session the application does not start.
  startupProbe:
    httpGet:
      path: /readyz
      port: sidecar-health
    periodSeconds: 2
    timeoutSeconds: 2
    failureThreshold: {{ div (add1 $v.startupSeconds) 2 }}
  # A restart would throw away live sessions, so nothing but a dead process is a reason for one. There is no readinessProbe:
  # it would take the pod out of its Services for an outage of STS that the application does not notice.
  livenessProbe:
    httpGet:
      path: /livez
      port: sidecar-health
    periodSeconds: 10
    timeoutSeconds: 2
    failureThreshold: 3
  securityContext:
    runAsUser: 9170
    runAsGroup: 9170
    runAsNonRoot: true
    readOnlyRootFilesystem: true
    allowPrivilegeEscalation: false
    capabilities:
      drop: [ALL]
    seccompProfile:
      type: RuntimeDefault
  resources:
    {{- toYaml $v.resources | nindent 4 }}
  volumeMounts:
    {{- range $name, $_ := $v.clients }}
    - name: {{ include "credential-sidecar.volumeName" (dict "root" $ "client" $name) }}
      mountPath: /clients/{{ $name }}
    {{- else }}
    - name: credential-sidecar
      mountPath: /credential-sidecar
    {{- end }}
{{- end -}}

{{- define "credential-sidecar.image" -}}
{{- $image := (index .Values "credential-sidecar").image -}}
{{- $repository := required "credential-sidecar.image.repository is missing: name where you pushed the sidecar's image to" $image.repository -}}
{{- if $image.digest -}}
{{ $repository }}@{{ $image.digest }}
{{- else -}}
{{ $repository }}:{{ $image.tag | default (index .Subcharts "credential-sidecar").Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The image with nft, which is built as the target init. A digest says nothing of it. */}}
{{- define "credential-sidecar.guardImage" -}}
{{- $v := index .Values "credential-sidecar" -}}
{{- if $v.guard.image -}}
{{ $v.guard.image }}
{{- else if $v.image.digest -}}
{{- fail "credential-sidecar.guard.image is missing: image.digest is that of the sidecar, so name the init image with its own" -}}
{{- else -}}
{{ include "credential-sidecar.image" . }}-init
{{- end -}}
{{- end -}}
