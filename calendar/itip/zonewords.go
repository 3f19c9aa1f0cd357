package itip

import (
	"strings"
	"sync"
)

// words are what Windows and others write in the place of a zone's name, where the word is not the last part of an IANA
// name already, or not of the zone that is meant. In lower case.
var words = map[string]string{
	"international date line west": "Etc/GMT+12", "aleutian islands": "America/Adak", "hawaii": "Pacific/Honolulu",
	"marquesas islands": "Pacific/Marquesas", "alaska": "America/Anchorage", "baja california": "America/Tijuana",
	"pacific time": "America/Los_Angeles", "arizona": "America/Phoenix", "mountain time": "America/Denver",
	"central america": "America/Guatemala", "central time": "America/Chicago", "easter island": "Pacific/Easter",
	"guadalajara": "America/Mexico_City", "mexico city": "America/Mexico_City", "saskatchewan": "America/Regina",
	"eastern time": "America/New_York", "haiti": "America/Port-au-Prince", "quito": "America/Guayaquil",
	"indiana (east)": "America/Indiana/Indianapolis", "turks and caicos": "America/Grand_Turk",
	"atlantic time": "America/Halifax", "georgetown": "America/Guyana", "san juan": "America/Puerto_Rico",
	"newfoundland": "America/St_Johns", "brasilia": "America/Sao_Paulo", "city of buenos aires": "America/Argentina/Buenos_Aires",
	"saint pierre and miquelon": "America/Miquelon", "salvador": "America/Bahia", "greenland": "America/Nuuk",
	"mid-atlantic": "Etc/GMT+2", "cabo verde is.": "Atlantic/Cape_Verde", "cape verde is.": "Atlantic/Cape_Verde",
	"greenwich mean time": "Europe/London", "edinburgh": "Europe/London", "bern": "Europe/Zurich",
	"west central africa": "Africa/Lagos", "pretoria": "Africa/Johannesburg", "harare": "Africa/Harare",
	"st. petersburg": "Europe/Moscow", "abu dhabi": "Asia/Dubai", "port louis": "Indian/Mauritius", "izhevsk": "Europe/Samara",
	"ekaterinburg": "Asia/Yekaterinburg", "islamabad": "Asia/Karachi", "chennai": "Asia/Kolkata", "mumbai": "Asia/Kolkata",
	"new delhi": "Asia/Kolkata", "bangalore": "Asia/Kolkata", "bengaluru": "Asia/Kolkata", "india": "Asia/Kolkata",
	"sri jayawardenepura": "Asia/Colombo", "astana": "Asia/Almaty", "nur-sultan": "Asia/Almaty", "hanoi": "Asia/Bangkok",
	"gorno-altaysk": "Asia/Barnaul", "beijing": "Asia/Shanghai", "osaka": "Asia/Tokyo", "sapporo": "Asia/Tokyo",
	"canberra": "Australia/Sydney", "wellington": "Pacific/Auckland", "lord howe island": "Australia/Lord_Howe",
	"bougainville island": "Pacific/Bougainville", "solomon is.": "Pacific/Guadalcanal", "new caledonia": "Pacific/Noumea",
	"norfolk island": "Pacific/Norfolk", "chatham islands": "Pacific/Chatham", "nuku'alofa": "Pacific/Tongatapu",
	"kiritimati island": "Pacific/Kiritimati", "petropavlovsk-kamchatsky": "Asia/Kamchatka", "kyiv": "Europe/Kyiv",
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "mdt": "America/Denver", "cdt": "America/Chicago",
	"edt": "America/New_York", "cest": "Europe/Berlin", "eest": "Europe/Athens", "bst": "Europe/London", "jst": "Asia/Tokyo",
	"aest": "Australia/Sydney", "aedt": "Australia/Sydney", "msk": "Europe/Moscow", "dublin": "Europe/London",
	"central european time": "Europe/Berlin", "eastern european time": "Europe/Athens", "western european time": "Europe/Lisbon",
}

// zonesByWords returns the zones that a free text may mean, the likeliest first: a list of cities and regions, after a
// distance in brackets.
func zonesByWords(name string) (zones []string) {
	if len(name) > 200 {
		return nil
	}
	name = strings.ToLower(strings.Trim(name, ` "'`))
	if zone := windowsZones[name+" standard time"]; zone != "" { // QUIRK: "Romance", "Eastern" (Notes, Exchange)
		zones = append(zones, zone)
	}
	if strings.HasPrefix(name, "(utc") || strings.HasPrefix(name, "(gmt") {
		_, name, _ = strings.Cut(name, ")")
	}
	fields := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(`,/;\:`, r) })
	for _, hyphened := range fields { // QUIRK: America-Chicago (BlackBerry)
		if _, city, found := strings.Cut(hyphened, "-"); found {
			fields = append(fields, city)
		}
	}
	for _, field := range fields {
		field = strings.Join(strings.Fields(strings.ReplaceAll(field, "_", " ")), " ")
		plain, _, _ := strings.Cut(field, " (")
		for _, word := range []string{field, plain} {
			if zone := words[word]; zone != "" {
				zones = append(zones, zone)
			} else if zone := cities()[word]; zone != "" {
				zones = append(zones, zone)
			}
		}
	}
	return zones
}

// cities are the last parts of IANA names. Where several zones end alike (there are old names and new) the one that stands
// for a continent or an ocean counts.
var cities = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	for name := range strings.SplitSeq(zoneNames, "\n") {
		area, rest, hasArea := strings.Cut(name, "/")
		switch area {
		case "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific":
			if i := strings.LastIndexByte(rest, '/'); i >= 0 {
				rest = rest[i+1:]
			}
			city := strings.ToLower(strings.ReplaceAll(rest, "_", " "))
			if hasArea && (found[city] == "" || area == "Europe") {
				found[city] = name
			}
		}
	}
	return found
})
