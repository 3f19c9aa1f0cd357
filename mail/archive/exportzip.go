package archive

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"guildpost/store"
)

// ToZIP returns a sink that writes a ZIP file: each post as messages/YEAR-MONTH/ID.eml, and index.json, which says of
// each what the archive knows. filter must be the one that is exported.
func ToZIP(w io.Writer, db *store.DB, c store.Community, filter store.ExportFilter, now time.Time) Sink {
	return &zipSink{w: zip.NewWriter(w), db: db, community: c, filter: filter, now: now}
}

type zipSink struct {
	w         *zip.Writer
	db        *store.DB
	community store.Community
	filter    store.ExportFilter
	now       time.Time
}

func zipName(p store.Post) string {
	return fmt.Sprintf("messages/%s/%d.eml", p.Date.UTC().Format("2006-01"), p.ID)
}

// Add is part of Sink.
func (s *zipSink) Add(p store.Post, raw []byte) error {
	w, err := s.w.CreateHeader(&zip.FileHeader{Name: zipName(p), Method: zip.Deflate, Modified: p.Date.UTC()})
	if err == nil {
		_, err = w.Write(raw)
	}
	return err
}

// indexPost is a post in index.json.
type indexPost struct {
	ID          int64       `json:"id"`
	Thread      int64       `json:"thread"`
	File        string      `json:"file"`
	MessageID   string      `json:"message_id"`
	From        string      `json:"from"`
	FromName    string      `json:"from_name"`
	Subject     string      `json:"subject"`
	Date        time.Time   `json:"date"`
	Size        int64       `json:"size"`
	Attachments []indexFile `json:"attachments"`
}

// indexFile is a file of a post in index.json.
type indexFile struct {
	Part   string `json:"part"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// indexThread is a thread in index.json.
type indexThread struct {
	ID      int64     `json:"id"`
	Subject string    `json:"subject"`
	Posts   int       `json:"posts"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
}

// End writes the index, post by post, since there may be a million.
func (s *zipSink) End(ctx context.Context) error {
	w, err := s.w.CreateHeader(&zip.FileHeader{Name: "index.json", Method: zip.Deflate, Modified: s.now.UTC()})
	if err != nil {
		return err
	}
	head := map[string]any{"address": s.community.Address(), "title": s.community.Title}
	if err := writeJSON(w, `{"community": `, head); err != nil {
		return err
	}
	if err := writeJSON(w, `, "exported_at": `, s.now.UTC().Truncate(time.Second)); err != nil {
		return err
	}
	threads, err := s.indexPosts(ctx, w)
	if err != nil {
		return err
	}
	if err := s.indexThreads(ctx, w, threads); err != nil {
		return err
	}
	return s.w.Close()
}

func writeJSON(w io.Writer, before string, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		_, err = w.Write(append([]byte(before), text...))
	}
	return err
}

// indexPosts writes the posts, and returns their threads in the order in which they come up.
func (s *zipSink) indexPosts(ctx context.Context, w io.Writer) (threads []int64, err error) {
	seen := map[int64]bool{}
	before := `, "posts": [` + "\n"
	err = eachPage(ctx, s.db, s.community.ID, s.filter, func(page []store.Post) error {
		for _, p := range page {
			if !seen[p.ThreadID] {
				seen[p.ThreadID] = true
				threads = append(threads, p.ThreadID)
			}
			files, err := s.db.Attachments(ctx, p.ID)
			if err != nil {
				return err
			}
			if err := writeJSON(w, before, indexed(p, files)); err != nil {
				return err
			}
			before = ",\n"
		}
		return nil
	})
	if err == nil && len(threads) == 0 {
		_, err = io.WriteString(w, before)
	}
	return threads, err
}

func indexed(p store.Post, files []store.Attachment) indexPost {
	post := indexPost{ID: p.ID, Thread: p.ThreadID, File: zipName(p), MessageID: p.MessageID, From: p.From, FromName: p.FromName,
		Subject: p.Subject, Date: p.Date.UTC(), Size: p.Size, Attachments: []indexFile{}}
	for _, f := range files {
		post.Attachments = append(post.Attachments, indexFile{f.Part, f.Name, f.Type, f.Size, hex.EncodeToString(f.Hash)})
	}
	return post
}

func (s *zipSink) indexThreads(ctx context.Context, w io.Writer, ids []int64) error {
	before := "\n" + `], "threads": [` + "\n"
	for _, id := range ids {
		t, err := s.db.Thread(ctx, id)
		if err != nil {
			return err
		}
		if err := writeJSON(w, before, indexThread{t.ID, t.Subject, t.Posts, t.FirstAt.UTC(), t.LastAt.UTC()}); err != nil {
			return err
		}
		before = ",\n"
	}
	if len(ids) == 0 {
		if _, err := io.WriteString(w, before); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n]}\n")
	return err
}
