package list

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"guildpost/store"
	"guildpost/templates"
)

// A setting is one that members change by mail.
type setting struct {
	key    string   // as in templates.Setting
	others []string // words for it elsewhere
	values []string // that it can have, for people; "…" where any text does
	set    func(s *store.Subscription, value string) bool
	get    func(s store.Subscription) string
}

var settings = []setting{
	{"delivery", []string{"mail", "digest", "nomail", "zustellung", "entrega"}, []string{"each", "daily", "weekly", "monthly", "none"}, setDelivery,
		func(s store.Subscription) string { return string(s.Delivery) }},
	{"digest-format", []string{"format", "digestformat"}, []string{"readable", "mime", "plain"}, setDigestFormat,
		func(s store.Subscription) string { return digestFormat(s.DigestFormat) }},
	{"digest-hour", []string{"hour", "digesthour", "stunde", "hora"}, []string{"7", "18"}, setDigestHour,
		func(s store.Subscription) string { return strconv.Itoa(s.DigestHour) }},
	{"own-copies", []string{"owncopies", "own_copies", "copies", "myposts", "repro", "norepro"}, onOff, setSwitch(func(s *store.Subscription) *bool { return &s.OwnCopies }),
		func(s store.Subscription) string { return switchText(s.OwnCopies) }},
	{"reminders", []string{"reminder", "remind", "erinnerungen", "recordatorios"}, onOff, setUnless(func(s *store.Subscription) *bool { return &s.NoReminders }),
		func(s store.Subscription) string { return switchText(!s.NoReminders) }},
	{"newsletter", []string{"newsletters", "rundbrief", "boletín", "boletin"}, store.NewsletterWords(), setNewsletter, store.Subscription.NewsletterWord},
	{"brief", []string{"briefs", "wochenbrief", "resumen"}, onOff, setUnless(func(s *store.Subscription) *bool { return &s.NoBrief }),
		func(s store.Subscription) string { return switchText(!s.NoBrief) }},
	{"thanks", []string{"thank", "kudos", "danke", "gracias"}, onOff, setUnless(func(s *store.Subscription) *bool { return &s.NoThanks }),
		func(s store.Subscription) string { return switchText(!s.NoThanks) }},
	{"language", []string{"lang", "sprache", "idioma"}, templates.Languages(), setLanguage, func(s store.Subscription) string { return s.Language }},
	{"timezone", []string{"tz", "time-zone", "zone", "zeitzone"}, []string{"UTC", "Europe/Berlin", "America/Lima"}, setTimezone,
		func(s store.Subscription) string { return s.Timezone }},
	{"name", []string{"realname", "fullname", "nombre"}, []string{"Ana Sousa"}, setName, func(s store.Subscription) string { return s.Name }},
	{"news", []string{"named"}, onOff, setSwitch(func(s *store.Subscription) *bool { return &s.Named }),
		func(s store.Subscription) string { return switchText(s.Named) }},
}

var onOff = []string{"on", "off"}

func switchText(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// findSetting knows a setting by its key or another word.
func findSetting(word string) (setting, bool) {
	word = strings.ToLower(strings.TrimRight(word, ":="))
	for _, s := range settings {
		if s.key == word || slices.Contains(s.others, word) {
			return s, true
		}
	}
	return setting{}, false
}

func setDelivery(s *store.Subscription, value string) bool {
	mode, ok := map[string]store.DeliveryMode{
		"each": store.Each, "mail": store.Each, "on": store.Each, "all": store.Each, "every": store.Each, "immediate": store.Each, "nodigest": store.Each,
		"daily": store.Daily, "digest": store.Daily, "digests": store.Daily, "plain": store.Daily, "mime": store.Daily,
		"weekly": store.Weekly, "monthly": store.Monthly,
		"none": store.None, "nomail": store.None, "off": store.None, "no": store.None,
	}[strings.ToLower(value)]
	if ok {
		s.Deliver(mode)
	}
	return ok
}

// setNewsletter reads on, off and only, in the words that people have for them.
func setNewsletter(s *store.Subscription, value string) bool {
	value = strings.ToLower(value)
	switch value {
	case "only", "nur", "solo", "sólo":
		return s.SetNewsletter("only")
	}
	on := false
	if !setSwitch(func(*store.Subscription) *bool { return &on })(s, value) {
		return false
	}
	return s.SetNewsletter(switchText(on))
}

func digestFormat(f store.DigestFormat) string {
	if f == store.DigestReadable {
		return "readable"
	}
	return string(f)
}

func setDigestFormat(s *store.Subscription, value string) bool {
	format, ok := map[string]store.DigestFormat{
		"readable": store.DigestReadable, "html": store.DigestReadable, "default": store.DigestReadable,
		"mime": store.DigestMIME, "plain": store.DigestPlain, "text": store.DigestPlain,
	}[strings.ToLower(value)]
	if ok {
		s.DigestFormat = format
	}
	return ok
}

// setDigestHour reads 18, 18:00 and 6pm.
func setDigestHour(s *store.Subscription, value string) bool {
	value = strings.ToLower(strings.ReplaceAll(value, " ", ""))
	for _, suffix := range []string{":00", "uhr", "h"} {
		value = strings.TrimSuffix(value, suffix)
	}
	add, most := 0, 23
	if rest, ok := strings.CutSuffix(value, "pm"); ok {
		value, add, most = rest, 12, 12
	} else if rest, ok := strings.CutSuffix(value, "am"); ok {
		value, most = rest, 12
	}
	hour, err := strconv.Atoi(value)
	if err != nil || hour < 0 || hour > most {
		return false
	}
	if most == 12 {
		hour = hour%12 + add
	}
	s.DigestHour = hour
	return true
}

func setSwitch(field func(*store.Subscription) *bool) func(*store.Subscription, string) bool {
	return func(s *store.Subscription, value string) bool {
		switch strings.ToLower(value) {
		case "on", "yes", "true", "1", "ja", "sí", "si", "an":
			*field(s) = true
		case "off", "no", "false", "0", "nein", "aus", "not":
			*field(s) = false
		default:
			return false
		}
		return true
	}
}

// setUnless is setSwitch for what is kept the other way round: as what somebody does not want.
func setUnless(field func(*store.Subscription) *bool) func(*store.Subscription, string) bool {
	return func(s *store.Subscription, value string) bool {
		on := !*field(s)
		ok := setSwitch(func(*store.Subscription) *bool { return &on })(s, value)
		*field(s) = !on
		return ok
	}
}

func setLanguage(s *store.Subscription, value string) bool {
	value = strings.ToLower(value)
	if known, ok := map[string]string{"english": "en", "englisch": "en", "inglés": "en", "german": "de", "deutsch": "de", "alemán": "de",
		"spanish": "es", "spanisch": "es", "español": "es"}[value]; ok {
		value = known
	}
	base, _, _ := strings.Cut(value, "-")
	if len(value) > 20 || templates.Language(value) != base {
		return false
	}
	s.Language = value
	return true
}

func setTimezone(s *store.Subscription, value string) bool {
	for _, name := range []string{value, titleZone(value), strings.ToUpper(value)} {
		if _, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			s.Timezone = name
			return true
		}
	}
	return false
}

// titleZone writes europe/berlin as Europe/Berlin.
func titleZone(name string) string {
	b := []byte(strings.ToLower(name))
	for i := range b {
		if (i == 0 || b[i-1] == '/' || b[i-1] == '_' || b[i-1] == '-') && b[i] >= 'a' && b[i] <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// maxName is how long a member's name gets, in octets.
const maxName = 100

func setName(s *store.Subscription, value string) bool {
	if len(value) > maxName || strings.ContainsAny(value, "<>@") || strings.Contains(value, "://") {
		return false
	}
	s.Name = value
	return true
}

func settingKeys() []string {
	keys := make([]string, 0, len(settings)+2)
	for _, s := range settings {
		keys = append(keys, s.key)
	}
	return append(keys, "vacation", "address")
}
