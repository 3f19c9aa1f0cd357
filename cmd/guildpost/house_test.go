package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// floors is the picture of the house: a package imports only packages on lower floors.
var floors = map[string]int{
	"cmd/guildpost": 5,

	"web": 4, "web/caldav": 4, "mail/inbound": 4, "mail/inbound/imapwatch": 4, "mail/archive/imapd": 4,

	"digest": 3, "mail/practice": 3, "mail/route": 3,

	"mail/list": 2, "calendar": 2, "mail/login": 2, "mail/archive": 2, "mail/outbound": 2,

	"mail": 1, "mail/bounce": 1, "mail/archive/box": 1, "calendar/itip": 1, "calendar/when": 1, "digest/measure": 1, "digest/chart": 1, "digest/issue": 1, "templates": 1,

	"store": 0, "mail/inbound/port": 0,
}

// sameFloor are the imports within a floor that the picture allows: bounce reads a message, as its parent does, and the IMAP
// watcher hands mail to the same Receiver; a date in words names zones and rules as calendars do.
var sameFloor = map[[2]string]bool{
	{"mail/bounce", "mail"}: true, {"calendar/when", "calendar/itip"}: true, {"mail/inbound/imapwatch", "mail/inbound"}: true,
}

// forTests are packages that only tests and the demo import; they may import anything below cmd.
var forTests = []string{"mail/mailtest", "store/storetest", "digest/yeartest"}

// tops are what may stand at the top of the repository beside dotfiles.
var tops = []string{"cmd", "mail", "calendar", "digest", "store", "templates", "web",
	"go.mod", "go.sum", "README.md", "Makefile", "LICENSE"}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) (all []goPackage) {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "guildpost/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "guildpost/")
		if slices.Contains(forTests, name) {
			continue
		}
		floor, ok := floors[name]
		if !ok {
			t.Errorf("package %s has no floor in the house", name)
		}
		for _, imported := range p.Imports {
			below, ours := strings.CutPrefix(imported, "guildpost/")
			if !ours || sameFloor[[2]string{name, below}] {
				continue
			}
			if slices.Contains(forTests, below) && name != "cmd/guildpost" {
				t.Errorf("%s imports %s, which is for tests", name, below)
			} else if floors[below] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", name, floor, below, floors[below])
			}
		}
	}
}

func TestNothingElseAtTheTop(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	tracked, err := exec.Command("git", "-C", root, "ls-files").Output()
	if err != nil {
		t.Skip("not a git checkout")
	}
	for _, e := range entries {
		name := e.Name()
		known := strings.HasPrefix(name, ".") || slices.Contains(tops, name)
		if !known && (bytes.Contains(tracked, []byte("\n"+name+"\n")) || bytes.Contains(tracked, []byte("\n"+name+"/"))) {
			t.Errorf("%s stands at the top of the repository", name)
		}
	}
}

// root is the repository.
var root = filepath.Join("..", "..")

// TestReadmeNamesDependencies: each module that go.mod requires directly has its line in the README, and no other.
func TestReadmeNamesDependencies(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	required := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(?:require)?\s+([a-z0-9.]+\.[a-z]+/\S+) v\S+( // indirect)?$`).FindAllStringSubmatch(string(mod), -1) {
		if m[2] == "" {
			required[m[1]] = true
		}
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9.]+\\.[a-z]+/[^`]+)` \\|").FindAllStringSubmatch(string(readme), -1) {
		named[m[1]] = true
	}
	for name := range required {
		if !named[name] {
			t.Errorf("README.md does not say what %s is for", name)
		}
	}
	for name := range named {
		if !required[name] {
			t.Errorf("README.md names %s, which go.mod does not require", name)
		}
	}
	if len(required) < 4 {
		t.Errorf("only %d modules were read from go.mod", len(required))
	}
}

// TestReadmeNamesFolders: the folders of the README's table are those of the house.
func TestReadmeNamesFolders(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "guildpost/")
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not say what is in %s", name)
		}
	}
}
