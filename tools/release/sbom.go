package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"net/url"
	"os"
	"path"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// sbom returns what a program is made of, as CycloneDX JSON. The same program gives the same
// bytes: neither the time nor a random serial number is in them, which the format allows.
func sbom(program, version string) ([]byte, error) {
	content, err := os.ReadFile(program) //nolint:gosec // whoever runs this says which
	if err != nil {
		return nil, err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	itself := mainComponent(info, version, sha256.Sum256(content))
	parts := components(info)
	refs := make([]string, len(parts))
	for i, part := range parts {
		refs[i] = part.BOMRef
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &itself}
	bom.Components = &parts
	bom.Dependencies = &[]cdx.Dependency{{Ref: itself.BOMRef, Dependencies: &refs}}
	var out bytes.Buffer
	err = cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

// mainComponent is the program itself.
func mainComponent(info *debug.BuildInfo, version string, digest [sha256.Size]byte) cdx.Component {
	var settings []cdx.Property
	for _, setting := range info.Settings {
		settings = append(settings, cdx.Property{Name: "bookmarket:build:" + setting.Key, Value: setting.Value})
	}
	return cdx.Component{
		BOMRef:     info.Path,
		Type:       cdx.ComponentTypeApplication,
		Name:       path.Base(info.Path),
		Version:    version,
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(digest[:])}},
		Properties: &settings,
	}
}

// components are the modules of a program and Go's own library, which has its weaknesses like any
// other, and is called stdlib where they are listed.
func components(info *debug.BuildInfo) []cdx.Component {
	parts := []cdx.Component{library("stdlib", strings.TrimPrefix(info.GoVersion, "go"))}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		parts = append(parts, library(module.Path, module.Version))
	}
	return parts
}

func library(name, version string) cdx.Component {
	purl := "pkg:golang/" + name + "@" + url.QueryEscape(version)
	return cdx.Component{
		BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: purl,
	}
}
