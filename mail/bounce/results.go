package bounce

import "strings"

// results reads the recipients of a report and what happened to each.
func (doc *document) results() []Result {
	named := doc.candidates()
	doc.named = make(map[string]bool, len(named))
	for _, c := range named {
		doc.named[strings.ToLower(c.address)] = true
	}
	var list []Result
	for _, g := range doc.groups() {
		list = append(list, doc.fromGroup(g, named))
	}
	list = addressed(list)
	if len(list) == 0 {
		list = doc.fromText(named)
	}
	return merge(list)
}

// groups are the recipients of all delivery statuses, or of fields in the text where
// the parts of the message cannot be told apart.
func (doc *document) groups() []group {
	var list []group
	for _, text := range doc.status {
		list = append(list, groups(text)...)
	}
	if len(list) == 0 {
		list = groups(doc.words)
	}
	return list
}

// addressed leaves out results for which no address was found.
func addressed(list []Result) []Result {
	var out []Result
	for _, r := range list {
		if r.Recipient != "" {
			out = append(out, r)
		}
	}
	return out
}

// merge puts results for the same recipient together; the worst counts.
func merge(list []Result) []Result {
	at := make(map[string]int, len(list))
	var out []Result
	for _, r := range list {
		key := strings.ToLower(r.Recipient)
		i, seen := at[key]
		switch {
		case !seen && len(out) < maxResults:
			at[key] = len(out)
			out = append(out, r)
		case seen && r.Class > out[i].Class:
			out[i] = r
		}
	}
	return out
}

// fromGroup makes a result of a delivery status, with what the text has to add.
func (doc *document) fromGroup(g group, named []candidate) Result {
	r := Result{Action: g.action(), MTA: g.host()}
	r.Recipient, r.Original = g.recipient()
	if r.Recipient == "" {
		r.Recipient = doc.onlyRecipient(named)
	}
	kind, diagnostic := g.diagnostic()
	field := statusCode(g["status"])
	r.Status = better(statusCode(diagnostic), field)
	switch r.Action {
	case "delivered", "relayed", "expanded":
		r.Reason, r.Reply = reasonDelivered, oneLine(diagnostic)
		return r
	}
	mention := doc.mentions(r.Recipient)
	if r.Status == "" || strings.HasSuffix(r.Status, ".0.0") {
		r.Status = better(statusCode(mention), r.Status)
	}
	reply := diagnostic
	if reply == "" {
		reply = replyText(mention)
	}
	if r.MTA == "" {
		r.MTA = hostIn(mention)
	}
	r.Reply = oneLine(reply)
	code, _ := replyAt(reply)
	p := proof{
		texts: []string{squeeze(diagnostic), squeeze(comment(g["status"])), squeeze(mention)}, status: r.Status, reply: code,
		stage: firstStage(diagnostic, mention), local: kind == "x-unix",
	}
	doc.finish(&r, p, len(named) <= 1)
	if strings.HasPrefix(strings.ToLower(g["action"]), "expired") {
		r.Class, r.Reason = Soft, reasonExpired
	}
	return r
}

// comment is what stands behind the code in a Status field.
func comment(status string) string {
	if strings.Contains(strings.ToLower(status), "permanent failure") || strings.Contains(status, "undefined status") {
		return ""
	}
	return status
}

// better prefers the code that says something. The reply's own goes before that of
// the system that reports.
func better(first, second string) string {
	if first == "" || strings.HasSuffix(first, ".0.0") && second != "" {
		return second
	}
	return first
}

// fromText makes results of the recipients that the text or the X-Failed-Recipients
// field names.
func (doc *document) fromText(named []candidate) []Result {
	failed := doc.failedRecipients()
	if len(named) == 0 || len(failed) > 0 && !doc.isListed(named) {
		if len(failed) > 0 {
			named = failed
		}
	}
	if n, ok := doc.snsNotification(); ok {
		return n.results()
	}
	return doc.fromCandidates(named)
}

func (doc *document) fromCandidates(named []candidate) []Result {
	var list []Result
	for _, c := range named {
		list = append(list, doc.fromCandidate(c, len(named) == 1))
	}
	return list
}

// isListed is true if the text lists its recipients, and does not only mention them.
func (doc *document) isListed(named []candidate) bool {
	listed := doc.listed()
	return len(listed) > 0 && len(named) > 0 && listed[0].address == named[0].address
}

func (doc *document) fromCandidate(c candidate, only bool) Result {
	r := Result{Recipient: c.address, Action: "failed"}
	mention := doc.mentions(c.address)
	r.MTA = hostIn(mention)
	r.Status = statusCode(mention)
	if r.Status == "" && only {
		r.Status = statusCode(doc.words)
	}
	text := replyText(mention)
	if text == "" && only {
		text = replyText(doc.words)
	}
	code, _ := replyAt(text)
	r.Reply = oneLine(text)
	if doc.delayed {
		r.Action = "delayed"
	}
	p := proof{texts: []string{squeeze(mention)}, status: r.Status, reply: code, stage: firstStage(mention)}
	doc.finish(&r, p, only)
	return r
}

// returnedTo is whom the returned message was for, if that is one address: the last
// resort for a report that names nobody.
func (doc *document) returnedTo() []candidate {
	for _, name := range []string{"X-HmXmrOriginalRecipient", "To", "X-Original-To", "Delivered-To"} {
		values := doc.original.Values(name)
		if len(values) != 1 {
			continue
		}
		if list := addresses(values[0], 2); len(list) == 1 {
			return []candidate{{address: list[0], line: -1}}
		}
	}
	return nil
}
