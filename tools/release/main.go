// Command release writes a software bill of materials beside each program that it is given: which
// modules, in which versions, the linker put into it. It reads the program and not go.mod, which
// names more.
//
// Usage: go run . -version VERSION PROGRAM...
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	version := flag.String("version", "dev", "of the programs, which do not keep it where it can be read")
	flag.Parse()
	for _, program := range flag.Args() {
		if err := writeSBOM(program, *version); err != nil {
			fmt.Fprintln(os.Stderr, "sbom:", err)
			os.Exit(1)
		}
	}
}

func writeSBOM(program, version string) error {
	bom, err := sbom(program, version)
	if err != nil {
		return err
	}
	return os.WriteFile(program+".cdx.json", bom, 0o644) //nolint:gosec // it is there to be read
}
