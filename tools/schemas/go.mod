module bookmarket/tools/schemas

go 1.26.4

// Modules of which tests read the schemas that are in them. A small program keeps each here that needs no other module.

tool (
	github.com/GoogleContainerTools/skaffold/v2/hack/tests
	github.com/prometheus-operator/prometheus-operator/example/alertmanager-webhook
)

require (
	github.com/GoogleContainerTools/skaffold/v2 v2.24.0 // indirect
	github.com/prometheus-operator/prometheus-operator v0.94.0 // indirect
)
