{{- define "marketplace.name" -}}{{ .Values.nameOverride | default .Chart.Name }}{{- end }}

{{/* Part of another chart, the name always carries the release's, so that its users can tell it beforehand. It is
     never cut to length: Kubernetes refuses a name that is too long, a shortened one would only not be found. */}}
{{- define "marketplace.fullname" -}}
{{- $name := include "marketplace.name" . }}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if and .Chart.IsRoot (contains $name .Release.Name) }}{{ .Release.Name }}
{{- else }}{{ .Release.Name }}-{{ $name }}
{{- end }}
{{- end }}

{{- define "marketplace.selector" -}}
app.kubernetes.io/name: {{ include "marketplace.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "marketplace.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: bookmarket
app.kubernetes.io/component: frontend
{{ include "marketplace.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* A digest wins; a tag may bring its own along (v1@sha256:…), as Skaffold writes it. */}}
{{- define "marketplace.image" -}}
{{- $global := .Values.global | default dict -}}
{{- with .Values.image -}}
{{- with $global.imageRegistry | default .registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "marketplace.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "marketplace.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{/* Takes resources. 90 % of the memory limit in the unit that Go reads: the garbage collector works harder before the
     kernel kills. */}}
{{- define "marketplace.gomemlimit" -}}
{{- with dig "limits" "memory" "" . }}
{{- $mebibytes := regexFind "^[0-9]+" . | int | mul (ternary 1024 1 (hasSuffix "Gi" .)) -}}
{{- div (mul $mebibytes 9) 10 }}MiB
{{- end }}
{{- end }}

{{/* The secret with the key of the cookies; empty where every pod makes one up. */}}
{{- define "marketplace.cookieKeySecret" -}}
{{- with .Values.cookieKey -}}
{{- if .existingSecret }}{{ tpl .existingSecret $ }}{{ else if .create }}{{ include "marketplace.fullname" $ }}-cookie-key{{ end }}
{{- end }}
{{- end }}

{{/* A variable stands once, or the API refuses it; extraEnv wins. */}}
{{- define "marketplace.env" -}}
{{- $limit := include "marketplace.gomemlimit" .Values.resources -}}
{{- $secret := include "marketplace.cookieKeySecret" . -}}
{{- range .Values.extraEnv }}
{{- if eq .name "GOMEMLIMIT" }}{{ $limit = "" }}{{ end }}
{{- if eq .name "MARKETPLACE_COOKIE_KEY" }}{{ $secret = "" }}{{ end }}
{{- end }}
{{- with $limit }}
- {name: GOMEMLIMIT, value: {{ . }}}
{{- end }}
{{- with $secret }}
- name: MARKETPLACE_COOKIE_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.cookieKey.key }}}}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
