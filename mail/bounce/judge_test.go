package bounce

import (
	"strings"
	"testing"
)

// TestReplies judges replies as large and small mail systems write them, in a
// DSN that says at which command they were given.
func TestReplies(t *testing.T) {
	const rcpt, data, mailFrom, connect, none = " (in reply to RCPT TO command)", " (in reply to end of DATA command)", " (in reply to MAIL FROM command)", " (in reply to EHLO command)", ""
	tests := []struct {
		name, reply, at, want string
	}{
		{"gmail unknown", "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550 5.1.1 unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser x - gsmtp", rcpt, "hard nosuchuser"},
		{"cisco, content", "5.1.0 - Unknown address error 550-'5.7.1 Message rejected due to content restrictions' (delivery attempts: 0)", none, "soft policy"},
		{"cisco, unknown", "5.1.0 - Unknown address error 550-'5.1.1 <x@y.example>: Recipient address rejected: User unknown in virtual mailbox table' (delivery attempts: 0)", none, "hard nosuchuser"},
		{"gmail full", "452-4.2.2 The recipient's inbox is out of storage space. Please direct the 452 4.2.2 recipient to https://support.google.com/mail/?p=OverQuotaTemp", rcpt, "soft mailboxfull"},
		{"gmail disabled", "550 5.2.1 The email account that you tried to reach is disabled.", rcpt, "soft suspended"},
		{"gmail inactive", "550-5.2.1 The email account that you tried to reach is inactive.", rcpt, "soft suspended"},
		{"gmail dmarc", "550-5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy.", data, "soft authfailed"},
		{"gmail reputation", "550-5.7.1 likely suspicious due to the very low reputation of the sending domain.", data, "soft blocked"},
		{"gmail rate", "450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.", rcpt, "soft toofast"},
		{"gmail attachment", "552-5.7.0 This message was blocked because its content presents a potential security issue.", data, "soft policy"},
		{"outlook unknown", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", rcpt, "hard nosuchuser"},
		{"microsoft unknown", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ben@example.com not found by SMTP address lookup", none, "hard nosuchuser"},
		{"microsoft edge", "550 5.4.1 Recipient address rejected: Access denied. [XX.prod.protection.outlook.com]", rcpt, "hard nosuchuser"},
		{"microsoft restricted", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", none, "soft authfailed"},
		{"microsoft banned", "550 5.7.606 Access denied, banned sending IP [192.0.2.1].", connect, "soft blocked"},
		{"microsoft s3140", "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).", mailFrom, "soft blocked"},
		{"microsoft full", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded", none, "soft mailboxfull"},
		{"microsoft size", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", none, "soft toobig"},
		{"microsoft loop", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34", none, "soft network"},
		{"microsoft expired", "550 5.4.300 Message expired -> 451 4.4.0 Primary target IP address responded with timed out", none, "soft blocked"},
		{"yahoo unknown", "552 1 Requested mail action aborted, mailbox not found", rcpt, "hard nosuchuser"},
		{"yahoo account", "554 delivery error: dd This user doesn't have a yahoo.com account (ben@example.com) [0]", data, "hard nosuchuser"},
		{"yahoo disabled", "554 30 Sorry, your message to ben@example.com cannot be delivered. This mailbox is disabled (554.30).", data, "soft suspended"},
		{"yahoo deferred", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints", mailFrom, "soft blocked"},
		{"yahoo policy", "554 5.7.9 Message not accepted for policy reasons.", data, "soft policy"},
		{"icloud unknown", "550 5.1.1 unknown or illegal alias: ben@example.com", rcpt, "hard nosuchuser"},
		{"icloud inactive", "550 5.1.1 <ben@example.com>: inactive email address", rcpt, "hard nosuchuser"},
		{"icloud full", "552 5.2.2 <ben@example.com>: user is over quota", rcpt, "soft mailboxfull"},
		{"icloud local policy", "550 5.7.1 [CS01] Message rejected due to local policy.", data, "soft policy"},
		{"gmx unknown", "550 Requested action not taken: mailbox unavailable For explanation visit https://www.gmx.net/mail/senderguidelines", rcpt, "hard nosuchuser"},
		{"web.de full", "550 <ben@example.com> Benutzer hat zuviele Mails auf dem Server. / User has too many messages on the server.", rcpt, "soft mailboxfull"},
		{"gmx ptr", "554-Bad DNS PTR resource record. 554 For explanation visit https://www.gmx.net/", connect, "soft blocked"},
		{"t-online unknown", "550-5.1.1 User unknown 550 Benutzer unbekannt", rcpt, "hard nosuchuser"},
		{"mail.ru unknown", "550 Message was not accepted -- invalid mailbox. Local mailbox ben@example.ru is unavailable: user not found", rcpt, "hard nosuchuser"},
		{"mail.ru disabled", "550 Message was not accepted -- invalid mailbox. Local mailbox ben@example.ru is unavailable: account is disabled", rcpt, "soft suspended"},
		{"mail.ru spam", "550 spam message rejected. Please visit http://help.mail.ru/notspam-support", data, "soft spam"},
		{"yandex unknown", "550 5.7.1 No such user!", rcpt, "hard nosuchuser"},
		{"yandex policy", "554 5.7.1 [2] Message rejected under suspicion of SPAM", data, "soft spam"},
		{"qq unknown", "550 Mailbox not found. https://service.mail.qq.com/detail/0/427", rcpt, "hard nosuchuser"},
		{"qq unknown 2", "550 The recipient may contain a non-existent account, please check the recipient address.", rcpt, "hard nosuchuser"},
		{"qq frequency", "550 Connection frequency limited", connect, "soft toofast"},
		{"163 unknown", "550 User not found: ben@163.example", rcpt, "hard nosuchuser"},
		{"163 suspended", "550 User suspended", rcpt, "soft suspended"},
		{"163 ip", "554 DT:SPM 163 smtp8, http://mail.163.com/help/help_spam_16.htm", data, "soft rejected"},
		{"zoho unknown", "550 5.1.1 User does not exist - <ben@example.com>", rcpt, "hard nosuchuser"},
		{"zoho spam", "554 5.7.1 Email cannot be delivered. Reason: Email flagged as Spam.", data, "soft spam"},
		{"proton unknown", "550 5.1.1 <ben@example.com>: Recipient address rejected: Address does not exist", rcpt, "hard nosuchuser"},
		{"proton full", "552 5.2.2 <ben@example.com>: Recipient address rejected: Mailbox full", rcpt, "soft mailboxfull"},
		{"mimecast unknown", "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550", rcpt, "hard nosuchuser"},
		{"mimecast policy", "554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554", data, "soft policy"},
		{"mimecast greylist", "451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451", rcpt, "soft expired"},
		{"proofpoint unknown", "550 5.1.1 User Unknown", rcpt, "hard nosuchuser"},
		{"proofpoint blocked", "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1", connect, "soft blocked"},
		{"cisco unknown", "550 #5.1.0 Address rejected.", rcpt, "hard nosuchuser"},
		{"cisco reputation", "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.", connect, "soft blocked"},
		{"ses suppressed", "550 5.1.1 Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.", none, "hard nosuchuser"},
		{"sendgrid greylist", "450 4.2.0 <ben@example.com>: Recipient address rejected: Greylisted, see http://postgrey.example", rcpt, "soft blocked"},
		{"orange unknown", "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]", rcpt, "hard nosuchuser"},
		{"orange refused", "550 5.7.1 Service refuse. Veuillez essayer plus tard. OFR_103 [103]", mailFrom, "soft blocked"},
		{"laposte blocked", "550 5.5.0 Le compte du destinataire est bloque. The recipient account is blocked. LPN007_426", rcpt, "soft suspended"},
		{"free unknown", "550 5.1.1 user unknown (UserSearch)", rcpt, "hard nosuchuser"},
		{"libero unknown", "550 RCPT TO:<ben@example.it> User unknown", rcpt, "hard nosuchuser"},
		{"terra full", "552 La casilla esta llena / El usuario excedió su cuota", rcpt, "soft mailboxfull"},
		{"uol full", "552 5.2.2 Caixa postal do destinatario cheia", rcpt, "soft mailboxfull"},
		{"wp unknown", "550 Konto nie istnieje / No such user", rcpt, "hard nosuchuser"},
		{"seznam unknown", "550 5.1.1 Bad destination mailbox address", rcpt, "hard nosuchuser"},
		{"comcast unknown", "550 5.1.1 Not our Customer", rcpt, "hard moved"},
		{"comcast blocked", "554 resimta comcast 192.0.2.1 Comcast block for spam. Please see http://postmaster.comcast.net", connect, "soft spam"},
		{"att blocked", "553 5.3.0 alph DNSBL:RBL 521< 192.0.2.1 >_is_blocked. For assistance forward this error", connect, "soft blocked"},
		{"cox limit", "421 cox too many sessions from 192.0.2.1", connect, "soft toofast"},
		{"earthlink unknown", "550 550 Dynamic/zombied/spam IPs blocked. ", connect, "soft spam"},
		{"godaddy unknown", "550 5.1.1 <ben@example.com> Recipient not found.", rcpt, "hard nosuchuser"},
		{"godaddy rate", "550 5.1.1 <ben@example.com> - 192.0.2.1 has sent to too many recipients this hour.", rcpt, "soft toofast"},
		{"ovh unknown", "550 5.1.1 <ben@example.com>: Recipient address rejected: User unknown in virtual mailbox table", rcpt, "hard nosuchuser"},
		{"postfix relay", "554 5.7.1 <ben@example.com>: Relay access denied", rcpt, "soft relay"},
		{"postfix verify", "550 5.1.1 <ben@example.com>: Recipient address rejected: undeliverable address: host mx.example.com said: 550 no mailbox", rcpt, "hard nosuchuser"},
		{"postfix sender", "450 4.1.8 <a@b.example>: Sender address rejected: Domain not found", rcpt, "soft sender"},
		{"postfix local", "unknown user: \"ben\"", none, "hard nosuchuser"},
		{"exim verify", "550 Sender verify failed", rcpt, "soft sender"},
		{"exim unrouteable", "550 Unrouteable address", rcpt, "hard hostunknown"},
		{"exchange sender", "550 5.7.1 Message rejected as the sender is not allowed", data, "soft sender"},
		{"qmail rcpthosts", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", rcpt, "soft relay"},
		{"qmail chkuser", "550 5.1.1 sorry, no mailbox here by that name (#5.1.1 - chkuser)", rcpt, "hard nosuchuser"},
		{"qmail badrcptto", "553 sorry, your envelope recipient is in my badrcptto list (#5.7.1)", rcpt, "hard nosuchuser"},
		{"moved", "551 User not local; please try <ben@example.net>", rcpt, "hard moved"},
		{"no longer", "550 5.1.6 recipient no longer on server: ben@example.com", rcpt, "hard moved"},
		{"null mx", "556 5.1.10 Domain example.com does not accept mail (nullMX)", none, "hard refusesmail"},
		{"spamhaus", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", rcpt, "soft blocked"},
		{"virus", "550 5.7.1 virus detected: Eicar-Signature", data, "soft virus"},
		{"size", "552 5.3.4 Message size exceeds fixed limit", mailFrom, "soft toobig"},
		{"filter after data", "550 User unknown", data, "soft filtered"},
		{"helo", "550 Access denied - Invalid HELO name", connect, "soft blocked"},
		{"german unknown", "550 5.1.1 Empfänger unbekannt", rcpt, "hard nosuchuser"},
		{"japanese unknown", "550 5.1.1 宛先不明", rcpt, "hard nosuchuser"},
		{"no words, 5.1.1", "550 5.1.1 Sorry", rcpt, "hard nosuchuser"},
		{"no words, 5.7.1", "550 5.7.1 Sorry", rcpt, "soft policy"},
		{"no words at all", "550 no", rcpt, "soft rejected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, _ := replyAt(test.reply)
			v := judge(proof{texts: []string{squeeze(test.reply)}, status: statusCode(test.reply), reply: code, stage: stageOf(strings.ToLower(test.at))})
			if got := v.class.String() + " " + v.reason; got != test.want {
				t.Errorf("got %q, want %q; squeezed %q", got, test.want, squeeze(test.reply))
			}
		})
	}
}

func TestStatusCode(t *testing.T) {
	tests := []struct{ in, want string }{
		{"550 5.1.1 User unknown", "5.1.1"},
		{"5.0.0 but then (#5.2.2)", "5.2.2"},
		{"5.0.0", "5.0.0"},
		{"550-5.7.26 x", "5.7.26"},
		{"host mx[5.1.1.4] said", ""},
		{"version 5.5.8.383112", ""},
		{"Exim 4.80", ""},
		{"8.12.6/8.12.6", ""},
		{"4.4.7 (delivery time expired)", "4.4.7"},
		{"15.1.1", ""},
		{"5.1.1234", ""},
		{"ends in 5.1.1.", "5.1.1"},
		{"", ""},
	}
	for _, test := range tests {
		if got := statusCode(test.in); got != test.want {
			t.Errorf("statusCode(%q): got %q, want %q", test.in, got, test.want)
		}
	}
}

func TestReplyAt(t *testing.T) {
	tests := []struct {
		in, code string
		at       int
	}{
		{"550 no", "550", 0},
		{"said: 421-4.7.0 later", "421", 6},
		{"[SMTP Error Code 550]", "550", 17},
		{"'550 x'", "550", 1},
		{"5500 bottles", "", -1},
		{"in 2550 steps", "", -1},
		{"port 587 and 599", "", -1},
		{"550.25 s", "", -1},
		{"250 OK", "", -1},
		{"", "", -1},
	}
	for _, test := range tests {
		if code, at := replyAt(test.in); code != test.code || at != test.at {
			t.Errorf("replyAt(%q): got %q at %d, want %q at %d", test.in, code, at, test.code, test.at)
		}
	}
}

func TestStageOf(t *testing.T) {
	tests := []struct {
		in   string
		want stage
	}{
		{"(in reply to RCPT TO command)", stageRcpt},
		{"SMTP error from remote mail server after end of data:", stageData},
		{"after MAIL FROM:<a@example.org> SIZE=1", stageMail},
		{"host refused to talk to me: 554", stageConnect},
		{">>> MAIL From:<a@example.org>\n<<< 250 ok\n>>> RCPT To:<b@example.com>\n<<< 550 no", stageRcpt},
		{">>> DATA\n<<< 554 no", stageData},
		{"550 no", stageUnknown},
	}
	for _, test := range tests {
		if got := stageOf(strings.ToLower(test.in)); got != test.want {
			t.Errorf("stageOf(%q): got %d, want %d", test.in, got, test.want)
		}
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct {
		name, in string
		want     string
	}{
		{"free", "to ben@example.com.", "ben@example.com"},
		{"brackets", "<Ben@Example.com>: 550", "Ben@Example.com"},
		{"several", "a@example.com, b@example.org; c@example.net", "a@example.com b@example.org c@example.net"},
		{"plus", "rust-bounces+k=7@lists.example.org", "rust-bounces+k=7@lists.example.org"},
		{"source route", "<@relay.example.net:ben@example.com>", "ben@example.com"},
		{"between characters of another script", "宛先ben@example.comは", "ben@example.com"},
		{"of another script", "<ゆき@例え.jp>", "ゆき@例え.jp"},
		{"mailto", "<mailto:ben@example.com>", "ben@example.com"},
		{"apostrophes", "'ben@example.com'", "ben@example.com"},
		{"no dot", "root@localhost", ""},
		{"no local part", "@example.com", ""},
		{"two at signs", "a@b@c", ""},
		{"hidden", "<ben\u200b@example.com>", ""},
	}
	for _, test := range tests {
		if got := strings.Join(addresses(test.in, 10), " "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
