package command_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bookmarket/internal/command"
)

var testService = &command.Service{
	Name:        "shop",
	Description: "A shop.",
	Prefix:      "SHOP",
	Spec: &struct {
		Title string `split_words:"true" default:"Books" desc:"what it is called"`
	}{},
	GRPCAddr: func() (string, error) {
		return "", errors.New("SHOP_GRPC_ADDR: is bad\nSHOP_TITLE: is bad too")
	},
}

type serveCommand struct {
	Fail      bool
	Interrupt bool
}

func (c serveCommand) Run() error {
	if c.Fail {
		return errors.New("it failed")
	}
	if c.Interrupt {
		return errors.Join(fmt.Errorf("read what readers did: %w", context.Canceled), errors.New("close: it failed"))
	}
	return nil
}

func TestRun(t *testing.T) {
	tests := map[string]struct {
		args string
		exit int
		out  string // part of it
		err  string
	}{
		"the default":        {"", 0, "", ""},
		"named":              {"serve", 0, "", ""},
		"its flags":          {"serve --fail", 1, "", "shop: it failed\n"},
		"interrupted":        {"serve --interrupt", 1, "", "shop: interrupted\nshop: close: it failed\n"},
		"help":               {"--help", 0, "List the environment variables", ""},
		"help of a command":  {"healthcheck --help", 0, "--timeout", ""},
		"settings":           {"env", 0, "SHOP_TITLE  Books    what it is called", ""},
		"version":            {"version", 0, "shop dev (revision ", ""},
		"one line a fault":   {"healthcheck", 1, "", "shop: SHOP_GRPC_ADDR: is bad\nshop: SHOP_TITLE: is bad too\n"},
		"no settings needed": {"healthcheck --addr 127.0.0.1:1", 1, "", "shop: 127.0.0.1:1: "},
		"no such command":    {"sell", 1, "", "shop: unexpected argument sell"},
		"no such flag":       {"serve --colour", 1, "", "shop: unknown flag --colour"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var cli struct {
				Serve serveCommand `cmd:"" default:"withargs" help:"Serve."`
				command.Common
			}
			var out, errOut bytes.Buffer
			exit := command.Run(testService, &cli, strings.Fields(tt.args), &out, &errOut)
			if exit != tt.exit || !strings.Contains(out.String(), tt.out) || !strings.HasPrefix(errOut.String(), tt.err) {
				t.Errorf("exit code %d, want %d\nout:\n%serr:\n%s", exit, tt.exit, out.String(), errOut.String())
			}
		})
	}
}
