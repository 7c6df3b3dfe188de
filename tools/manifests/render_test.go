// Package manifests_test checks the Helm charts and the kustomize bases without a cluster: they are rendered by
// Helm and by kustomize's library, decoded as strictly as an API server can, and compared with each other. Run it with -count=1: the
// test cache does not notice changes outside this module.
package manifests_test

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const root = "../.."

var services = []string{"recommendations", "marketplace"}

// manifests are the objects of one rendering, by kind and name.
type manifests struct {
	namespaces  map[string]*corev1.Namespace
	configMaps  map[string]*corev1.ConfigMap
	services    map[string]*corev1.Service
	deployments map[string]*appsv1.Deployment
	pods        map[string]*corev1.Pod
}

// helm returns what Helm prints, or its complaint as the error.
func helm(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	program := cmp.Or(os.Getenv("HELM"), "helm")
	var complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%v: these tests render with the real program; put it on PATH or name it by HELM=…", err)
	}
	if err != nil {
		return nil, errors.New(strings.TrimSpace(complaint.String()))
	}
	return out, nil
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
	rendered, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(root, "k8s", dir))
	if err != nil {
		t.Fatalf("kustomize k8s/%s: %v", dir, err)
	}
	out, err := rendered.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, out)
}

// decode fails on fields that Kubernetes does not know, fields given twice, wrong types and bad quantities.
func decode(t *testing.T, documents []byte) *manifests {
	t.Helper()
	m := &manifests{
		namespaces:  map[string]*corev1.Namespace{},
		configMaps:  map[string]*corev1.ConfigMap{},
		services:    map[string]*corev1.Service{},
		deployments: map[string]*appsv1.Deployment{},
		pods:        map[string]*corev1.Pod{},
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
		json.SerializerOptions{Yaml: true, Strict: true})
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(documents)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		object, err := runtime.Decode(strict, document)
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		switch o := object.(type) {
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
		default:
			t.Fatalf("a %T, which no check looks at; teach this function", o)
		}
	}
	if len(m.deployments) == 0 {
		t.Fatal("rendered no deployment")
	}
	return m
}

func names[V any](objects map[string]V) []string { return slices.Sorted(maps.Keys(objects)) }
