package main

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guildpost/mail"
	"guildpost/store"
)

// A postJSON is a post for programs.
type postJSON struct {
	Post        int64      `json:"post"`
	Thread      int64      `json:"thread"`
	Parent      int64      `json:"parent"` // the post of the thread that it answers, 0 for none
	MessageID   string     `json:"message_id"`
	From        string     `json:"from"`
	Name        string     `json:"name"`
	Date        jsonTime   `json:"date"`
	Subject     string     `json:"subject"`
	Text        string     `json:"text"` // what its author wrote
	Quoted      string     `json:"quoted"`
	Signature   string     `json:"signature"`
	Erased      bool       `json:"erased"`
	Attachments []fileJSON `json:"attachments"`
}

type fileJSON struct {
	Part string `json:"part"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

type threadShownJSON struct {
	threadJSON
	Messages []postJSON `json:"messages"`
}

// A showing is how something of the archive is shown.
type showing struct {
	raw, json, full  bool
	attachment, file string
	page             int
}

const showPage = 100 // posts of a thread

func (a *app) archiveShow() *cobra.Command {
	var s showing
	c := &cobra.Command{Use: "show THREAD|POST|MESSAGE-ID", Short: "Shows a thread or a post", Args: arguments(1, 1),
		Long: "Shows a thread by its number (12), or a post by its number (p34) or Message-ID. What a post quotes is cut short, unless\n" +
			"--full is given. Attachments are listed with their parts: --attachment PART -o FILE writes one."}
	jsonFlag(c, &s.json)
	c.Flags().BoolVar(&s.raw, "raw", false, "a post byte for byte, instead of its text")
	c.Flags().BoolVar(&s.full, "full", false, "all that is quoted")
	c.Flags().IntVar(&s.page, "page", 1, "the `N`th page of a thread of more than 100 posts")
	c.Flags().StringVar(&s.attachment, "attachment", "", "write the attachment of a `PART`")
	c.Flags().StringVarP(&s.file, "output", "o", "", "the `FILE` to write it to; - is standard output")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case (s.attachment == "") != (s.file == ""):
			return wrongUse(c, "--attachment PART and -o FILE go together")
		case s.page < 1:
			return wrongUse(c, "--page must be 1 or more")
		}
		return a.withStore(c.Context(), func(db *store.DB) error { return a.showArchive(c.Context(), db, args[0], s) })
	}
	return c
}

func (a *app) showArchive(ctx context.Context, db *store.DB, what string, s showing) error {
	if _, err := strconv.ParseInt(what, 10, 64); err == nil {
		th, err := threadNumbered(ctx, db, what)
		if err != nil {
			return err
		}
		return a.showThread(ctx, db, th, s)
	}
	posts, err := postsNamed(ctx, db, what)
	if err != nil {
		return err
	}
	if len(posts) > 1 && (s.raw || s.json || s.attachment != "") {
		return withHint(store.Errorf(store.Conflict, "%s is a post of several communities", what), "name one of them by its number: %s", postNumbers(posts))
	}
	for _, p := range posts {
		if err := a.showPost(ctx, db, store.ThreadPost{Post: p}, s); err != nil {
			return err
		}
	}
	return nil
}

// postsNamed finds a post by its number (p34), or posts by their Message-ID.
func postsNamed(ctx context.Context, db *store.DB, what string) ([]store.Post, error) {
	if digits, ok := strings.CutPrefix(what, "p"); ok {
		if id, err := strconv.ParseInt(digits, 10, 64); err == nil {
			p, err := db.Post(ctx, id)
			return []store.Post{p}, err
		}
	}
	id := strings.Trim(what, "<>")
	if !strings.Contains(id, "@") {
		return nil, withHint(store.Errorf(store.Invalid, "%q is no post", what), "write the number of a thread (12) or of a post (p34), or a Message-ID")
	}
	posts, err := db.PostsByMessageID(ctx, id)
	if err == nil && len(posts) == 0 {
		err = store.Errorf(store.NotFound, "there is no post with the Message-ID %s", id)
	}
	return posts, err
}

func (a *app) showThread(ctx context.Context, db *store.DB, th store.Thread, s showing) error {
	page, err := threadPage(ctx, db, th.ID, s.page)
	if err != nil {
		return err
	}
	if s.raw || s.attachment != "" {
		if len(page) != 1 || th.Posts != 1 {
			return withHint(store.Errorf(store.Invalid, "thread %d has %d posts", th.ID, th.Posts), "name one of them by its number (p34), which guildpost archive show %d tells", th.ID)
		}
		return a.showPost(ctx, db, page[0], s)
	}
	if s.json {
		return a.showThreadJSON(ctx, db, th, page)
	}
	r := a.newReader(s)
	r.head(th, s.page)
	for _, p := range page {
		raw, err := db.Raw(ctx, p.RawID)
		if err != nil {
			return err
		}
		r.post(p, mail.Read(raw))
	}
	return r.end()
}

// threadPage reads the nth page of a thread.
func threadPage(ctx context.Context, db *store.DB, thread int64, n int) (page []store.ThreadPost, err error) {
	var place store.ThreadPlace
	for ; n > 0; n-- {
		if page, err = db.ThreadPage(ctx, thread, place, showPage); err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return nil, store.Errorf(store.NotFound, "the thread has no page with that number")
		}
		last := page[len(page)-1]
		place = store.ThreadPlace{Date: last.Date, PostID: last.ID}
	}
	return page, nil
}

func (a *app) showThreadJSON(ctx context.Context, db *store.DB, th store.Thread, page []store.ThreadPost) error {
	shown := threadShownJSON{threadJSON: newThreadJSON(th), Messages: []postJSON{}}
	for _, p := range page {
		raw, err := db.Raw(ctx, p.RawID)
		if err != nil {
			return err
		}
		shown.Messages = append(shown.Messages, newPostJSON(p, mail.Read(raw)))
	}
	return a.printJSON(shown)
}

func newPostJSON(p store.ThreadPost, m *mail.Message) postJSON {
	text := m.Text()
	j := postJSON{Post: p.ID, Thread: p.ThreadID, Parent: p.Parent, MessageID: p.MessageID, From: p.From, Name: p.FromName, Date: jsonTime(p.Date),
		Subject: p.Subject, Text: text.New, Quoted: text.Quoted, Signature: text.Signature, Erased: p.Erased, Attachments: []fileJSON{}}
	for _, f := range m.Files() {
		j.Attachments = append(j.Attachments, fileJSON{f.Part, f.Name, f.Type, f.Size})
	}
	return j
}

func (a *app) showPost(ctx context.Context, db *store.DB, p store.ThreadPost, s showing) error {
	raw, err := db.Raw(ctx, p.RawID)
	if err != nil {
		return err
	}
	switch {
	case s.raw:
		_, err = a.stdout.Write(raw)
		return err
	case s.attachment != "":
		return a.writeAttachment(mail.Read(raw), s)
	case s.json:
		return a.printJSON(newPostJSON(p, mail.Read(raw)))
	}
	r := a.newReader(s)
	r.single(p, mail.Read(raw))
	return r.end()
}

// writeAttachment writes a file that must not exist yet.
func (a *app) writeAttachment(m *mail.Message, s showing) error {
	part := m.Part(s.attachment)
	if part == nil || part.IsMultipart() {
		return withHint(store.Errorf(store.NotFound, "that post has no part %s", s.attachment), "guildpost archive show lists the parts of a post")
	}
	content := part.Content(0)
	if s.file == "-" {
		_, err := a.stdout.Write(content)
		return err
	}
	path := absolute(s.file, a.dir)
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return store.Errorf(store.Conflict, "%s exists; name another file", s.file)
	}
	if err != nil {
		return store.Errorf(store.Invalid, "%s cannot be written: %w", s.file, unwrapPath(err))
	}
	if _, err = out.Write(content); err == nil {
		err = out.Close()
	}
	if err == nil {
		a.say("wrote %s: %s, %s", s.file, part.Type, formatSize(int64(len(content))))
	}
	return err
}
