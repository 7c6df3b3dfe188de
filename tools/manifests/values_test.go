package manifests_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTyposAreRefused(t *testing.T) {
	dir := charts(t)
	for _, test := range []struct{ chart, set, complaint string }{
		{"recommendations", "replicas=2", "replicas"},
		{"recommendations", "image.tga=v1", "tga"},
		{"recommendations", "image.digest=v1", "digest"},
		{"recommendations", "config.RECOMMENDATIONS_LOG_LEVLE=debug", "RECOMMENDATIONS_LOG_LEVLE"},
		{"recommendations", "config.RECOMMENDATIONS_LOG_LEVEL=loud", "RECOMMENDATIONS_LOG_LEVEL"},
		{"recommendations", "config.RECOMMENDATIONS_GRPC_ADDR=:1", "RECOMMENDATIONS_GRPC_ADDR"},
		{"recommendations", "config.RECOMMENDATIONS_SHUTDOWN_GRACE=10", "RECOMMENDATIONS_SHUTDOWN_GRACE"},
		{"recommendations", "resources.limits.memroy=1Gi", "memroy"},
		{"recommendations", "resources.limits.memory=1.5Gi", "memory"},
		{"recommendations", "config.RECOMMENDATIONS_DATABASE_URL=memory:", "RECOMMENDATIONS_DATABASE_URL"},
		{"recommendations", "database.kind=sqlight", "kind"},
		{"recommendations", "database.postgres.existingSecrt=books", "existingSecrt"},
		{"marketplace", "replicas=2", "replicas"},
		{"marketplace", "config.MARKETPLACE_RECOMMENDATIONS_HOST=", "MARKETPLACE_RECOMMENDATIONS_HOST"},
		{"marketplace", "config.MARKETPLACE_TITEL=x", "MARKETPLACE_TITEL"},
		{"marketplace", "config.RECOMMENDATIONS_LOG_LEVEL=debug", "RECOMMENDATIONS_LOG_LEVEL"},
		{"bookmarket", "recomendations.enabled=false", "recomendations"},
		{"bookmarket", "recommendations.replicas=2", "replicas"},
		{"bookmarket", "marketplace.config.MARKETPLACE_TITEL=x", "MARKETPLACE_TITEL"},
	} {
		t.Run(test.chart+"/"+test.set, func(t *testing.T) {
			_, err := helm(t, "template", "x", filepath.Join(dir, test.chart), "--set", test.set)
			if err == nil {
				t.Fatal("rendered")
			}
			if !strings.Contains(err.Error(), "don't meet the specifications of the schema") || !strings.Contains(err.Error(), test.complaint) {
				t.Errorf("the complaint does not name %s: %v", test.complaint, err)
			}
		})
	}
}

func TestImage(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0123", 16)
	for _, test := range []struct{ set, want string }{
		{"", "bookmarket/recommendations:dev"},
		{"image.repository=registry.example/books", "registry.example/books:dev"},
		{"image.tag=v1", "bookmarket/recommendations:v1"},
		{"image.tag=v1@" + digest, "bookmarket/recommendations:v1@" + digest}, // as Skaffold writes it
		{"image.digest=" + digest, "bookmarket/recommendations@" + digest},
		{"image.tag=v1,image.digest=" + digest, "bookmarket/recommendations@" + digest},
	} {
		for _, service := range services {
			set, want := strings.ReplaceAll(test.set, "recommendations", service), strings.ReplaceAll(test.want, "recommendations", service)
			t.Run(service+"/"+set, func(t *testing.T) {
				m := template(t, service, filepath.Join(root, "helm", service), "--set", set)
				if got := m.deployments[service].Spec.Template.Spec.Containers[0].Image; got != want {
					t.Errorf("the service runs %s, want %s", got, want)
				}
				if got := m.pods[service+"-test-health"].Spec.Containers[0].Image; got != want {
					t.Errorf("the test runs %s, want %s", got, want)
				}
			})
		}
	}
}

// TestUmbrella follows the wire that only the umbrella lays: from the marketplace to the other half of its release.
func TestUmbrella(t *testing.T) {
	umbrella := filepath.Join(charts(t), "bookmarket")
	const host = "MARKETPLACE_RECOMMENDATIONS_HOST"

	// A release named like a chart must not shorten the names that the wire counts on.
	for _, release := range []string{"bookmarket", "recommendations", "my-marketplace"} {
		t.Run(release, func(t *testing.T) {
			m := template(t, release, umbrella, "--set", "global.anything=1")
			want := []string{release + "-marketplace", release + "-recommendations", release + "-recommendations-headless"}
			if got := names(m.services); !slices.Equal(got, want) {
				t.Fatalf("services %v, want %v", got, want)
			}
			spec := &m.deployments[release+"-marketplace"].Spec.Template.Spec
			if got, want := settings(t, m, spec)[host], "dns:///"+release+"-recommendations-headless:50051"; got != want {
				t.Errorf("the marketplace dials %s, want %s", got, want)
			}
			if m.services[release+"-recommendations-headless"].Spec.ClusterIP != "None" {
				t.Error("the service that the marketplace dials has one address, which pins it to one pod")
			}
		})
	}

	t.Run("another address", func(t *testing.T) {
		m := template(t, "x", umbrella, "--set", "recommendations.enabled=false,marketplace.config."+host+"=books.example:443")
		if got := names(m.deployments); !slices.Equal(got, []string{"x-marketplace"}) {
			t.Errorf("deployments %v, want the marketplace alone", got)
		}
		if got := settings(t, m, &m.deployments["x-marketplace"].Spec.Template.Spec)[host]; got != "books.example:443" {
			t.Errorf("the marketplace dials %s", got)
		}
	})
}

func TestSettings(t *testing.T) {
	chart := filepath.Join(root, "helm/marketplace")
	checksum := func(m *manifests) string {
		return m.deployments["marketplace"].Spec.Template.Annotations["checksum/config"]
	}
	before := template(t, "marketplace", chart)
	if _, ok := before.configMaps["marketplace"].Data["MARKETPLACE_TITLE"]; ok {
		t.Error("an empty setting is passed on")
	}
	after := template(t, "marketplace", chart, "--set", "config.MARKETPLACE_TITLE=Ana's \"Books\"")
	if got := after.configMaps["marketplace"].Data["MARKETPLACE_TITLE"]; got != `Ana's "Books"` {
		t.Errorf("the title is %s", got)
	}
	if checksum(before) == checksum(after) {
		t.Error("another title starts no new pods")
	}
}

func TestGoMemoryLimit(t *testing.T) {
	for limit, want := range map[string]string{"100Mi": "90MiB", "2Gi": "1843MiB", "null": ""} {
		m := template(t, "marketplace", filepath.Join(root, "helm/marketplace"), "--set", "resources.limits.memory="+limit)
		var got string
		for _, env := range m.deployments["marketplace"].Spec.Template.Spec.Containers[0].Env {
			if env.Name == "GOMEMLIMIT" {
				got = env.Value
			}
		}
		if got != want {
			t.Errorf("memory limit %s: GOMEMLIMIT is %q, want %q", limit, got, want)
		}
	}
}
