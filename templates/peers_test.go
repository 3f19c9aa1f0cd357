package templates

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rulesOfHTML are those of html-validate. Mails have attributes that HTML has given up: Outlook reads no others.
const rulesOfHTML = `{"root": true, "elements": ["html5"], "extends": ["html-validate:standard", "html-validate:a11y"], "rules": {"no-deprecated-attr": "off"}}`

// TestPeerHTMLValidate has all golden mails and pages looked at by html-validate, which npm installs; GUILDPOST_TEST_HTMLVALIDATE
// is its program: node_modules/.bin/html-validate.
func TestPeerHTMLValidate(t *testing.T) {
	program := os.Getenv("GUILDPOST_TEST_HTMLVALIDATE")
	if program == "" {
		if slices.Contains(strings.Fields(os.Getenv("GUILDPOST_TEST_REQUIRE")), "html-validate") {
			t.Fatal("html-validate is required and not here")
		}
		t.Skip("html-validate is not here")
	}
	rules := filepath.Join(t.TempDir(), "rules.json")
	if err := os.WriteFile(rules, []byte(rulesOfHTML), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.html")
	if err := os.WriteFile(wrong, []byte("<!DOCTYPE html>\n<html lang=\"en\"><head><title>x</title></head><body><p><div></p></body></html>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-c", rules, wrong).CombinedOutput(); err == nil {
		t.Fatalf("html-validate finds nothing wrong where something is:\n%s", out)
	}
	files, err := filepath.Glob("testdata/*/*/*.html")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	if out, err := exec.Command(program, append([]string{"-c", rules}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}
