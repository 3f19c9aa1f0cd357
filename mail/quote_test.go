package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestStripReplyAttributions: whatever the language, only the answer is left.
func TestStripReplyAttributions(t *testing.T) {
	for _, intro := range []string{
		"On Tue, Jan 5, 2026 at 4:02 PM Ann Bee <ann@a.example> wrote:",
		"On Tue, Jan 5, 2026 at 4:02 PM Ann Bee <\nann@a.example> wrote:",
		"On 5 Jan 2026, at 16:02, Ann Bee via Rust\n<rust@lists.example.org>\nwrote:",
		"On Jan 5, 2026, at 4:02 PM, Ann Bee<ann@a.example> wrote:",
		"Ann Bee wrote:",
		"Ann Bee <ann@a.example> writes:",
		"* Ann Bee <ann@a.example> [2026-01-05 16:02]:",
		"Quoting Ann Bee <ann@a.example>:",
		"Am 05.01.2026 um 16:02 schrieb Ann Bee:",
		"Am Di., 5. Jan. 2026 um 16:02 Uhr schrieb Ann Bee <ann@a.example>:",
		"Ann Bee <ann@a.example> schrieb am Di., 5. Jan. 2026, 16:02:",
		"Zitat von Ann Bee <ann@a.example>:",
		"Le mar. 5 janv. 2026 à 16:02, Ann Bee <ann@a.example> a écrit :",
		"Le 05/01/2026 à 16:02, Ann Bee a écrit\u00a0:",
		"El mar, 5 ene 2026 a las 16:02, Ann Bee (<ann@a.example>) escribió:",
		"Em ter., 5 de jan. de 2026 às 16:02, Ann Bee <ann@a.example>\nescreveu:",
		"Il giorno mar 5 gen 2026 alle ore 16:02 Ann Bee <ann@a.example> ha scritto:",
		"Op di 5 jan 2026 om 16:02 schreef Ann Bee <ann@a.example>:",
		"Den tis 5 jan. 2026 kl 16:02 skrev Ann Bee <ann@a.example>:",
		"tir. 5. jan. 2026 kl. 16.02 skrev Ann Bee <ann@a.example>:",
		"ti 5. tammik. 2026 klo 16.02 Ann Bee (ann@a.example) kirjoitti:",
		"wt., 5 sty 2026 o 16:02 Ann Bee <ann@a.example> napisał(a):",
		"W dniu 05.01.2026 o 16:02, Ann Bee pisze:",
		"út 5. 1. 2026 v 16:02 odesílatel Ann Bee <ann@a.example> napsal:",
		"Ann Bee <ann@a.example> ezt írta (időpont: 2026. jan. 5., K, 16:02):",
		"вт, 5 янв. 2026 г. в 16:02, Ann Bee <ann@a.example>:",
		"05.01.2026 16:02, Ann Bee пишет:",
		"5 Oca 2026 Sal 16:02 tarihinde Ann Bee <ann@a.example> şunu yazdı:",
		"Στις Τρί 5 Ιαν 2026 στις 4:02 μ.μ., ο χρήστης Ann Bee <ann@a.example> έγραψε:",
		"Vào Th 3, 5 thg 1, 2026 vào lúc 16:02 Ann Bee <ann@a.example> đã viết:",
		"2026年1月5日(火) 16:02 Ann Bee <ann@a.example>:",
		"Ann Bee <ann@a.example> 于2026年1月5日周二 16:02写道：",
		"2026년 1월 5일 (화) 오후 4:02, Ann Bee <ann@a.example>님이 작성:",
		"From: Ann Bee <ann@a.example>\nDate: Tue, 5 Jan 2026 16:02:00 +0000",
	} {
		for _, gap := range []string{"\n", "\n\n", "\n\n\n\n"} {
			body := "Yes, that works.\n\nBen\n\n" + intro + gap + "> Shall we meet?\n>\n> Ann\n"
			if got, want := StripReply(body), "Yes, that works.\n\nBen"; got != want {
				t.Errorf("%q with gap %q: got %q, want %q", intro, gap, got, want)
			}
		}
		below := intro + "\n> Shall we meet?\n> Ann\n\nYes, that works.\n"
		if got, want := StripReply(below), "Yes, that works."; got != want {
			t.Errorf("%q above: got %q, want %q", intro, got, want)
		}
	}
}

// TestStripReplyBelow: the earlier message stands below as it is, as Outlook does it.
func TestStripReplyBelow(t *testing.T) {
	for _, header := range []string{
		"-----Original Message-----\nFrom: Ann Bee [mailto:ann@a.example]\nSent: Tuesday, January 05, 2026 4:02 PM\nTo: Rust\nSubject: Meet",
		"________________________________\nFrom: Ann Bee <ann@a.example>\nSent: Tuesday, January 5, 2026 4:02 PM\nTo: Rust <rust@lists.example.org>\nSubject: Meet",
		"From: Ann Bee <ann@a.example>\nDate: Tuesday, January 5, 2026\nTo: Rust <rust@lists.example.org>\nSubject: Meet",
		"*From:* Ann Bee <ann@a.example>\n*Sent:* Tuesday, January 5, 2026 4:02 PM\n*To:* Rust <rust@lists.example.org>\n*Subject:* Meet",
		"-----Ursprüngliche Nachricht-----\nVon: Ann Bee\nGesendet: Dienstag, 5. Januar 2026 16:02\nAn: Rust\nBetreff: Meet",
		"Von: Ann Bee <ann@a.example>\nGesendet: Dienstag, 5. Januar 2026 16:02\nAn: Rust\nCc: Cy\nBetreff: Meet",
		"De : Ann Bee <ann@a.example>\nEnvoyé : mardi 5 janvier 2026 16:02\nÀ : Rust\nObjet : Meet",
		"De: Ann Bee <ann@a.example>\nEnviado el: martes, 5 de enero de 2026 16:02\nPara: Rust\nAsunto: Meet",
		"Da: Ann Bee <ann@a.example>\nInviato: martedì 5 gennaio 2026 16:02\nA: Rust\nOggetto: Meet",
		"Van: Ann Bee <ann@a.example>\nVerzonden: dinsdag 5 januari 2026 16:02\nAan: Rust\nOnderwerp: Meet",
		"Från: Ann Bee <ann@a.example>\nSkickat: den 5 januari 2026 16:02\nTill: Rust\nÄmne: Meet",
		"От: Ann Bee <ann@a.example>\nОтправлено: 5 января 2026 г. 16:02\nКому: Rust\nТема: Meet",
		"发件人: Ann Bee <ann@a.example>\n发送时间: 2026年1月5日 16:02\n收件人: Rust\n主题: Meet",
		"差出人: Ann Bee <ann@a.example>\n送信日時: 2026年1月5日 16:02\n宛先: Rust\n件名: Meet",
		"----- Original Message -----\nFrom: ann@a.example\nTo: Rust",
		"On Jan 5, 2026 4:02 PM, \"Ann Bee\" <ann@a.example> wrote:\n",
		"Ann Bee <ann@a.example>\n05.01.2026 16:02\n\nTo\nRust\ncc\n\nSubject\nMeet",
		"##- Please type your reply above this line -##\n",
	} {
		body := "Yes, that works.\n\n" + header + "\n\nShall we meet?\n\nAnn\n"
		if got, want := StripReply(body), "Yes, that works."; got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestStripReplySignatures(t *testing.T) {
	const text = "Yes, that works."
	for _, signature := range []string{
		"-- \nBen\nSent by a person", "--\nBen", "Sent from my iPhone", "Sent from my Galaxy", "Get Outlook for iOS<https://aka.ms/o0ukef>",
		"Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Inviato da iPhone",
		"Verzonden vanaf mijn iPhone", "Skickat från min iPhone", "Отправлено с iPhone", "iPhoneから送信", "发自我的iPhone", "나의 iPhone에서 보냄",
		"_______________________________________________\nrust mailing list -- rust@lists.example.org\nTo unsubscribe send an email to rust-leave@lists.example.org",
		"-- \nYou received this message because you are subscribed to the Google Groups \"Rust\" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to x@y.example.",
		"-- \nBen\n_______________________________________________\nRust mailing list\nRust@lists.example.org\nhttps://lists.example.org/mailman/listinfo/rust",
	} {
		if got := StripReply(text + "\n\n" + signature + "\n"); got != text {
			t.Errorf("%q: got %q, want %q", signature, got, text)
		}
		if strings.Contains(signature, "___") {
			continue // software puts its footer below everything
		}
		if got := StripReply(text + "\n\n" + signature + "\n\nOn 1/5/26 4:02 PM, Ann wrote:\n> Shall we?\n"); got != text {
			t.Errorf("%q above a quotation: got %q, want %q", signature, got, text)
		}
	}
}

// TestStripReplyKeeps: what must not be taken for a quotation or signature.
func TestStripReplyKeeps(t *testing.T) {
	for name, body := range map[string]string{
		"sentence with wrote":            "On Monday Ann wrote: we meet at four.\n\nI think she is right.",
		"paragraph that ends in a colon": "Locally, on 1.1.2026 at 10:00, when I run this, Ann wrote:\n\nhello\n\nand that is all.",
		"dashes in a line":               "this is -- I think -- no signature.",
		"dashes between paragraphs":      "One.\n\n---\n\nTwo.",
		"sent in a sentence":             "Sent from my desk to yours.\n\nMore text comes after it.",
		"patch":                          "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b",
		"code with greater":              "if a > b {\n  return\n}",
		"from in a sentence":             "From: here to there is a long way.\nAnd back.",
		"from at the beginning":          "From here on we use LF.\n\nRight?",
		"begin in a sentence":            "begin 100 metres from here\nand walk on\nto the end",
		"long list after dashes":         "Agenda\n--\n" + strings.Repeat("* an item\n", 40) + "\nSee you!",
		"ruler":                          "One\n----------\nTwo",
		"original as a word":             "-- the original message was lost, sorry -- so I write again.",
	} {
		if got := StripReply(body); got != body {
			t.Errorf("%s: got %q, want %q", name, got, body)
		}
	}
}

func TestSplitText(t *testing.T) {
	tests := []struct{ name, subject, body, text, quoted, signature string }{
		{"interleaved", "Re: x", "On 5 Jan 2026, Ann wrote:\n> One?\n\nYes.\n\n> Two?\n> Three?\nNo.\n\n-- \nBen\n",
			"Yes.\n\nNo.", "On 5 Jan 2026, Ann wrote:\n> One?\n\n> Two?\n> Three?", "--\nBen"},
		{"text behind the signature", "Re: x", "One.\n\n-- \nBen\n\nOn 5 Jan 2026, Ann wrote:\n> x\n", "One.", "On 5 Jan 2026, Ann wrote:\n> x", "--\nBen"},
		{"forwarded", "Fwd: x", "See below.\n\n---------- Forwarded message ---------\nFrom: Ann <ann@a.example>\nDate: Mon, 5 Jan 2026\nSubject: x\nTo: Ben\n\nShall we?\n",
			"See below.\n\n---------- Forwarded message ---------\nFrom: Ann <ann@a.example>\nDate: Mon, 5 Jan 2026\nSubject: x\nTo: Ben\n\nShall we?", "", ""},
		{"forwarded by Outlook", "WG: x", "Siehe unten.\n\nVon: Ann <ann@a.example>\nGesendet: Montag\nAn: Ben\nBetreff: x\n\nGehen wir?\n",
			"Siehe unten.\n\nVon: Ann <ann@a.example>\nGesendet: Montag\nAn: Ben\nBetreff: x\n\nGehen wir?", "", ""},
		{"forwarded without a word", "x", "-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Ben\n\nShall we?\n",
			"-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Ben\n\nShall we?", "", ""},
		{"forwarded in a list", "[rust] Fwd: x", "> Shall we?\n", "> Shall we?", "", ""},
		{"answer to a forwarded message", "Re: Fwd: x", "No.\n\nOn 5 Jan 2026, Ann wrote:\n> ---------- Forwarded message ---------\n> From: Cy\n",
			"No.", "On 5 Jan 2026, Ann wrote:\n> ---------- Forwarded message ---------\n> From: Cy", ""},
		{"quoted deeply", "Re: x", "No.\n\n>>> a\n>> b\n> > c\n", "No.", ">>> a\n>> b\n>> c", ""},
		{"wrapped on the way", "Re: x", "> a long line of text that somebody wrote in a mail client that does not wrap its\nlines at all\n> and more\n\nRight.\n", "Right.",
			"> a long line of text that somebody wrote in a mail client that does not wrap its\nlines at all\n> and more", ""},
		{"clear-signed", "x", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHello.\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n", "Hello.", "", ""},
		{"escaped From", "x", "One.\n\n>From here on we use LF.\n", "One.\n\nFrom here on we use LF.", "", ""},
		{"quoted From", "Re: x", "One.\n\n> x\n>From here\n> y\n", "One.", "> x\n> From here\n> y", ""},
		{"uuencoded file", "x", "See the file.\n\nbegin 644 f\n%:&5L;&\\ \n`\nend\n\nBye.\n", "See the file.\n\nBye.", "", ""},
		{"only a quotation", "Re: x", "On 5 Jan 2026, Ann wrote:\n> x\n", "", "On 5 Jan 2026, Ann wrote:\n> x", ""},
		{"empty lines", "x", "\n\n\nOne.\n\n\n\n\nTwo.\n\n\n", "One.\n\nTwo.", "", ""},
		{"nothing", "x", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := Read([]byte("Subject: " + tt.subject + "\n\n" + tt.body)).Text()
			for _, c := range []struct{ what, got, want string }{{"new", text.New, tt.text}, {"quoted", text.Quoted, tt.quoted}, {"signature", text.Signature, tt.signature}} {
				if c.got != c.want {
					t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
				}
			}
		})
	}
}

// TestSplitTextTime: text made to look like what is searched for takes no longer.
func TestSplitTextTime(t *testing.T) {
	for name, line := range map[string]string{
		"attributions":    "On 1 Jan 2026 at 10:00 somebody wrote:",
		"colons":          "On 1 Jan 2026 at 10:00 somebody spoke:",
		"From":            "From: somebody",
		"rulers":          "__________________",
		"PGP":             "-----BEGIN PGP SIGNED MESSAGE-----",
		"signatures":      "--",
		"footers":         "You received this message because you are subscribed",
		"begin":           "begin 644 f",
		"quoted and not":  "> x\nOn 1 Jan 2026 at 10:00 somebody wrote:",
		"lotus":           "Ann <ann@a.example>",
		"device":          "Sent from my iPhone",
		"quotes":          strings.Repeat(">", 900),
		"quotes, flowing": strings.Repeat("> ", 400),
	} {
		body := strings.Repeat(line+"\n", maxTextBytes/4/(len(line)+1)) + "x\n> y\n"
		start := time.Now()
		StripReply(body)
		flowed := Read([]byte("Content-Type: text/plain; format=flowed\n\n" + strings.ReplaceAll(body, "\n", " \n")))
		checkText(t, flowed.Text())
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		} else if took > 300*time.Millisecond {
			t.Logf("%s took %v", name, took)
		}
	}
}

func FuzzStripReply(f *testing.F) {
	f.Add("Yes.\n\nOn 5 Jan 2026, Ann wrote:\n> x\n-- \nBen")
	f.Add("-----Original Message-----\nFrom: x\nSent: y\nTo: z\n\n_____\nmailing list")
	f.Fuzz(func(t *testing.T, body string) {
		body = strings.ToValidUTF8(body, "?")
		got := StripReply(body)
		checkText(t, Text{New: got})
		for line := range strings.SplitSeq(got, "\n") {
			if text := strings.TrimSpace(line); !strings.Contains(fmt.Sprint(body, cleanText(body)), strings.TrimLeft(text, "> ")) {
				t.Errorf("the line %q is not in the body", line)
			}
		}
	})
}

func TestStripReplyOctets(t *testing.T) {
	if got, want := StripReply("gr\xfcn\r\n> x\r\n"), "grün"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
