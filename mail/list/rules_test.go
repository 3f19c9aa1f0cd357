package list_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guildpost/mail"
	"guildpost/store"
	"guildpost/templates"
)

const (
	zip    = "Subject: File\nMIME-Version: 1.0\nContent-Type: application/zip; name=\"notes.ZIP. \"\n\nPK\n"
	nested = "Subject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n" +
		"Subject: Inner\nContent-Type: application/pdf; name=x.pdf\n\n%PDF\n--b--\n"
	html = "Subject: Page\nContent-Type: text/html\n\n<p>Hello</p>\n"
)

// TestRules: each rule alone, what it lets pass, and who is let off it.
func TestRules(t *testing.T) {
	type community = *store.Community
	tests := []struct {
		name  string
		rules func(c community)
		from  string
		text  string
		want  string // the code of the reason; "" is posted; "!" and a part of the sentence is refused
	}{
		{"a member", func(community) {}, "ada@a.example", "Subject: x\n\nx", ""},
		{"a stranger", func(community) {}, "zoe@z.example", "\n\nx", "!zoe@z.example is not a member"},
		{"a stranger where they are held", func(c community) { c.NonMembers = store.PostHold }, "zoe@z.example", "\n\nx", templates.ReasonNonMember},
		{"a stranger where they may post", func(c community) { c.NonMembers = store.PostAccept }, "zoe@z.example", "\n\nx", ""},

		{"emergency", func(c community) { c.Emergency = true }, "ada@a.example", "\n\nx", templates.ReasonEmergency},
		{"emergency, a facilitator", func(c community) { c.Emergency = true }, "fay@f.example", "\n\nx", ""},
		{"announcements", func(c community) { c.OnlyAnnounce = true }, "ada@a.example", "\n\nx", templates.ReasonAnnounce},
		{"announcements, a facilitator", func(c community) { c.OnlyAnnounce = true }, "fay@f.example", "\n\nx", ""},
		{"first post", func(c community) { c.HoldFirst = true }, "ben@b.example", "\n\nx", templates.ReasonFirstPost},
		{"not the first post", func(c community) { c.HoldFirst = true }, "ada@a.example", "\n\nx", ""},
		{"first post of a stranger", func(c community) { c.HoldFirst, c.NonMembers = true, store.PostAccept }, "zoe@z.example", "\n\nx", templates.ReasonFirstPost},
		{"first post of a facilitator", func(c community) { c.HoldFirst = true }, "fay@f.example", "\n\nx", ""},

		{"size", func(c community) { c.HoldSize = 500 }, "ada@a.example", "\n\n" + strings.Repeat("x\n", 300), templates.ReasonSize},
		{"size below", func(c community) { c.HoldSize = 5000 }, "ada@a.example", "\n\n" + strings.Repeat("x\n", 300), ""},
		{"size after what is dropped", func(c community) { c.HoldSize, c.AttachmentsDrop = 900, []string{".bin"} }, "ada@a.example",
			"Content-Type: application/octet-stream; name=x.bin\n\n" + strings.Repeat("x\n", 500), ""},
		{"recipients", func(c community) { c.MaxRecipients = 2 }, "ada@a.example", "To: rust@lists.example.org, a@x.example\nCc: b@x.example\n\nx", templates.ReasonRecipients},
		{"recipients below", func(c community) { c.MaxRecipients = 3 }, "ada@a.example", "To: rust@lists.example.org, a@x.example\nCc: b@x.example\n\nx", ""},

		{"implicit, as it is at first", func(community) {}, "ada@a.example", "To: a@x.example\n\nx", ""},
		{"implicit", func(c community) { c.Implicit = store.ImplicitHold }, "ada@a.example", "To: a@x.example\n\nx", templates.ReasonImplicit},
		{"implicit, in Cc", func(c community) { c.Implicit = store.ImplicitHold }, "ada@a.example", "To: a@x.example\nCc: \"R\" <RUST@lists.example.ORG>\n\nx", ""},
		{"implicit, redirected", func(c community) { c.Implicit = store.ImplicitHold }, "ada@a.example", "To: a@x.example\nResent-To: rust@lists.example.org\n\nx", ""},
		{"implicit, refused", func(c community) { c.Implicit = store.ImplicitRefuse }, "ada@a.example", "To: a@x.example\n\nx", "!must name rust@lists.example.org"},

		{"header", func(c community) { c.HeaderHold = []string{"X-Spam-Flag: ^yes$"} }, "ada@a.example", "X-Spam-Flag: YES\n\nx", templates.ReasonHeader},
		{"header, another value", func(c community) { c.HeaderHold = []string{"X-Spam-Flag: ^yes$"} }, "ada@a.example", "X-Spam-Flag: no\n\nx", ""},
		{"header, the second of its name", func(c community) { c.HeaderHold = []string{"X-Tag: b"} }, "ada@a.example", "X-Tag: a\nX-Tag: b\n\nx", templates.ReasonHeader},
		{"header, encoded", func(c community) { c.HeaderHold = []string{"Subject: größe"} }, "ada@a.example", "Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\n\nx", templates.ReasonHeader},
		{"header, folded", func(c community) { c.HeaderHold = []string{"Subject: one two"} }, "ada@a.example", "Subject: one\n two\n\nx", templates.ReasonHeader},
		{"header, of a facilitator", func(c community) { c.HeaderHold = []string{"X-Spam-Flag: ^yes$"} }, "fay@f.example", "X-Spam-Flag: YES\n\nx", templates.ReasonHeader},
		{"header, refused", func(c community) { c.HeaderRefuse = []string{"X-Spam-Flag: ^yes$"} }, "fay@f.example", "X-Spam-Flag: YES\n\nx", "!with this field: X-Spam-Flag"},
		{"header, refused before held", func(c community) { c.HeaderHold, c.HeaderRefuse = []string{"Subject: x"}, []string{"Subject: x"} }, "ada@a.example", "Subject: x\n\nx", "!Subject"},

		{"attachment by the end of its name", func(c community) { c.AttachmentsHold = []string{".zip"} }, "ada@a.example", zip, templates.ReasonAttachment},
		{"attachment by its type", func(c community) { c.AttachmentsHold = []string{"application/zip"} }, "ada@a.example", zip, templates.ReasonAttachment},
		{"attachment by the kind of its type", func(c community) { c.AttachmentsHold = []string{"application/*"} }, "fay@f.example", zip, templates.ReasonAttachment},
		{"attachment of another type", func(c community) { c.AttachmentsHold = []string{"image/*", ".exe"} }, "ada@a.example", zip, ""},
		{"attachment within a forwarded message", func(c community) { c.AttachmentsRefuse = []string{".pdf"} }, "ada@a.example", nested, "!of this kind: x.pdf"},
		{"a body is no attachment", func(c community) { c.AttachmentsHold = []string{"text/html", "text/plain"} }, "ada@a.example", html, ""},
		{"attachment, refused", func(c community) { c.AttachmentsRefuse = []string{".zip"} }, "ada@a.example", zip, "!of this kind: notes.ZIP"},
		{"attachment, dropped", func(c community) { c.AttachmentsDrop = []string{".zip"} }, "ada@a.example", zip, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.rules(test.rules)
			w.sent()
			checkJudged(t, w, w.post(test.from, test.text), test.want)
		})
	}
}

func checkJudged(t *testing.T, w *world, err error, want string) {
	t.Helper()
	held, sent := w.held(), w.sent()
	posted := slices.Contains(sent, "reader@r.example")
	sentence, refused := strings.CutPrefix(want, "!")
	switch {
	case refused:
		if err == nil || !strings.Contains(store.Sentence(err), sentence) || len(held) > 0 || posted {
			t.Errorf("error %v, held %v, posted %v; want it refused with %q", err, held, posted, sentence)
		}
	case err != nil:
		t.Errorf("error %v, want none", err)
	case want == "":
		if !posted || len(held) > 0 {
			t.Errorf("posted %v, held %v; want it posted", posted, held)
		}
	default:
		if posted || !slices.Equal(held, []string{want}) || !slices.Contains(sent, "fay@f.example") {
			t.Errorf("posted %v, held %v, mails to %v; want it held for %s, and the facilitator asked", posted, held, sent, want)
		}
	}
}

// TestUnproven: where results of authentication are known, a facilitator's From alone is no proof.
func TestUnproven(t *testing.T) {
	const proof = "Authentication-Results: mx.example.org; dkim=pass header.d=f.example\n"
	tests := []struct {
		name, from, text string
		announce         bool
		want             string
	}{
		{"proven", "fay@f.example", proof + "\nx", true, ""},
		{"not proven", "fay@f.example", "\n\nx", true, templates.ReasonUnproven},
		{"proven by another's name", "fay@f.example", "Authentication-Results: x.example; dkim=pass header.d=f.example\n\nx", true, templates.ReasonUnproven},
		{"not proven, where anybody may post", "fay@f.example", "\n\nx", false, ""},
		{"a member", "ada@a.example", "\n\nx", true, templates.ReasonAnnounce},
	}
	for _, test := range tests {
		w := newWorld(t)
		w.list.AuthServID = "mx.example.org"
		w.rules(func(c *store.Community) { c.OnlyAnnounce = test.announce })
		w.sent()
		t.Run(test.name, func(t *testing.T) { checkJudged(t, w, w.post(test.from, test.text), test.want) })
	}
}

// TestPace: what one author posts beyond the rule waits, whoever it is, until the hour is over.
func TestPace(t *testing.T) {
	w := newWorld(t)
	w.rules(func(c *store.Community) { c.PostsPerHour = 3 })
	for i := range 3 {
		w.check(w.post("fay@f.example", fmt.Sprintf("Subject: %d\n\n%d", i, i)))
	}
	if held := w.held(); len(held) > 0 {
		t.Errorf("held within the rule: %v", held)
	}
	w.check(w.post("fay@f.example", "Subject: too many\n\nx"))
	if held := w.held(); !slices.Equal(held, []string{templates.ReasonAuthorPace}) {
		t.Errorf("held: %v, want the fourth", held)
	}
	w.now = w.now.Add(time.Hour + time.Second)
	w.check(w.post("fay@f.example", "Subject: later\n\nx"))
	if held := w.held(); len(held) != 1 {
		t.Errorf("held an hour later: %v", held)
	}
}

// TestFloods: what waits is bounded, and those who cause a flood hear that nothing more is taken.
func TestFloods(t *testing.T) {
	t.Run("strangers", func(t *testing.T) {
		w := newWorld(t)
		w.rules(func(c *store.Community) { c.NonMembers = store.PostHold })
		var err error
		for i := range 20 {
			w.check(w.post(fmt.Sprintf("x%d@z.example", i), "Subject: x\n\nx"))
		}
		if err = w.post("x21@z.example", "Subject: x\n\nx"); store.KindOf(err) != store.Forbidden {
			t.Errorf("the 21st of a day: %v, want it refused", err)
		}
		w.check(w.post("ada@a.example", "Subject: x\n\nmembers go on"))
		w.now = w.now.Add(25 * time.Hour)
		w.check(w.post("x22@z.example", "Subject: x\n\nx"))
	})
	t.Run("one member", func(t *testing.T) {
		w := newWorld(t)
		w.rules(func(c *store.Community) { c.Emergency = true })
		w.sent()
		for range 20 {
			w.check(w.post("ada@a.example", "Subject: x\n\nx"))
		}
		if err := w.post("ada@a.example", "Subject: x\n\nx"); store.KindOf(err) != store.Temporary {
			t.Errorf("the 21st that waits: %v, want it put off", err)
		}
		w.check(w.post("ben@b.example", "Subject: x\n\nothers go on"))
		told := 0
		for _, to := range w.sent() {
			if to == "ada@a.example" {
				told++
			}
		}
		if told != 5 {
			t.Errorf("she was told %d times that posts of hers wait, want 5", told)
		}
	})
	t.Run("bulk mail is not answered", func(t *testing.T) {
		w := newWorld(t)
		w.rules(func(c *store.Community) { c.NonMembers = store.PostHold })
		w.sent()
		w.check(w.post("news@z.example", "Precedence: bulk\nSubject: x\n\nx"))
		if sent := w.sent(); !slices.Equal(sent, []string{"fay@f.example"}) {
			t.Errorf("mails to %v, want the facilitator alone", sent)
		}
	})
}

// TestBannedOtherAddress: only that address of a member is banned, and the membership stays.
func TestBannedOtherAddress(t *testing.T) {
	w := newWorld(t)
	s, err := w.db.SubscriptionByAddress(t.Context(), w.c.ID, "ada@a.example")
	w.check(err)
	old := s.Address
	s.Address = "ada@new.example"
	w.check(w.db.UpdateSubscription(t.Context(), w.by(), s))
	_, err = w.list.Ban(t.Context(), w.by(), store.Ban{CommunityID: w.c.ID, Kind: store.BanAddress, Value: old})
	w.check(err)
	if err := w.post(old, "Subject: x\n\nx"); store.KindOf(err) != store.Forbidden {
		t.Errorf("a post from the banned address: %v", err)
	}
	w.check(w.post("ada@new.example", "Subject: x\n\nx"))
	_, err = w.list.Ban(t.Context(), w.by(), store.Ban{CommunityID: w.c.ID, Kind: store.BanPerson, Value: old})
	w.check(err)
	if s, err = w.db.Subscription(t.Context(), s.ID); err != nil || s.State != store.Banned {
		t.Errorf("the person's membership is %s (%v), want banned", s.State, err)
	}
}

// TestRequireTLS: what must not go on without TLS is not forgotten while it waits.
func TestRequireTLS(t *testing.T) {
	w := newWorld(t)
	w.rules(func(c *store.Community) { c.Emergency = true })
	raw := "From: ada@a.example\r\nTo: rust@lists.example.org\r\nMessage-ID: <tls@a.example>\r\nSubject: x\r\n\r\nx\r\n"
	env := mail.Envelope{From: "ada@a.example", To: []string{"rust@lists.example.org"}, RequireTLS: true}
	w.check(w.list.Post(t.Context(), w.c, env, mail.Read([]byte(raw))))
	holds, err := w.db.Holds(t.Context(), w.c.ID, store.Held)
	w.check(err)
	w.sent()
	got, err := w.list.ApproveHold(t.Context(), w.by(), holds[0])
	w.check(err)
	_, err = w.db.Expand(t.Context(), w.clock())
	w.check(err)
	rows, err := w.db.QueueList(t.Context(), store.QueueFilter{MessageID: "tls@a.example"})
	w.check(err)
	if len(rows) == 0 {
		t.Fatalf("post %d goes to nobody", got.PostID)
	}
	d, err := w.db.Dispatch(t.Context(), rows[0].DispatchID)
	w.check(err)
	if !d.RequireTLS {
		t.Error("the approved post may go on without TLS")
	}
}
