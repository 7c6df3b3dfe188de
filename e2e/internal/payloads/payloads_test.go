package payloads

import (
	"slices"
	"testing"
)

func TestCorpus(t *testing.T) {
	for name, tt := range map[string]struct {
		all  []string
		want int
	}{"HTML": {HTML(), 300}, "SQL": {SQL(), 200}} {
		t.Run(name, func(t *testing.T) {
			distinct := len(slices.Compact(slices.Sorted(slices.Values(tt.all))))
			t.Logf("%d payloads", distinct)
			if distinct < tt.want || distinct != len(tt.all) {
				t.Errorf("%d payloads, %d of them different, want %d and more", len(tt.all), distinct, tt.want)
			}
		})
	}
}
