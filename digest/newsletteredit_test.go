package digest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"guildpost/digest/issue"
	"guildpost/mail"
	"guildpost/store"
	"guildpost/store/storetest"
)

// draftMail is the mail that shows an issue to a facilitator.
func draftMail(t *testing.T, n *Newsletters, c store.Community, i store.Newsletter) *mail.Message {
	t.Helper()
	s := storetest.Subscriptions(t, n.DB, c)[0]
	notices, err := n.showTo(c, []store.Subscription{s}, i, showing{readers: 3})
	if err != nil {
		t.Fatal(err)
	}
	return mail.Read(notices[0].Raw)
}

// part returns the first part of a type.
func part(m *mail.Message, kind string) (text string) {
	m.Root.Walk(func(p *mail.Part) bool {
		if p.Type == kind && text == "" {
			text = string(p.Content(1 << 20))
		}
		return text == ""
	})
	return text
}

// replies are how programs answer a mail of which they quote text or HTML.
var replies = map[string]func(text, html string) string{
	"Thunderbird": func(text, _ string) string {
		return plainReply("format=flowed", "Am 29.11.26 um 12:00 schrieb Rust Guild:\n"+lines(text, "> "))
	},
	"mutt": func(text, _ string) string {
		return plainReply("charset=utf-8", "On Sun, Nov 29, 2026 at 12:00:00PM +0000, Rust Guild wrote:\n"+lines(text, "> ")+"\n-- \nAda\n")
	},
	"Outlook's text": func(text, _ string) string {
		return plainReply("charset=utf-8", "Looks good.\n\n________________________________\nFrom: Rust Guild <rust@lists.example.org>\nSent: Sunday, November 29, 2026 12:00\nTo: Ada\nSubject: Draft\n\n"+lines(text, ""))
	},
	"Outlook's HTML": func(_, html string) string {
		return htmlReply(`<div class="WordSection1"><p class="MsoNormal">Looks good.</p></div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>From:</b> Rust Guild &lt;rust@lists.example.org&gt; <br><b>Sent:</b> Sunday, November 29, 2026 12:00 PM<br><b>To:</b> Ada<br><b>Subject:</b> Draft</p></div>` + html)
	},
	"Gmail's HTML": func(_, html string) string {
		return htmlReply(`<div dir="ltr">Looks good.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Sun, Nov 29, 2026 at 12:00 PM Rust Guild &lt;<a href="mailto:rust@lists.example.org">rust@lists.example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">` + html + `</blockquote></div>`)
	},
	"Apple's text": func(text, _ string) string {
		return plainReply("charset=utf-8", "Looks good.\n\n> On 29. Nov 2026, at 12:00, Rust Guild <rust@lists.example.org> wrote:\n> \n"+lines(text, "> "))
	},
}

func plainReply(params, body string) string {
	return "From: Ada <ada@a.example>\nTo: rust@lists.example.org\nSubject: Re: Draft\nMessage-ID: <r@a.example>\nContent-Type: text/plain; charset=utf-8; " + params + "\n\n" + body
}

func htmlReply(body string) string {
	return "From: Ada <ada@a.example>\nTo: rust@lists.example.org\nSubject: Re: Draft\nMessage-ID: <r@a.example>\nContent-Type: text/html; charset=utf-8\n\n<html><body>" + body + "</body></html>\n"
}

func lines(text, prefix string) string {
	return prefix + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+prefix)
}

// TestRepliesOfPrograms: what real programs make of the draft is no change; and of a changed line, that change alone.
func TestRepliesOfPrograms(t *testing.T) {
	n, c, _ := newsletters(t, 1)
	m := storetest.Meeting(t, n.DB, c, "clinic@x")
	i := drafted(t, n, c, fullIssue(m.ID))
	draft := draftMail(t, n, c, i)
	content, err := issue.Unmarshal(i.Content)
	if err != nil {
		t.Fatal(err)
	}
	w := n.wordsFor(c, i, n.issueLanguage(c), time.UTC)
	for name, reply := range replies {
		for _, change := range []struct{ from, to, want string }{{"", "", "[]"},
			{"We look for", "We are looking for", "[{removed Jobs We look for **somebody** who} {added Jobs We are looking for **somebody** who}]"}} {
			text, html := part(draft, "text/plain"), part(draft, "text/html")
			if change.from != "" {
				if !strings.Contains(text, change.from) || !strings.Contains(html, change.from) {
					t.Fatalf("the draft does not say %q", change.from)
				}
				text, html = strings.ReplaceAll(text, change.from, change.to), strings.ReplaceAll(html, change.from, change.to)
			}
			got := mail.Read([]byte(reply(text, html))).Text()
			_, changes, err := issue.Read(issue.Answer{All: got.All, Own: got.New}, content, w)
			if err != nil || fmt.Sprint(changes) != change.want {
				t.Errorf("%s: %v %v, want %s\n%s", name, err, changes, change.want, got.All)
			}
		}
	}
}

// TestWords: a draft in each language reads as it was written, whatever the subjects hold.
func TestWords(t *testing.T) {
	n, c, _ := newsletters(t, 1)
	is := fullIssue(1)
	for at, subject := range []string{"**bold** and `code`", "[x](https://evil.example)", "- a # b > c", "<https://a.example>", `\ [[[ ]]]`} {
		is.Sections[1].Items[at].Thread.Subject = subject
	}
	for _, lang := range []string{"en", "de", "es"} {
		w := n.wordsFor(c, store.Newsletter{From: newsTime.AddDate(0, -1, 0), Until: newsTime}, lang, time.UTC)
		source := issue.Write(is, "1.0", w)
		if _, changes, err := issue.Read(issue.Answer{All: source, Own: source}, is, w); err != nil || len(changes) != 0 {
			t.Errorf("%s: %v %v\n%s", lang, err, changes, source)
		}
	}
}

// TestTwoAtOnce: of two who approve and skip at the same time one is heard, and the other is told.
func TestTwoAtOnce(t *testing.T) {
	n, c, _ := newsletters(t, 2)
	ctx := context.Background()
	for _, s := range storetest.Subscriptions(t, n.DB, c) {
		s.Roles = []store.Role{store.Facilitator}
		if err := n.DB.UpdateSubscription(ctx, storetest.By(newsTime), s); err != nil {
			t.Fatal(err)
		}
	}
	i := drafted(t, n, c, fullIssue())
	team := storetest.Subscriptions(t, n.DB, c)
	said := make(chan string, 2)
	for k, kind := range []mail.TicketKind{mail.TicketNewsletter, mail.TicketNewsletterSkip} {
		go func() {
			p, err := n.Press(ctx, mail.Ticket{Kind: kind, Person: team[k].ID, Object: i.ID * revisions})
			said <- fmt.Sprint(kind, " ", p.Problem, " ", err)
		}()
	}
	got := []string{<-said, <-said}
	now, err := n.DB.Newsletter(ctx, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(got)
	switch {
	case now.State != store.NewsletterSkipped: // what is approved can be skipped still, and what is skipped not approved
		t.Errorf("it is %s: %s", now.State, all)
	case !strings.Contains(all, "32  <nil>"):
		t.Errorf("who skipped it was told %s", all)
	}
}
