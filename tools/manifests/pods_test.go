package manifests_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// renderings are all ways in which the repository's files are meant to be rendered as they are.
func renderings(t *testing.T) map[string]*manifests {
	t.Helper()
	helm := charts(t)
	return map[string]*manifests{
		"helm/recommendations": template(t, "recommendations", filepath.Join(helm, "recommendations")),
		"helm/marketplace":     template(t, "marketplace", filepath.Join(helm, "marketplace")),
		"helm/bookmarket":      template(t, "bookmarket", filepath.Join(helm, "bookmarket")),
		"k8s":                  kustomize(t, "."),
		"k8s/overlays/local":   kustomize(t, "overlays/local"),
	}
}

func TestPods(t *testing.T) {
	restricted, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}

	for from, m := range renderings(t) {
		check := func(name string, meta *metav1.ObjectMeta, spec *corev1.PodSpec) {
			t.Run(from+"/"+name, func(t *testing.T) {
				verdict := policy.AggregateCheckResults(restricted.EvaluatePod(level, meta, spec))
				if !verdict.Allowed {
					t.Errorf("Pod Security restricted forbids it: %s: %s", verdict.ForbiddenReason(), verdict.ForbiddenDetail())
				}
				checkSandbox(t, spec)
				checkResources(t, &spec.Containers[0])
			})
		}
		for name, pod := range m.pods {
			check(name, &pod.ObjectMeta, &pod.Spec)
		}
		for name, d := range m.deployments {
			check(name, &d.Spec.Template.ObjectMeta, &d.Spec.Template.Spec)
			t.Run(from+"/"+name, func(t *testing.T) {
				checkProbes(t, &d.Spec.Template.Spec.Containers[0])
				checkDrain(t, m, &d.Spec.Template.Spec)
			})
		}
	}
}

// checkSandbox checks what Pod Security leaves open.
func checkSandbox(t *testing.T, spec *corev1.PodSpec) {
	t.Helper()
	if len(spec.Containers) != 1 || len(spec.InitContainers) != 0 {
		t.Fatal("these checks know pods of one container only")
	}
	if token := spec.AutomountServiceAccountToken; token == nil || *token {
		t.Error("the pod gets a service account's token, and nothing in it speaks to the API")
	}
	if links := spec.EnableServiceLinks; links == nil || *links {
		t.Error("service links put foreign variables among the settings")
	}
	if id := spec.SecurityContext.RunAsUser; id == nil || *id != 65532 {
		t.Error("the user is not 65532, the image's")
	}
	if id := spec.SecurityContext.RunAsGroup; id == nil || *id != 65532 {
		t.Error("the group is not 65532, the image's")
	}
	if readOnly := spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem; readOnly == nil || !*readOnly {
		t.Error("the root filesystem can be written to")
	}
}

func checkResources(t *testing.T, c *corev1.Container) {
	t.Helper()
	for _, name := range []corev1.ResourceName{corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		if limit := c.Resources.Limits[name]; limit.IsZero() {
			t.Errorf("no limit of %s", name)
		}
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		if request := c.Resources.Requests[name]; request.IsZero() {
			t.Errorf("no request of %s", name)
		}
	}
	if cpu, ok := c.Resources.Limits[corev1.ResourceCPU]; ok {
		t.Errorf("the CPU limit %s throttles bursts", cpu.String())
	}
}

// checkProbes: an API server takes probes of ports where nothing listens.
func checkProbes(t *testing.T, c *corev1.Container) {
	t.Helper()
	ports := map[string]int32{}
	for _, p := range c.Ports {
		ports[p.Name] = p.ContainerPort
	}
	for name, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe} {
		if probe == nil || probe.GRPC == nil {
			t.Errorf("no native gRPC %s probe", name)
		} else if probe.GRPC.Port != ports["grpc"] {
			t.Errorf("%s probe asks port %d, gRPC is on %d", name, probe.GRPC.Port, ports["grpc"])
		}
	}
	live := c.LivenessProbe
	if live == nil || live.HTTPGet == nil || live.HTTPGet.Path != "/livez" || live.HTTPGet.Port.String() != "admin" || ports["admin"] == 0 {
		t.Error("no liveness probe of /livez on the admin port")
	}
}

// checkDrain: the kubelet must not kill what is still draining.
func checkDrain(t *testing.T, m *manifests, spec *corev1.PodSpec) {
	t.Helper()
	var drain time.Duration
	env := settings(t, m, spec)
	for name, value := range env {
		if strings.HasSuffix(name, "_SHUTDOWN_DELAY") || strings.HasSuffix(name, "_SHUTDOWN_GRACE") {
			d, err := time.ParseDuration(value)
			if err != nil {
				t.Fatal(err)
			}
			drain += d
		}
	}
	if drain == 0 {
		t.Errorf("neither delay nor grace is set: %v", env)
	}
	if end := time.Duration(*spec.TerminationGracePeriodSeconds) * time.Second; end <= drain {
		t.Errorf("killed after %v, drains for up to %v", end, drain)
	}
}

// settings returns the variables that the pod's one container gets from its config map.
func settings(t *testing.T, m *manifests, spec *corev1.PodSpec) map[string]string {
	t.Helper()
	from := spec.Containers[0].EnvFrom
	if len(from) != 1 || from[0].ConfigMapRef == nil {
		t.Fatalf("settings come from %v, not from one config map", from)
	}
	config, ok := m.configMaps[from[0].ConfigMapRef.Name]
	if !ok {
		t.Fatalf("settings come from %s, there are %v", from[0].ConfigMapRef.Name, names(m.configMaps))
	}
	return config.Data
}

// TestSelectors: a deployment's selector can never change again, and a service that asks for a version finds no pod
// of the next one.
func TestSelectors(t *testing.T) {
	for from, m := range renderings(t) {
		check := func(name string, selector map[string]string) {
			for label := range selector {
				if label != "app.kubernetes.io/name" && label != "app.kubernetes.io/instance" {
					t.Errorf("%s/%s selects by %s", from, name, label)
				}
			}
		}
		for name, s := range m.services {
			check(name, s.Spec.Selector)
		}
		for name, d := range m.deployments {
			check(name, d.Spec.Selector.MatchLabels)
			if !labels.SelectorFromSet(d.Spec.Selector.MatchLabels).Matches(labels.Set(d.Spec.Template.Labels)) {
				t.Errorf("%s/%s does not select its own pods", from, name)
			}
		}
	}
}

func TestNamespaceIsRestricted(t *testing.T) {
	namespaces := kustomize(t, "overlays/local").namespaces
	if len(namespaces) != 1 {
		t.Fatalf("namespaces %v, want one", names(namespaces))
	}
	for name, ns := range namespaces {
		if level := ns.Labels[api.EnforceLevelLabel]; level != string(api.LevelRestricted) {
			t.Errorf("%s enforces Pod Security %q, want restricted", name, level)
		}
	}
}

// TestServices: an API server takes a service that finds no pod, or a port that no pod has.
func TestServices(t *testing.T) {
	for from, m := range renderings(t) {
		if len(m.services) == 0 {
			t.Errorf("%s: no service", from)
		}
		for name, service := range m.services {
			t.Run(from+"/"+name, func(t *testing.T) {
				selector := labels.SelectorFromSet(service.Spec.Selector)
				var found []string
				for deployment, d := range m.deployments {
					if !selector.Matches(labels.Set(d.Spec.Template.Labels)) {
						continue
					}
					found = append(found, deployment)
					ports := map[string]int32{}
					for _, p := range d.Spec.Template.Spec.Containers[0].Ports {
						ports[p.Name] = p.ContainerPort
					}
					for _, p := range service.Spec.Ports {
						if number, ok := ports[p.TargetPort.String()]; !ok || number != p.Port {
							t.Errorf("port %d leads to %s of %s, which has %v", p.Port, p.TargetPort.String(), deployment, ports)
						}
					}
				}
				if len(found) != 1 {
					t.Errorf("selects the pods of %v, want one deployment", found)
				}
				for pod, p := range m.pods {
					if selector.Matches(labels.Set(p.Labels)) {
						t.Errorf("sends calls to the test pod %s", pod)
					}
				}
			})
		}
	}
}
