package manifests_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestReferences: an API server takes objects that name, or select, what does not exist.
func TestReferences(t *testing.T) {
	for from, m := range renderings(t) {
		t.Run(from, func(t *testing.T) {
			checkDisruptionBudgets(t, m)
			checkAutoscalers(t, m)
			checkMonitors(t, m)
			checkRoutes(t, m)
			checkPodReferences(t, m)
		})
	}
}

func selected(t *testing.T, selector *metav1.LabelSelector, from map[string]map[string]string) []string {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for name, l := range from {
		if s.Matches(labels.Set(l)) {
			found = append(found, name)
		}
	}
	return found
}

func checkDisruptionBudgets(t *testing.T, m *manifests) {
	t.Helper()
	pods := map[string]map[string]string{}
	for name, d := range m.deployments {
		pods[name] = d.Spec.Template.Labels
	}
	for _, budget := range of[*policyv1.PodDisruptionBudget](m) {
		if found := selected(t, budget.Spec.Selector, pods); len(found) != 1 {
			t.Errorf("disruption budget %s is for %v, want one deployment", budget.Name, found)
		}
		if (budget.Spec.MinAvailable == nil) == (budget.Spec.MaxUnavailable == nil) {
			t.Errorf("disruption budget %s: minAvailable and maxUnavailable exclude each other, and one must be there", budget.Name)
		}
	}
}

// checkAutoscalers: a deployment that also says how many resets their work at each upgrade.
func checkAutoscalers(t *testing.T, m *manifests) {
	t.Helper()
	for _, scaler := range of[*autoscalingv2.HorizontalPodAutoscaler](m) {
		target := m.deployments[scaler.Spec.ScaleTargetRef.Name]
		switch {
		case target == nil || scaler.Spec.ScaleTargetRef.Kind != "Deployment":
			t.Errorf("autoscaler %s scales %v, there are the deployments %v", scaler.Name, scaler.Spec.ScaleTargetRef, names(m.deployments))
		case target.Spec.Replicas != nil:
			t.Errorf("autoscaler %s and the deployment both say how many", scaler.Name)
		}
	}
}

func checkMonitors(t *testing.T, m *manifests) {
	t.Helper()
	byService := map[string]map[string]string{}
	for name, s := range m.services {
		byService[name] = s.Labels
	}
	for _, monitor := range of[*monitoringv1.ServiceMonitor](m) {
		found := selected(t, &monitor.Spec.Selector, byService)
		if len(found) != 1 {
			t.Errorf("monitor %s is for the services %v, want one", monitor.Name, found)
			continue
		}
		for _, endpoint := range monitor.Spec.Endpoints {
			if !slices.ContainsFunc(m.services[found[0]].Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == endpoint.Port }) {
				t.Errorf("monitor %s reads port %q, which service %s has not", monitor.Name, endpoint.Port, found[0])
			}
		}
	}

	pods := map[string]map[string]string{}
	all := m.workloads(t)
	for name, w := range all {
		pods[name] = w.meta.Labels
	}
	for _, monitor := range of[*monitoringv1.PodMonitor](m) {
		found := selected(t, &monitor.Spec.Selector, pods)
		if len(found) == 0 {
			t.Errorf("monitor %s finds no pod", monitor.Name)
		}
		for _, name := range found {
			for _, endpoint := range monitor.Spec.PodMetricsEndpoints {
				if endpoint.Port == nil || !slices.ContainsFunc(all[name].spec.Containers[0].Ports, func(p corev1.ContainerPort) bool { return p.Name == *endpoint.Port }) {
					t.Errorf("monitor %s reads a port that %s has not", monitor.Name, name)
				}
			}
		}
	}
}

func checkRoutes(t *testing.T, m *manifests) {
	t.Helper()
	leadsTo := func(route, service, port string) {
		s, ok := m.services[service]
		if !ok || !slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == port || strconv.Itoa(int(p.Port)) == port }) {
			t.Errorf("%s leads to port %s of the service %s, which is not there", route, port, service)
		}
	}
	backend := func(route string, ref gatewayv1.BackendObjectReference) {
		if ref.Port == nil {
			t.Errorf("%s leads to no port", route)
			return
		}
		leadsTo(route, string(ref.Name), strconv.Itoa(int(*ref.Port)))
	}
	parents := func(route string, refs []gatewayv1.ParentReference) {
		if len(refs) == 0 {
			t.Errorf("%s hangs on no gateway", route)
		}
	}
	for _, route := range of[*gatewayv1.HTTPRoute](m) {
		parents(route.Name, route.Spec.ParentRefs)
		for _, rule := range route.Spec.Rules {
			for _, ref := range rule.BackendRefs {
				backend("HTTPRoute "+route.Name, ref.BackendObjectReference)
			}
		}
	}
	for _, route := range of[*gatewayv1.GRPCRoute](m) {
		parents(route.Name, route.Spec.ParentRefs)
		for _, rule := range route.Spec.Rules {
			for _, ref := range rule.BackendRefs {
				backend("GRPCRoute "+route.Name, ref.BackendObjectReference)
			}
		}
	}
	for _, ingress := range of[*networkingv1.Ingress](m) {
		for _, rule := range ingress.Spec.Rules {
			for _, path := range rule.HTTP.Paths {
				port := path.Backend.Service.Port.Name
				if port == "" {
					port = strconv.Itoa(int(path.Backend.Service.Port.Number))
				}
				leadsTo("Ingress "+ingress.Name, path.Backend.Service.Name, port)
			}
		}
	}
}

// checkPodReferences: a pod waits for ever for what it names and nobody makes. Secrets, and volume claims and accounts
// that somebody else made, are not in a rendering.
func checkPodReferences(t *testing.T, m *manifests) {
	t.Helper()
	there := map[string]bool{}
	for _, o := range m.objects {
		there[fmt.Sprintf("%T %s", o, o.GetName())] = true
	}
	for name, w := range m.workloads(t) {
		for _, volume := range w.spec.Volumes {
			if volume.ConfigMap != nil && !optional(volume.ConfigMap.Optional) && !there["*v1.ConfigMap "+volume.ConfigMap.Name] {
				t.Errorf("%s mounts the config map %s, which is not there", name, volume.ConfigMap.Name)
			}
		}
		mounts := map[string]bool{}
		for _, volume := range w.spec.Volumes {
			mounts[volume.Name] = true
		}
		for _, c := range slices.Concat(w.spec.InitContainers, w.spec.Containers) {
			for _, source := range c.EnvFrom {
				if source.ConfigMapRef != nil && !optional(source.ConfigMapRef.Optional) && !there["*v1.ConfigMap "+source.ConfigMapRef.Name] {
					t.Errorf("%s: %s takes settings from %s, which is not there", name, c.Name, source.ConfigMapRef.Name)
				}
			}
			seen := map[string]bool{}
			for _, env := range c.Env {
				if seen[env.Name] {
					t.Errorf("%s: %s is given %s twice", name, c.Name, env.Name)
				}
				seen[env.Name] = true
			}
			for _, mount := range c.VolumeMounts {
				if !mounts[mount.Name] {
					t.Errorf("%s: %s mounts %s, which is no volume of the pod", name, c.Name, mount.Name)
				}
			}
		}
	}
}

func optional(it *bool) bool { return it != nil && *it }

// TestNetworkPolicies: one that selects no pod protects nothing. Those for jobs find theirs only in some renderings.
func TestNetworkPolicies(t *testing.T) {
	finds := map[string]bool{}
	for _, m := range renderings(t) {
		pods := map[string]map[string]string{}
		for name, w := range m.workloads(t) {
			pods[name] = w.meta.Labels
		}
		for _, p := range of[*networkingv1.NetworkPolicy](m) {
			finds[p.Name] = finds[p.Name] || len(selected(t, &p.Spec.PodSelector, pods)) > 0
		}
	}
	for name, ok := range finds {
		if !ok {
			t.Errorf("the network policy %s finds no pod in any rendering", name)
		}
	}
}
