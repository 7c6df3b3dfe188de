package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The bill names the modules that the compiler says it compiles from, and no others.
func TestSBOM(t *testing.T) {
	dist := t.TempDir()
	runMake(t, root, nil, "dist", "DIST="+dist)
	for _, arch := range []string{"amd64", "arm64"} {
		for _, service := range services {
			t.Run(service+" "+arch, func(t *testing.T) {
				program := filepath.Join(dist, service+"-linux-"+arch)
				content, err := os.ReadFile(program + ".cdx.json")
				if err != nil {
					t.Fatal(err)
				}
				isValid(t, content)
				var bom cdx.BOM
				if err := cdx.NewBOMDecoder(bytes.NewReader(content), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
					t.Fatal(err)
				}
				if itself := bom.Metadata.Component; itself.Name != service || itself.Version != version || (*itself.Hashes)[0].Value != fmt.Sprintf("%x", digest(t, program)) {
					t.Errorf("it is about %+v", itself)
				}
				var got []string
				for _, part := range *bom.Components {
					got = append(got, strings.TrimPrefix(part.PackageURL, "pkg:golang/"))
				}
				if want := modules(t, service, arch); !slices.Equal(got, want) {
					t.Errorf("it lists\n%q, want\n%q", got, want)
				}
			})
		}
	}
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = dist
	if n := strings.Count(run(t, check), ": OK\n"); n != 8 {
		t.Errorf("there are checksums of %d files, want four programs and their bills", n)
	}
}

// modules asks the compiler what a service is compiled from.
func modules(t *testing.T, service, arch string) []string {
	t.Helper()
	list := exec.Command("go", "list", "-deps", "-tags=grpcnotrace", "-f={{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}", "./"+service)
	list.Dir = root
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	found := strings.Fields(run(t, list))
	slices.Sort(found)
	goVersion := exec.Command("go", "env", "GOVERSION")
	goVersion.Dir = root
	std := "stdlib@" + strings.TrimPrefix(strings.TrimSpace(run(t, goVersion)), "go")
	return append([]string{std}, slices.Compact(found)...)
}

// isValid checks a bill against the schema of the format, which lies beside its library.
func isValid(t *testing.T, bom []byte) {
	t.Helper()
	dir := strings.TrimSpace(run(t, exec.Command("go", "list", "-m", "-f={{.Dir}}", "github.com/CycloneDX/cyclonedx-go")))
	const format = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	compiler := jsonschema.NewCompiler()
	for url, file := range map[string]string{
		format: "bom-1.6.schema.json",
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		content, err := os.ReadFile(filepath.Join(dir, "schema", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(url, parse(t, content)); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(format)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(parse(t, bom)); err != nil {
		t.Error(err)
	}
}

func parse(t *testing.T, content []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
