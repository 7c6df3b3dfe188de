// Package settings reads a service's settings from environment variables.
//
// It puts three things on top of github.com/kelseyhightower/envconfig: all faults are found
// in one run instead of the first alone, a variable set to the empty string counts as unset
// (a compose file cannot say "unset"), and a name that nobody knows is a fault. No value
// ever appears in an error, since it may be a secret.
package settings

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/kelseyhightower/envconfig"
)

// A Variable is one setting as its operator sees it.
type Variable struct {
	Name        string // with the service's prefix
	Fallback    string // read where Name is unset; mostly empty
	Default     string
	Description string
}

// A Verifier is a spec whose values can be wrong in ways that their types cannot say.
// Verify joins one error per fault, each made by [Fault].
type Verifier interface {
	Verify() error
}

// Fault says what is wrong with one variable; the text must not contain its value.
func Fault(variable, what string) error {
	return fmt.Errorf("%s: %s", variable, what)
}

// Load fills spec, a pointer to a struct with envconfig tags, from the environment's
// variables that begin with prefix and an underscore, and verifies it. Its error joins one
// line per fault. Names in foreign begin with the prefix too but belong to somebody else.
func Load(prefix string, spec any, foreign ...string) error {
	var faults []error
	known := slices.Clone(foreign)
	for _, f := range fields(prefix, reflect.ValueOf(spec).Elem()) {
		known = append(known, f.Name)
		if err := f.load(prefix); err != nil {
			faults = append(faults, err)
		}
	}
	faults = append(faults, unknown(prefix, known, os.Environ())...)
	if v, ok := spec.(Verifier); ok {
		faults = append(faults, v.Verify())
	}
	return errors.Join(faults...)
}

// Variables lists the settings that spec, a pointer to a struct, declares.
func Variables(prefix string, spec any) []Variable {
	var list []Variable
	for _, f := range fields(prefix, reflect.ValueOf(spec).Elem()) {
		list = append(list, f.Variable)
	}
	return list
}

// A field is a variable and the place that its value goes to.
type field struct {
	Variable
	declared reflect.StructField
	value    reflect.Value
}

// fields lists the settings of a struct, those of embedded structs in their place.
func fields(prefix string, spec reflect.Value) []field {
	var list []field
	for i := range spec.NumField() {
		declared := spec.Type().Field(i)
		if declared.Anonymous {
			list = append(list, fields(prefix, spec.Field(i))...)
			continue
		}
		fallback := declared.Tag.Get("envconfig")
		list = append(list, field{
			Variable: Variable{
				Name:        prefix + "_" + cmp.Or(fallback, snakeCase(declared.Name)),
				Fallback:    fallback,
				Default:     declared.Tag.Get("default"),
				Description: declared.Tag.Get("desc"),
			},
			declared: declared,
			value:    spec.Field(i),
		})
	}
	return list
}

// load reads one setting. Where that fails, the field gets its default all the same, so that
// Verify does not fault it a second time.
func (f field) load(prefix string) error {
	if err := f.unset(func(value string) bool { return value == "" }); err != nil {
		return err
	}
	if f.process(prefix) == nil {
		return nil
	}
	if err := f.unset(func(string) bool { return true }); err != nil {
		return err
	}
	if err := f.process(prefix); err != nil {
		panic(fmt.Sprintf("settings: %s has a bad default: %v", f.Name, err))
	}
	return Fault(f.Name, "must be "+form(f.value.Type())) // the library's error quotes the value
}

// unset removes the variable from the environment if its value is one of those.
func (f field) unset(those func(value string) bool) error {
	for _, name := range []string{f.Name, f.Fallback} {
		if value, set := os.LookupEnv(name); set && those(value) {
			if err := os.Unsetenv(name); err != nil {
				return Fault(name, "cannot be unset")
			}
		}
	}
	return nil
}

// process reads the setting through a struct of that field alone, since envconfig stops at
// the first fault of a struct.
func (f field) process(prefix string) error {
	alone := reflect.New(reflect.StructOf([]reflect.StructField{f.declared}))
	if err := envconfig.Process(prefix, alone.Interface()); err != nil {
		return err
	}
	f.value.Set(alone.Elem().Field(0))
	return nil
}

// form says how a value of a type is written.
func form(t reflect.Type) string {
	switch t.String() {
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	case "time.Duration":
		return "a duration such as 10s or 500ms"
	case "slog.Level":
		return "debug, info, warn or error"
	default:
		return "a valid " + t.String()
	}
}

// snakeCase splits a field's name as envconfig does with split_words; the library finds its
// names only through text/template, which would keep the linker from dropping unused methods.
func snakeCase(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		startsWord := i > 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && !unicode.IsUpper(runes[i+1]))
		if startsWord {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}
