package list

import (
	"encoding/json"
	"strings"

	"guildpost/store"
	"guildpost/templates"
)

// A keptReason is what a hold keeps of why a message is held, and of how it came.
type keptReason struct {
	templates.Reason
	RequireTLS bool // RFC 8689: it must not go on without TLS
}

type reasonJSON struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
	TLS    bool   `json:"tls,omitempty"`
}

func (r keptReason) text() string {
	text, err := json.Marshal(reasonJSON{r.Code, r.Detail, r.RequireTLS})
	if err != nil {
		return r.Detail
	}
	return string(text)
}

func readReason(text string) keptReason {
	var r reasonJSON
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		r = reasonJSON{Detail: text}
	}
	return keptReason{templates.Reason{Code: r.Code, Detail: r.Detail}, r.TLS}
}

// ReasonOf returns why a message is held.
func ReasonOf(h store.Hold) templates.Reason { return readReason(h.Reason).Reason }

// ReasonSentence says why a message is held, in a language.
func ReasonSentence(lang string, h store.Hold) string {
	r := ReasonOf(h)
	if key := "reason." + r.Code; templates.Has(key) {
		return templates.Say(lang, key, templates.Args{Value: r.Detail})
	}
	return strings.TrimSpace(r.Code + " " + r.Detail)
}
