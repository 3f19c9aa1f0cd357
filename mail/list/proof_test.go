package list

import (
	"strings"
	"testing"
	"time"

	"guildpost/mail"
)

func TestProven(t *testing.T) {
	const ours = "Authentication-Results: mx.ours.example; "
	for _, c := range []struct {
		name   string
		header string
		remote bool // the peer is not one of our relays
		noID   bool // none is configured
		want   bool
	}{
		{name: "no results at all", header: "From: ada@a.example\n"},
		{name: "DKIM of the domain", header: ours + "dkim=pass header.d=a.example\nFrom: ada@a.example\n", want: true},
		{name: "DKIM, with a comment that has a semicolon", header: ours + "dkim=pass (2048-bit key; unprotected) header.d=a.example header.s=x\nFrom: ada@a.example\n", want: true},
		{name: "DKIM, folded, with version and case", header: "Authentication-Results: MX.Ours.Example 1;\n\tspf=none;\n\tDKIM=Pass\n\theader.d=A.Example\nFrom: ada@a.example\n", want: true},
		{name: "DKIM by identity alone", header: ours + "dkim=pass header.i=@a.example header.s=x\nFrom: ada@a.example\n", want: true},
		{name: "DKIM of the organisation", header: ours + "dkim=pass header.d=mail.a.example\nFrom: ada@a.example\n", want: true},
		{name: "DKIM of a domain beside it", header: ours + "dkim=pass header.d=one.co.uk\nFrom: ada@two.co.uk\n"},
		{name: "DKIM of the registry", header: ours + "dkim=pass header.d=co.uk\nFrom: ada@two.co.uk\n"},
		{name: "DKIM of somebody else", header: ours + "dkim=pass header.d=m.example\nFrom: ada@a.example\n"},
		{name: "DKIM that ends alike", header: ours + "dkim=pass header.d=nota.example\nFrom: ada@a.example\n"},
		{name: "DKIM fails", header: ours + "dkim=fail header.d=a.example\nFrom: ada@a.example\n"},
		{name: "one of several DKIM results", header: ours + "dkim=fail header.d=a.example; dkim=pass header.d=esp.example; dkim=pass header.d=a.example\nFrom: ada@a.example\n", want: true},
		{name: "SPF of the domain", header: ours + "spf=pass smtp.mailfrom=bounces@a.example\nFrom: ada@a.example\n", want: true},
		{name: "SPF by domain alone", header: ours + "spf=pass smtp.mailfrom=a.example\nFrom: ada@a.example\n", want: true},
		{name: "SPF of HELO alone", header: ours + "spf=pass smtp.helo=a.example\nFrom: ada@a.example\n"},
		{name: "SPF soft fails", header: ours + "spf=softfail smtp.mailfrom=a.example\nFrom: ada@a.example\n"},
		{name: "DMARC", header: ours + "dmarc=pass (p=reject) header.from=a.example\nFrom: ada@a.example\n", want: true},
		{name: "DMARC of another From", header: ours + "dmarc=pass header.from=m.example\nFrom: ada@a.example\n"},
		{name: "other methods", header: ours + "iprev=pass policy.iprev=192.0.2.1; auth=pass smtp.auth=ada@a.example; arc=pass\nFrom: ada@a.example\n"},
		{name: "results of another server", header: "Authentication-Results: mx.evil.example; dkim=pass header.d=a.example\nFrom: ada@a.example\n"},
		{name: "results of a server with a longer name", header: "Authentication-Results: mx.ours.example.evil.example; dkim=pass header.d=a.example\nFrom: ada@a.example\n"},
		{name: "another server's above ours", header: "Authentication-Results: mx.evil.example; dkim=pass header.d=a.example\n" + ours + "dkim=fail header.d=a.example\nFrom: ada@a.example\n"},
		{name: "a forged one below ours", header: ours + "dkim=none\n" + ours + "dkim=pass header.d=a.example\nFrom: ada@a.example\n"},
		{name: "ours cannot be read, a forged one below", header: ours + "dkim=pass (never ends\n" + ours + "dkim=pass header.d=a.example\nFrom: ada@a.example\n"},
		{name: "a result within a quoted reason", header: ours + `dkim=fail reason="x; dkim=pass header.d=a.example" header.d=m.example` + "\nFrom: ada@a.example\n"},
		{name: "a result within a quoted local part", header: ours + `spf=fail smtp.mailfrom="x; dkim=pass header.d=a.example"@m.example` + "\nFrom: ada@a.example\n"},
		{name: "a domain within a quoted local part", header: ours + `spf=pass smtp.mailfrom="x@a.example "@m.example` + "\nFrom: ada@a.example\n"},
		{name: "an escaped quote within a quoted string", header: ours + `spf=fail smtp.mailfrom="x\"; dkim=pass header.d=a.example; y"@m.example` + "\nFrom: ada@a.example\n"},
		{name: "a result within a comment", header: ours + "dkim=fail (sig; dkim=pass header.d=a.example (x)) header.d=m.example\nFrom: ada@a.example\n"},
		{name: "a string that never ends", header: ours + `dkim=pass header.d=a.example reason="x` + "\nFrom: ada@a.example\n"},
		{name: "a version that is not known", header: "Authentication-Results: mx.ours.example 2; dkim=pass header.d=a.example\nFrom: ada@a.example\n"},
		{name: "results of nothing", header: ours + "none\nFrom: ada@a.example\n"},
		{name: "two From fields", header: ours + "dkim=pass header.d=a.example\nFrom: ada@a.example\nFrom: ada@a.example\n"},
		{name: "two addresses in From", header: ours + "dkim=pass header.d=a.example\nFrom: ada@a.example, eve@a.example\n"},
		{name: "another address in From", header: ours + "dkim=pass header.d=a.example\nFrom: eve@a.example\n"},
		{name: "From in another case", header: ours + "dkim=pass header.d=a.example\nFrom: Ada <Ada@A.Example>\n", want: true},
		{name: "an overlong field", header: ours + "dkim=pass header.d=a.example " + strings.Repeat("x=y ", 4000) + "\nFrom: ada@a.example\n"},
		{name: "a peer that is not ours", header: ours + "dkim=pass header.d=a.example\nFrom: ada@a.example\n", remote: true},
		{name: "no name is configured", header: "Authentication-Results: ; dkim=pass header.d=a.example\nFrom: ada@a.example\n", noID: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &List{AuthServID: "mx.ours.example"}
			if c.noID {
				l.AuthServID = ""
			}
			address := "ada@a.example"
			if strings.Contains(c.header, "@two.co.uk") {
				address = "ada@two.co.uk"
			}
			m := mail.Read([]byte(strings.ReplaceAll(c.header+"\nhello\n", "\n", "\r\n")))
			if got := l.Proven(mail.Envelope{Trusted: !c.remote}, m, address); got != c.want {
				t.Errorf("got %t, want %t", got, c.want)
			}
		})
	}
}

// FuzzAuthResults: no field crashes or takes long, and what stands in quotes and comments is never a result.
func FuzzAuthResults(f *testing.F) {
	f.Add(`mx.ours.example; dkim=pass (x; y) header.d=a.example; spf=fail smtp.mailfrom="a;b"@c.example`)
	f.Add(`mx.ours.example 1; none`)
	f.Add(`(a(b)c\)) x; "`)
	f.Fuzz(func(t *testing.T, value string) {
		start := time.Now()
		quoted := `mx; spf=fail smtp.mailfrom="` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(value) + `"@m.example`
		if _, results := readAuthResults(quoted); len(quoted) <= maxAuthResults {
			for _, r := range results {
				if proves(r, "a.example") {
					t.Errorf("%q proves a.example", quoted)
				}
			}
		}
		_, results := readAuthResults(value)
		for _, r := range results {
			proves(r, "a.example")
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("%d octets took %s", len(value), d)
		}
	})
}
