module bookmarket/tools/skaffold

go 1.26.4

tool github.com/GoogleContainerTools/skaffold/v2/hack/tests

require github.com/GoogleContainerTools/skaffold/v2 v2.24.0 // indirect
