package templates

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden: every mail in every language is as it was last looked at.
func TestGolden(t *testing.T) {
	for _, lang := range Languages() {
		for _, s := range samples() {
			m, err := Render(lang, s.data)
			if err != nil {
				t.Errorf("%s in %s: %v", s.name, lang, err)
				continue
			}
			file := filepath.Join("testdata", "mail", lang, s.name)
			golden(t, file+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
			golden(t, file+".html", m.HTML)
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v: run go test ./templates -update", err)
		return
	}
	wants := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wants) || line != wants[i] {
			t.Errorf("%s:%d differs: got %q, want %q; run go test ./templates -update and read the difference",
				file, i+1, line, append(wants, "")[min(i, len(wants))])
			return
		}
	}
	if string(want) != got {
		t.Errorf("%s is shorter than it was", file)
	}
}
