package calendar

import (
	"strings"
	"unicode"

	"guildpost/calendar/when"
)

// A memo is a mail that calls a meeting in words, taken apart. Every part may be missing.
type memo struct {
	Title   string
	Place   string
	About   string // lines in LF
	When    string // what is read as a date, a line for each option
	Reading when.Reading
	Length  string // what a label said
	// labelledTitle and labelledAbout are that these stood behind their labels.
	labelledTitle, labelledAbout bool
}

// A memoReader reads memos; pure.
type memoReader struct {
	when when.Context
	memo memo
}

// memoLabels are what people write before a colon, in each language that we speak.
var memoLabels = map[string]string{
	"title": "title, subject, topic, what, titel, thema, betreff, was, titulo, asunto, tema, que",
	"when": `when, date, time, date and time, day, dates, options, starts, start, wann, datum, termin, termine, uhrzeit, zeit, tag, beginn,
		cuando, fecha, hora, fecha y hora, dia, fechas, opciones, inicio`,
	"length": "length, duration, dauer, lange, duracion",
	"zone":   "timezone, time zone, zone, zeitzone, zona horaria, zona, huso horario",
	"place":  "where, place, location, room, venue, link, url, wo, ort, raum, treffpunkt, donde, lugar, sala, ubicacion, enlace",
	"about": `agenda, about, description, notes, details, programme, program, tagesordnung, inhalt, beschreibung, ablauf, programm,
		orden del dia, descripcion, temas, notas, programa`,
}

// labelOf is memoLabels the other way round.
var labelOf = func() map[string]string {
	all := map[string]string{}
	for part, labels := range memoLabels {
		for label := range strings.SplitSeq(labels, ",") {
			all[plain(label)] = part
		}
	}
	return all
}()

// emptySubjects say only that it is a meeting.
var emptySubjects = func() map[string]bool {
	all := map[string]bool{}
	for subject := range strings.SplitSeq(`meeting, new meeting, a meeting, meet, call, invitation, invite, poll, date poll, treffen, neues treffen, termin, besprechung,
		einladung, umfrage, terminumfrage, reunion, nueva reunion, una reunion, cita, convocatoria, invitacion, encuesta`, ",") {
		all[plain(subject)] = true
	}
	return all
}()

// readMemo reads a mail by its subject and its own text.
func readMemo(subject, text string, c when.Context) memo {
	r := &memoReader{when: c}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if lines = r.labelled(lines); r.memo.When == "" {
		lines = r.dates(lines)
	}
	if subject = strings.TrimSpace(subject); !emptySubjects[plain(subject)] && subject != "" && r.memo.Title == "" {
		r.memo.Title = subject
	}
	r.unlabelled(lines)
	r.read()
	return r.memo
}

// labelled takes the lines with labels out. What stands below "Agenda:" belongs to it.
func (r *memoReader) labelled(lines []string) (rest []string) {
	whens := []string(nil)
	for i := 0; i < len(lines); i++ {
		part, value := labelIn(lines[i])
		m := &r.memo
		switch part {
		case "title":
			m.Title, m.labelledTitle = value, true
		case "place":
			m.Place = value
		case "length":
			m.Length = strings.TrimSpace(m.Length + " " + value)
		case "zone":
			m.Length = strings.TrimSpace(m.Length + " " + value)
		case "when":
			whens = appendSaid(whens, value)
			for value == "" && i+1 < len(lines) && r.isListed(lines[i+1]) {
				i++
				whens = append(whens, lines[i])
			}
		case "about":
			m.About, m.labelledAbout = strings.TrimSpace(value+"\n"+strings.Join(lines[i+1:], "\n")), true
			r.setWhen(whens)
			return rest
		default:
			rest = append(rest, lines[i])
		}
	}
	r.setWhen(whens)
	return rest
}

func appendSaid(all []string, value string) []string {
	if value == "" {
		return all
	}
	return append(all, value)
}

// labelIn reads "Label: value"; part is "" where there is no label that we know.
func labelIn(line string) (part, value string) {
	label, value, found := strings.Cut(strings.TrimLeft(line, "*_- "), ":")
	if !found || len(label) > 40 {
		return "", ""
	}
	return labelOf[plain(label)], strings.TrimSpace(strings.Trim(value, "*_ "))
}

// setWhen joins what stood behind labels: "Date: …" and "Time: …" are one date, dates one below the other are options.
func (r *memoReader) setWhen(lines []string) {
	if len(lines) == 0 {
		return
	}
	r.memo.When = strings.Join(lines, "\n")
	if len(lines) > 1 {
		r.memo.When = r.better(lines)
	}
}

// better joins lines as options or as parts of one date, whichever can be read.
func (r *memoReader) better(lines []string) string {
	options, one := strings.Join(lines, "\n"), strings.Join(lines, " ")
	if len(when.Read(one, r.when).Problems) == 0 {
		return one
	}
	return options
}

// isDate says whether a line is about a date or a time, and hardly about anything else.
func (r *memoReader) isDate(line string) bool {
	if len(line) > when.MaxText || strings.Contains(line, "://") {
		return false
	}
	reading := when.Read(line, r.when)
	if len(reading.Options) > 0 {
		return len(reading.Unread) <= reading.Signs
	}
	return reading.Signs > 0 && 2*len(reading.Unread) <= reading.Signs
}

// isListed says whether a line goes on with a list of dates below its label.
func (r *memoReader) isListed(line string) bool {
	part, _ := labelIn(line)
	return line != "" && part == "" && r.isDate(line)
}

// dates takes the first lines that are about a date, and what stands directly below as the place.
func (r *memoReader) dates(lines []string) (rest []string) {
	for i, line := range lines {
		if line == "" || !r.isDate(line) {
			continue
		}
		end := i + 1
		for end < len(lines) && lines[end] != "" && r.isDate(lines[end]) {
			end++
		}
		r.memo.When = lines[i]
		if end > i+1 {
			r.memo.When = r.better(lines[i:end])
		}
		below := lines[end:]
		if r.memo.Place == "" {
			below = r.placeBelow(below)
		}
		return append(append([]string{}, lines[:i]...), below...)
	}
	return lines
}

// longestPlace is what a line may have that stands where a place stands, in octets.
const longestPlace = 120

// placeBelow takes the line directly below the date, or the first one further down that has a link.
func (r *memoReader) placeBelow(lines []string) []string {
	if len(lines) > 0 && lines[0] != "" && len(lines[0]) <= longestPlace && !startsAbout(lines[0]) {
		r.memo.Place = lines[0]
		return lines[1:]
	}
	for i, line := range lines {
		if line == "" {
			continue
		}
		if isLink(line) {
			r.memo.Place = line
			return append(append([]string{}, lines[:i]...), lines[i+1:]...)
		}
		break
	}
	return lines
}

// startsAbout says whether a line begins with the word for an agenda, without a colon.
func startsAbout(line string) bool {
	first, _, _ := strings.Cut(plain(line), " ")
	return labelOf[first] == "about"
}

func isLink(line string) bool {
	return len(line) <= maxLocation && (strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://")) && !strings.ContainsFunc(line, unicode.IsSpace)
}

// unlabelled gives the remaining lines to the title, where there is none, and to the agenda.
func (r *memoReader) unlabelled(lines []string) {
	m := &r.memo
	for len(lines) > 0 && (lines[0] == "" || plain(lines[0]) == plain(m.Title) || isGreeting(lines[0])) {
		lines = lines[1:]
	}
	if m.Title == "" && len(lines) > 0 {
		m.Title, lines = lines[0], lines[1:]
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	if about := strings.TrimSpace(strings.Join(lines, "\n")); m.About == "" {
		m.About = about
	} else if about != "" {
		m.About = about + "\n\n" + m.About
	}
}

// read reads the date with what labels said of its length and zone.
func (r *memoReader) read() {
	m := &r.memo
	if m.When == "" {
		return
	}
	text := m.When
	if m.Length != "" {
		text += " " + m.Length
	}
	m.Reading = when.Read(text, r.when)
	if m.Reading.Problems != nil && m.Length != "" { // "1:30" behind "Length:" is no time
		if other := when.Read(m.When+" for "+m.Length, r.when); len(other.Problems) == 0 {
			m.Reading = other
		}
	}
}

// greetings are the first words of lines that say nothing of a meeting.
var greetings = map[string]bool{"hi": true, "hello": true, "dear": true, "hey": true, "hallo": true, "liebe": true, "lieber": true, "moin": true, "servus": true,
	"guten": true, "hola": true, "buenos": true, "buenas": true, "estimados": true, "estimadas": true, "queridos": true, "queridas": true}

// isGreeting says whether a line greets, and no more.
func isGreeting(line string) bool {
	words := strings.Fields(plain(line))
	return len(words) > 0 && len(words) <= 4 && greetings[words[0]] && (len(words) == 1 || strings.HasSuffix(line, ",") || strings.HasSuffix(line, "!"))
}

// stray are the lines of an answer that belong to nothing: they are told, and change nothing.
func (m memo) stray() (lines []string) {
	if !m.labelledTitle {
		lines = appendSaid(lines, m.Title)
	}
	if !m.labelledAbout {
		for line := range strings.Lines(m.About) {
			lines = appendSaid(lines, strings.TrimSpace(line))
		}
	}
	return lines
}
