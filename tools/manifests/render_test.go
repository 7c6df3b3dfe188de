// Package manifests_test checks the Helm charts and the kustomize bases without a cluster: they are rendered by both
// Helms and by kustomize's library, decoded as strictly as an API server can, and compared with each other. Run
// it with -count=1: the test cache does not notice changes outside this module.
package manifests_test

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const root = "../.."

var services = []string{"recommendations", "marketplace"}

// An object is one document of a rendering.
type object interface {
	runtime.Object
	metav1.Object
}

// manifests are one rendering: its text, its objects, and some kinds of these by name.
type manifests struct {
	documents   []byte
	objects     []object
	namespaces  map[string]*corev1.Namespace
	configMaps  map[string]*corev1.ConfigMap
	services    map[string]*corev1.Service
	deployments map[string]*appsv1.Deployment
	pods        map[string]*corev1.Pod
}

// of returns the objects of one Go type.
func of[T object](m *manifests) []T {
	var found []T
	for _, o := range m.objects {
		if o, ok := o.(T); ok {
			found = append(found, o)
		}
	}
	return found
}

// known is what Kubernetes serves, and the kinds that the charts use of the Prometheus operator and of the Gateway API.
var known = func() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, monitoringv1.AddToScheme, gatewayv1.Install} {
		utilruntime.Must(add(s))
	}
	return s
}()

// helmOf finds a program of Helm's major version 3 or 4, under whichever name a machine has it.
var helmOf = map[string]func() (string, error){
	"3": sync.OnceValues(func() (string, error) { return findHelm("3") }),
	"4": sync.OnceValues(func() (string, error) { return findHelm("4") }),
}

func findHelm(major string) (string, error) {
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		for _, name := range []string{"helm", "helm" + major} {
			program, err := exec.LookPath(filepath.Join(dir, name))
			if err != nil {
				continue
			}
			version, err := exec.Command(program, "version", "--short").Output()
			if err == nil && strings.HasPrefix(string(version), "v"+major+".") {
				return program, nil
			}
		}
	}
	return "", fmt.Errorf("no Helm %s on PATH: these tests render with the real program; tools/install.sh helm builds it", major)
}

// run returns what a program prints, or its complaint as the error.
func run(t *testing.T, stdin []byte, program string, args ...string) ([]byte, error) {
	t.Helper()
	var complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%v: tools/install.sh helm builds it, tools/install.sh --path says where", err)
	}
	if err != nil {
		return out, errors.New(cmp.Or(strings.TrimSpace(complaint.String()), err.Error()))
	}
	return out, nil
}

// helm runs Helm 4, the main line; TestBothHelms also runs 3.
func helm(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	program, err := helmOf["4"]()
	if err != nil {
		t.Fatal(err)
	}
	return run(t, nil, program, args...)
}

// charts returns a copy of helm/ in which the umbrella has its dependencies, so that no test writes into the
// repository. It fails when Chart.lock does not fit Chart.yaml.
func charts(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "helm")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "helm"))); err != nil {
		t.Fatal(err)
	}
	if _, err := helm(t, "dependency", "build", "--skip-refresh", filepath.Join(dir, "bookmarket")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func template(t *testing.T, release, chart string, args ...string) *manifests {
	t.Helper()
	out, err := helm(t, append([]string{"template", release, chart}, args...)...)
	if err != nil {
		t.Fatalf("helm template %s: %v", release, err)
	}
	return decode(t, out)
}

// kustomize renders with the library that kubectl kustomize is made of: Debian's kubectl is older than the fields that the
// overlays use.
func kustomize(t *testing.T, dir string) *manifests {
	t.Helper()
	return kustomizeIn(t, filesys.MakeFsOnDisk(), filepath.Join(root, "k8s", dir))
}

func kustomizeIn(t *testing.T, files filesys.FileSystem, dir string) *manifests {
	t.Helper()
	rendered, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, dir)
	if err != nil {
		t.Fatalf("kustomize %s: %v", dir, err)
	}
	out, err := rendered.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, out)
}

// decode fails on fields that Kubernetes does not know, fields given twice, wrong types and bad quantities, and on two
// objects of one kind and name.
func decode(t *testing.T, documents []byte) *manifests {
	t.Helper()
	m := &manifests{
		documents:   documents,
		namespaces:  map[string]*corev1.Namespace{},
		configMaps:  map[string]*corev1.ConfigMap{},
		services:    map[string]*corev1.Service{},
		deployments: map[string]*appsv1.Deployment{},
		pods:        map[string]*corev1.Pod{},
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, known, known,
		json.SerializerOptions{Yaml: true, Strict: true})
	seen := map[string]bool{}
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(documents)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := runtime.Decode(strict, document)
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		o, ok := decoded.(object)
		if !ok {
			t.Fatalf("a %T, which is no single object", decoded)
		}
		id := o.GetObjectKind().GroupVersionKind().GroupKind().String() + " " + o.GetNamespace() + "/" + o.GetName()
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
		m.objects = append(m.objects, o)
		switch o := o.(type) {
		case *corev1.Namespace:
			m.namespaces[o.Name] = o
		case *corev1.ConfigMap:
			m.configMaps[o.Name] = o
		case *corev1.Service:
			m.services[o.Name] = o
		case *appsv1.Deployment:
			m.deployments[o.Name] = o
		case *corev1.Pod:
			m.pods[o.Name] = o
		}
	}
	if len(m.deployments) == 0 {
		t.Fatal("rendered no deployment")
	}
	return m
}

// A workload is a pod, or what a pod is made from.
type workload struct {
	meta *metav1.ObjectMeta
	spec *corev1.PodSpec
}

// workloads returns what runs containers, by kind and name.
func (m *manifests) workloads(t *testing.T) map[string]workload {
	t.Helper()
	found := map[string]workload{}
	for _, o := range m.objects {
		var pod *corev1.PodTemplateSpec
		switch o := o.(type) {
		case *corev1.Pod:
			pod = &corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}
		case *appsv1.Deployment:
			pod = &o.Spec.Template
		case *appsv1.StatefulSet:
			pod = &o.Spec.Template
		case *appsv1.DaemonSet:
			pod = &o.Spec.Template
		case *batchv1.Job:
			pod = &o.Spec.Template
		case *batchv1.CronJob:
			pod = &o.Spec.JobTemplate.Spec.Template
		case *appsv1.ReplicaSet, *corev1.ReplicationController, *corev1.PodTemplate:
			t.Fatalf("%T %s: use a Deployment", o, o.GetName())
		default:
			continue
		}
		found[o.GetObjectKind().GroupVersionKind().Kind+" "+o.GetName()] = workload{&pod.ObjectMeta, &pod.Spec}
	}
	return found
}

func names[V any](objects map[string]V) []string { return slices.Sorted(maps.Keys(objects)) }
