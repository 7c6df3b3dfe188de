package settings_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/kelseyhightower/envconfig"

	"bookmarket/internal/settings"
)

// Logging is embedded, as the services embed what they share.
type Logging struct {
	LogLevel slog.Level `split_words:"true" default:"info" desc:"least level that is logged"`
}

type spec struct {
	GRPCAddr   string `split_words:"true" default:":1" desc:"listen address"`
	ServerHost string `envconfig:"SERVER_HOST" default:"localhost" desc:"where the server is"`
	Logging
	Reflection    bool          `split_words:"true" default:"false"`
	ShutdownGrace time.Duration `split_words:"true" default:"10s"`
}

func (s *spec) Verify() error {
	var faults []error
	if s.ShutdownGrace <= 0 {
		faults = append(faults, settings.Fault("SHOP_SHUTDOWN_GRACE", "must be above 0s"))
	}
	return errors.Join(append(faults, settings.VerifyListenAddr("SHOP_GRPC_ADDR", s.GRPCAddr))...)
}

func load(t *testing.T, env map[string]string) (spec, []string) {
	t.Helper()
	for name, value := range env {
		t.Setenv(name, value)
	}
	var s spec
	err := settings.Load("SHOP", &s, "SHOP_FOREIGN")
	if err == nil {
		return s, nil
	}
	return s, strings.Split(err.Error(), "\n")
}

func TestLoad(t *testing.T) {
	defaults := spec{GRPCAddr: ":1", ServerHost: "localhost", ShutdownGrace: 10 * time.Second}
	tests := []struct {
		name   string
		env    map[string]string
		change func(*spec)
		faults []string
	}{
		{name: "defaults"},
		{
			name:   "values",
			env:    map[string]string{"SHOP_GRPC_ADDR": ":2", "SHOP_LOG_LEVEL": "warn", "SHOP_REFLECTION": "true", "SHOP_SHUTDOWN_GRACE": "1m"},
			change: func(s *spec) { *s = spec{":2", "localhost", Logging{slog.LevelWarn}, true, time.Minute} },
		},
		{
			name: "the empty string counts as unset",
			env:  map[string]string{"SHOP_GRPC_ADDR": "", "SHOP_LOG_LEVEL": "", "SHOP_SHUTDOWN_GRACE": "", "SHOP_NOBODYS": ""},
		},
		{
			name:   "a fallback name",
			env:    map[string]string{"SERVER_HOST": "elsewhere"},
			change: func(s *spec) { s.ServerHost = "elsewhere" },
		},
		{
			name:   "the prefixed name goes before the fallback",
			env:    map[string]string{"SERVER_HOST": "elsewhere", "SHOP_SERVER_HOST": "here"},
			change: func(s *spec) { s.ServerHost = "here" },
		},
		{
			name:   "the fallback goes before the default where the prefixed name is empty",
			env:    map[string]string{"SERVER_HOST": "elsewhere", "SHOP_SERVER_HOST": ""},
			change: func(s *spec) { s.ServerHost = "elsewhere" },
		},
		{
			name: "a name without its prefix is not ours",
			env:  map[string]string{"GRPC_ADDR": ":3", "LOG_LEVEL": "debug"},
		},
		{
			name: "names of others",
			env: map[string]string{
				"SHOP_FOREIGN":                         "x",
				"SHOP_PORT":                            "tcp://10.0.0.1:80",
				"SHOP_SERVICE_HOST":                    "10.0.0.1",
				"SHOP_SERVICE_PORT":                    "80",
				"SHOP_SERVICE_PORT_GRPC":               "80",
				"SHOP_HEADLESS_SERVICE_HOST":           "10.0.0.1",
				"SHOP_PORT_80_TCP":                     "tcp://10.0.0.1:80",
				"SHOP_PORT_80_TCP_PROTO":               "tcp",
				"SHOP_PORT_80_TCP_ADDR":                "10.0.0.1",
				"SHOPPING":                             "no underscore behind the prefix",
				"SHOPPING_LIST":                        "another prefix",
				"SHOP_HEADLESS_PORT_50051_TCP_PORT":    "50051",
				"SHOP_HEADLESS_SERVICE_PORT_GRPC_HTTP": "1",
			},
		},
		{
			name: "every fault in one run, no value told",
			env: map[string]string{
				"SHOP_GRPC_ADDR":      "secret",
				"SHOP_LOG_LEVEL":      "secret",
				"SHOP_REFLECTION":     "secret",
				"SHOP_SHUTDOWN_GRACE": "secret",
				"SHOP_GRPC_ADR":       "secret",
				"SHOP_PORTS":          "secret",
			},
			faults: []string{
				"SHOP_LOG_LEVEL: must be debug, info, warn or error",
				"SHOP_REFLECTION: must be true or false",
				"SHOP_SHUTDOWN_GRACE: must be a duration such as 10s or 500ms",
				"SHOP_GRPC_ADR: no such setting; the command env lists all",
				"SHOP_PORTS: no such setting; the command env lists all",
				`SHOP_GRPC_ADDR: must be host:port with a port number from 0 to 65535, such as ":8080" or "127.0.0.1:8080"`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := defaults
			if tt.change != nil {
				tt.change(&want)
			}
			got, faults := load(t, tt.env)
			if strings.Join(faults, "\n") != strings.Join(tt.faults, "\n") {
				t.Fatalf("faults:\n%s\nwant:\n%s", strings.Join(faults, "\n"), strings.Join(tt.faults, "\n"))
			}
			if faults == nil && got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// What Variables says must be what the library reads.
func TestVariablesAgreeWithEnvconfig(t *testing.T) {
	var out strings.Builder
	row := "{{range .}}{{usage_key .}}|{{usage_default .}}|{{usage_description .}}\n{{end}}"
	if err := envconfig.Usagef("SHOP", &spec{}, &out, row); err != nil {
		t.Fatal(err)
	}
	var ours strings.Builder
	for _, v := range settings.Variables("SHOP", &spec{}) {
		ours.WriteString(v.Name + "|" + v.Default + "|" + v.Description + "\n")
	}
	if ours.String() != out.String() {
		t.Errorf("we say\n%s\nenvconfig says\n%s", ours.String(), out.String())
	}
}

func TestVerifyListenAddr(t *testing.T) {
	for value, ok := range map[string]bool{
		":0": true, ":65535": true, "127.0.0.1:50051": true, "[::1]:80": true, "localhost:80": true,
		"": false, "50051": false, ":": false, ":65536": false, ":http": false, "::1:80": false,
	} {
		err := settings.VerifyListenAddr("SHOP_ADDR", value)
		if (err == nil) != ok {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestVerifyOneOf(t *testing.T) {
	if err := settings.VerifyOneOf("SHOP_KIND", "b", "a", "b"); err != nil {
		t.Error(err)
	}
	want := settings.Fault("SHOP_KIND", "must be a or b")
	if err := settings.VerifyOneOf("SHOP_KIND", "secret", "a", "b"); err == nil || err.Error() != want.Error() {
		t.Errorf("got %v, want %v", err, want)
	}
}
