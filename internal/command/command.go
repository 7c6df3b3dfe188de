// Package command is the part of the command line that both services have.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"bookmarket/internal/buildinfo"
	"bookmarket/internal/envdoc"
	"bookmarket/internal/healthcheck"
	"bookmarket/internal/settings"
)

// A Service is what the common commands need to know of the program they are part of.
type Service struct {
	Name        string
	Description string
	Prefix      string                 // of its settings
	Spec        any                    // the struct that declares them
	GRPCAddr    func() (string, error) // its own listen address, from the settings
}

// Common are the commands of both services; embed them in the struct given to Run.
type Common struct {
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running server how it is; exit code 0 when it is SERVING."`
	Env         envCommand         `cmd:"" help:"List the environment variables that configure the service."`
	Version     versionCommand     `cmd:"" help:"Say which build this is."`
}

// Run parses the arguments into cli, a pointer to a struct of commands, runs the one that
// was named, and returns the exit code. Each line of an error becomes a line on errOut.
func Run(service *Service, cli any, args []string, out, errOut io.Writer) int {
	exit := -1
	parser, err := kong.New(cli,
		kong.Name(service.Name),
		kong.Description(service.Description),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exit = code }),
		kong.Bind(service),
		kong.BindTo(out, (*io.Writer)(nil)),
	)
	if err != nil {
		panic(fmt.Sprintf("command: %T is no command line: %v", cli, err))
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help
		return exit
	}
	if err == nil {
		err = parsed.Run()
	}
	if err == nil {
		return 0
	}
	for line := range strings.Lines(said(err)) {
		fmt.Fprintf(errOut, "%s: %s\n", service.Name, strings.TrimSuffix(line, "\n"))
	}
	return 1
}

// said is what is told of an error. Nobody needs to be told where a command was interrupted, but
// what else went wrong then.
func said(err error) string {
	if !errors.Is(err, context.Canceled) {
		return err.Error()
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return "interrupted"
	}
	var lines []string
	for _, err := range joined.Unwrap() {
		lines = append(lines, said(err))
	}
	return strings.Join(lines, "\n")
}

type healthcheckCommand struct{ healthcheck.Command }

func (c healthcheckCommand) Run(service *Service, out io.Writer) error {
	if c.Addr == "" {
		listenAddr, err := service.GRPCAddr()
		if err != nil {
			return err
		}
		c.Addr = healthcheck.DialAddr(listenAddr)
	}
	if err := c.Check(context.Background()); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "SERVING")
	return err
}

type envCommand struct{}

func (envCommand) Run(service *Service, out io.Writer) error {
	return envdoc.Text(out, settings.Variables(service.Prefix, service.Spec))
}

type versionCommand struct{}

func (versionCommand) Run(service *Service, out io.Writer) error {
	_, err := fmt.Fprintln(out, service.Name, buildinfo.Get())
	return err
}
