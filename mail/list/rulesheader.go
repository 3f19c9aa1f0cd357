package list

import (
	"regexp"
	"slices"
	"strings"

	"guildpost/mail"
	"guildpost/store"
)

// Bounds of the patterns that facilitators write. RE2 takes a time that is linear in the text, whatever the pattern; these
// bound how large both get.
const (
	maxHeaderRules = 50
	maxPattern     = 500    // bytes
	maxMatched     = 10_000 // bytes of a field that are looked at
)

// A headerRule matches messages that have a field which a pattern matches.
type headerRule struct {
	field   string
	pattern *regexp.Regexp
}

type headerRules []headerRule

// A compiled is the header rules of a community, ready to use.
type compiled struct {
	source                   []string
	headerHold, headerRefuse headerRules
}

// CheckHeaderRules says what is wrong with header rules, such as "X-Spam-Flag: ^yes".
func CheckHeaderRules(texts []string) error {
	if len(texts) > maxHeaderRules {
		return store.Errorf(store.Invalid, "there are %d patterns; %d are allowed", len(texts), maxHeaderRules)
	}
	for _, text := range texts {
		if _, err := parseHeaderRule(text); err != nil {
			return err
		}
	}
	return nil
}

func parseHeaderRule(text string) (headerRule, error) {
	field, pattern, found := strings.Cut(text, ":")
	field, pattern = strings.TrimSpace(field), strings.TrimSpace(pattern)
	if _, err := mail.NewField(field, "x"); !found || err != nil || pattern == "" {
		return headerRule{}, store.Errorf(store.Invalid, "%q is not of the form FIELD: PATTERN, such as X-Spam-Flag: ^yes", text)
	}
	if len(pattern) > maxPattern {
		return headerRule{}, store.Errorf(store.Invalid, "the pattern for %s is longer than %d bytes", field, maxPattern)
	}
	re, err := regexp.Compile("(?is)" + pattern)
	if err != nil {
		return headerRule{}, store.Errorf(store.Invalid, "the pattern %q for %s cannot be understood (it must be in RE2 syntax): %w", pattern, field, err)
	}
	return headerRule{field, re}, nil
}

// compileHeaderRules leaves out what cannot be understood: CheckHeaderRules has kept it out already.
func compileHeaderRules(texts []string) (rules headerRules) {
	for _, text := range texts[:min(len(texts), maxHeaderRules)] {
		if rule, err := parseHeaderRule(text); err == nil {
			rules = append(rules, rule)
		}
	}
	return rules
}

// match returns the name of a field that a rule matches, "" for none.
func (r headerRules) match(m *mail.Message) string {
	for _, rule := range r {
		for _, value := range m.Header.Values(rule.field) {
			value = mail.DecodeWords(value[:min(len(value), maxMatched)])
			if rule.pattern.MatchString(value) {
				return rule.field
			}
		}
	}
	return ""
}

// compiledRules are compiled when they are first needed, and again when the community has changed them.
func (l *List) compiledRules(c store.Community) *compiled {
	const most = 10_000
	source := slices.Concat(c.HeaderHold, []string{""}, c.HeaderRefuse)
	if len(source) == 1 {
		return &compiled{}
	}
	l.rulesMu.Lock()
	defer l.rulesMu.Unlock()
	if have := l.rules[c.ID]; have != nil && slices.Equal(have.source, source) {
		return have
	}
	if l.rules == nil || len(l.rules) >= most {
		l.rules = map[int64]*compiled{}
	}
	made := &compiled{source, compileHeaderRules(c.HeaderHold), compileHeaderRules(c.HeaderRefuse)}
	l.rules[c.ID] = made
	return made
}
