package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"guildpost/mail"
	"guildpost/store"
)

// leftover WORD... wants that each of the words, in whatever case, is in a file of the data folder or in a message that is
// kept, unpacked and decoded; "! leftover WORD..." that none is.
func cmdLeftover(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: [!] leftover WORD...")
	}
	places := keptBytes(ts, ts.MkAbs("guildpost-data"))
	for _, word := range args {
		found := ""
		for name, data := range places {
			if at := bytes.Index(bytes.ToLower(data), bytes.ToLower([]byte(word))); at >= 0 {
				found = fmt.Sprintf("%s holds %q: …%q…", name, word, data[max(0, at-100):min(len(data), at+100)])
			}
		}
		switch {
		case neg && found != "":
			ts.Fatalf("%s", found)
		case !neg && found == "":
			ts.Fatalf("nothing holds %q", word)
		}
	}
}

// keptBytes are the files of a data folder, and all messages of its database.
func keptBytes(ts *testscript.TestScript, dir string) map[string][]byte {
	places := map[string][]byte{}
	ts.Check(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			places[path], err = os.ReadFile(path)
		}
		return err
	}))
	if len(places) < 3 {
		ts.Fatalf("only %d files were looked at", len(places))
	}
	db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(dir, "guildpost.db"), ReadOnly: true})
	ts.Check(err)
	defer db.Close()
	ids, err := db.RawIDs(context.Background(), 0, 10_000)
	ts.Check(err)
	for _, id := range ids {
		raw, err := db.Raw(context.Background(), id)
		ts.Check(err)
		places["message "+strconv.FormatInt(id, 10)] = []byte(everyWord(raw))
	}
	return places
}

// everyWord is a message with all that is encoded in it.
func everyWord(raw []byte) string {
	m := mail.Read(raw)
	var b strings.Builder
	b.Write(raw)
	b.WriteString(m.Subject + "\n" + m.Text().All)
	m.Root.Walk(func(p *mail.Part) bool {
		for _, f := range p.Header.Fields {
			b.WriteString("\n" + mail.DecodeWords(f.Value()))
		}
		b.Write(p.Content(0))
		return true
	})
	return b.String()
}

// restore FILE puts a backup in the place of the database, as a postmaster would: guildpost is stopped for it.
func cmdRestore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: restore FILE")
	}
	w := worldOf(ts).mail(ts)
	w.stop()
	database := ts.MkAbs("guildpost-data/guildpost.db")
	for _, more := range []string{"-wal", "-shm"} {
		os.Remove(database + more)
	}
	ts.Check(os.WriteFile(database, []byte(ts.ReadFile(args[0])), 0o600))
	ts.Check(w.start(ts))
}

// unzip FILE FOLDER takes a ZIP file apart; what is JSON in it must be so.
func cmdUnzip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unzip FILE FOLDER")
	}
	r, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer r.Close()
	for _, f := range r.File {
		in, err := r.Open(f.Name)
		ts.Check(err)
		data, err := io.ReadAll(in)
		ts.Check(err)
		if strings.HasSuffix(f.Name, ".json") && !json.Valid(data) {
			ts.Fatalf("%s is no JSON:\n%s", f.Name, data)
		}
		path := filepath.Join(ts.MkAbs(args[1]), filepath.FromSlash(f.Name))
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
		ts.Check(os.WriteFile(path, data, 0o600))
	}
}
