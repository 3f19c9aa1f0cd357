package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
)

// sourceIn is the text of a newsletter in the mail that shows it.
var sourceIn = regexp.MustCompile(`(?s)\[\[\[ .*\n *\]\]\][^\n]*\n`)

// rework [-quoted|-outlook|-above] FROM FILE.eml SCRIPT answers the draft of a newsletter with its text as a sed script changes
// it: quoted line by line, as most programs do; below a line and not quoted, as Outlook does; or written anew above what is quoted.
func cmdRework(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: rework -quoted|-outlook|-above FROM FILE.eml SCRIPT")
	}
	w := worldOf(ts).mail(ts)
	old := mail.Read([]byte(ts.ReadFile(args[2])))
	all := old.Text().All
	source := sourceIn.FindString(all)
	if source == "" {
		ts.Fatalf("there is no newsletter in %s:\n%s", args[2], all)
	}
	sed := exec.Command("sed", "-f", ts.MkAbs(args[3]))
	sed.Stdin = strings.NewReader(regexp.MustCompile(`(?m)^    `).ReplaceAllString(source, ""))
	changed, err := sed.CombinedOutput()
	ts.Check(err)
	body := strings.Replace(all, source, string(changed), 1)
	wrote := "\nOn Mon, 3 Aug 2026 at 09:00, " + old.From[0].Format() + " wrote:\n"
	switch args[0] {
	case "-quoted":
		body = wrote + quoted(body)
	case "-outlook":
		body = "Hi,\n\n-----Original Message-----\nFrom: " + old.From[0].Format() + "\nSent: Monday, 3 August 2026 09:00\nTo: x\nSubject: " + old.Subject + "\n\n" + body
	case "-above":
		body = string(changed) + wrote + quoted(all)
	}
	w.replies++
	message := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nMessage-ID: <rework-%d@script.example>\nIn-Reply-To: <%s>\nContent-Type: text/plain; charset=utf-8\n\n%s",
		args[1], old.From[0].String(), mail.EncodeText("Re: "+old.Subject), w.replies, old.MessageID, body)
	replies, err := w.send(false, mustParse(ts, args[1]), []string{old.From[0].String()}, strings.ReplaceAll(message, "\n", "\r\n"))
	fmt.Fprint(ts.Stdout(), replies)
	ts.Check(err)
}

func quoted(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("> " + line)
	}
	return b.String()
}
