{{- define "onboarding.name" -}}
{{- printf "%s-%s" .root.Release.Name .part | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "onboarding.labels" -}}
app.kubernetes.io/name: finhub-onboarding
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "onboarding.metadata" -}}
name: {{ include "onboarding.name" . }}
labels:
  {{- include "onboarding.labels" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "onboarding.image" -}}
{{- $tag := .image.tag | default .root.Chart.AppVersion -}}
{{- printf "%s:%s" .image.repository $tag -}}{{- with .image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- /* What every pod of ours has: no privileges, no token of the cluster's, nothing writable but its volumes. */ -}}
{{- define "onboarding.podSecurity" -}}
automountServiceAccountToken: false
serviceAccountName: {{ include "onboarding.name" (dict "root" .root "part" "pods") }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "onboarding.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{- /* Spread over nodes, so that one that goes does not take all. */ -}}
{{- define "onboarding.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "onboarding.labels" . | nindent 8 }}
{{- end -}}

{{- define "onboarding.temporalEnv" -}}
TEMPORAL_ADDRESS: {{ required "temporal.address is needed: host:port of Temporal's frontend" .Values.temporal.address | quote }}
TEMPORAL_NAMESPACE: {{ .Values.temporal.namespace | quote }}
TEMPORAL_CONFIG_FILE: /run/secrets/temporal.toml
{{- if .Values.temporal.tls.existingSecret }}
TEMPORAL_TLS: 'true'
TEMPORAL_TLS_CLIENT_CERT_PATH: /run/temporal-tls/tls.crt
TEMPORAL_TLS_CLIENT_KEY_PATH: /run/temporal-tls/tls.key
TEMPORAL_TLS_SERVER_CA_CERT_PATH: /run/temporal-tls/ca.crt
{{- with .Values.temporal.tls.serverName }}
TEMPORAL_TLS_SERVER_NAME: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Variables of a map, sorted by name; an empty one counts as not set, so it is left out. */ -}}
{{- define "onboarding.env" -}}
{{- range $name, $value := . }}
{{- if ne (toString $value) "" }}
- { name: {{ $name }}, value: {{ toString $value | quote }} }
{{- end }}
{{- end }}
{{- end -}}

{{- define "onboarding.mounts" -}}
- { name: secrets, mountPath: /run/secrets, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if .Values.temporal.tls.existingSecret }}
- { name: temporal-tls, mountPath: /run/temporal-tls, readOnly: true }
{{- end }}
{{- end -}}

{{- define "onboarding.caseMounts" -}}
{{ include "onboarding.mounts" . }}
- { name: config, mountPath: /config, readOnly: true }
{{- if .Values.documents.persistentVolumeClaim }}
- { name: documents, mountPath: /data }
{{- end }}
{{- end -}}

{{- define "onboarding.volumes" -}}
- name: secrets
  {{- if .Values.secrets.secretProviderClass }}
  csi:
    driver: secrets-store.csi.k8s.io
    readOnly: true
    volumeAttributes: { secretProviderClass: {{ .Values.secrets.secretProviderClass }} }
  {{- else }}
  secret: { secretName: {{ required "secrets.existingSecret or secrets.secretProviderClass is needed" .Values.secrets.existingSecret }}, defaultMode: 0440 }
  {{- end }}
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- with .Values.temporal.tls.existingSecret }}
- name: temporal-tls
  secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- end -}}

{{- define "onboarding.caseVolumes" -}}
{{ include "onboarding.volumes" . }}
- name: config
  configMap: { name: {{ required "config.existingConfigMap is needed" .Values.config.existingConfigMap }} }
{{- with .Values.documents.persistentVolumeClaim }}
- name: documents
  persistentVolumeClaim: { claimName: {{ . }} }
{{- end }}
{{- end -}}

{{- define "onboarding.probes" -}}
startupProbe: { httpGet: { path: /readyz, port: {{ . }} }, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 3 }
readinessProbe: { httpGet: { path: /readyz, port: {{ . }} }, periodSeconds: 10, timeoutSeconds: 3 }
livenessProbe: { httpGet: { path: /healthz, port: {{ . }} }, periodSeconds: 10, timeoutSeconds: 3 }
{{- end -}}

{{- /* The worker's pod, for a Deployment and for the controller alike. */ -}}
{{- define "onboarding.workerPod" -}}
metadata:
  labels: {{- include "onboarding.labels" (dict "root" . "part" "worker") | nindent 4 }}
spec:
  {{- include "onboarding.podSecurity" (dict "root" .) | nindent 2 }}
  {{- include "onboarding.spread" (dict "root" . "part" "worker") | nindent 2 }}
  terminationGracePeriodSeconds: {{ .Values.worker.terminationGracePeriodSeconds }}
  containers:
    - name: worker
      image: {{ include "onboarding.image" (dict "root" . "image" .Values.image) }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [lib/worker.js]
      env:
        {{- $fixed := dict
          "NODE_OPTIONS" (printf "--max-old-space-size=%d" (int .Values.worker.heapMegabytes))
          "HEALTH_HOST" "0.0.0.0" "HEALTH_PORT" "8082" "METRICS_ADDRESS" "0.0.0.0:9464"
          "SIGNERS_FILE" "/config/signers.json" "POLICY_FILE" "/config/policy.json"
          "ONBOARDING_KEYS_FILE" "/run/secrets/onboarding_keys"
          "FINHUB_TENANT_KEY_FILE" "/run/secrets/finhub_tenant_key"
          "FINHUB_TENANT_SECRET_FILE" "/run/secrets/finhub_tenant_secret"
          "FINHUB_ADMIN_PASSWORD_FILE" "/run/secrets/finhub_admin_password" }}
        {{- $own := .Values.worker.env }}
        {{- if $own.FINHUB_POWER_TENANT_USERNAME }}{{ $_ := set $fixed "FINHUB_POWER_TENANT_PASSWORD_FILE" "/run/secrets/finhub_power_tenant_password" }}{{ end }}
        {{- if $own.FINHUB_LEGACY_BASE_URL }}{{ $_ := set $fixed "FINHUB_API_KEY_FILE" "/run/secrets/finhub_api_key" }}{{ end }}
        {{- if $own.FINHUB_WEBHOOK_URL }}{{ $_ := set $fixed "FINHUB_WEBHOOK_SECRET_FILE" "/run/secrets/finhub_webhook_secret" }}{{ end }}
        {{- if $own.NOTIFY_URL }}{{ $_ := set $fixed "NOTIFY_SECRET_FILE" "/run/secrets/notify_secret" }}{{ end }}
        {{- $temporal := include "onboarding.temporalEnv" . | fromYaml }}
        {{- if .Values.workerController.enabled }}{{ $temporal = dict "TEMPORAL_CONFIG_FILE" "/run/secrets/temporal.toml" }}{{ end }}
        {{- include "onboarding.env" (mergeOverwrite (dict) .Values.env $temporal $fixed $own) | nindent 8 }}
      ports:
        - { name: health, containerPort: 8082 }
        - { name: metrics, containerPort: 9464 }
      {{- include "onboarding.probes" "health" | nindent 6 }}
      resources: {{- toYaml .Values.worker.resources | nindent 8 }}
      {{- include "onboarding.containerSecurity" . | nindent 6 }}
      volumeMounts: {{- include "onboarding.caseMounts" . | nindent 8 }}
  volumes: {{- include "onboarding.caseVolumes" . | nindent 4 }}
  {{- with .Values.worker.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.worker.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.worker.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
