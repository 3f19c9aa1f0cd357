package mail

import (
	"strings"
	"testing"
	"time"
)

func TestHTMLText(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"paragraphs", "<p>One\n  and <b>more</b></p><p>Two</p>", "One and more\n\nTwo"},
		{"divs and breaks", "<div>One<br>Two</div><div><br></div><div>Three</div>", "One\nTwo\n\nThree"},
		{"entities", "a&nbsp;&lt;b&gt;&amp;&euro;&#8364;&#x20ac;&zwnj;", "a <b>&€€€\u200c"},
		{"link", `See <a href="https://x.example/a">here</a>.`, "See here <https://x.example/a>."},
		{"link that says itself", `<a href="https://x.example/">x.example</a> <a href="mailto:a@b.example">a@b.example</a>`, "x.example a@b.example"},
		{"mail link", `<a href="mailto:a@b.example?subject=x">Ann</a>`, "Ann <a@b.example>"},
		{"script link", `<a href="javascript:alert(1)">x</a>`, "x"},
		{"link round blocks", `<a href="https://x.example"><div>x</div></a>`, "x"},
		{"list", "<ul><li>One</li><li>Two<ol><li>a</li><li>b</li></ol></li></ul>", "* One\n* Two\n\n  1. a\n  2. b"},
		{"list with paragraphs", "<ul><li><p>One</p></li></ul>", "* One"},
		{"table", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td></td><td>3</td></tr></table>", "a | b\n1 | 3"},
		{"quotation", "<p>x</p><blockquote>y<blockquote>z</blockquote></blockquote>w", "x\n\n> y\n>\n>> z\n\nw"},
		{"pre", "<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"},
		{"ruler", "a<hr>b", "a\n________________________________\nb"},
		{"image", `<img alt="A picture" src=x> <img width=1 alt=x>`, "[A picture]"},
		{"hidden", `<style>a{}</style><script>x</script><title>t</title><p style="display: none">no</p><p hidden>no</p><svg><text>no</text></svg>yes<!-- no -->`, "yes"},
		{"template", "<template><p>no</p></template>yes", "yes"},
		{"not closed", "<div><b>One<p>Two<ul><li>Three", "One\n\nTwo\n\n* Three"},
		{"closed twice", "a</div></p></b></blockquote>b", "a\n\nb"},
		{"controls", "a&#0;&#7;\x1b[31mb\u202ec", "a\uFFFD[31mbc"},
		{"text only", "just text", "just text"},
		{"nothing", "", ""},
		{"broken tag", "a < b and c <notatag", "a < b and c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := HTMLText(tt.html); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestHTMLReplies(t *testing.T) {
	const earlier = "Shall we meet?"
	tests := []struct{ name, html string }{
		{"Gmail", `<div dir="ltr">Yes, that works.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Am Di., 5. Jan. 2026 um 16:02&nbsp;Uhr schrieb Ann &lt;<a href="mailto:ann@a.example">ann@a.example</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid">` + earlier + `</blockquote></div>`},
		{"Gmail with signature", `<div>Yes, that works.<div><br></div>-- <br><div class="gmail_signature">Ben</div></div><div class="gmail_quote"><div class="gmail_attr">On X Ann wrote:</div><blockquote class="gmail_quote">` + earlier + `</blockquote></div>`},
		{"Thunderbird", `<p>Yes, that works.</p><div class="moz-signature">-- <br>Ben</div><div class="moz-cite-prefix">Am 05.01.26 um 16:02 schrieb Ann:<br></div><blockquote type="cite">` + earlier + `</blockquote>`},
		{"Apple Mail", `Yes, that works.<br><div><br><blockquote type="cite"><div>On 5 Jan 2026, at 16:02, Ann &lt;ann@a.example&gt; wrote:</div><br><div>` + earlier + `</div></blockquote></div>`},
		{"Outlook", `<div class="WordSection1"><p class="MsoNormal">Yes, that works.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>Feladó:</b> Ann <br><b>Elküldve:</b> hétfő<br><b>Tárgy:</b> x</p></div></div><p>` + earlier + `</p></div>`},
		{"Outlook on the web", `<div>Yes, that works.</div><div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg"><b>From:</b> Ann</div><div>` + earlier + `</div>`},
		{"forwarded by Exchange", `<div>Yes, that works.</div><div id="x_divRplyFwdMsg">Kimden: Ann</div><div>` + earlier + `</div>`},
		{"Hotmail", `<div>Yes, that works.<br><br><hr id="stopSpelling">Date: Mon<br>From: ann@a.example<br><br>` + earlier + `</div>`},
		{"Yahoo", `<div>Yes, that works.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, Ann wrote:</div>` + earlier + `</div>`},
		{"GMX", `<div>Yes, that works.</div><div name="quote"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Ann</div>` + earlier + `</div>`},
		{"iPhone", `Yes, that works.<br><br><div dir="ltr">Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 05.01.2026 um 16:02 schrieb Ann &lt;ann@a.example&gt;:<br></blockquote></div><blockquote type="cite">` + earlier + `</blockquote>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Read([]byte("Subject: Re: x\nContent-Type: text/html; charset=utf-8\n\n" + tt.html)).Text()
			if text.New != "Yes, that works." {
				t.Errorf("new: got %q", text.New)
			}
			if !strings.Contains(text.Quoted, earlier) {
				t.Errorf("quoted: got %q", text.Quoted)
			}
		})
	}
}

func TestHTMLKeeps(t *testing.T) {
	tests := []struct{ name, subject, html, want string }{
		{"indented by Gmail", "x", `One<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Two</div></blockquote>`, "One\n\nTwo"},
		{"answers between", "Re: x", `<div class="gmail_quote"><div class="gmail_attr">On X Ann wrote:</div><blockquote class="gmail_quote">One?</blockquote><div>Yes.</div><blockquote class="gmail_quote">Two?</blockquote><div>No.</div></div>`, "Yes.\n\nNo."},
		{"forwarded by Gmail", "Fwd: x", `<div>See:<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Ann<br></div>Hello</div></div>`,
			"See:\n---------- Forwarded message ---------\nFrom: Ann\nHello"},
		{"forwarded by Outlook", "FW: x", `<div>See:</div><div id="divRplyFwdMsg">From: Ann</div><div>Hello</div>`, "See:\n\nFrom: Ann\nHello"},
		{"all in the signature", "x", `<div class="gmail_signature">Hello</div>`, "Hello"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Read([]byte("Subject: " + tt.subject + "\nContent-Type: text/html\n\n" + tt.html)).Text()
			if text.New != tt.want {
				t.Errorf("got %q, want %q", text.New, tt.want)
			}
		})
	}
}

func TestHTMLBombs(t *testing.T) {
	const size = 256 << 10 // a quarter of what is read: what is quadratic still shows
	for name, piece := range map[string]string{
		"divs": "<div>", "tables": "<table><tr><td>", "lists": "<ol><li>", "links": "<a href=http://x.example>x", "quotations": "<blockquote>",
		"closings": "</b>", "names": "<x%d>", "formatting": "<b><i><a>", "entities": "&amp", "comments": "<!--", "attributes": "<a a a a a a a a a a ",
		"signatures": `<div class="gmail_signature">x`, "breaks": "<br>", "hidden": "<svg><p>", "quotes": `<a href="`, "nul": "\x00<\x00",
	} {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(strings.ReplaceAll(piece, "%d", strings.Repeat("y", i%50)))
		}
		start := time.Now()
		got := HTMLText(b.String())
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		} else if took > 300*time.Millisecond {
			t.Logf("%s took %v", name, took)
		}
		if len(got) > 4*maxHTML {
			t.Errorf("%s: %d octets", name, len(got))
		}
	}
}

func FuzzHTMLText(f *testing.F) {
	f.Add(`<div>x<blockquote type=cite>y</blockquote><table><tr><td>1<td>2</table><a href="http://x">y</a><pre> z`)
	f.Add(`<p style="display:none"><li><hr id=stopSpelling></p></div>`)
	f.Fuzz(func(t *testing.T, src string) {
		src = strings.ToValidUTF8(src, "?")
		got := HTMLText(src)
		checkText(t, Text{All: strings.ReplaceAll(got, "\n\n\n", "\n\n")})
		if len(got) > 40*len(src)+100 {
			t.Errorf("%d octets became %d", len(src), len(got))
		}
	})
}

func TestHTMLIsBounded(t *testing.T) {
	if lines, truncated := renderHTML(strings.Repeat("x<br>", maxHTML/2)); !truncated || len(lines) > maxTextLines+1 {
		t.Errorf("got %d lines, truncated: %v", len(lines), truncated)
	}
	if got := HTMLText(strings.Repeat("x", 3*maxHTML)); len(got) != maxHTML {
		t.Errorf("got %d octets, want %d", len(got), maxHTML)
	}
}
