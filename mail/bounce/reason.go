package bounce

import "strings"

// The reasons that Result.Reason can have.
const (
	reasonNoUser    = "nosuchuser"  // no such mailbox
	reasonNoHost    = "hostunknown" // no such domain
	reasonMoved     = "moved"       // gone elsewhere
	reasonNoMail    = "refusesmail" // the domain takes no mail at all
	reasonFull      = "mailboxfull"
	reasonSuspended = "suspended" // the account is switched off, perhaps for a while
	reasonFiltered  = "filtered"  // refused after the address was accepted
	reasonTooBig    = "toobig"
	reasonTooFast   = "toofast"
	reasonVirus     = "virus"
	reasonSpam      = "spam"
	reasonBlocked   = "blocked"    // our host is not welcome
	reasonAuth      = "authfailed" // SPF, DKIM, DMARC
	reasonSender    = "sender"     // our sender address is not welcome
	reasonRelay     = "relay"      // that host is not responsible for the domain
	reasonPolicy    = "policy"
	reasonExpired   = "expired" // tried for long enough
	reasonNetwork   = "network"
	reasonMailer    = "mailer" // a program or system behind the server failed
	reasonSyntax    = "syntax"
	reasonRejected  = "rejected" // refused without a reason
	reasonDelayed   = "delayed"
	reasonDelivered = "delivered"
	reasonList      = "list"      // a list that does not take the sender's post
	reasonChallenge = "challenge" // not from a person who is known there: no failure
	reasonUnknown   = "unknown"
)

// reasonVague is for words that mean reasonNoUser only at the right place. It is no
// value of Result.Reason.
const reasonVague = "nosuchuser?"

// A verdict is what the evidence about one recipient amounts to.
type verdict struct {
	class  Class
	reason string
}

// A proof is the evidence about one recipient.
type proof struct {
	texts  []string // squeezed, the closest to the recipient first
	whole  string   // the whole report squeezed where it is about one recipient, else ""
	status string   // enhanced status code or ""
	reply  string   // SMTP reply code or ""
	stage  stage
	local  bool // said by a program behind the server, not by SMTP
}

// judge weighs a proof: words first, since status codes are often made up by the
// system that reports; then the status code; then the bare reply.
func judge(p proof) verdict {
	for _, text := range p.texts {
		if text = unwrap(text); text == "" {
			continue
		}
		if reason := reasonOf(text); reason != "" {
			return p.weigh(reason, text)
		}
	}
	if p.whole != "" && !p.statusTells() {
		if reason := reasonOf(p.whole); reason != "" {
			return p.weigh(reason, p.whole)
		}
	}
	return p.byStatus()
}

// unwrap takes the reply out of what a gateway made of it.
//
// QUIRK: Cisco's Email Security writes "5.1.0 - Unknown address error 550-'5.7.1 …'", whatever was answered.
func unwrap(text string) string {
	const wrapper = "unknown address error "
	if _, reply, found := strings.Cut(text, wrapper); found && len(reply) > 3 && isReplyCode(reply[:3]) && (reply[0] == '4' || reply[0] == '5') {
		reply, _, _ = strings.Cut(reply, "(delivery attempts") // how often it tried is no reason
		return reply
	}
	return text
}

// statusTells is true for a status code with a detail that means one thing. It is then
// more to be trusted than words from elsewhere in a report, such as a virus scanner's
// footer.
func (p proof) statusTells() bool {
	if len(p.status) < 5 || strings.HasSuffix(p.status, ".0") {
		return false
	}
	_, known := statusReasons[p.status[2:]]
	return known
}

// weigh turns a reason into a verdict. Only four reasons can be hard, and none is if
// the reply was given to our host or sender rather than to the recipient.
func (p proof) weigh(reason, text string) verdict {
	switch reason {
	case reasonNoUser, reasonVague:
		return p.weighNoUser(reason, text)
	case reasonChallenge:
		return verdict{None, reason}
	case reasonNoHost, reasonMoved, reasonNoMail:
		if p.stage == stageMail || p.stage == stageConnect {
			return verdict{Soft, reasonRejected}
		}
		if strings.HasPrefix(p.status, "4") || p.reply != "" && p.reply[0] == '4' {
			return verdict{Soft, reason}
		}
		return verdict{Hard, reason}
	}
	return verdict{Soft, reason}
}

// weighNoUser decides whether "no such user" is to be believed. It is, in answer to
// RCPT or under a status code about the address. Behind DATA, and from nobody knows
// where without such a code, it is as often what a filter says.
func (p proof) weighNoUser(reason, text string) verdict {
	vague := reason == reasonVague
	addressed := isAddressStatus(p.status)
	switch {
	case p.local:
		return verdict{Soft, reasonMailer}
	case p.stage == stageMail, p.stage == stageConnect, vague && !addressed && saysElse(text):
		return verdict{Soft, reasonRejected}
	case p.status == "" && strings.HasPrefix(p.reply, "4"):
		return verdict{Soft, reasonNoUser}
	case strings.HasPrefix(p.status, "4") && !(p.stage == stageRcpt && p.reply != "" && addressed):
		return verdict{Soft, reasonNoUser}
	case vague && strings.HasPrefix(p.status, "5.2."):
		return verdict{Soft, reasonFiltered}
	case hasPhrase(text, "doesn't have a * account"):
		return p.weighYahoo()
	case addressed, p.stage == stageRcpt, p.reply == "542", p.saysAccount():
		return verdict{Hard, reasonNoUser}
	case p.stage == stageData, p.reply != "", vague:
		return verdict{Soft, reasonFiltered}
	}
	return verdict{Hard, reasonNoUser}
}

// saysElse is true for Postfix's "Recipient address rejected:" with a reason behind it
// that no family knows: then it is a rule of that site, not the address.
func saysElse(text string) bool {
	_, rest, found := strings.Cut(text, "recipient address rejected")
	rest = strings.Trim(rest, ":;. ")
	return found && rest != "" && !strings.HasPrefix(rest, "access denied") && !strings.HasPrefix(rest, "(in reply")
}

// weighYahoo knows that Yahoo's systems write the same sentence with an SMTP reply for
// names that never were, and without one for what they filter.
func (p proof) weighYahoo() verdict {
	if p.reply != "" || isAddressStatus(p.status) {
		return verdict{Hard, reasonNoUser}
	}
	return verdict{Soft, reasonFiltered}
}

// saysAccount is true for words that only the mailbox's own system can say.
func (p proof) saysAccount() bool {
	for _, text := range append(p.texts[:len(p.texts):len(p.texts)], p.whole) {
		for _, phrase := range accountPhrases {
			if hasPhrase(text, phrase) {
				return true
			}
		}
	}
	return false
}

// isAddressStatus is true for status codes about a wrong address: X.1.0 to X.1.6,
// X.1.10 and up, and X.5.0, which Microsoft's SMTP service uses for it.
func isAddressStatus(status string) bool {
	if len(status) < 5 {
		return false
	}
	switch status[2:] {
	case "1.7", "1.8", "1.9":
		return false
	case "5.0":
		return true
	}
	return strings.HasPrefix(status[2:], "1.")
}

// statusReasons are the codes of RFC 3463 (and of RFC 5248's registry) that say enough by themselves.
var statusReasons = map[string]verdict{
	"1.0": {Soft, reasonRejected}, "1.1": {Hard, reasonNoUser}, "1.2": {Hard, reasonNoHost}, "1.3": {Hard, reasonSyntax}, "1.4": {Soft, reasonRejected},
	"1.6": {Hard, reasonMoved}, "1.7": {Soft, reasonSender}, "1.8": {Soft, reasonSender}, "1.9": {Soft, reasonMailer}, "1.10": {Hard, reasonNoUser},
	"2.0": {Soft, reasonFiltered}, "2.1": {Soft, reasonSuspended}, "2.2": {Soft, reasonFull}, "2.3": {Soft, reasonTooBig}, "2.4": {Soft, reasonMailer},
	"3.0": {Soft, reasonMailer}, "3.1": {Soft, reasonMailer}, "3.2": {Soft, reasonMailer}, "3.3": {Soft, reasonMailer}, "3.4": {Soft, reasonTooBig}, "3.5": {Soft, reasonMailer},
	"4.0": {Soft, reasonNetwork}, "4.1": {Soft, reasonExpired}, "4.2": {Soft, reasonExpired}, "4.3": {Soft, reasonNetwork}, "4.4": {Hard, reasonNoHost},
	"4.5": {Soft, reasonNetwork}, "4.6": {Soft, reasonNetwork}, "4.7": {Soft, reasonExpired},
	"5.0": {Soft, reasonRejected}, "5.2": {Soft, reasonSyntax}, "5.3": {Soft, reasonTooFast}, "5.4": {Soft, reasonSyntax},
	"6.0": {Soft, reasonPolicy}, "6.1": {Soft, reasonPolicy}, "6.9": {Soft, reasonPolicy},
	"7.0": {Soft, reasonPolicy}, "7.1": {Soft, reasonPolicy}, "7.2": {Soft, reasonList}, "7.9": {Soft, reasonPolicy}, "7.13": {Soft, reasonSuspended},
	"7.23": {Soft, reasonAuth}, "7.25": {Soft, reasonBlocked}, "7.26": {Soft, reasonAuth}, "7.27": {Soft, reasonSender},
}

// byStatus is the verdict where no words help.
func (p proof) byStatus() verdict {
	v, known := verdict{}, false
	if len(p.status) >= 5 {
		v, known = statusReasons[p.status[2:]]
	}
	switch {
	case known:
		if p.status[0] != '5' || p.local || p.stage == stageMail || p.stage == stageConnect {
			v.class = Soft
		}
		return v
	case p.reply != "":
		return verdict{Soft, reasonRejected}
	case strings.HasPrefix(p.status, "4"):
		return verdict{Soft, reasonExpired}
	}
	return verdict{Soft, reasonUnknown}
}

// reasonOf finds the first family of phrases that has one in a squeezed text. The
// order of the families matters and stands in phrases.go.
func reasonOf(text string) string {
	for _, family := range families {
		for _, phrase := range family.phrases {
			if hasPhrase(text, phrase) {
				return family.reason
			}
		}
	}
	return ""
}

// hasPhrase looks for a phrase. A '*' in it stands for at most 48 octets.
func hasPhrase(text, phrase string) bool {
	first, second, wild := strings.Cut(phrase, "*")
	for {
		i := strings.Index(text, first)
		if i < 0 || !wild {
			return i >= 0
		}
		text = text[i+len(first):]
		if strings.Contains(text[:min(len(text), 48)], second) {
			return true
		}
	}
}
