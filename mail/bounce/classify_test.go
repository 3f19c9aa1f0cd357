package bounce

import "testing"

func TestClassify(t *testing.T) {
	for name, test := range map[string]struct {
		status, reply string
		class         Class
		reason        string
	}{
		"no such user":             {"", "550 5.1.1 <x@y.example>: Recipient address rejected: User unknown in local recipient table", Hard, "nosuchuser"},
		"the status alone":         {"5.1.1", "550 no", Hard, "nosuchuser"},
		"no words":                 {"", "550 5.1.1", Hard, "nosuchuser"},
		"no status":                {"", "550 No such user here", Hard, "nosuchuser"},
		"no such host":             {"", "550 5.1.2 Host unknown (Name server: y.example: host not found)", Hard, "hostunknown"},
		"full":                     {"", "552 5.2.2 mailbox full", Soft, "mailboxfull"},
		"full, for days":           {"", "452 4.2.2 mailbox full (tried for 5 days)", Soft, "mailboxfull"},
		"greylisted for days":      {"", "450 4.2.0 greylisted (tried for 5 days)", Soft, "blocked"},
		"our host is on a list":    {"", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", Soft, "blocked"},
		"relaying":                 {"", "554 5.7.1 <x@y.example>: Relay access denied", Soft, "relay"},
		"SPF":                      {"", "550 5.7.23 SPF validation failed", Soft, "authfailed"},
		"a policy":                 {"", "550 5.7.1 message refused by policy", Soft, "policy"},
		"disabled":                 {"", "550 5.2.1 mailbox disabled", Soft, "suspended"},
		"nothing to go by":         {"", "550", Soft, "rejected"},
		"said to the greeting":     {"", "550 5.1.1 user unknown (in reply to EHLO)", Soft, "rejected"},
		"said to the sender":       {"", "550 5.1.8 sender address rejected: domain not found", Soft, "sender"},
		"garbage":                  {"x", "\x00\xff", Soft, "unknown"},
		"moved":                    {"", "551 5.1.6 user has moved", Hard, "moved"},
		"the domain takes no mail": {"", "556 5.1.10 <x@y.example>: domain y.example does not accept mail (nullMX)", Hard, "refusesmail"},
	} {
		t.Run(name, func(t *testing.T) {
			if class, reason := Classify(test.status, test.reply); class != test.class || reason != test.reason {
				t.Errorf("got %s %s, want %s %s", class, reason, test.class, test.reason)
			}
		})
	}
}
