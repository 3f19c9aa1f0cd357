package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
)

// readConversations are those whose mails other programs read: between them they have each kind of mail that we write.
var readConversations = []string{"join", "join-approve", "held", "leave", "command", "digest", "digest-meetings", "newsletter", "newsletter-edit", "newsletter-late",
	"newsletter-only", "report", "meeting", "meeting-change", "meeting-remind", "meeting-poll", "meeting-after", "meeting-rota", "meeting-rollup", "bounce", "search"}

// ownMails runs conversations and returns the mails of our own in them, by name: not what people wrote, which goes on as it is.
func ownMails(t *testing.T) map[string][]byte {
	t.Helper()
	mails := map[string][]byte{}
	var worlds []*world
	var names []string
	t.Run("conversations", func(t *testing.T) {
		p := testscript.Params{Cmds: scriptCommands, Setup: func(env *testscript.Env) error {
			w := newWorld(env)
			worlds, names = append(worlds, w), append(names, filepath.Base(env.WorkDir))
			env.Values[worldKey{}] = w
			return installProgram(env)
		}}
		for _, name := range readConversations {
			p.Files = append(p.Files, filepath.Join("testdata", "script", name+".txtar"))
		}
		testscript.Run(t, p)
	})
	for i, w := range worlds {
		if w.mails == nil {
			continue
		}
		for n, r := range w.mails.sink.Received() {
			if strings.HasSuffix(r.MessageID, "@lists.example.org") {
				mails[fmt.Sprintf("%s-%03d", names[i], n)] = r.Data
			}
		}
	}
	if len(mails) < 150 {
		t.Fatalf("the conversations have %d mails of our own", len(mails))
	}
	return mails
}

// plainWords is what a mail says, as we read it: the words of its first part of plain text.
func plainWords(t *testing.T, raw []byte) string {
	t.Helper()
	text := ""
	mail.Read(raw).Root.Walk(func(p *mail.Part) bool {
		if p.Type == "text/plain" && text == "" {
			text = string(p.Content(0))
		}
		return text == ""
	})
	return strings.Join(strings.Fields(text), " ")
}

// fileMails writes mails as a Maildir.
func fileMails(t *testing.T, mails map[string][]byte) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "mails")
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, raw := range mails {
		writeFile(t, filepath.Join(dir, "cur", name+":2,S"), string(raw))
	}
	return dir
}

// TestPeerMailReaders has all kinds of mails that we write read by Python's email and by neomutt, each in one process.
func TestPeerMailReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("the conversations are run without it")
	}
	mails := ownMails(t)
	dir := fileMails(t, mails)
	t.Run("python", func(t *testing.T) { readByPython(t, dir, mails) })
	t.Run("neomutt", func(t *testing.T) { readByNeomutt(t, dir, mails) })
}

// pythonReader prints, for each mail of a folder, what is wrong with it, and its text.
const pythonReader = `
import email, email.policy, json, os, re, sys
def own(part): # without what is in messages that are attached
    yield part
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload(): yield from own(inner)
def faults(raw, m):
    for n, line in enumerate(raw.split(b"\r\n")):
        if len(line) > 998: yield "line %d has %d octets" % (n + 1, len(line))
        if b"\n" in line or b"\r" in line: yield "line %d has a bare CR or LF" % (n + 1)
    head = raw.split(b"\r\n\r\n", 1)[0]
    if any(c > 126 for c in head): yield "the header has octets beyond ASCII"
    ids, wanted, plain, other = set(), set(), "", False
    for part in own(m):
        for d in part.defects: yield "defect in %s: %r" % (part.get_content_type(), d)
        for name, value in part.items():
            for d in getattr(value, "defects", ()): yield "defect in %s: %r" % (name, d)
        if part.is_multipart() or part.get_content_maintype() == "multipart": continue
        if part.get_content_maintype() == "text":
            if not part.get_content_charset(): yield "%s has no charset" % part.get_content_type()
            text = part.get_content()
            part.get_payload(decode=True).decode(part.get_content_charset() or "ascii")
            if "\ufffd" in text: yield "%s does not decode" % part.get_content_type()
            if part.get_content_type() == "text/html" and not part.is_attachment():
                wanted |= set(re.findall(r'src="cid:([^"]*)"', text)); other = True
        elif part.get_content_maintype() != "message" and not part.get_content(): yield "%s is empty" % part.get_content_type()
        if part["Content-ID"]: ids.add(part["Content-ID"].strip().strip("<>"))
    if wanted - ids: yield "pictures that are not in it: %s" % (wanted - ids)
    text = m.get_body(("plain",))
    if other and (text is None or not text.get_content().strip()): yield "its text says nothing"
for name in sorted(os.listdir(sys.argv[1])):
    raw = open(os.path.join(sys.argv[1], name), "rb").read()
    m = email.message_from_bytes(raw, policy=email.policy.default)
    text = m.get_body(("plain",))
    print(json.dumps({"name": name.split(":")[0], "faults": list(faults(raw, m)), "text": text.get_content() if text else ""}))
`

func readByPython(t *testing.T, dir string, mails map[string][]byte) {
	program := needProgram(t, "python", "python3")
	wrong := fileMails(t, map[string][]byte{"wrong": []byte("From: a@a.example\r\nSubject: \xc3\xa9\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nno part\r\n")})
	if read := runPython(t, program, wrong); len(read) != 1 || len(read[0].Faults) < 2 {
		t.Fatalf("Python finds nothing wrong where something is: %+v", read)
	}
	read := runPython(t, program, dir)
	if len(read) != len(mails) {
		t.Fatalf("Python read %d mails of %d", len(read), len(mails))
	}
	for _, r := range read {
		for _, fault := range r.Faults {
			t.Errorf("%s: %s", r.Name, fault)
		}
		if want := plainWords(t, mails[r.Name]); strings.Join(strings.Fields(r.Text), " ") != want {
			t.Errorf("%s: Python reads %q, we %q", r.Name, r.Text, want)
		}
	}
}

// A pythonRead is what Python found in a mail.
type pythonRead struct {
	Name   string   `json:"name"`
	Faults []string `json:"faults"`
	Text   string   `json:"text"`
}

func runPython(t *testing.T, program, dir string) (all []pythonRead) {
	t.Helper()
	c := exec.Command(program, "-c", pythonReader, filepath.Join(dir, "cur"))
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var r pythonRead
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// muttMark stands between mails in what neomutt writes.
const muttMark = "@@guildpost@@"

var muttID = regexp.MustCompile(`(?mi)^Message-ID: *<([^>]*)>`)

// readByNeomutt pipes the mails, as neomutt shows them, into a file, and looks for the text of each.
func readByNeomutt(t *testing.T, dir string, mails map[string][]byte) {
	program := needProgram(t, "neomutt", "neomutt")
	needProgram(t, "neomutt", "script")
	home := t.TempDir()
	writeFile(t, filepath.Join(home, "muttrc"), fmt.Sprintf(`set folder = %q
set spoolfile = %[1]q
set mbox_type = Maildir
set header_cache = ""
set charset = "utf-8"
set pipe_decode = yes
set pipe_split = no
set pipe_sep = "\n%s\n"
set wait_key = no
set wrap = 0
set quit = yes
set mark_old = no
ignore *
unignore message-id
alternative_order text/plain text/html
`, dir, muttMark))
	keys := fmt.Sprintf(`push "<tag-pattern>~A<enter><tag-prefix><pipe-message><kill-line>cat > %s/out<enter><quit>"`, home)
	c := exec.Command("script", "-qec", fmt.Sprintf("%s -n -F muttrc -e '%s'", program, keys), "/dev/null")
	c.Dir, c.Env = home, append(os.Environ(), "HOME="+home, "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TERM=xterm")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := os.ReadFile(filepath.Join(home, "out"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string][]string{}
	for one := range strings.SplitSeq(string(out), muttMark) {
		if id := muttID.FindStringSubmatch(one); id != nil {
			shown[id[1]] = append(shown[id[1]], strings.Join(strings.Fields(one), " "))
		}
	}
	for name, raw := range mails {
		want, all := plainWords(t, raw), shown[mail.Read(raw).MessageID]
		if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%s: neomutt shows %q, and not %q", name, all, want)
		}
	}
}
