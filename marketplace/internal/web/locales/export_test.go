package locales

import "golang.org/x/text/language"

// Speaking returns a language that has no texts.
func Speaking(tag string) *Language { return &Language{tag: language.MustParse(tag)} }
