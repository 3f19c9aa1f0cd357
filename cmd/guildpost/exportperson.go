package main

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"guildpost/store"
)

func (a *app) exportPersonCommand() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "export-person ADDRESS -o FILE.zip", Short: "Writes all that is known of a person into a ZIP file", Args: arguments(1, 1),
		Long: "Writes all that the database holds about the person who has an address into a new ZIP file: person.json with the rows\n" +
			"of every table, by table, and each post and held message as it came (.eml). See guildpost help privacy."}
	c.Flags().StringVarP(&file, "output", "o", "", "the new `FILE`")
	c.RunE = func(c *cobra.Command, args []string) error {
		if file == "" {
			return wrongUse(c, "say with -o FILE.zip where to write it")
		}
		address, err := canonicalAddress(args[0])
		if err != nil {
			return err
		}
		return a.withStore(c.Context(), func(db *store.DB) error { return a.exportPerson(c.Context(), db, address, file) })
	}
	return c
}

func (a *app) exportPerson(ctx context.Context, db *store.DB, address, file string) error {
	person, err := db.Person(ctx, address)
	if err != nil {
		return err
	}
	about, err := db.AboutPerson(ctx, person)
	if err != nil {
		return err
	}
	if len(about) == 0 {
		return store.Errorf(store.NotFound, "nothing is known of %s", address)
	}
	path := absolute(file, a.dir)
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return store.Errorf(store.Conflict, "%s exists; name another file", file)
	}
	if err != nil {
		return store.Errorf(store.Invalid, "%s cannot be written: %w", file, unwrapPath(err))
	}
	x := personExport{db: db, zip: zip.NewWriter(out), now: a.now()}
	err = x.write(ctx, person)
	if err = errors.Join(err, x.zip.Close(), out.Close()); err != nil {
		os.Remove(path)
		return err
	}
	a.say("wrote %s: %s, %s", file, counted(x.rows, "row", "rows"), counted(x.messages, "message", "messages"))
	return nil
}

// A personExport is a ZIP file about one person under way.
type personExport struct {
	db             *store.DB
	zip            *zip.Writer
	now            time.Time
	rows, messages int
}

func (x *personExport) write(ctx context.Context, p store.Person) error {
	if err := x.messagesOf(ctx, p); err != nil {
		return err
	}
	w, err := x.create("person.json")
	if err != nil {
		return err
	}
	return x.rowsOf(ctx, p, w)
}

func (x *personExport) create(name string) (io.Writer, error) {
	return x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: x.now.UTC()})
}

// messagesOf writes what the person wrote, as it came.
func (x *personExport) messagesOf(ctx context.Context, p store.Person) error {
	return x.db.PersonRaws(ctx, p, func(table string, id, rawID int64) error {
		raw, err := x.db.Raw(ctx, rawID)
		if err != nil {
			return err
		}
		w, err := x.create(fmt.Sprintf("%s/%d.eml", table, id))
		if err == nil {
			_, err = w.Write(raw)
			x.messages++
		}
		return err
	})
}

// rowsOf writes one JSON object with an array for each table.
func (x *personExport) rowsOf(ctx context.Context, p store.Person, w io.Writer) error {
	head, err := json.Marshal(map[string]any{"addresses": p.Addresses, "names": notNil(p.Names), "exported_at": jsonTime(x.now)})
	if err != nil {
		return err
	}
	table := ""
	if _, err := fmt.Fprintf(w, "{\n\"person\": %s", head); err != nil {
		return err
	}
	err = x.db.EachPersonRow(ctx, p, func(of string, row json.RawMessage) error {
		before := ",\n"
		if of != table {
			before = fmt.Sprintf(",\n\"%s\": [\n", of)
			if table != "" {
				before = "\n]" + before
			}
		}
		table = of
		x.rows++
		_, err := fmt.Fprintf(w, "%s%s", before, row)
		return err
	})
	if err != nil {
		return err
	}
	end := "\n}\n"
	if table != "" {
		end = "\n]" + end
	}
	_, err = io.WriteString(w, end)
	return err
}
