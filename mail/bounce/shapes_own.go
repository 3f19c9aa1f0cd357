package bounce

import (
	"encoding/json"
	"strings"
)

// notification reads what Amazon SES sends through SNS: JSON in a mail. Line breaks
// in the middle of it are the mail's.
func (doc *document) notification() []candidate {
	n, ok := doc.snsNotification()
	if !ok {
		return nil
	}
	var list []candidate
	for _, r := range n.recipients() {
		if isAddress(r.Address) {
			list = append(list, candidate{address: r.Address})
		}
	}
	return list
}

// An sesNotification is the part of SES's JSON that matters here.
type sesNotification struct {
	Type   string `json:"notificationType"`
	Bounce struct {
		Type       string         `json:"bounceType"`
		Recipients []sesRecipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Recipients []sesRecipient `json:"complainedRecipients"`
		Feedback   string         `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Delivery struct {
		Recipients []string `json:"recipients"`
		Response   string   `json:"smtpResponse"`
	} `json:"delivery"`
	Mail struct {
		ID string `json:"messageId"`
	} `json:"mail"`
}

type sesRecipient struct {
	Address    string `json:"emailAddress"`
	Action     string `json:"action"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnosticCode"`
}

func (n sesNotification) recipients() []sesRecipient {
	switch n.Type {
	case "Bounce":
		return n.Bounce.Recipients
	case "Complaint":
		return n.Complaint.Recipients
	case "Delivery":
		var list []sesRecipient
		for _, address := range n.Delivery.Recipients {
			list = append(list, sesRecipient{Address: address, Action: "delivered", Diagnostic: n.Delivery.Response})
		}
		return list
	}
	return nil
}

// snsNotification finds the JSON in the text.
func (doc *document) snsNotification() (n sesNotification, ok bool) {
	start := strings.Index(doc.words, `{"notificationType"`)
	if start < 0 {
		return n, false
	}
	source := doc.words[start:]
	if end := strings.Index(source, "\n--\n"); end >= 0 {
		source = source[:end]
	}
	// A break within a string stands where a space was folded away.
	source = strings.ReplaceAll(source, "\n ", "")
	source = strings.ReplaceAll(source, "\n", "")
	err := json.NewDecoder(strings.NewReader(source)).Decode(&n)
	return n, err == nil && n.Type != ""
}

// membership reads a list's refusal: the list address is what cannot be reached.
func (doc *document) membership() []candidate {
	for i, line := range doc.lines {
		lower := strings.ToLower(line)
		if i > 10 || !strings.Contains(lower, "not a member of this mailing list") {
			continue
		}
		if f, ok := nextAddress(line, 0); ok {
			return []candidate{{f.address, i}}
		}
	}
	return nil
}

// localLeads announce names without a domain.
var localLeads = []string{"message not delivered to the following", "following recipients could not be delivered", "undeliverable to the following"}

// local reads reports that name the recipients by their local part alone; the domain
// is that of the system that reports.
func (doc *document) local() []candidate {
	from, ok := nextAddress(doc.header.Get("From"), 0)
	if !ok {
		return nil
	}
	domain := siteOf(domainPart(from.address))
	var list []candidate
	open := false
	for i, line := range doc.lines {
		name := strings.TrimSpace(line)
		switch {
		case containsAny(strings.ToLower(name), localLeads):
			open = true
		case name == "":
		case strings.HasPrefix(name, "---"), open && len(list) > 50:
			return list
		case open && isIndented(line):
			name = strings.Fields(name)[0]
			if address := strings.ToLower(name + "@" + domain); isLocalName(name) && isAddress(address) {
				list = append(list, candidate{address, i})
			}
		default:
			open = false
		}
	}
	return list
}

// siteOf is the mail domain of a host: its name without the machine where there are
// three parts or more in front of a short end.
func siteOf(host string) string {
	parts := strings.Split(host, ".")
	if len(parts) < 3 {
		return host
	}
	keep := 2
	if last := len(parts) - 1; len(parts[last]) == 2 && len(parts[last-1]) <= 3 {
		keep = 3
	}
	return strings.Join(parts[max(0, len(parts)-keep):], ".")
}

func isIndented(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }

func isLocalName(name string) bool {
	for i := 0; i < len(name); i++ {
		if !isAlnum(name[i]) && strings.IndexByte("._-+", name[i]) < 0 {
			return false
		}
	}
	return len(name) > 0 && len(name) <= 64 && strings.Trim(name, "0123456789.-") != ""
}
