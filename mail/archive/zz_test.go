package archive

import (
	"context"
	"fmt"
	"guildpost/mail/archive/box"
	"guildpost/store"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestProf(t *testing.T) {
	ctx := context.Background()
	p := os.Getenv("FXDB")
	if p == "" {
		p = filepath.Join(t.TempDir(), "x.db")
	}
	db, err := store.Open(ctx, store.Options{Path: p})
	if err != nil {
		t.Fatal(err)
	}
	by := store.Actor{Who: "x", At: time.Now()}
	c, err := db.CreateCommunity(ctx, by, store.Community{Name: "rust", Domain: "x.org"})
	if err != nil {
		t.Fatal(err)
	}
	fs, _ := filepath.Glob(os.Getenv("FXSRC"))
	var bs []box.Box
	for _, f := range fs {
		b, err := box.Open(f, box.Options{})
		if err != nil {
			t.Fatal(err)
		}
		bs = append(bs, b)
	}
	im := &Importer{DB: db, Now: time.Now}
	s := time.Now()
	r, err := im.Import(ctx, by, c, "x", box.Chain(bs...), nil)
	fmt.Println(r.Messages, r.Added, r.Posts, r.Threads, err, float64(r.Messages)/time.Since(s).Seconds(), "/s")
	db.Close()
	i, _ := os.Stat(p)
	fmt.Println("size", i.Size())
}
