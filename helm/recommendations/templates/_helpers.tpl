{{- define "recommendations.name" -}}{{ .Values.nameOverride | default .Chart.Name }}{{- end }}

{{/* Part of another chart, the name always carries the release's, because the umbrella dials it by that name. It is
     never cut to length: a shortened name would only not be found. A CronJob's has 52 characters at most. */}}
{{- define "recommendations.fullname" -}}
{{- $name := include "recommendations.name" . }}
{{- $full := printf "%s-%s" .Release.Name $name }}
{{- if .Values.fullnameOverride }}{{ $full = .Values.fullnameOverride }}
{{- else if and .Chart.IsRoot (contains $name .Release.Name) }}{{ $full = .Release.Name }}
{{- end }}
{{- if gt (len $full) 46 }}{{ printf "the name %s is longer than 46 characters: use a shorter release name or fullnameOverride" $full | fail }}{{ end -}}
{{ $full }}
{{- end }}

{{- define "recommendations.selector" -}}
app.kubernetes.io/name: {{ include "recommendations.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Of everything but the pods that serve. */}}
{{- define "recommendations.commonLabels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: bookmarket
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "recommendations.labels" -}}
{{ include "recommendations.commonLabels" . }}
app.kubernetes.io/component: backend
{{ include "recommendations.selector" . }}
{{- end }}

{{/* Of pods that do something else with the program. They have no name: a service must not find them. */}}
{{- define "recommendations.jobLabels" -}}
{{ include "recommendations.commonLabels" . }}
app.kubernetes.io/component: recommendations-job
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* A digest wins; a tag may bring its own along (v1@sha256:…), as Skaffold writes it. */}}
{{- define "recommendations.image" -}}
{{- $global := .Values.global | default dict -}}
{{- with .Values.image -}}
{{- with $global.imageRegistry | default .registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "recommendations.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "recommendations.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{/* "true" or nothing. */}}
{{- define "recommendations.onPostgres" -}}{{ if eq .Values.database.kind "postgres" }}true{{ end }}{{- end }}

{{- define "recommendations.trainsByJob" -}}
{{- $set := .Values.training.cronJob.enabled -}}
{{ if kindIs "invalid" $set }}{{ include "recommendations.onPostgres" . }}{{ else if $set }}true{{ end }}
{{- end }}

{{- define "recommendations.autoscales" -}}
{{- $set := .Values.autoscaling.enabled -}}
{{ if kindIs "invalid" $set }}{{ include "recommendations.onPostgres" . }}{{ else if $set }}true{{ end }}
{{- end }}

{{- define "recommendations.replicas" -}}
{{- if kindIs "invalid" .Values.replicaCount }}{{ if include "recommendations.onPostgres" . }}2{{ else }}1{{ end }}
{{- else }}{{ .Values.replicaCount }}
{{- end }}
{{- end }}

{{- define "recommendations.resources" -}}
{{- toYaml (mergeOverwrite (include "recommendations.room" . | fromYaml) (.Values.resources | default dict)) }}
{{- end }}

{{- define "recommendations.room" -}}
{{- if or (include "recommendations.trainsByJob" .) (regexMatch "^0[a-z]*$" (toString .Values.config.RECOMMENDATIONS_TRAIN_INTERVAL)) -}}
requests: {cpu: 50m, memory: 48Mi, ephemeral-storage: 64Mi}
limits: {memory: 128Mi, ephemeral-storage: 128Mi}
{{- else -}}
requests: {cpu: 50m, memory: 192Mi, ephemeral-storage: 64Mi}
limits: {memory: 256Mi, ephemeral-storage: 128Mi}
{{- end }}
{{- end }}

{{/* Takes resources. 90 % of the memory limit in the unit that Go reads: the garbage collector works harder before the
     kernel kills. */}}
{{- define "recommendations.gomemlimit" -}}
{{- with dig "limits" "memory" "" . }}
{{- $mebibytes := regexFind "^[0-9]+" . | int | mul (ternary 1024 1 (hasSuffix "Gi" .)) -}}
{{- div (mul $mebibytes 9) 10 }}MiB
{{- end }}
{{- end }}

{{/* What every pod of the program has, beside its containers. */}}
{{- define "recommendations.pod" -}}
serviceAccountName: {{ include "recommendations.serviceAccount" . }}
automountServiceAccountToken: false
# Service links would put RECOMMENDATIONS_PORT=tcp://… and the like among the settings.
enableServiceLinks: false
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with concat ((.Values.global | default dict).imagePullSecrets | default list) (.Values.imagePullSecrets | default list) }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- $volumes := include "recommendations.volumes" . }}
{{- with $volumes }}
volumes: {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "recommendations.volumes" -}}
{{- if include "recommendations.onPostgres" . -}}
- name: database
  secret:
    secretName: {{ required "database.postgres.existingSecret names the secret with the database's URL" .Values.database.postgres.existingSecret }}
    items: [{key: {{ .Values.database.postgres.key | quote }}, path: url}]
{{- else if eq .Values.database.kind "sqlite" -}}
- name: data
  {{- if .Values.database.sqlite.persistence.enabled }}
  persistentVolumeClaim: {claimName: {{ .Values.database.sqlite.persistence.existingClaim | default (include "recommendations.fullname" .) }}}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes what a container takes. A variable stands once, or the API refuses it; extraEnv wins. */}}
{{- define "recommendations.env" -}}
{{- $env := .settings | default dict -}}
{{- with include "recommendations.gomemlimit" .resources }}{{ $_ := set $env "GOMEMLIMIT" . }}{{ end -}}
{{- range .root.Values.extraEnv }}{{ $_ := unset $env .name }}{{ end -}}
{{- range $name, $value := $env }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- with .root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What every container of the program has: takes the chart's root, resources, and settings where there is no config
     map to take them from. */}}
{{- define "recommendations.container" -}}
{{- $ := .root -}}
image: {{ include "recommendations.image" $ }}
imagePullPolicy: {{ $.Values.image.pullPolicy }}
{{- with include "recommendations.env" . | trim }}
env: {{- . | nindent 2 }}
{{- end }}
{{- $from := $.Values.extraEnvFrom | default list }}
{{- if not .settings }}
{{- $from = prepend $from (dict "configMapRef" (dict "name" (include "recommendations.fullname" $))) }}
{{- end }}
{{- with $from }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
resources: {{- toYaml .resources | nindent 2 }}
securityContext: {{- toYaml $.Values.securityContext | nindent 2 }}
{{- $mounts := $.Values.extraVolumeMounts | default list }}
{{- if include "recommendations.onPostgres" $ }}
{{- $mounts = prepend $mounts (dict "name" "database" "mountPath" "/etc/bookmarket/database" "readOnly" true) }}
{{- else if eq $.Values.database.kind "sqlite" }}
{{- $mounts = prepend $mounts (dict "name" "data" "mountPath" "/data") }}
{{- end }}
{{- with $mounts }}
volumeMounts: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
