{{/* Part of another chart, the name always carries the release's, because the umbrella dials it by that name. It is
     never cut to length: Kubernetes refuses a name that is too long, a shortened one would only not be found. */}}
{{- define "recommendations.fullname" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if and .Chart.IsRoot (contains .Chart.Name .Release.Name) }}{{ .Release.Name }}
{{- else }}{{ .Release.Name }}-{{ .Chart.Name }}
{{- end }}
{{- end }}

{{- define "recommendations.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "recommendations.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/component: backend
app.kubernetes.io/part-of: bookmarket
{{ include "recommendations.selector" . }}
{{- end }}

{{/* A tag may bring its digest along (v1@sha256:…), as Skaffold writes it. */}}
{{- define "recommendations.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* 90 % of the memory limit in the unit that Go reads: the garbage collector works harder before the kernel kills. */}}
{{- define "recommendations.gomemlimit" -}}
{{- $mebibytes := regexFind "^[0-9]+" . | int | mul (ternary 1024 1 (hasSuffix "Gi" .)) -}}
{{ div (mul $mebibytes 9) 10 }}MiB
{{- end }}

{{/* What Pod Security "restricted" asks for, and a bit more. Nothing here needs less, so there is nothing to set. */}}
{{- define "recommendations.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "recommendations.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
