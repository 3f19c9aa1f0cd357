package bounce

import (
	"strings"

	"guildpost/mail"
)

// finish judges a proof. Where only one recipient is concerned, or where no reply is
// quoted for this one, the whole text is about it and may speak as well.
func (doc *document) finish(r *Result, p proof, only bool) {
	if doc.isGroupsRefusal() {
		r.Class, r.Reason = Soft, reasonList
		return
	}
	if doc.notice != "" && only {
		p.texts = append([]string{doc.notice}, p.texts...)
	}
	if only || p.reply == "" && p.status == "" {
		p.whole = doc.squeezed
		if p.stage == stageUnknown {
			p.stage = firstStage(doc.words)
		}
	}
	v := judge(p)
	r.Class, r.Reason = v.class, v.reason
	if r.Action == "delayed" && v.reason != reasonChallenge {
		r.Class = Soft
		if v.reason == reasonUnknown {
			r.Reason = reasonDelayed
		}
	}
}

// notices are sentences of the mailbox's own system that know better than the reply
// that is quoted below them.
var notices = []string{"the user(s) account is", "was automatically rejected:"}

// isGroupsRefusal recognises what Google Groups writes in every language: that the
// group may not exist or not take posts of this sender.
func (doc *document) isGroupsRefusal() bool {
	return strings.Contains(doc.words, "://groups.google.com/support")
}

// findNotice finds such a sentence together with the lines after it.
func (doc *document) findNotice() string {
	for i, line := range doc.lower {
		if containsAny(line, notices) {
			return squeeze(strings.Join(doc.lines[i:min(i+3, len(doc.lines))], " "))
		}
	}
	return ""
}

// isDelay is true for a report that says that delivery is still being tried.
func (doc *document) isDelay() bool {
	subject := strings.ToLower(mail.DecodeWords(doc.header.Get("Subject")))
	return containsAny(subject, delayPhrases) || containsAny(strings.Join(doc.lower, "\n"), delayPhrases)
}
