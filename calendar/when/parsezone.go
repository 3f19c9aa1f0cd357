package when

import (
	"strings"
	"time"

	"guildpost/calendar/itip"
)

// shorts are the abbreviations of zones. Those that several regions use have none.
var shorts = map[string]string{
	"utc": "UTC", "gmt": "UTC", "z": "UTC",
	"cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
	"wet": "Europe/Lisbon", "west": "Europe/Lisbon", "eet": "Europe/Athens", "eest": "Europe/Athens", "bst": "Europe/London",
	"msk": "Europe/Moscow", "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
	"ct": "America/Chicago", "cdt": "America/Chicago", "mt": "America/Denver", "mdt": "America/Denver",
	"pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
	"jst": "Asia/Tokyo", "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
	"brt": "America/Sao_Paulo", "art": "America/Argentina/Buenos_Aires", "sast": "Africa/Johannesburg",
	"ist": "", "cst": "", "mst": "", "ast": "", "gst": "", "sst": "", "amt": "", "wst": "",
}

// seasons are the abbreviations that hold for half of a year, and what clocks show then in place of them.
var seasons = map[string]string{"mez": "CET", "mesz": "CEST"}

// regions are names of zones that no table of zones has.
var regions = map[string]string{
	"eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver", "pacific": "America/Los_Angeles",
	"uk": "Europe/London", "germany": "Europe/Berlin", "deutschland": "Europe/Berlin", "deutscher": "Europe/Berlin", "mitteleuropaischer": "Europe/Berlin",
	"mitteleuropaische": "Europe/Berlin", "peninsular": "Europe/Madrid", "espanola": "Europe/Madrid", "espana": "Europe/Madrid", "cdmx": "America/Mexico_City",
	"ciudad de mexico": "America/Mexico_City", "londres": "Europe/London", "nueva york": "America/New_York", "nyc": "America/New_York",
	"wien": "Europe/Vienna", "zurich": "Europe/Zurich", "lisboa": "Europe/Lisbon", "paris": "Europe/Paris", "munich": "Europe/Berlin",
	"munchen": "Europe/Berlin", "hamburg": "Europe/Berlin", "koln": "Europe/Berlin", "barcelona": "Europe/Madrid", "san francisco": "America/Los_Angeles",
	"seattle": "America/Los_Angeles", "boston": "America/New_York", "mexico": "", "brasil": "", "usa": "", "australia": "",
}

// noZones are cities that are words of our languages, or names, and hardly ever meant as a zone.
var noZones = map[string]bool{"reunion": true, "center": true, "troll": true, "nome": true, "knox": true, "christmas": true, "easter": true,
	"casey": true, "davis": true, "palmer": true, "south": true, "north": true, "west": true, "thomas": true, "thule": true, "chatham": true,
	"wake": true, "midway": true, "act": true, "general": true, "navajo": true, "currie": true, "apia": true, "malta": false, "vincent": true}

// readZone: an IANA name, an abbreviation, a city: a word that means nothing else, behind a time.
func (p *parser) readZone() int {
	if it := p.peek(0); it.kind == kZone {
		p.setZone(it.zone, p.words(it))
		return 1
	}
	if !p.is(0, kWord) {
		return 0
	}
	words := 0
	for words < 3 && p.is(words, kWord) {
		words++
	}
	for ; words > 0; words-- {
		name := strings.Join(strings.Fields(p.f.text[p.peek(0).from:p.peek(words-1).to]), " ")
		if p.zoneNamed(name) {
			return words
		}
	}
	return 0
}

// zoneNamed takes a zone's name; false where there is none of that name.
func (p *parser) zoneNamed(name string) bool {
	words := p.words(p.peek(0))
	if short, known := shorts[name]; known && (name != "ist" || words == "IST") { // "ist" is German for "is"
		p.shortZone(name, short, words)
		return true
	}
	if noZones[name] || !p.d.start.set && len(p.d.pending) == 0 && p.last != kZoneWord {
		return false
	}
	for _, candidate := range []string{name, strings.TrimSuffix(name, "er")} { // Berliner Zeit
		region, known := regions[candidate]
		if known && region == "" {
			p.d.problem(ProblemZone, words)
			return true
		}
		if !known {
			region = candidate
		}
		if zone, ok := itip.Zone(region); ok {
			p.setZone(zone, words)
			return true
		}
	}
	return false
}

// shortZone takes an abbreviation. One that the writer's own clocks show is theirs.
func (p *parser) shortZone(name, region, words string) {
	shown := strings.ToUpper(name)
	if seasons[name] != "" {
		shown = seasons[name]
	}
	if len(shown) > 2 && region != "UTC" {
		p.d.season = shown
	}
	zone, ok := itip.Zone(region)
	switch {
	case region != "UTC" && shows(p.home, shown):
		p.setZone(p.home, words)
	case region == "" || !ok:
		p.d.season = ""
		p.d.problem(ProblemZone, words)
	default:
		p.setZone(zone, words)
	}
}

// shows says whether the clocks of a zone have an abbreviation in some part of the year.
func shows(zone *time.Location, short string) bool {
	for _, month := range []time.Month{time.January, time.July} {
		if name, _ := time.Date(2026, month, 1, 0, 0, 0, 0, zone).Zone(); name == short {
			return true
		}
	}
	return false
}

func (p *parser) setZone(zone *time.Location, words string) {
	if p.d.zone != nil && p.d.zone != zone {
		p.d.problem(ProblemTwo, words)
		return
	}
	p.d.zone = zone
}

func weekdayOf(it item) time.Weekday { return time.Weekday(it.n) }
