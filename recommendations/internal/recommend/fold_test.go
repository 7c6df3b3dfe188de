package recommend

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"Dune":               "dune",
		"Pérez-Reverte":      "perez-reverte",
		"Pe\u0301rez":        "perez",
		"Mikołajek":          "mikolajek",
		"Straße":             "strasse",
		"Œuvres":             "oeuvres",
		"İstanbul":           "istanbul",
		"Ender’s Game":       "ender's game",
		"Война и мир":        "воина и мир",
		"ﬁnal":               "final",
		"坊っちゃん":              "坊っちゃん",
		"Ça va? ÀÉÎÕÜ ñ Ð þ": "ca va? aeiou n d th",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              nil,
		" ... ":                         nil,
		"Ender's Game":                  {"enders", "game"},
		"Catch-22":                      {"catch", "22"},
		"L’Étranger":                    {"letranger"},
		"The Hitchhiker's Guide, to 42": {"the", "hitchhikers", "guide", "to", "42"},
	} {
		if got := Words(text); !slices.Equal(got, want) {
			t.Errorf("Words(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Science fiction":      ScienceFiction,
		"Self-help":            SelfHelp,
		"  Mystery ":           Mystery,
		"Sci-Fi & Fantasy":     "sci-fi-fantasy",
		"Ficção científica":    "ficcao-cientifica",
		"小説":                   "小説",
		"!?":                   "",
		"Children's, ages 3–5": "childrens-ages-3-5",
	} {
		if got := NewCategory(name).Slug; got != want {
			t.Errorf("the slug of %q is %q, want %q", name, got, want)
		}
	}
}

// What was folded stays as it is, so that both sides of a comparison may be folded any number
// of times.
func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := Fold(text)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(%q) is %q, and of that %q", text, once, twice)
		}
	})
}
