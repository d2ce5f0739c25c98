{{- define "headrace.name" -}}
{{- if contains "headrace" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-headrace{{ end -}}
{{- end }}

{{- define "headrace.labels" -}}
app.kubernetes.io/name: headrace
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "headrace.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "headrace.ports" -}}
gateway: 4270
coordinator: 4271
scheduler: 4272
launcher: 4273
storage: 4274
{{- end }}

{{- define "headrace.tlsSecret" -}}
{{- if eq .Values.tls.mode "secret" }}{{ .Values.tls.secretName }}{{ else }}{{ include "headrace.name" . }}-tls{{ end -}}
{{- end }}

{{/* Where certificates are in every pod, those of runs and steps included. */}}
{{- define "headrace.tlsDirectory" -}}/etc/headrace/tls{{- end }}

{{/* The instance file: what the chart knows, then what the values add. */}}
{{- define "headrace.instance" -}}
{{- $name := include "headrace.name" . -}}
{{- $tls := ne .Values.tls.mode "none" -}}
{{- $services := dict "web" "0.0.0.0:3000" -}}
{{- range $service, $port := include "headrace.ports" . | fromYaml -}}
{{- $port = int $port -}}
{{- $addresses := dict "listen" (printf "0.0.0.0:%d" $port) "address" (printf "%s-%s:%d" $name $service $port) "metrics" (printf "0.0.0.0:%d" (add $port 5000)) -}}
{{- $_ := set $services $service $addresses -}}
{{- end -}}
{{- $launcher := dict "job_namespace" .Release.Namespace "service_account_name" (printf "%s-worker" $name) -}}
{{- if .Values.imagePullSecrets }}{{ $_ := set $launcher "image_pull_secrets" .Values.imagePullSecrets }}{{ end -}}
{{- if $tls -}}
{{- $volume := dict "name" "headrace-tls" "secret" (dict "secretName" (include "headrace.tlsSecret" .)) -}}
{{- $mount := dict "name" "headrace-tls" "mountPath" (include "headrace.tlsDirectory" .) "readOnly" true -}}
{{- $_ := set $launcher "volumes" (list $volume) -}}
{{- $_ := set $launcher "volume_mounts" (list $mount) -}}
{{- end -}}
{{- $launcher = mergeOverwrite $launcher (deepCopy .Values.runLauncher) -}}
{{- $instance := dict "services" $services "run_launcher" (dict "k8s" $launcher) -}}
{{- $_ := set $instance "storage" (dict "postgres" (dict "postgres_url" (dict "env" "HEADRACE_DATABASE_URL"))) -}}
{{- if .Values.auth.secretName -}}
{{- $callers := dict -}}
{{- range $caller, $one := .Values.auth.callers -}}
{{- $_ := set $callers $caller (dict "role" $one.role "locations" ($one.locations | default list) "token" (dict "env" (include "headrace.callerVariable" $caller))) -}}
{{- end -}}
{{- $_ := set $instance "auth" (dict "token" (dict "env" "HEADRACE_AUTH_TOKEN") "callers" $callers) -}}
{{- end -}}
{{- if $tls -}}
{{- $at := include "headrace.tlsDirectory" . -}}
{{- $_ := set $instance "tls" (dict "ca_file" (printf "%s/ca.crt" $at) "cert_file" (printf "%s/tls.crt" $at) "key_file" (printf "%s/tls.key" $at)) -}}
{{- else -}}
{{- $_ := set $instance "tls" (dict "insecure" true) -}}
{{- end -}}
{{- $locations := list -}}
{{- range .Values.codeLocations -}}
{{- $server := dict "host" (printf "%s-location-%s" $name .name) "port" 4275 "location_name" .name "ssl" $tls -}}
{{- $locations = append $locations (dict "grpc_server" $server) -}}
{{- end -}}
{{- $_ := set $instance "load_from" $locations -}}
{{- mergeOverwrite $instance (deepCopy .Values.instance) | toYaml -}}
{{- end }}

{{- define "headrace.callerVariable" -}}
HEADRACE_CALLER_{{ . | upper | replace "-" "_" }}
{{- end }}

{{- define "headrace.podDefaults" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "headrace.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities: {drop: [ALL]}
{{- end }}
