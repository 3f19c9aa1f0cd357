package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/calendar"
	"guildpost/mail"
	"guildpost/mail/bounce"
	"guildpost/store"
)

// explanation is what guildpost makes of one file. The keys are a contract.
type explanation struct {
	File       string              `json:"file"`
	Kind       mail.Kind           `json:"kind"`
	From       string              `json:"from"`
	MessageID  string              `json:"message_id"`
	Subject    string              `json:"subject"`
	References []string            `json:"references"`
	Text       string              `json:"text"`
	Bounce     []explainedBounce   `json:"bounce"`
	Calendar   []explainedCalendar `json:"calendar"`
	Problems   []string            `json:"problems"`
}

type explainedBounce struct {
	Recipient string `json:"recipient"`
	Class     string `json:"class"`
	Status    string `json:"status"`
	Reason    string `json:"reason"`
}

func (a *app) explainCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "explain FILE...", Short: "Says what guildpost makes of a message", Args: arguments(1, -1),
		Long: "Reads messages (.eml) or calendar objects (.ics) and says what they are: a post, a bounce, an automatic reply, a\n" +
			"meeting's invitation or answer, with its time in UTC and its zone. It needs no database and sends nothing. FILE may be a folder, or - for standard input."}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	c.RunE = func(_ *cobra.Command, args []string) error { return a.explain(args, asJSON) }
	return c
}

// explain goes on after a file that cannot be read, and fails at the end.
func (a *app) explain(names []string, asJSON bool) error {
	files, err := a.explainFiles(names)
	if err != nil {
		return err
	}
	failed := 0
	for _, name := range files {
		raw, err := a.readMessage(name)
		if err != nil {
			failed++
			a.warn("%s cannot be read: %s", name, err)
			continue
		}
		if err := a.showExplanation(explainMessage(name, raw), asJSON); err != nil {
			return err
		}
	}
	if failed > 0 {
		return store.Errorf(store.NotFound, "%d of %d files could not be read", failed, len(files))
	}
	return nil
}

// explainFiles finds the files of folders.
func (a *app) explainFiles(names []string) (files []string, err error) {
	for _, name := range names {
		if name == "-" {
			files = append(files, name)
			continue
		}
		walk := func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				files = append(files, path)
			}
			return err
		}
		path := absolute(name, a.dir)
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			files = append(files, path)
		} else if err := filepath.WalkDir(path, walk); err != nil {
			return nil, store.Errorf(store.NotFound, "the folder %s cannot be read: %w", name, err)
		}
	}
	return files, nil
}

// explainLimit is more than any mail server takes.
const explainLimit = 256 << 20

func (a *app) readMessage(name string) ([]byte, error) {
	var in io.Reader = a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, unwrapPath(err)
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, explainLimit))
}

// unwrapPath is the reason of an error whose path is told anyway.
func unwrapPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func explainMessage(name string, raw []byte) explanation {
	if x, bare := explainBare(name, raw); bare {
		return x
	}
	m := mail.Read(raw)
	x := explanation{
		File: name, Kind: mail.KindOf(m, nil), MessageID: m.MessageID, Subject: m.Subject,
		References: append([]string{}, m.References...), Text: m.Text().New,
		Bounce: []explainedBounce{}, Calendar: []explainedCalendar{}, Problems: append([]string{}, m.Problems...),
	}
	if len(m.From) > 0 {
		x.From = m.From[0].String()
	}
	x.addBounce(bounce.Read(m))
	if said := calendar.ReadMessage(m); x.Kind != mail.KindBounce {
		x.addCalendar(said)
		if len(said.Objects) > 0 && x.Kind == mail.KindPost && said.Objects[0].Method != "" {
			x.Kind = mail.KindCalendar // what only winmail.dat shows
		}
	}
	return x
}

// addBounce adds what a report says about deliveries. It knows more shapes than a look at the header does.
func (x *explanation) addBounce(r bounce.Report) {
	switch r.Kind {
	case bounce.KindBounce, bounce.KindDelay:
		x.Kind = mail.KindBounce
	case bounce.KindFeedback:
		x.Kind = mail.KindFeedback
	case bounce.KindNone, bounce.KindAutoreply, bounce.KindDelivered:
		if x.Kind == mail.KindBounce {
			x.Kind = mail.KindAutoReply
		}
	}
	for _, result := range r.Results {
		x.Bounce = append(x.Bounce, explainedBounce{result.Recipient, result.Class.String(), result.Status, result.Reason})
	}
}

func (a *app) showExplanation(x explanation, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(x)
	}
	say := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.stdout, "  %-11s %s\n", name, cleanLines(value))
		}
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", clean(x.File), x.Kind)
	say("from", x.From)
	say("message-id", x.MessageID)
	say("subject", x.Subject)
	say("answers", strings.Join(x.References, " "))
	for _, b := range x.Bounce {
		say("bounce", strings.Join(strings.Fields(b.Recipient+" "+b.Class+" "+b.Status+" "+b.Reason), " "))
	}
	for _, c := range x.Calendar {
		say("calendar", strings.Join(strings.Fields(strings.Join([]string{c.Method, c.UID, c.Attendee, c.PartStat, c.RecurrenceID, c.Start, c.Timezone}, " ")), " "))
	}
	for _, p := range x.Problems {
		say("problem", p)
	}
	if x.Text != "" {
		fmt.Fprintf(a.stdout, "\n    %s\n\n", strings.ReplaceAll(cleanLines(strings.TrimRight(x.Text, "\n")), "\n", "\n    "))
	}
	return nil
}
