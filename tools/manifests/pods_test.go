package manifests_test

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

var rendered map[string]*manifests

// renderings are all ways in which the repository's files are meant to be rendered as they are. It renders once for all
// tests, which only read them.
func renderings(t *testing.T) map[string]*manifests {
	t.Helper()
	if rendered != nil {
		return rendered
	}
	all := map[string]*manifests{"k8s": kustomize(t, ".")}
	overlays, err := filepath.Glob(filepath.Join(root, "k8s/overlays/*"))
	if err != nil || len(overlays) == 0 {
		t.Fatalf("no overlays (%v)", err)
	}
	for _, dir := range overlays {
		overlay := "overlays/" + filepath.Base(dir)
		all["k8s/"+overlay] = kustomize(t, overlay)
	}
	for _, chart := range chartsIn(t, charts(t)) {
		for name, values := range variants(t, chart) {
			all[name] = template(t, filepath.Base(chart), chart, values...)
		}
	}
	rendered = all
	return all
}

func TestPods(t *testing.T) {
	restricted, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}

	for from, m := range renderings(t) {
		for name, w := range m.workloads(t) {
			t.Run(from+"/"+name, func(t *testing.T) {
				verdict := policy.AggregateCheckResults(restricted.EvaluatePod(level, w.meta, w.spec))
				if !verdict.Allowed {
					t.Errorf("Pod Security restricted forbids it: %s: %s", verdict.ForbiddenReason(), verdict.ForbiddenDetail())
				}
				checkSandbox(t, w.spec)
				for _, c := range slices.Concat(w.spec.InitContainers, w.spec.Containers) {
					checkResources(t, &c)
				}
			})
		}
		for name, d := range m.deployments {
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
	if token := spec.AutomountServiceAccountToken; token == nil || *token {
		t.Error("the pod gets a service account's token, and nothing in it speaks to the API")
	}
	if links := spec.EnableServiceLinks; links == nil || *links {
		t.Error("service links put foreign variables among the settings")
	}
	if spec.SecurityContext == nil {
		t.Fatal("no security context")
	}
	if id := spec.SecurityContext.RunAsUser; id == nil || *id != 65532 {
		t.Error("the user is not 65532, the image's")
	}
	if id := spec.SecurityContext.RunAsGroup; id == nil || *id != 65532 {
		t.Error("the group is not 65532, the image's")
	}
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		if c.SecurityContext == nil || c.SecurityContext.ReadOnlyRootFilesystem == nil || !*c.SecurityContext.ReadOnlyRootFilesystem {
			t.Errorf("%s: the root filesystem can be written to", c.Name)
		}
	}
}

func checkResources(t *testing.T, c *corev1.Container) {
	t.Helper()
	for _, name := range []corev1.ResourceName{corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		if limit := c.Resources.Limits[name]; limit.IsZero() {
			t.Errorf("%s: no limit of %s", c.Name, name)
		}
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		if request := c.Resources.Requests[name]; request.IsZero() {
			t.Errorf("%s: no request of %s", c.Name, name)
		}
	}
	if cpu, ok := c.Resources.Limits[corev1.ResourceCPU]; ok {
		t.Errorf("%s: the CPU limit %s throttles bursts", c.Name, cpu.String())
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

// checkDrain: the kubelet must not kill what is still draining. The sleep before counts, too.
func checkDrain(t *testing.T, m *manifests, spec *corev1.PodSpec) {
	t.Helper()
	c := &spec.Containers[0]
	var drain time.Duration
	if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil {
		drain = time.Duration(c.Lifecycle.PreStop.Sleep.Seconds) * time.Second
	}
	service := serviceOf(t, c)
	set, defaults := environment(t, m, c), programSettings(t, service)
	for _, step := range []string{"_SHUTDOWN_DELAY", "_SHUTDOWN_GRACE"} {
		name := strings.ToUpper(service) + step
		d, err := time.ParseDuration(cmp.Or(set[name], defaults[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		drain += d
	}
	if end := time.Duration(*spec.TerminationGracePeriodSeconds) * time.Second; end <= drain {
		t.Errorf("killed after %v, drains for up to %v", end, drain)
	}
}

// settings returns the variables that the pod's first container gets from the config maps of the rendering.
func settings(t *testing.T, m *manifests, spec *corev1.PodSpec) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, source := range spec.Containers[0].EnvFrom {
		if source.ConfigMapRef != nil && m.configMaps[source.ConfigMapRef.Name] != nil {
			maps.Copy(all, m.configMaps[source.ConfigMapRef.Name].Data)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no settings from %v, there are %v", spec.Containers[0].EnvFrom, names(m.configMaps))
	}
	return all
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
	for _, overlay := range []string{"local", "production"} {
		namespaces := kustomize(t, "overlays/"+overlay).namespaces
		if len(namespaces) != 1 {
			t.Fatalf("%s: namespaces %v, want one", overlay, names(namespaces))
		}
		for name, ns := range namespaces {
			if level := ns.Labels[api.EnforceLevelLabel]; level != string(api.LevelRestricted) {
				t.Errorf("%s: %s enforces Pod Security %q, want restricted", overlay, name, level)
			}
			// What runs must not be refused after an upgrade of the cluster.
			version, err := api.ParseVersion(ns.Labels[api.EnforceVersionLabel])
			if overlay == "production" && (err != nil || version.Latest()) {
				t.Errorf("%s: %s pins no version of Pod Security (%v)", overlay, name, err)
			}
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
