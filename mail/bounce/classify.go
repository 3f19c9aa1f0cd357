package bounce

import "strings"

// Classify judges a reply that a server gave to RCPT, such as "550 5.1.1 no such user": what a courier was told itself,
// without a report. Status is the enhanced status code where it is known beside the reply, or "".
func Classify(status, reply string) (class Class, reason string) {
	code, _ := replyAt(reply)
	p := proof{
		texts: []string{squeeze(reply)}, status: better(statusCode(reply), statusCode(status)), reply: code, stage: stageOf(strings.ToLower(reply)),
	}
	if p.stage == stageUnknown {
		p.stage = stageRcpt
	}
	v := judge(p)
	if v.class == None { // a challenge is no answer to RCPT
		v.class = Soft
	}
	return v.class, v.reason
}

// StatusOf returns the enhanced status code (RFC 3463) in a reply, or "".
func StatusOf(reply string) string { return statusCode(reply) }
