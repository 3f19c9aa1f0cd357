package list

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guildpost/mail"
)

const (
	maxCommands    = 20  // lines of a mail that are read
	maxCommandLine = 500 // octets of one of them
)

// A command is one line of a mail with commands.
type command struct {
	line string // as it was written, without what stood round it
	verb string // one of verbs, or "" where the line begins with none
	word string // that it begins with, as it was written
	args string
}

// String is the command as it is written best.
func (c command) String() string {
	if c.verb == "" {
		return c.line
	}
	return strings.TrimSpace(c.verb + " " + c.args)
}

// synonyms are what people write who know other list managers, or other languages. A verb is its own synonym.
var synonyms = map[string][]string{
	"help":     {"?", "commands", "hilfe", "ayuda"},
	"info":     {"about", "information", "faq"},
	"charter":  {"rules", "charta", "carta", "conduct"},
	"who":      {"members", "review", "roster", "recipients", "mitglieder", "miembros"},
	"which":    {"mine", "subscriptions"},
	"lists":    {"list", "communities", "index-lists"},
	"join":     {"subscribe", "sub", "add", "subscription", "beitreten", "anmelden", "unirse", "alta"},
	"leave":    {"unsubscribe", "unsub", "signoff", "sign-off", "sig", "remove", "del", "delete", "austreten", "verlassen", "abmelden", "salir", "baja", "bye"},
	"set":      {"change", "option"},
	"show":     {"settings", "options", "status", "query", "whoami", "einstellungen", "ajustes"},
	"vacation": {"away", "holiday", "holidays", "urlaub", "vacaciones", "postpone"},
	"mute":     {"ignore", "silence", "stumm", "silenciar"},
	"unmute":   {"unignore", "unfollow", "unwatch"},
	"follow":   {"watch", "folgen", "seguir"},
	"merge":    {"combine", "zusammenlegen", "unir"},
	"split":    {"fork", "teilen", "dividir"},
	"title":    {"retitle", "rename", "titel", "título"},
	"solved":   {"solve", "resolved", "gelöst", "resuelto"},
	"open":     {"reopen", "unsolved", "offen", "abierto"},
	"label":    {"tag", "etikett", "etiqueta"},
	"unlabel":  {"untag"},
	"invite":   {"einladen", "invitar"},
	"receipt":  {"delivered", "quittung", "acuse"},
	"stats":    {"statistics", "stat"},
	"find":     {"search", "such", "suche", "buscar"},
	"get":      {"fetch", "send"},
	"index":    {"threads", "archive", "archives", "ls"},
	"whois":    {"member"},
	"thanks":   {"thank", "kudos", "danke", "gracias"},
	"password": {"passwd", "passwort", "contraseña", "app-password"},
	"feed":     {"feeds", "ics", "ical", "webcal", "kalender", "calendario"},
	"undo":     {"revert", "takeback", "rückgängig", "deshacer"},
	"journal":  {"log", "history"},
	"end":      {"quit", "exit", "stop", "eof", "ende", "fin"},

	"reminders": {"reminder", "remind", "erinnerungen", "recordatorios"},
}

// verbOf returns the verb that a word stands for.
func verbOf(word string) (verb string, ok bool) {
	word = strings.ToLower(word)
	if _, ok := synonyms[word]; ok {
		return word, true
	}
	for verb, others := range synonyms {
		if slices.Contains(others, word) {
			return verb, true
		}
	}
	return "", false
}

// parseCommands reads the commands of a mail: its subject where that is one, then its new text, a line each, until a line
// that ends them. More is how many lines were left.
func parseCommands(subject, text string) (all []command, more int) {
	var lines []command
	for line := range strings.SplitSeq(text, "\n") {
		c, ok := parseCommand(line)
		if !ok || slices.ContainsFunc(lines, func(other command) bool { return other.String() == c.String() }) {
			continue
		}
		if isGreeting(c) {
			continue
		}
		if c.verb == "end" || isClosing(c) {
			break
		}
		if len(lines) == maxCommands {
			more++
			continue
		}
		lines = append(lines, c)
	}
	first, ok := subjectCommand(subject, len(lines) == 0)
	if !ok || slices.ContainsFunc(lines, func(other command) bool { return other.String() == first.String() }) {
		return lines, more
	}
	if first.verb == "end" {
		return nil, 0
	}
	if len(lines) == maxCommands {
		lines = lines[:maxCommands-1]
		more++
	}
	return append([]command{first}, lines...), more
}

// subjectCommand reads a subject. One that answers something, or begins with no verb, is a command only where there is no
// other: it is what the mail is about.
func subjectCommand(subject string, alone bool) (c command, ok bool) {
	base, reply := mail.BaseSubject(subject)
	if reply {
		subject = base
	}
	c, ok = parseCommand(subject)
	if !ok || isGreeting(c) || !alone && (reply || c.verb == "") {
		return c, false
	}
	return c, alone || !isClosing(c)
}

// parseCommand reads one line; ok is false for one that says nothing, or is quoted.
func parseCommand(line string) (c command, ok bool) {
	line = strings.ToValidUTF8(line, "")
	line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if strings.HasPrefix(line, ">") {
		return c, false
	}
	tail := ""
	if line != "?" {
		begun := strings.TrimLeft(line, " \"'“”„‚‘’«»`*•·–—-_:;,.!¡¿/|#=+()[]{}")
		front := line[:len(line)-len(begun)]
		line = strings.TrimRight(begun, " \"'“”„‚‘’«»`*;,|")
		tail = tailOf(front, begun[len(line):])
	}
	line = cutAt(line, maxCommandLine)
	word, args, _ := strings.Cut(line, " ")
	if isPlease(word) && args != "" {
		line = args
		word, args, _ = strings.Cut(args, " ")
	}
	if line == "" {
		return c, false
	}
	c = command{line: line, word: word, args: strings.TrimSpace(args)}
	bare := strings.TrimRight(word, ".,:;!\"'”’»`*)")
	if word == "?" {
		bare = word
	}
	if c.verb, _ = verbOf(bare); c.verb == "end" && c.args != "" { // "stop sending me this" ends nothing
		c.verb = ""
	}
	if c.verb == "find" { // the quotation mark of a phrase, the asterisk of a beginning
		c.line, c.args = c.line+tail, c.args+tail
	}
	return c, true
}

// tailOf is what of the end belongs to the last word: not what stands in front of the line as well, and so around it.
func tailOf(front, end string) string {
	plain := strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)
	front = plain.Replace(front)
	return strings.Map(func(r rune) rune {
		if r != '"' && r != '*' || strings.ContainsRune(front, r) {
			return -1
		}
		return r
	}, plain.Replace(end))
}

func isPlease(word string) bool {
	word = strings.ToLower(strings.TrimRight(word, ","))
	return word == "please" || word == "bitte"
}

// cutAt cuts a text at a number of octets, not within a character.
func cutAt(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.TrimSpace(s[:most])
}

// isGreeting is true for what people write before they come to the matter.
func isGreeting(c command) bool {
	switch strings.ToLower(strings.TrimRight(c.word, ",.:!")) {
	case "hi", "hello", "hallo", "hola", "hey", "dear", "liebe", "lieber", "moin", "servus", "guten", "buenos", "buenas":
		return c.verb == ""
	}
	return false
}

// isClosing is true for what people write at the end, although "thanks" is a command too: that names somebody.
func isClosing(c command) bool {
	if c.verb == "thanks" {
		person, note := thanksParts(c.args)
		first, _, _ := strings.Cut(strings.ToLower(person), " ")
		switch strings.Trim(first, ",.!") {
		case "", "you", "in", "a", "and", "so", "very", "again", "und", "im", "de", "y", "vielmals", "schön", "all":
			return true
		}
		return !strings.Contains(person, "@") && note == "" || strings.ContainsAny(c.word, ",!.")
	}
	switch strings.ToLower(strings.TrimRight(c.word, ",.:!")) {
	case "regards", "best", "cheers", "sincerely", "kind", "yours", "many", "warm", "greetings", "viele", "liebe-grüße", "mit", "gruß", "grüße",
		"lg", "vg", "mfg", "beste", "saludos", "atentamente", "un", "muchas", "vielen":
		return c.verb == ""
	}
	return false
}

// thanksParts takes "ADDRESS for the review" apart.
func thanksParts(args string) (person, note string) {
	words := strings.Fields(args)
	for i, word := range words {
		switch strings.ToLower(word) {
		case "for", "für", "fuer", "por", "para":
			return strings.Join(words[:i], " "), strings.Join(words[i+1:], " ")
		}
		if rest, ok := strings.CutSuffix(word, ":"); ok {
			return strings.Join(append(words[:i:i], rest), " "), strings.Join(words[i+1:], " ")
		}
	}
	if len(words) > 0 && strings.Contains(words[0], "@") {
		return words[0], strings.Join(words[1:], " ")
	}
	return strings.Join(words, " "), ""
}
